-- What suppliers' details say
SELECT supplier_id, details:id::INT AS id, details:channel::STRING AS channel, details['score']::NUMBER AS score, details:tags[0]::STRING AS tag
FROM suppliers ORDER BY supplier_id;

-- Suppliers by channel
SELECT details:channel::VARCHAR AS channel, COUNT(*) AS suppliers, AVG(details:score::INT) AS score FROM suppliers GROUP BY 1 ORDER BY 1;

-- Suppliers with a high score, of one channel
SELECT supplier_id FROM suppliers WHERE details:score > 50 AND details:channel = 'web' ORDER BY supplier_id;

-- Every tag of every part's attributes
SELECT p.part_id, f.index, f.value::STRING AS tag FROM parts p, LATERAL FLATTEN(input => p.attributes:tags) f ORDER BY p.part_id, f.index;

-- How often each tag is used
SELECT f.value::STRING AS tag, COUNT(*) AS parts FROM parts p, TABLE(FLATTEN(p.attributes:tags)) f GROUP BY tag ORDER BY parts DESC, tag;

-- Numbers of an array: how many, and their sum
SELECT p.part_id, ARRAY_SIZE(p.tags) AS size, SUM(f.value::INT) AS total FROM parts p, LATERAL FLATTEN(input => p.tags) f
GROUP BY p.part_id, ARRAY_SIZE(p.tags) ORDER BY p.part_id;

-- Parts without tags are kept
SELECT p.part_id, f.value::INT AS tag FROM parts p, LATERAL FLATTEN(input => p.tags, outer => TRUE) f ORDER BY p.part_id, tag;

-- A path in text
SELECT supplier_id, GET_PATH(details, 'channel')::STRING AS channel, PARSE_JSON('{"a": {"b": [1, 2]}}'):a.b[1]::INT AS two FROM suppliers ORDER BY supplier_id;

-- Steps of a statement that is put together
WITH tagged AS (
    SELECT s.supplier_id, f.value::STRING AS tag FROM suppliers s, LATERAL FLATTEN(input => s.details:tags) f
)
SELECT t.tag, COUNT(DISTINCT ps.part_id) AS parts, SUM(ps.quantity) AS pieces FROM tagged t JOIN part_suppliers ps USING (supplier_id)
GROUP BY t.tag ORDER BY t.tag;

-- Keys of the details
SELECT f.key, COUNT(*) AS times FROM suppliers s, LATERAL FLATTEN(input => s.details) f GROUP BY f.key ORDER BY f.key;

-- Elements of a list, by name of the part
SELECT part_name, ARRAY_SIZE(ARRAY_AGG(part_id)) AS parts FROM parts GROUP BY part_name ORDER BY part_name;

-- Ranges of scores
SELECT WIDTH_BUCKET(details:score::INT, 0, 100, 4) AS bucket, COUNT(*) AS suppliers FROM suppliers WHERE details:score IS NOT NULL GROUP BY 1 ORDER BY 1;
