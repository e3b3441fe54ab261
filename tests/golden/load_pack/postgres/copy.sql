-- Fills the tables, parents before children.

-- DuckDB's SQL, not PostgreSQL's: run it with duckdb. PGHOST, PGDATABASE, ... say where to.

INSTALL postgres;

LOAD postgres;

ATTACH '' AS pg (TYPE postgres);

INSERT INTO pg."customers" BY NAME
SELECT * FROM read_parquet('customers/part-*.parquet');

INSERT INTO pg."orders" BY NAME
SELECT * FROM read_parquet('orders/part-*.parquet');
