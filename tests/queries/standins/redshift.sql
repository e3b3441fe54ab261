-- NULL in text
SELECT id, name || code AS both, name || NULL AS none, CONCAT(name, code) AS joined FROM customers ORDER BY id;

-- NVL, NVL2, NULLIF, COALESCE
SELECT id, NVL(note, 'none') AS a, NVL2(note, 'yes', 'no') AS b, NULLIF(qty, 3) AS c, COALESCE(due, placed::date) AS d FROM orders ORDER BY id;

-- NVL of several
SELECT id, NVL(code, name, 'x') AS a FROM customers ORDER BY id;

-- DECODE, with NULL
SELECT id, DECODE(qty, 2, 'two', 5, 'five', 'other') AS a, DECODE(note, NULL, 'is null', 'blue', 'b', 'else') AS b, DECODE(qty, 2, 'two') AS c FROM orders ORDER BY id;

-- Lengths
SELECT id, LEN(name) AS a, LENGTH(code) AS b, CHAR_LENGTH(name) AS c, TEXTLEN(name) AS d, OCTET_LENGTH(name) AS e FROM customers WHERE id <> 4 ORDER BY id;

-- Bytes of an umlaut
SELECT LEN(name) AS a, OCTET_LENGTH(name) AS b, OCTETINDEX('t', name) AS c FROM customers WHERE id = 4;

-- CHAR has no blanks at its end
SELECT id, LEN(code) AS a, code || '!' AS b, REVERSE(code) AS c FROM customers ORDER BY id;

-- Blanks at the end count for nothing
SELECT id FROM customers WHERE name = 'Ada' OR code = 'B22   ' ORDER BY id;

-- Blanks at the end in lists and joins
SELECT a.id, b.id AS other FROM customers a JOIN customers b ON a.name = RTRIM(b.name) WHERE a.name IN ('Ada   ', 'Bela', 'nobody') ORDER BY 1, 2;

-- Blanks at the end, neither before nor after
SELECT id FROM customers WHERE name <> 'Ada' AND name > 'Ada ' ORDER BY id;

-- Blanks at the beginning count
SELECT COUNT(*) AS n FROM orders WHERE note = 'padded';

-- Cases
SELECT id, UPPER(name) AS a, LOWER(name) AS b, INITCAP(note) AS c FROM (SELECT c.id, name, note FROM customers c LEFT JOIN orders o ON o.id = c.id) ORDER BY id;

-- Parts of text
SELECT id, LEFT(name, 2) AS a, RIGHT(RTRIM(name), 2) AS b, SUBSTRING(name, 2, 2) AS c, SUBSTRING(name FROM 3) AS d, SUBSTRING(name, -1, 3) AS e FROM customers ORDER BY id;

-- Parts of numbers and days
SELECT id, LEFT(due, 7) AS a, RIGHT(id, 1) AS b, LPAD(id, 3, '0') AS c, SUBSTRING(amount, 1, 2) AS d FROM orders WHERE due IS NOT NULL ORDER BY id;

-- Numbers like text
SELECT id FROM orders WHERE big LIKE '%0' AND amount::varchar LIKE '%.%' ORDER BY id;

-- Days like text
SELECT id FROM orders WHERE due LIKE '2024-0%' ORDER BY id;

-- Padding
SELECT id, LPAD(name, 8, '*') AS a, RPAD(code, 4, '-') AS b, LPAD('cat', 2) AS c, REPEAT('ab', id) AS d, REPLICATE('x', 2) AS e FROM customers ORDER BY id;

-- Blanks and other ends
SELECT '[' || TRIM(note) || ']' AS a, '[' || LTRIM(note) || ']' AS b, '[' || RTRIM(note) || ']' AS c, BTRIM('xxhixx', 'x') AS d, LTRIM('xxhi', 'x') AS e, TRIM(BOTH '"' FROM '"q"') AS f FROM orders WHERE id = 8;

-- Places in text
SELECT id, CHARINDEX('e', name) AS a, STRPOS(name, 'e') AS b, POSITION('e' IN name) AS c FROM customers ORDER BY id;

-- Replacing
SELECT id, REPLACE(note, ',', ';') AS a, TRANSLATE(note, 'abc', 'xy') AS b, REVERSE(note) AS c FROM orders ORDER BY id;

-- Parts between separators
SELECT id, SPLIT_PART(note, ',', 1) AS a, SPLIT_PART(note, ',', 4) AS b, SPLIT_PART(note, ',', 9) AS c FROM orders ORDER BY id;

-- Codes of letters
SELECT ASCII('A') AS a, CHR(66) AS b, ASCII(name) AS c FROM customers WHERE id IN (1, 2) ORDER BY c;

-- LIKE with an escape
SELECT id FROM customers WHERE name LIKE 'Eve\\_1\\%' OR name LIKE 'A^_a%' ESCAPE '^' ORDER BY id;

-- ILIKE and SIMILAR TO
SELECT id FROM orders WHERE note ILIKE 'BLUE' OR note SIMILAR TO '(red|x=)%' ORDER BY id;

-- Regular expressions
SELECT id FROM customers WHERE name ~ '^[A-C]' OR name ~* '^E' ORDER BY id;

-- No match of a regular expression
SELECT id FROM customers WHERE name !~ 'e' ORDER BY id;

-- REGEXP_SUBSTR
SELECT id, REGEXP_SUBSTR(note, '[0-9]+') AS a, REGEXP_SUBSTR(note, '[a-z]+', 3) AS b, REGEXP_SUBSTR(note, '[a-z]+', 1, 2) AS c FROM orders WHERE note IS NOT NULL ORDER BY id;

-- REGEXP_SUBSTR without regard to case, and a part of what is found
SELECT REGEXP_SUBSTR('AbC', 'b', 1, 1, 'i') AS a, REGEXP_SUBSTR('key=val', '([a-z]+)=', 1, 1, 'e') AS b;

-- REGEXP_REPLACE
SELECT id, REGEXP_REPLACE(note, '[^a-z]') AS a, REGEXP_REPLACE(note, '([a-z])([a-z])', '$2$1') AS b, REGEXP_REPLACE(note, 'e', 'E', 2) AS c FROM orders WHERE note IS NOT NULL ORDER BY id;

-- REGEXP_COUNT and REGEXP_INSTR
SELECT id, REGEXP_COUNT(note, '[a-z]+') AS a, REGEXP_INSTR(note, '[0-9]') AS b, REGEXP_COUNT(note, 'b', 2) AS c FROM orders WHERE note IS NOT NULL ORDER BY id;

-- Digests
SELECT MD5('Amazon Redshift') AS a, SHA2('a', 256) AS b;

-- Numbers from digits
SELECT STRTOL('ff', 16) AS a, STRTOL('101', 2) AS b, STRTOL('42', 10) AS c, TO_HEX(255) AS d;

-- Quoting
SELECT QUOTE_IDENT('a b') AS a, QUOTE_LITERAL('it''s') AS b;

-- Whole division
SELECT id, big / 2 AS a, -7 / 2 AS b, 7 % 3 AS c, -7 % 3 AS d, MOD(qty, 2) AS e, qty / 2.0 AS f FROM orders ORDER BY id;

-- Averages of whole numbers are whole
SELECT AVG(qty) AS a, AVG(big) AS b, AVG(id) AS c, AVG(qty::float) AS d FROM orders;

-- Averages by group, with a filter and over a window
SELECT customer_id, AVG(qty) AS a, AVG(CASE WHEN paid THEN qty END) AS b FROM orders GROUP BY 1 ORDER BY 1 NULLS FIRST;

-- Averages of a window are whole, too
SELECT id, AVG(qty) OVER (PARTITION BY customer_id) AS a, SUM(qty) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS b FROM orders ORDER BY id;

-- Rounding
SELECT ROUND(2.5) AS a, ROUND(-2.5) AS b, ROUND(0.125, 2) AS c, ROUND(1.005, 2) AS d, ROUND(1234.5, -2) AS e, TRUNC(-1.79, 1) AS f, TRUNC(1.9) AS g, CEIL(-1.1) AS h, FLOOR(-1.1) AS i;

-- Rounding of floating numbers
SELECT id, ROUND(score, 1) AS a, TRUNC(score, 1) AS b, CEIL(score) AS c, FLOOR(score) AS d, ABS(score) AS e, SIGN(score) AS f FROM customers ORDER BY id;

-- Functions of numbers
SELECT SQRT(16) AS a, CBRT(27) AS b, POWER(2, 10) AS c, EXP(0) AS d, LN(1) AS e, LOG(100) AS f, DLOG10(1000) AS g, PI() > 3.14 AS h, DEGREES(0) AS i, SIN(0) AS j, DEXP(0) AS k;

-- Casts to whole numbers
SELECT CAST(2.5 AS INT) AS a, CAST(-2.5 AS INT) AS b, CAST('12' AS INT) AS c, CAST(amount AS INT) AS d, amount::decimal AS e FROM orders WHERE id < 4 ORDER BY id;

-- Casts that cut
SELECT id, CAST(name AS VARCHAR(2)) AS a, name::char(3) || '|' AS b, CAST(due AS VARCHAR(7)) AS c FROM customers LEFT JOIN (SELECT id AS order_id, due FROM orders) o ON order_id = id ORDER BY id;

-- Casts of truth
SELECT id, paid::int AS a, paid::varchar AS b, NOT paid AS c, paid IS TRUE AS d, paid IS NOT FALSE AS e FROM orders ORDER BY id;

-- Truth in text
SELECT id FROM orders WHERE paid = 'true' OR paid IS NULL ORDER BY id;

-- Wider arithmetic
SELECT qty * 10000 AS a, big * 3 AS b, amount * qty AS c FROM orders WHERE id = 1;

-- The greatest and the least pass over NULL
SELECT id, GREATEST(due, placed::date) AS a, LEAST(qty, 3) AS b, GREATEST(NULL, 1) AS c FROM orders ORDER BY id;

-- Now
SELECT GETDATE() > '2020-01-01' AS a, SYSDATE > '2020-01-01' AS b, TRUNC(GETDATE()) = CURRENT_DATE AS c, GETDATE() - INTERVAL '1 hour' < GETDATE() AS d;

-- The day of a moment
SELECT id, TRUNC(placed) AS a, placed::date AS b, CAST(placed AS DATE) + 1 AS c FROM orders ORDER BY id;

-- Days and numbers
SELECT id, due + 1 AS a, due - 7 AS b, due + id AS c, due + big AS d FROM orders WHERE big < 100000 ORDER BY id;

-- Between days
SELECT id, due - placed::date AS a, CURRENT_DATE - due > 0 AS b FROM orders ORDER BY id;

-- DATEADD by all parts
SELECT DATEADD(year, 1, due) AS a, DATEADD(quarter, 1, due) AS b, DATEADD(month, 1, due) AS c, DATEADD(week, -1, due) AS d, DATEADD(day, 3, due) AS e, DATEADD(hour, 5, placed) AS f, DATEADD(minute, -90, placed) AS g, DATEADD(second, 30, placed) AS h FROM orders WHERE id IN (1, 2);

-- DATEADD by a column
SELECT id, DATEADD(day, qty, due) AS a, DATEADD(month, id, placed) AS b FROM orders ORDER BY id;

-- DATEADD of text
SELECT DATEADD(day, 1, '2024-02-28') AS a, DATEADD('month', 1, '2024-01-31'::date) AS b;

-- DATEDIFF counts boundaries
SELECT DATEDIFF(year, '2023-12-31', '2024-01-01') AS a, DATEDIFF(month, '2024-01-31', '2024-02-01') AS b, DATEDIFF(day, '2024-01-31 23:59', '2024-02-01 00:01') AS c, DATEDIFF(hour, '2024-01-01 10:59', '2024-01-01 11:01') AS d, DATEDIFF(quarter, '2024-01-01', '2025-01-01') AS e, DATEDIFF(week, '2024-01-07', '2024-01-08') AS f;

-- DATEDIFF of columns
SELECT id, DATEDIFF(day, placed, due) AS a, DATEDIFF(month, due, placed) AS b, DATEDIFF(second, placed, DATEADD(minute, 1, placed)) AS c FROM orders ORDER BY id;

-- DATE_PART and EXTRACT
SELECT id, DATE_PART(year, placed) AS a, DATE_PART('month', placed) AS b, EXTRACT(day FROM placed) AS c, EXTRACT(hour FROM placed) AS d, EXTRACT(second FROM placed) AS e, EXTRACT(quarter FROM due) AS f, EXTRACT(week FROM due) AS g, DATE_PART(dow, due) AS h, EXTRACT(doy FROM due) AS i FROM orders ORDER BY id;

-- Parts of a second, and seconds since 1970
SELECT EXTRACT(epoch FROM placed) AS a, DATE_PART(epoch, due) AS b, EXTRACT(ms FROM placed) AS c, EXTRACT(minute FROM placed) AS d FROM orders WHERE id = 7;

-- DATE_PART_YEAR
SELECT DATE_PART_YEAR(due) AS a FROM orders WHERE id = 5;

-- DATE_TRUNC
SELECT id, DATE_TRUNC('month', placed) AS a, DATE_TRUNC('week', due) AS b, DATE_TRUNC('year', due) AS c, DATE_TRUNC('quarter', placed) AS d, DATE_TRUNC('hour', placed) AS e FROM orders ORDER BY id;

-- DATE_TRUNC of text
SELECT DATE_TRUNC('month', '2024-05-05') AS a, DATE_TRUNC('day', '2024-05-05 11:12:13') AS b;

-- Grouped by month
SELECT DATE_TRUNC('month', placed)::date AS month, COUNT(*) AS n, SUM(amount) AS total FROM orders GROUP BY 1 ORDER BY 1;

-- Ends of months
SELECT id, LAST_DAY(due) AS a, ADD_MONTHS(due, 1) AS b, ADD_MONTHS(placed, -1) AS c, NEXT_DAY(due, 'Friday') AS d FROM orders WHERE due IS NOT NULL ORDER BY id;

-- Months between
SELECT MONTHS_BETWEEN('2024-03-31', '2024-02-29') AS a, MONTHS_BETWEEN('1969-01-18'::date, '1969-03-18'::date) AS b, MONTHS_BETWEEN('2024-03-15'::date, '2024-01-01'::date) AS c;

-- Which comes first
SELECT DATE_CMP('2024-01-01', '2024-01-02') AS a, DATE_CMP(due, due) AS b, TIMESTAMP_CMP(placed, '2020-01-01') AS c, DATE_CMP_TIMESTAMP(due, placed) AS d FROM orders WHERE id = 1;

-- Zones
SELECT CONVERT_TIMEZONE('UTC', 'America/New_York', '2024-07-01 12:00:00'::timestamp) AS a, CONVERT_TIMEZONE('Asia/Tokyo', placed) AS b FROM orders WHERE id = 1;

-- Intervals
SELECT placed + INTERVAL '1 day' AS a, placed - INTERVAL '2 hours' AS b, due + INTERVAL '1 month' AS c, placed + INTERVAL '1 week' AS d FROM orders WHERE id = 1;

-- A number beside a moment
SELECT placed + 1 AS a, placed - 2 AS b FROM orders WHERE id = 2;

-- TO_CHAR of moments
SELECT id, TO_CHAR(placed, 'YYYY-MM-DD HH24:MI:SS') AS a, TO_CHAR(due, 'DD.MM.YY') AS b, TO_CHAR(placed, 'FMMonth FMDay HH12 AM') AS c, TO_CHAR(placed, 'Q "of" IYYY-IW') AS d FROM orders ORDER BY id;

-- TO_CHAR of text
SELECT TO_CHAR('2024-05-05', 'YYYY') AS a;

-- TO_DATE and TO_TIMESTAMP
SELECT TO_DATE('31.12.2024', 'DD.MM.YYYY') AS a, TO_DATE('20240229', 'YYYYMMDD') AS b;

-- Compared with text
SELECT id FROM orders WHERE due BETWEEN '2024-02-01' AND '2024-03-31' AND placed < '2024-03-01' ORDER BY id;

-- LISTAGG
SELECT customer_id, LISTAGG(id, ',') WITHIN GROUP (ORDER BY id DESC) AS a, LISTAGG(note) WITHIN GROUP (ORDER BY id) AS b FROM orders GROUP BY customer_id ORDER BY customer_id;

-- LISTAGG of distinct
SELECT LISTAGG(DISTINCT qty, '|') WITHIN GROUP (ORDER BY qty) AS a, LISTAGG(DISTINCT LOWER(note), ';') WITHIN GROUP (ORDER BY LOWER(note)) AS b FROM orders;

-- LISTAGG over a window
SELECT id, LISTAGG(id, '-') WITHIN GROUP (ORDER BY id) OVER (PARTITION BY customer_id) AS a FROM orders ORDER BY id;

-- MEDIAN and quantiles
SELECT MEDIAN(amount) AS a, PERCENTILE_CONT(0.25) WITHIN GROUP (ORDER BY qty) AS b, PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY amount) AS c FROM orders;

-- MEDIAN by group
SELECT customer_id, MEDIAN(qty) AS a FROM orders GROUP BY 1 ORDER BY 1;

-- MEDIAN over a window
SELECT id, MEDIAN(qty) OVER (PARTITION BY customer_id) AS a FROM orders ORDER BY id;

-- Quantiles over a window
SELECT id, PERCENTILE_CONT(0.25) WITHIN GROUP (ORDER BY amount) OVER (PARTITION BY paid) AS a, PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY amount DESC) OVER (PARTITION BY paid) AS b FROM orders ORDER BY id;

-- Counts
SELECT COUNT(*) AS a, COUNT(DISTINCT customer_id) AS b, APPROXIMATE COUNT(DISTINCT qty) AS c, COUNT(note) AS d FROM orders;

-- Spreads
SELECT STDDEV(qty) AS a, STDDEV_POP(qty) AS b, VARIANCE(qty) AS c, VAR_POP(qty) AS d FROM orders;

-- Truth of several
SELECT BOOL_AND(paid) AS a, BOOL_OR(paid) AS b, MAX(qty) AS c, MIN(due) AS d, ANY_VALUE(1) AS e FROM orders;

-- Numbers of rows, ranks and parts
SELECT id, ROW_NUMBER() OVER (ORDER BY qty DESC, id) AS a, RANK() OVER (ORDER BY qty) AS b, DENSE_RANK() OVER (ORDER BY qty) AS c, NTILE(3) OVER (ORDER BY id) AS d, PERCENT_RANK() OVER (ORDER BY qty) AS e, CUME_DIST() OVER (ORDER BY qty) AS f FROM orders ORDER BY id;

-- RATIO_TO_REPORT
SELECT id, RATIO_TO_REPORT(qty) OVER (PARTITION BY customer_id) AS a FROM orders ORDER BY id;

-- LAG and LEAD
SELECT id, LAG(note) OVER (ORDER BY id) AS a, LEAD(qty, 2) OVER (ORDER BY id) AS b, LAG(note) IGNORE NULLS OVER (ORDER BY id) AS c, LEAD(due, 1) IGNORE NULLS OVER (ORDER BY id) AS d FROM orders ORDER BY id;

-- First and last without NULL
SELECT id, FIRST_VALUE(note IGNORE NULLS) OVER (ORDER BY id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS a, LAST_VALUE(due IGNORE NULLS) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS b, NTH_VALUE(qty, 2) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS c FROM orders ORDER BY id;

-- QUALIFY
SELECT id, customer_id, amount FROM orders QUALIFY ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY amount DESC) = 1 ORDER BY id;

-- QUALIFY by a name, with a star
SELECT *, ROW_NUMBER() OVER (PARTITION BY paid ORDER BY id) AS place FROM customers JOIN (SELECT id AS order_id, paid, customer_id FROM orders) o ON o.customer_id = customers.id QUALIFY place = 1 ORDER BY order_id;

-- QUALIFY of groups
SELECT customer_id, SUM(qty) AS total FROM orders GROUP BY customer_id HAVING COUNT(*) >= 1 QUALIFY RANK() OVER (ORDER BY SUM(qty) DESC) <= 2 ORDER BY total DESC LIMIT 5;

-- QUALIFY within a WITH and a subquery
WITH best AS (SELECT id, qty FROM orders QUALIFY DENSE_RANK() OVER (ORDER BY qty DESC) <= 3) SELECT COUNT(*) AS n FROM (SELECT id FROM best QUALIFY COUNT(*) OVER () > 1);

-- TOP
SELECT TOP 2 id, amount FROM orders ORDER BY amount DESC;

-- MINUS, EXCEPT, INTERSECT, UNION
(SELECT id FROM customers MINUS SELECT customer_id FROM orders) UNION ALL (SELECT id FROM customers INTERSECT SELECT qty FROM orders) ORDER BY 1;

-- Names used beside where they are given
SELECT id, qty * 2 AS twice, twice + 1 AS more, more * amount AS price FROM orders WHERE twice > 4 ORDER BY price;

-- A column comes before a name
SELECT qty AS id, id + 1 AS next FROM orders ORDER BY next;

-- Names in GROUP BY, HAVING and ORDER BY
SELECT UPPER(LEFT(name, 1)) AS first, COUNT(*) AS n FROM customers GROUP BY first HAVING n >= 1 ORDER BY first || 'x' DESC;

-- A star that leaves columns out
SELECT * EXCLUDE (payload, note, placed, big) FROM orders ORDER BY id;

-- A star of one table
SELECT c.id, o.* EXCLUDE (payload, placed) FROM customers c, orders o WHERE c.id = o.customer_id ORDER BY o.id;

-- Joins by (+)
SELECT c.id, o.id AS order_id FROM customers c, orders o WHERE c.id = o.customer_id(+) ORDER BY 1, 2;

-- Joins by (+) with more
SELECT c.name, o.qty FROM customers c, orders o WHERE c.id = o.customer_id(+) AND o.qty(+) > 2 AND c.id < 4 ORDER BY 1, 2;

-- UNPIVOT
SELECT * FROM (SELECT id, qty, id * 10 AS ten FROM orders WHERE id < 3) UNPIVOT (value FOR what IN (qty, ten)) ORDER BY id, what;

-- UNPIVOT leaves NULL out
SELECT id, what, value FROM (SELECT id, note, CASE WHEN id = 1 THEN 'x' END AS other FROM orders) UNPIVOT (value FOR what IN (note, other AS 'o')) AS u ORDER BY 1, 2;

-- PIVOT
SELECT * FROM (SELECT customer_id, paid::varchar AS paid, qty FROM orders WHERE customer_id IS NOT NULL) PIVOT (SUM(qty) FOR paid IN ('true' AS yes, 'false' AS no)) ORDER BY customer_id;

-- Where NULL comes in an order
SELECT id, note FROM orders ORDER BY note, id;

-- Where NULL comes in an order that falls
SELECT id, due FROM orders ORDER BY due DESC, id DESC;

-- GROUP BY with ROLLUP and GROUPING SETS
SELECT customer_id, paid, SUM(qty) AS n FROM orders GROUP BY GROUPING SETS ((customer_id), (paid), ()) ORDER BY 1, 2, 3;

-- A query that reads itself
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4) SELECT i, i * i AS square FROM n ORDER BY i;

-- A query for a value, IN and EXISTS
SELECT id, (SELECT MAX(amount) FROM orders o WHERE o.customer_id = c.id) AS most FROM customers c WHERE EXISTS (SELECT 1 FROM orders WHERE customer_id = c.id) AND id IN (SELECT customer_id FROM orders) ORDER BY id;

-- Whole schemas in names
SELECT public.orders.id, o2.qty FROM dev.public.orders JOIN public.orders AS o2 ON o2.id = public.orders.id WHERE public.orders.id < 3 ORDER BY 1;

-- CASE of both forms
SELECT id, CASE WHEN qty > 4 THEN 'many' WHEN qty < 0 THEN 'back' ELSE 'few' END AS a, CASE qty WHEN 2 THEN 'two' END AS b FROM orders ORDER BY id;

-- SUPER: members
SELECT id, payload.kind AS a, o.payload.total AS b, payload.flags.gift AS c, payload.nothing AS d FROM orders o ORDER BY id;

-- SUPER: casts
SELECT id, payload.kind::varchar AS a, payload.total::decimal(10,2) AS b, payload.total::int AS c, payload.flags.gift::boolean AS d, payload."at"::date AS e FROM orders ORDER BY id;

-- SUPER: what cannot be cast is NULL
SELECT id, payload.kind::int AS a, payload.flags::int AS b FROM orders ORDER BY id;

-- SUPER: elements
SELECT id, payload.items[0].sku::varchar AS a, payload.items[1].qty::int AS b, payload.matrix[1][0]::int AS c, payload[2]::int AS d FROM orders ORDER BY id;

-- SUPER: names in quotes
SELECT payload."Mixed Case"."a-b"::int AS a FROM orders WHERE id = 5;

-- SUPER: filters
SELECT id FROM orders WHERE payload.kind = 'web' ORDER BY id;

-- SUPER: numbers
SELECT id FROM orders WHERE payload.total >= 5 ORDER BY id;

-- SUPER: lists and LIKE
SELECT id FROM orders WHERE payload.kind IN ('web', 'shop') AND payload.kind LIKE 'w%' ORDER BY id;

-- SUPER: truth
SELECT id FROM orders WHERE payload.flags.gift = true ORDER BY id;

-- SUPER: groups
SELECT payload.kind::varchar AS kind, COUNT(*) AS n, SUM(payload.total::decimal(10,2)) AS total FROM orders GROUP BY 1 ORDER BY 1;

-- SUPER: what is missing
SELECT id FROM orders WHERE payload.items IS NULL ORDER BY id;

-- SUPER: unnesting
SELECT o.id, i.sku::varchar AS sku, i.qty::int AS qty FROM orders o, o.payload.items AS i ORDER BY 1, 2;

-- SUPER: unnesting with places
SELECT o.id, i.sku::varchar AS sku, n FROM orders o, o.payload.items AS i AT n ORDER BY 1, 3;

-- SUPER: unnesting, kept where there is nothing
SELECT o.id, i.sku::varchar AS sku FROM orders o LEFT JOIN o.payload.items AS i ON TRUE ORDER BY 1, 2;

-- SUPER: unnesting twice
SELECT o.id, r AS row, c::int AS cell FROM orders o, o.payload.matrix AS r, r AS c ORDER BY 3;

-- SUPER: sums of what is unnested
SELECT o.id, SUM(i.qty::int * i.price::decimal(10,2)) AS total FROM orders o, o.payload.items i WHERE i.qty::int > 0 GROUP BY o.id ORDER BY 1;

-- SUPER: members as rows
SELECT id, k, v::boolean AS v FROM orders o, UNPIVOT o.payload.flags AS v AT k WHERE id < 3 ORDER BY 1, 2;

-- SUPER: a column itself
SELECT c.id, t::varchar AS tag FROM customers c, c.tags AS t ORDER BY 1, 2;

-- SUPER: types
SELECT id, JSON_TYPEOF(payload) AS a, JSON_TYPEOF(payload.total) AS b, IS_ARRAY(payload.items) AS c, IS_OBJECT(payload.flags) AS d FROM orders WHERE payload IS NOT NULL ORDER BY id;

-- SUPER: lengths
SELECT id, GET_ARRAY_LENGTH(payload.items) AS a, GET_ARRAY_LENGTH(payload) AS b FROM orders ORDER BY id;

-- SUPER: made of text
SELECT JSON_PARSE('{"a":[1,2]}').a[1]::int AS a, JSON_PARSE('[1,2]')[0] AS b, GET_ARRAY_LENGTH(JSON_PARSE('[1,2,3]')) AS c;

-- SUPER: as text
SELECT JSON_SERIALIZE(payload.items[0]) AS a, JSON_SERIALIZE(payload.flags) AS b FROM orders WHERE id = 1;

-- SUPER: made of values
SELECT ARRAY(1, 'a', NULL) AS a, OBJECT('a', 1, 'b', 'x') AS b, ARRAY_CONCAT(ARRAY(1, 2), ARRAY(3)) AS c, SUBARRAY(ARRAY('a', 'b', 'c', 'd'), 1, 2) AS d, SPLIT_TO_ARRAY('a|b', '|') AS e, ARRAY_FLATTEN(ARRAY(ARRAY(1), ARRAY(2, 3))) AS f;

-- SUPER: handed on by queries
WITH w AS (SELECT id, payload AS p, payload.items AS its FROM orders) SELECT w.id, p.kind::varchar AS kind, i.sku::varchar AS sku FROM w, w.its AS i WHERE p.total > 10 ORDER BY 1, 3;

-- SUPER: in a query for a value
SELECT id, (SELECT SUM(i.qty::int) FROM o.payload.items AS i) AS n FROM orders o WHERE id < 4 ORDER BY id;

-- JSON in text
SELECT JSON_EXTRACT_PATH_TEXT('{"a":{"b":"x"}}', 'a', 'b') AS a, JSON_EXTRACT_ARRAY_ELEMENT_TEXT('[10,20]', 1) AS b, JSON_ARRAY_LENGTH('[1,2,3]') AS c, IS_VALID_JSON('{"a":1}') AS d, IS_VALID_JSON('{bad') AS e, JSON_EXTRACT_ARRAY_ELEMENT_TEXT('[10,20]', -1) AS f;

-- JSON in text that is none
SELECT JSON_EXTRACT_PATH_TEXT('{bad', 'a', true) AS a, JSON_ARRAY_LENGTH('[1,2]', true) AS b;

-- Arithmetic of SUPER values
SELECT id, payload.total + 1 AS a, payload.total * 2 > 20 AS b, UPPER(payload.kind) AS c, SUM(payload.total) OVER () AS d FROM orders WHERE id < 4 ORDER BY id;

-- Short and long words for parts
SELECT DATEADD(ms, 5, placed) AS a, DATEADD(weeks, 1, due) AS b, DATEADD(yrs, 1, due) AS c, DATEDIFF(mins, placed, placed + INTERVAL '90 minutes') AS d, DATE_PART(mon, due) AS e, DATE_PART(w, due) AS f, DATE_PART(dayofweek, due) AS g, EXTRACT(decade FROM due) AS h FROM orders WHERE id = 1;

-- DATEDIFF by less and by more
SELECT DATEDIFF(ms, placed, DATEADD(s, 1, placed)) AS a, DATEDIFF(decade, '1999-01-01', '2024-01-01') AS b FROM orders WHERE id = 1;

-- A text beside a number
SELECT id FROM customers WHERE name = 5 OR id = '2' ORDER BY 1;

-- The middle of days
SELECT MEDIAN(due) AS a, MEDIAN(placed) AS b FROM orders;

-- About the middle
SELECT APPROXIMATE PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY qty) AS a FROM orders;

-- Names of casts, used in windows
SELECT id, payload.total::decimal(10,2) AS t, SUM(t) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) AS s, t > 5 AS u FROM orders ORDER BY id;

-- IGNORE NULLS with a distance and another value
SELECT id, LEAD(qty, 2, 99) IGNORE NULLS OVER (ORDER BY id) AS a, LAG(qty, 2, 99) IGNORE NULLS OVER (ORDER BY id) AS b, NTH_VALUE(note, 2) IGNORE NULLS OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS c FROM orders ORDER BY id;

-- SUPER values compared with each other
SELECT o.id, p.id AS other FROM orders o JOIN orders p ON o.payload.kind = p.payload.kind AND o.id < p.id ORDER BY 1, 2;

-- SUPER: a choice
SELECT id, NVL(payload.kind, 'none')::varchar AS a, NVL2(payload.kind, 1, 0) AS b, CASE payload.kind WHEN 'web' THEN 1 ELSE 0 END AS c FROM orders ORDER BY id;

-- SUPER: truth alone
SELECT id FROM orders WHERE payload.flags.gift AND NOT payload.flags.rush ORDER BY id;

-- SUPER: its members in a condition of a join
SELECT AVG(i.price::float) AS a, MAX(i.qty::int) AS b FROM orders AS o INNER JOIN o.payload.items AS i ON i.sku = 'A';

-- SUPER: what exists
SELECT o.id FROM orders o WHERE EXISTS (SELECT 1 FROM o.payload.items AS i WHERE i.qty::int > 2) ORDER BY 1;

-- SUPER: an element by a calculation
SELECT id, payload.items[id - 1].sku::varchar AS s FROM orders WHERE id < 3 ORDER BY id;

-- SUPER: two unnestings of one value
SELECT COUNT(*) AS n FROM orders o, o.payload.items AS i, o.payload.items AS j;

-- Quotients of decimals
SELECT 7 / 2.0 AS a, 10.00 / 4 AS b, SUM(amount) / 4 AS c FROM orders WHERE id < 3;

-- A number in quotes
SELECT id + '1' AS a, '5' + 1 AS b, amount || '' AS c, id || '-' || due AS d FROM orders WHERE id = 1;

-- Numbers by patterns
SELECT TO_NUMBER('12,454.8-', '99G999D9S') AS a, TO_CHAR(125.8, 'FM999D99') AS b;

-- Checksums, and digits of other bases
SELECT CRC32('Amazon Redshift') AS a, STRTOL('17', 8) AS b, DLOG1(1) AS c, TO_HEX(10) AS d;

-- SUPER: scalars
SELECT IS_INTEGER(payload.items[0].qty) AS a, IS_BIGINT(payload.total) AS b, IS_SCALAR(payload.kind) AS c, IS_VARCHAR(payload.kind) AS d, IS_BOOLEAN(payload.flags.gift) AS e FROM orders WHERE id = 1;

-- SUPER: what arrays hold
SELECT ARRAY_CONTAINS(ARRAY(1, 2), 2) AS a, IS_VALID_JSON_ARRAY('[1]') AS b, CAN_JSON_PARSE('{') AS c, SUBARRAY(ARRAY(1, 2, 3), 1) AS d, SPLIT_TO_ARRAY('a,b') AS e;

-- Which of two comes first
SELECT INTERVAL_CMP(INTERVAL '1 day', INTERVAL '2 days') AS a, BPCHARCMP('a', 'b') AS b, DATE_CMP_TIMESTAMPTZ('2024-01-01', '2024-01-02') AS c, TIMESTAMPTZ_CMP('2024-01-01', '2024-01-01') AS d;
