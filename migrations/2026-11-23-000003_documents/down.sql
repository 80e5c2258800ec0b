DROP TABLE document_claims, documents;
