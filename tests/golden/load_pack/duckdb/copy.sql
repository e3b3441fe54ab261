-- Fills the tables, parents before children.

INSERT INTO "customers" BY NAME
SELECT * FROM read_parquet('customers/part-*.parquet');

INSERT INTO "orders" BY NAME
SELECT * FROM read_parquet('orders/part-*.parquet');
