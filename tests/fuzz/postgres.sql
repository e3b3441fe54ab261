SELECT now(), age(sold_at), date_part('year', sold_at) FROM sales
SELECT to_char(sold_at, 'YYYY-MM-DD'), to_char(amount, 'FM990.00'), to_date('2024-01-02', 'YYYY-MM-DD') FROM sales
SELECT string_agg(name, ', ' ORDER BY name), array_agg(id ORDER BY id DESC) FROM shops
SELECT json_build_object('a', id), jsonb_agg(name), to_json(name) FROM shops GROUP BY id, name
SELECT payload->'a', payload->>'b', payload#>>'{a,b}', payload ? 'a' FROM events
SELECT jsonb_array_elements('[1, 2]'::jsonb), jsonb_object_keys('{"a": 1}'::jsonb)
SELECT DISTINCT ON (shop_id) shop_id, sold_at FROM sales ORDER BY shop_id, sold_at DESC
SELECT * FROM generate_series(1, 5) AS g(i)
SELECT d::date FROM generate_series('2024-01-01'::date, '2024-01-05'::date, '1 day') AS d
SELECT unnest(ARRAY[1, 2, 3]), array_length(ARRAY[1, 2], 1), (ARRAY[1, 2])[1], 2 = ANY(ARRAY[1, 2])
SELECT s.name, x.amount FROM shops s CROSS JOIN LATERAL (SELECT amount FROM sales WHERE shop_id = s.id LIMIT 1) x
SELECT count(*) FILTER (WHERE paid), sum(amount) FILTER (WHERE quantity > 2) FROM sales
SELECT split_part(name, ' ', 1), strpos(name, 'a'), initcap(name), translate(name, 'ab', 'xy'), overlay(name placing 'x' from 1) FROM shops
SELECT regexp_replace(name, '[aeiou]', '*', 'g'), regexp_matches(name, 'a'), substring(name from '[A-Z]+') FROM shops
SELECT name FROM shops WHERE name ~* '^a' OR name !~ 'b' OR name ILIKE 'c%' OR name SIMILAR TO '%(d|e)%'
SELECT amount::int, '3'::numeric(5,2), sold_at::date, note::text, id::bigint FROM sales
SELECT md5(name), encode(name::bytea, 'hex'), chr(65), ascii(name), format('%s', name), concat_ws('-', name, city) FROM shops
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY amount), mode() WITHIN GROUP (ORDER BY quantity), corr(amount, quantity) FROM sales
SELECT bool_and(paid), bool_or(paid), every(paid), bit_or(quantity), var_samp(amount) FROM sales
SELECT date_trunc('week', sold_at), sold_at AT TIME ZONE 'UTC', sold_at - INTERVAL '1 hour', make_date(2024, 1, 2) FROM sales
SELECT extract(epoch FROM sold_at), extract(dow FROM sold_at), to_timestamp(0), justify_days(INTERVAL '40 days') FROM sales
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT * FROM n
SELECT width_bucket(amount, 0, 100, 5), trunc(amount, 1), div(quantity, 2), gcd(12, 8), random() FROM sales
SELECT a.id FROM sales a NATURAL JOIN shops b
SELECT id FROM sales JOIN shops USING (id)
SELECT nth_value(amount, 2) OVER w, cume_dist() OVER w FROM sales WINDOW w AS (PARTITION BY shop_id ORDER BY id)
SELECT row_to_json(s) FROM shops s
SELECT (s).name, s IS NOT NULL FROM shops s
SELECT id FROM shops FETCH FIRST 3 ROWS ONLY
SELECT octet_length(name), char_length(name), btrim(name), starts_with(name, 'A'), cardinality(ARRAY[1]) FROM shops
SELECT coalesce(NULL, 1), num_nulls(NULL, 1), 5 IS DISTINCT FROM NULL, TRUE IS NOT TRUE
TABLE shops
VALUES (1, 'a'), (2, 'b')
