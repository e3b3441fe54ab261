-- Fills the tables, parents before children.

CREATE OR REPLACE TEMPORARY STAGE dw_sim_stage;

CREATE OR REPLACE TEMPORARY FILE FORMAT dw_sim_parquet
TYPE = PARQUET USE_LOGICAL_TYPE = TRUE BINARY_AS_TEXT = FALSE;

PUT 'file://customers/part-*.parquet' @dw_sim_stage/customers/ AUTO_COMPRESS = FALSE;

COPY INTO customers
FROM @dw_sim_stage/customers/
FILE_FORMAT = (FORMAT_NAME = 'dw_sim_parquet') MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE;

PUT 'file://orders/part-*.parquet' @dw_sim_stage/orders/ AUTO_COMPRESS = FALSE;

COPY INTO orders (id, customer_id, placed, details)
FROM (SELECT $1:id::INTEGER, $1:customer_id::INTEGER, $1:placed::TIMESTAMP_NTZ(6), PARSE_JSON($1:details) FROM @dw_sim_stage/orders/)
FILE_FORMAT = (FORMAT_NAME = 'dw_sim_parquet');
