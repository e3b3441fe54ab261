-- Fills the tables, parents before children.

DECLARE OR REPLACE VARIABLE place STRING DEFAULT '/Volumes/YOUR_CATALOG/YOUR_SCHEMA/YOUR_VOLUME';

DECLARE OR REPLACE VARIABLE statement STRING;

SET VAR statement = REPLACE('COPY INTO `customers` FROM (SELECT `id` AS `id`, `email` AS `email` FROM \'{place}/customers\') FILEFORMAT = PARQUET PATTERN = \'part-*.parquet\'', '{place}', place);

EXECUTE IMMEDIATE statement;

SET VAR statement = REPLACE('COPY INTO `orders` FROM (SELECT `id` AS `id`, `customer_id` AS `customer_id`, `placed` AS `placed`, PARSE_JSON(`details`) AS `details` FROM \'{place}/orders\') FILEFORMAT = PARQUET PATTERN = \'part-*.parquet\'', '{place}', place);

EXECUTE IMMEDIATE statement;
