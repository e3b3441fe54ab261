SELECT id, IFF(paid, 'yes', 'no'), ZEROIFNULL(quantity), NVL(note, '-') FROM sales
SELECT DATEADD('day', 3, opened), DATEDIFF('week', opened, CURRENT_DATE()), LAST_DAY(opened) FROM shops
SELECT TO_CHAR(sold_at, 'YYYY-MM'), TO_DATE('2024-01-05'), TO_NUMBER('12.5', 10, 1) FROM sales
SELECT TRY_TO_NUMBER(note), TRY_TO_DATE(note), TRY_CAST(note AS INT) FROM sales
SELECT payload:a.b::STRING, payload['c'][0]::INT, GET_PATH(payload, 'a.b') FROM events
SELECT e.id, f.value, f.index FROM events e, LATERAL FLATTEN(input => e.payload) f
SELECT f.value::STRING FROM events, LATERAL FLATTEN(INPUT => payload:items, OUTER => TRUE) f
SELECT PARSE_JSON('{"a": [1, 2]}'):a[1]::INT, OBJECT_CONSTRUCT('a', 1), ARRAY_CONSTRUCT(1, 2)
SELECT ARRAY_AGG(name) WITHIN GROUP (ORDER BY name), OBJECT_AGG(name, id) FROM shops
SELECT LISTAGG(DISTINCT city, ', ') WITHIN GROUP (ORDER BY city) FROM shops
SELECT * FROM sales QUALIFY ROW_NUMBER() OVER (PARTITION BY shop_id ORDER BY sold_at DESC) <= 2
SELECT * EXCLUDE (note) FROM sales
SELECT * RENAME (id AS number) FROM shops
SELECT city, COUNT_IF(rating > 3), ANY_VALUE(name), MODE(rating) FROM shops GROUP BY ALL
SELECT SPLIT(name, ' ')[0]::STRING, SPLIT_PART(name, ' ', -1), STRTOK(name, ' ', 1) FROM shops
SELECT REGEXP_LIKE(name, '^A.*'), REGEXP_SUBSTR(name, '\\w+', 1, 2), REGEXP_COUNT(name, 'a'), RLIKE(name, 'B.*') FROM shops
SELECT CONTAINS(name, 'a'), STARTSWITH(name, 'B'), ENDSWITH(name, 'c'), CHARINDEX('a', name), EDITDISTANCE(name, city) FROM shops
SELECT DATE_TRUNC('WEEK', sold_at), DAYNAME(sold_at), MONTHNAME(sold_at), WEEKISO(sold_at), YEAR(sold_at) FROM sales
SELECT MEDIAN(amount), APPROX_COUNT_DISTINCT(shop_id), CORR(amount, quantity), SKEW(amount) FROM sales
SELECT RATIO_TO_REPORT(amount) OVER (PARTITION BY shop_id), CONDITIONAL_TRUE_EVENT(paid) OVER (ORDER BY id) FROM sales
SELECT * FROM (SELECT shop_id, paid, amount FROM sales) PIVOT (SUM(amount) FOR shop_id IN (1, 2, 3)) AS p
SELECT * FROM shops UNPIVOT (v FOR k IN (name, city))
SELECT seq4(), ROW_NUMBER() OVER (ORDER BY 1) FROM TABLE(GENERATOR(ROWCOUNT => 5))
SELECT value FROM TABLE(SPLIT_TO_TABLE('a,b,c', ','))
SELECT $1, $2 FROM VALUES (1, 'a'), (2, 'b')
SELECT a.id FROM sales a ASOF JOIN events e MATCH_CONDITION (a.id >= e.id)
SELECT TYPEOF(payload), IS_INTEGER(payload:a), AS_VARCHAR(payload:b), ARRAY_SIZE(payload:items) FROM events
SELECT HASH(name), MD5(name), SHA2(name, 256), BASE64_ENCODE(name), HEX_ENCODE(name) FROM shops
SELECT CONVERT_TIMEZONE('UTC', 'America/New_York', sold_at), TIMESTAMPADD(hour, 1, sold_at), TIMEDIFF(minute, sold_at, sold_at) FROM sales
SELECT id FROM shops SAMPLE (50)
SELECT DECODE(city, 'a', 1, 'b', 2, 0), EQUAL_NULL(city, NULL), DIV0(rating, 0), NULLIFZERO(id) FROM shops
SELECT id FROM sales WHERE note ILIKE ANY ('%a%', '%b%') OR note LIKE ALL ('a%', '%z')
SELECT TRUNC(amount, 1), BITAND(quantity, 3), SQUARE(quantity), WIDTH_BUCKET(amount, 0, 100, 5), RANDOM() FROM sales
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT * FROM n
SELECT TRANSFORM(ARRAY_CONSTRUCT(1, 2), x -> x + 1), FILTER(ARRAY_CONSTRUCT(1, 2), x -> x > 1)
