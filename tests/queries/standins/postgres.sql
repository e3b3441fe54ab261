-- Members of documents
SELECT id, payload -> 'kind' AS a, payload ->> 'kind' AS b, payload -> 'items' -> 0 ->> 'sku' AS c, payload #> '{flags,gift}' AS d, payload #>> '{items,0,price}' AS e FROM orders ORDER BY id;

-- What documents hold
SELECT id FROM orders WHERE payload @> '{"kind":"web"}' OR payload <@ '{}' ORDER BY id;

-- Whether members are there
SELECT id FROM orders WHERE payload ? 'items' AND payload ?| array['flags','none'] AND payload ?& array['kind','total'] ORDER BY id;

-- Paths in documents
SELECT id, jsonb_path_query_first(payload, '$.items[*].sku') AS a, payload @? '$.items[*] ? (@.qty > 2)' AS b FROM orders WHERE jsonb_typeof(payload) = 'object' ORDER BY id;

-- Documents changed
SELECT payload - 'items' AS a, payload || '{"x":1}' AS b, jsonb_set(payload, '{kind}', '"new"') AS c, payload #- '{flags,gift}' AS d FROM orders WHERE id = 1;

-- Functions of documents
SELECT jsonb_typeof(payload) AS a, jsonb_array_length(payload -> 'items') AS b, jsonb_extract_path_text(payload, 'flags', 'gift') AS c, jsonb_pretty('{"a":1}') AS d, jsonb_strip_nulls('{"a":null}') AS e FROM orders WHERE id = 2;

-- Documents of rows
SELECT jsonb_agg(id ORDER BY id) AS a, jsonb_object_agg(id, qty) AS b, json_agg(name) AS c FROM (SELECT o.id, qty, name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id < 3) x;

-- Documents of values
SELECT json_build_object('a', 1, 'b', ARRAY[1, 2]) AS a, jsonb_build_array(1, 'x', NULL) AS b, to_jsonb('x'::text) AS c, row_to_json(r) AS d FROM (SELECT 1 AS q) r;

-- Elements as rows
SELECT o.id, i.value ->> 'sku' AS sku, i.ordinality FROM orders o, jsonb_array_elements(o.payload -> 'items') WITH ORDINALITY AS i WHERE jsonb_typeof(payload) = 'object' ORDER BY 1, 3;

-- Members as rows
SELECT o.id, e.key, e.value FROM orders o CROSS JOIN LATERAL jsonb_each_text(o.payload -> 'flags') AS e(key, value) WHERE o.id < 3 ORDER BY 1, 2;

-- Records of documents
SELECT x.* FROM jsonb_to_recordset('[{"a":1,"b":"x"},{"a":2}]') AS x(a int, b text) ORDER BY a;

-- Arrays
SELECT ARRAY[1, 2, 3] AS a, (ARRAY[10, 20, 30])[2] AS b, (ARRAY[1, 2, 3])[1:2] AS c, array_length(ARRAY[1, 2], 1) AS d, cardinality(ARRAY[1]) AS e, ARRAY[[1, 2], [3, 4]] AS f;

-- Operators of arrays
SELECT ARRAY[1, 2] || 3 AS a, ARRAY[1, 2] @> ARRAY[1] AS b, ARRAY[1, 2] && ARRAY[2, 3] AS c, 2 = ANY (ARRAY[1, 2]) AS d, 2 <> ALL (ARRAY[1, 3]) AS e, '{1,2}'::int[] AS f;

-- Functions of arrays
SELECT array_agg(id ORDER BY id DESC) AS a, array_to_string(array_agg(code ORDER BY id), '-', '?') AS b, string_to_array('a,b', ',') AS c, array_remove(ARRAY[1, 2, 1], 1) AS d, array_position(ARRAY['a', 'b'], 'b') AS e, ARRAY(SELECT id FROM customers WHERE id < 3 ORDER BY 1) AS f FROM customers;

-- Arrays as rows
SELECT u.v, u.n FROM unnest(ARRAY['x', 'y']) WITH ORDINALITY AS u(v, n) ORDER BY n;

-- Two arrays as rows
SELECT * FROM unnest(ARRAY[1, 2], ARRAY['a', 'b', 'c']) AS t(n, s) ORDER BY s;

-- Rows of a function beside a table
SELECT id, unnest(string_to_array(note, ',')) AS part FROM orders WHERE id = 4;

-- Ranges
SELECT int4range(1, 5) @> 3 AS a, '[2024-01-01,2024-02-01)'::daterange && daterange('2024-01-15', NULL) AS b, lower(numrange(1.5, 2)) AS c, int4range(1, 3) -|- int4range(3, 5) AS d, int4range(1, 5) * int4range(3, 9) AS e;

-- Overlaps of times
SELECT (DATE '2024-01-01', DATE '2024-02-01') OVERLAPS (DATE '2024-01-20', INTERVAL '5 days') AS a;

-- Regular expressions
SELECT id, name ~ '^[AB]' AS a, name ~* 'EVE' AS b, name !~ 'e' AS c, name !~* 'E' AS d FROM customers ORDER BY id;

-- Functions of regular expressions
SELECT regexp_replace('a1b22', '[0-9]+', '#', 'g') AS a, regexp_match('a1b22', '([a-z])([0-9])') AS b, regexp_count('abab', 'a') AS c, regexp_substr('a1b22', '[0-9]+', 1, 2) AS d, substring('foobar' FROM 'o(.)b') AS e, regexp_split_to_array('a b', '\s') AS f;

-- Matches as rows
SELECT m[1] AS a FROM regexp_matches('a1b22', '[0-9]+', 'g') AS m;

-- LIKE with lists and escapes
SELECT id FROM customers WHERE name LIKE ANY (ARRAY['A%', 'B%']) OR name ILIKE 'EVE\_%' OR name LIKE 'x!_' ESCAPE '!' OR name ~~ 'cl%' ORDER BY id;

-- SIMILAR TO
SELECT id FROM customers WHERE name SIMILAR TO '(Be|cl)%' ORDER BY id;

-- Text in several quotes
SELECT E'a\tb\\c\'d' AS a, $$it's$$ AS b, $x$a$$b$x$ AS c, 'it''s' AS d, U&'\0041' AS e, 'a\b' AS f;

-- Bits and bytes
SELECT B'101' AS a, X'1F' AS b, '\xdead'::bytea AS c, encode('abc'::bytea, 'hex') AS d, 5 & 3 AS e, 5 | 3 AS f, 5 # 3 AS g, ~5 AS h, 1 << 3 AS i, 16 >> 2 AS j;

-- Casts in three forms
SELECT '12'::int + 1 AS a, CAST('1.5' AS numeric(5,2)) AS b, date '2024-02-29' AS c, timestamptz '2024-01-01 00:00:00+02' AS d, '1 day'::interval AS e, 't'::boolean AS f, 12::text || 'x' AS g, '12.50'::numeric AS h;

-- Names of types
SELECT 1::int2 AS a, 1::int8 AS b, 1.5::float4 AS c, 1.5::float8 AS d, 'x'::bpchar(3) AS e, '10:00'::time AS f, '10:00+01'::timetz AS g, '127.0.0.1'::inet AS h, '{"a":1}'::json AS j, 12.345::numeric AS k;

-- Intervals
SELECT INTERVAL '1 year 2 months 3 days' AS a, INTERVAL '1' DAY AS b, INTERVAL '1-2' YEAR TO MONTH AS c, 3 * INTERVAL '2 hours' AS d, make_interval(days => 10) AS e, justify_days(INTERVAL '35 days') AS f, INTERVAL '90 minutes' / 2 AS g;

-- Parts of moments
SELECT extract(epoch FROM placed) AS a, date_part('month', placed) AS b, extract(second FROM placed) AS c, extract(isodow FROM due) AS d, date_trunc('week', placed) AS e, extract(week FROM due) AS f FROM orders ORDER BY id;

-- Arithmetic of moments
SELECT due + 1 AS a, due - DATE '2024-01-01' AS b, placed + INTERVAL '1 month' AS c, age(due, DATE '2020-01-01') AS d, placed - INTERVAL '1 day' * 2 AS e, placed::date + time '10:00' AS f FROM orders ORDER BY id;

-- Zones
SELECT placed AT TIME ZONE 'Europe/Berlin' AS a, timezone('UTC', placed) AS b, (placed AT TIME ZONE 'UTC') AT TIME ZONE 'Asia/Tokyo' AS c FROM orders WHERE id = 1;

-- Series
SELECT g FROM generate_series(1, 10, 3) AS g ORDER BY g;

-- Series of days
SELECT d::date AS day, count(o.id) AS n FROM generate_series(DATE '2024-02-28', DATE '2024-03-02', INTERVAL '1 day') AS d LEFT JOIN orders o ON o.placed::date = d::date GROUP BY 1 ORDER BY 1;

-- Moments made and written
SELECT make_date(2024, 2, 29) AS a, make_timestamp(2024, 1, 2, 3, 4, 5.5) AS b, to_char(placed, 'YYYY-"W"IW Day HH12:MI AM') AS c, to_date('29.02.2024', 'DD.MM.YYYY') AS d, to_timestamp(0) AS e, date_bin('15 minutes', placed, '2024-01-01') AS f FROM orders WHERE id = 1;

-- DISTINCT ON
SELECT DISTINCT ON (customer_id) customer_id, id, amount FROM orders ORDER BY customer_id, amount DESC;

-- LATERAL
SELECT c.id, l.id AS last FROM customers c LEFT JOIN LATERAL (SELECT o.id FROM orders o WHERE o.customer_id = c.id ORDER BY placed DESC LIMIT 1) l ON true ORDER BY c.id;

-- FILTER, WITHIN GROUP, ordered aggregates
SELECT count(*) FILTER (WHERE paid) AS a, sum(amount) FILTER (WHERE qty > 2) AS b, percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) AS c, percentile_disc(ARRAY[0.25, 0.75]) WITHIN GROUP (ORDER BY qty) AS d, mode() WITHIN GROUP (ORDER BY paid) AS e, string_agg(note, '; ' ORDER BY id DESC) AS f, rank(3) WITHIN GROUP (ORDER BY qty) AS g FROM orders;

-- Aggregates
SELECT bool_and(paid) AS a, every(qty > -5) AS b, bit_or(qty) AS c, stddev_samp(qty) AS d, corr(qty, amount) AS e, regr_slope(amount, qty) AS f, avg(qty) AS g, avg(amount) AS h, sum(big) AS i, array_agg(DISTINCT paid) AS j FROM orders;

-- GROUPING SETS, CUBE, ROLLUP
SELECT customer_id, paid, grouping(customer_id, paid) AS g, sum(qty) FROM orders GROUP BY GROUPING SETS ((customer_id), CUBE (paid), ()) ORDER BY 1, 2, 3, 4;

-- ROLLUP
SELECT customer_id, paid, count(*) FROM orders GROUP BY ROLLUP (customer_id, paid) ORDER BY 1, 2, 3;

-- Windows
SELECT id, row_number() OVER w AS a, lag(qty, 1, 0) OVER w AS b, sum(qty) OVER (w ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS c, first_value(id) OVER (PARTITION BY paid ORDER BY id) AS d FROM orders WINDOW w AS (ORDER BY id) ORDER BY id;

-- Frames
SELECT id, sum(qty) OVER (ORDER BY placed RANGE BETWEEN INTERVAL '30 days' PRECEDING AND CURRENT ROW) AS a, count(*) OVER (ORDER BY qty GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW) AS b, ntile(3) OVER (ORDER BY id) AS c FROM orders ORDER BY id;

-- Names in quotes
SELECT id AS "Id", name AS "select", 'x' AS "a ""b""" FROM "customers" AS "C" WHERE "C"."id" = 1;

-- Names in other cases
SELECT CUSTOMERS.ID, Name FROM Customers ORDER BY ID;

-- Rows compared
SELECT id FROM orders WHERE (customer_id, qty) = (1, 2) OR (qty, id) IN (SELECT qty, id FROM orders WHERE id = 3) OR (customer_id, id) > (4, 0) ORDER BY id;

-- Rows as values
SELECT ROW(1, 'a') AS a, (ROW(1, 2)) = (ROW(1, 2)) AS b, x.* FROM (VALUES (1, 'one'), (2, 'two')) AS x(n, word) ORDER BY n;

-- NULL
SELECT id FROM orders WHERE note IS DISTINCT FROM 'blue' AND paid IS NOT TRUE AND due IS NOT NULL ORDER BY id;

-- Order of NULL
SELECT id, note FROM orders ORDER BY note DESC NULLS LAST;

-- FETCH and OFFSET
SELECT id FROM orders ORDER BY qty DESC OFFSET 1 ROWS FETCH FIRST 2 ROWS WITH TIES;

-- Queries that read themselves
WITH RECURSIVE t(n, path) AS (SELECT 1, ARRAY[1] UNION ALL SELECT n + 1, path || (n + 1) FROM t WHERE n < 4) SELECT n, path FROM t ORDER BY n;

-- MATERIALIZED
WITH a AS MATERIALIZED (SELECT id FROM orders), b AS NOT MATERIALIZED (SELECT id FROM a) SELECT count(*) FROM b;

-- Sets
(SELECT id FROM orders EXCEPT ALL SELECT id FROM customers) UNION (SELECT 1) ORDER BY 1 DESC LIMIT 3;

-- Functions of numbers
SELECT 7 / 2 AS a, -7 / 2 AS b, 7 % 3 AS c, 2 ^ 10 AS d, |/ 16 AS e, abs(-5) AS f, round(2.5) AS g, round(2.5::float8) AS h, trunc(1.99, 1) AS i, div(7, 2) AS j, log(100) AS k, log(2, 8) AS l, ln(1) AS m, to_hex(255) AS n, width_bucket(5, 0, 10, 5) AS o, sign(-2) AS p;

-- Functions of text
SELECT length('abc') AS a, char_length('ab') AS b, octet_length('ä') AS c, position('b' IN 'abc') AS d, strpos('abc', 'c') AS e, overlay('abcdef' PLACING 'XX' FROM 2 FOR 3) AS f, substring('abcdef' FROM 2 FOR 3) AS g, trim(BOTH 'x' FROM 'xax') AS h, lpad('1', 3, '0') AS i, split_part('a,b', ',', 2) AS j, initcap('ab cd') AS k, translate('abc', 'ab', 'xy') AS l, concat('a', NULL, 1) AS m, concat_ws('-', 'a', NULL, 'b') AS n, format('%s is %L', 'x', 'y') AS o, left('abc', -1) AS p, reverse('abc') AS q, chr(65) AS r, ascii('A') AS s, md5('a') AS t, repeat('ab', 2) AS u, 'a' || 1 AS v, quote_ident('a b') AS w, starts_with('abc', 'ab') AS x;

-- Digests
SELECT encode(sha256('a'), 'hex') AS a, encode(sha256(convert_to('ä', 'UTF8')), 'base64') AS b;

-- CASE, COALESCE, GREATEST
SELECT id, CASE WHEN qty > 3 THEN 'a' ELSE 'b' END AS a, CASE qty WHEN 2 THEN 1 END AS b, COALESCE(note, 'x') AS c, NULLIF(qty, 2) AS d, GREATEST(qty, 3, NULL) AS e, LEAST(due, DATE '2024-03-01') AS f FROM orders ORDER BY id;

-- Collations
SELECT name FROM customers WHERE name < 'b' COLLATE "C" ORDER BY name COLLATE "C";

-- Joins
SELECT c.id, o.id AS order_id FROM customers c NATURAL JOIN (SELECT customer_id AS id, qty FROM orders) x JOIN orders o USING (qty) FULL JOIN (VALUES (9)) v(q) ON v.q = o.qty ORDER BY 1, 2;

-- Subscripts and fields
SELECT (payload)['kind'] AS a, payload['items'][0]['sku'] AS b FROM orders WHERE id = 1;

-- Comments
SELECT /* a -- b */ id -- c
FROM orders WHERE id = 1 -- the end;
