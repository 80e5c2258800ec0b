DROP TABLE search_indexes;
