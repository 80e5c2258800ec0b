DROP TABLE transfer_accounts;
