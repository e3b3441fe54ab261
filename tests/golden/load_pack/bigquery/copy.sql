-- Fills the tables, parents before children.

DECLARE place STRING DEFAULT 'gs://YOUR-BUCKET/YOUR-PREFIX';

EXECUTE IMMEDIATE REPLACE('LOAD DATA INTO `customers` FROM FILES (format = \'PARQUET\', decimal_target_types = [\'NUMERIC\', \'BIGNUMERIC\'], uris = [\'{place}/customers/part-*.parquet\'])', '{place}', place);

EXECUTE IMMEDIATE REPLACE('LOAD DATA OVERWRITE TEMP TABLE dw_sim_landing FROM FILES (format = \'PARQUET\', decimal_target_types = [\'NUMERIC\', \'BIGNUMERIC\'], uris = [\'{place}/orders/part-*.parquet\'])', '{place}', place);

INSERT INTO `orders` (`id`, `customer_id`, `placed`, `details`)
SELECT `id`, `customer_id`, CAST(`placed` AS DATETIME), PARSE_JSON(`details`) FROM dw_sim_landing;
