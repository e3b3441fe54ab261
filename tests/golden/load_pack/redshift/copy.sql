-- Fills the tables, parents before children.

\set place 's3://YOUR-BUCKET/YOUR-PREFIX'

\set files :place '/customers/'

COPY "customers"
FROM :'files' IAM_ROLE default FORMAT AS PARQUET;

\set files :place '/orders/'

CREATE TEMPORARY TABLE dw_sim_landing ("id" INTEGER, "customer_id" INTEGER, "placed" TIMESTAMP, "details" VARCHAR(65535));

COPY dw_sim_landing
FROM :'files' IAM_ROLE default FORMAT AS PARQUET;

INSERT INTO "orders" ("id", "customer_id", "placed", "details")
SELECT "id", "customer_id", "placed", JSON_PARSE("details") FROM dw_sim_landing;

DROP TABLE dw_sim_landing;
