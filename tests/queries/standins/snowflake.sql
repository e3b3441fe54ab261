-- Names without quotes
SELECT id, Name, CUSTOMERS.code FROM customers ORDER BY ID;

-- Names in quotes
SELECT "ID", "NAME" AS "full name", id AS "Id" FROM "CUSTOMERS" WHERE "ID" = 1;

-- Names of schemas left out
SELECT c.id AS n FROM customers AS c WHERE c.id < 3 ORDER BY n;

-- Members of variants
SELECT id, payload:kind AS a, payload:kind::string AS b, payload:items[0].sku::varchar AS c, payload['flags']['gift'] AS d, payload:"Mixed Case"."a-b"::int AS e FROM orders ORDER BY id;

-- Numbers of variants
SELECT id, payload:total::number(10,2) AS a, payload:total::int AS b FROM orders WHERE id < 4 ORDER BY id;

-- Filters of variants
SELECT id FROM orders WHERE payload:kind::string = 'web' AND payload:flags.rush::boolean ORDER BY id;

-- FLATTEN
SELECT o.id, f.index, f.value:sku::string AS sku FROM orders o, LATERAL FLATTEN(INPUT => o.payload:items) f ORDER BY 1, 2;

-- FLATTEN of what may be missing
SELECT o.id, f.value:sku::string AS sku FROM orders o, LATERAL FLATTEN(INPUT => o.payload:items, OUTER => TRUE) f ORDER BY 1, 2;

-- FLATTEN in TABLE
SELECT f.value::int AS n FROM TABLE(FLATTEN(INPUT => PARSE_JSON('[3,1,2]'))) f ORDER BY n;

-- FLATTEN of members
SELECT f.key, f.value FROM orders o, LATERAL FLATTEN(o.payload:flags) f WHERE o.id = 1 ORDER BY f.key;

-- QUALIFY
SELECT id, customer_id, amount FROM orders QUALIFY ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY amount DESC) = 1 ORDER BY id;

-- QUALIFY by a name
SELECT id, RANK() OVER (ORDER BY qty DESC) AS place FROM orders QUALIFY place <= 2 ORDER BY id;

-- ILIKE and LIKE
SELECT id FROM customers WHERE name ILIKE 'A%' OR name LIKE '%\\_1\\%' ESCAPE '\\' ORDER BY id;

-- LIKE ANY
SELECT id FROM customers WHERE name LIKE ANY ('A%', 'B%') ORDER BY id;

-- Text in dollars
SELECT $$it's \n$$ AS a, 'it''s' AS b, 'a\tb' AS c;

-- Text put together
SELECT id, name || '-' || code AS a, CONCAT(name, '!') AS b, UPPER(name) AS c, LEN(name) AS d FROM customers ORDER BY id;

-- Parts of text
SELECT LEFT('abc', 2) AS a, RIGHT('abc', 1) AS b, SUBSTR('abc', 2) AS c, SUBSTRING('abc', 1, 2) AS d, SPLIT_PART('a,b', ',', 2) AS e, LPAD('1', 3, '0') AS f, TRIM('  a ') AS g, REPLACE('aa', 'a', 'b') AS h, REVERSE('abc') AS i, POSITION('b' IN 'abc') AS j, CHARINDEX('c', 'abc') AS k, INITCAP('ab cd') AS l;

-- Regular expressions
SELECT REGEXP_REPLACE('a1b2', '[0-9]', '#') AS a, REGEXP_SUBSTR('a1b22', '[0-9]+') AS b, REGEXP_LIKE('abc', 'a.*') AS c;

-- RLIKE and REGEXP
SELECT id FROM customers WHERE name RLIKE '[A-C].*' ORDER BY id;

-- NULL
SELECT id, NVL(note, 'x') AS a, IFNULL(note, 'y') AS b, COALESCE(note, 'z') AS c, NULLIF(qty, 2) AS d, NVL2(note, 1, 0) AS e, ZEROIFNULL(customer_id) AS f FROM orders ORDER BY id;

-- Choices
SELECT id, IFF(qty > 2, 'many', 'few') AS a, DECODE(qty, 2, 'two', 'other') AS b, CASE WHEN paid THEN 1 ELSE 0 END AS c, GREATEST(qty, 3) AS d, LEAST(qty, 3) AS e FROM orders ORDER BY id;

-- Division
SELECT 7 / 2 AS a, 7 % 2 AS b, MOD(7, 2) AS c, DIV0(1, 0) AS d;

-- Rounding
SELECT ROUND(2.567, 2) AS a, ROUND(2.5) AS b, FLOOR(-1.5) AS c, CEIL(1.2) AS d, TRUNC(1.99, 1) AS e, ABS(-3) AS f, SQRT(16) AS g, POWER(2, 3) AS h, SIGN(-2) AS i;

-- Casts
SELECT '12'::int AS a, CAST('1.5' AS NUMBER(5,2)) AS b, TRY_CAST('x' AS INT) AS c, TO_NUMBER('12') AS d, 1::varchar AS e, TRY_TO_NUMBER('x') AS f, '2024-02-29'::date AS g, TO_BOOLEAN('true') AS h;

-- Moments
SELECT DATEADD(day, 1, due) AS a, DATEDIFF(day, due, placed) AS b, DATE_TRUNC('month', placed) AS c, YEAR(placed) AS d, EXTRACT(month FROM placed) AS e, LAST_DAY(due) AS f FROM orders WHERE id < 4 ORDER BY id;

-- Moments from text
SELECT TO_DATE('2024-02-29') AS a, TO_TIMESTAMP('2024-02-29 10:00:00') AS b, DATE_FROM_PARTS(2024, 2, 29) AS c, DAYNAME('2024-02-29'::date) AS d, MONTHNAME('2024-02-29'::date) AS e;

-- Moments compared
SELECT id FROM orders WHERE due >= '2024-03-01' AND placed < '2024-12-31'::timestamp ORDER BY id;

-- Patterns of moments
SELECT TO_CHAR(placed, 'YYYY-MM-DD') AS a, TO_VARCHAR(due, 'DD.MM.YYYY') AS b FROM orders WHERE id = 1;

-- Now
SELECT CURRENT_DATE > '2020-01-01' AS a, CURRENT_TIMESTAMP > '2020-01-01' AS b, SYSDATE() > '2020-01-01' AS c;

-- Aggregates
SELECT COUNT(*) AS a, COUNT(DISTINCT customer_id) AS b, SUM(amount) AS c, AVG(qty) AS d, MIN(due) AS e, MAX(placed) AS f, MEDIAN(qty) AS g, STDDEV(qty) AS h, COUNT_IF(paid) AS i, BOOLOR_AGG(paid) AS j FROM orders;

-- Lists
SELECT customer_id, LISTAGG(id, ',') WITHIN GROUP (ORDER BY id) AS a, ARRAY_AGG(id) WITHIN GROUP (ORDER BY id DESC) AS b FROM orders GROUP BY customer_id ORDER BY customer_id;

-- Quantiles
SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY amount) AS a, APPROX_COUNT_DISTINCT(qty) AS b FROM orders;

-- The row of the most
SELECT MAX_BY(id, amount) AS a, MIN_BY(id, amount) AS b, ANY_VALUE(1) AS c FROM orders;

-- Groups
SELECT paid, COUNT(*) AS n FROM orders GROUP BY ALL ORDER BY 1;

-- ROLLUP
SELECT customer_id, SUM(qty) AS n FROM orders GROUP BY ROLLUP(customer_id) ORDER BY 1, 2;

-- GROUPING SETS
SELECT customer_id, paid, SUM(qty) AS n FROM orders GROUP BY GROUPING SETS ((customer_id), (paid)) ORDER BY 1, 2, 3;

-- Windows
SELECT id, SUM(qty) OVER (PARTITION BY paid ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS a, LAG(qty) OVER (ORDER BY id) AS b, FIRST_VALUE(note) IGNORE NULLS OVER (ORDER BY id) AS c, NTILE(2) OVER (ORDER BY id) AS d FROM orders ORDER BY id;

-- Ratios
SELECT id, RATIO_TO_REPORT(qty) OVER (PARTITION BY paid) AS a FROM orders WHERE qty > 0 ORDER BY id;

-- Stars
SELECT * EXCLUDE (payload, placed) FROM orders ORDER BY id;

-- Stars renamed
SELECT * EXCLUDE payload RENAME (qty AS quantity) FROM orders WHERE id = 1;

-- Joins
SELECT c.name, o.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id ORDER BY 1, 2;

-- USING
SELECT id, name, qty FROM customers JOIN orders USING (id) ORDER BY id;

-- Queries in queries
WITH best AS (SELECT customer_id, MAX(amount) AS most FROM orders GROUP BY 1) SELECT c.name, b.most FROM customers c JOIN best b ON b.customer_id = c.id WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id) ORDER BY 1;

-- Queries that read themselves
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4) SELECT i FROM n ORDER BY i;

-- Sets
SELECT id FROM customers MINUS SELECT customer_id FROM orders ORDER BY 1;

-- Values
SELECT column1 AS a, column2 AS b FROM VALUES (1, 'x'), (2, 'y') ORDER BY 1;

-- Values with names
SELECT v.n, v.w FROM (VALUES (1, 'x'), (2, 'y')) AS v (n, w) ORDER BY n;

-- PIVOT
SELECT * FROM (SELECT customer_id, paid::varchar AS paid, qty FROM orders WHERE customer_id IS NOT NULL) PIVOT (SUM(qty) FOR paid IN ('true', 'false')) AS p ORDER BY 1;

-- UNPIVOT
SELECT * FROM (SELECT id, qty, id * 10 AS ten FROM orders WHERE id < 3) UNPIVOT (value FOR what IN (qty, ten)) ORDER BY 1, 2;

-- Generators
SELECT SEQ4() AS n FROM TABLE(GENERATOR(ROWCOUNT => 3)) ORDER BY n;

-- Objects in groups
SELECT OBJECT_AGG(id::varchar, qty::variant) AS a FROM orders WHERE id < 3;

-- Texts taken apart
SELECT SPLIT('a,b', ',') AS a, STRTOK('a b', ' ', 2) AS b;

-- Order of NULL
SELECT id, note FROM orders ORDER BY note, id;

-- Order of NULL, falling
SELECT id, due FROM orders ORDER BY due DESC NULLS LAST, id LIMIT 5 OFFSET 1;

-- TOP and FETCH
SELECT TOP 2 id FROM orders ORDER BY amount DESC;

-- BETWEEN, IN and NOT
SELECT id FROM orders WHERE qty BETWEEN 2 AND 4 AND NOT id IN (1, 7) AND note IS NOT NULL ORDER BY id;

-- Digests
SELECT MD5('a') AS a, SHA2('a', 256) AS b;

-- Equal where both are NULL
SELECT id FROM orders WHERE EQUAL_NULL(note, NULL) OR note IS NOT DISTINCT FROM 'blue' ORDER BY id;

-- Objects and arrays
SELECT OBJECT_CONSTRUCT('a', 1, 'b', NULL) AS a, ARRAY_SIZE(PARSE_JSON('[1,2,3]')) AS c, PARSE_JSON('{"x":[1]}'):x[0]::int AS e;

-- Names of columns without one
SELECT SUM(qty), SUM(qty) OVER (ORDER BY qty) FROM orders GROUP BY qty ORDER BY qty LIMIT 2;

-- Days after a date are dates
SELECT DATEADD(day, 1, due) AS a, DATEADD(hour, 1, due) AS b, TIMESTAMPADD(month, 1, placed) AS c FROM orders WHERE id = 1;

-- Elements by brackets and paths
SELECT payload['items'][0]['qty']::int AS a, payload:items[1]:sku::string AS b, GET_PATH(payload, 'flags.rush') AS c FROM orders WHERE id = 1;

-- The second of several
SELECT id, NTH_VALUE(qty, 2) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS a, LEAD(qty, 1, 0) OVER (ORDER BY id) AS b FROM orders ORDER BY id;

-- Names given to subqueries
SELECT t.Total FROM (SELECT customer_id, SUM(qty) AS total FROM orders GROUP BY customer_id) AS T WHERE t.TOTAL > 6 ORDER BY 1;
