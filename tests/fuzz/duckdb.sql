FROM shops
FROM sales SELECT shop_id, sum(amount) GROUP BY ALL ORDER BY ALL
SELECT * EXCLUDE (note) REPLACE (amount * 2 AS amount) FROM sales
SELECT COLUMNS('a.*') FROM sales
SELECT min(COLUMNS(*)) FROM shops
DESCRIBE sales
SUMMARIZE shops
SHOW TABLES
EXPLAIN SELECT count(*) FROM sales
SELECT list(name ORDER BY name), string_agg(city, ', '), first(id), last(id) FROM shops
SELECT [x * 2 FOR x IN [1, 2, 3] IF x > 1], list_transform([1, 2], lambda x : x + 1), list_filter([1, 2], lambda x : x > 1)
SELECT {'a': 1, 'b': {'c': 2}}.b.c, struct_pack(k := 1), MAP {'a': 1}['a']
SELECT unnest([1, 2, 3]), range(3), generate_series(1, 3)
SELECT * FROM range(5) t(i), unnest([1, 2]) u(j)
SELECT strftime(sold_at, '%Y-%m'), strptime('2024-01-02', '%Y-%m-%d'), date_part('year', sold_at), sold_at::DATE FROM sales
SELECT date_diff('day', opened, DATE '2024-12-31'), date_add(opened, INTERVAL 3 DAY), last_day(opened), monthname(opened) FROM shops
SELECT time_bucket(INTERVAL '1 week', sold_at), epoch(sold_at), age(sold_at), dayofweek(sold_at) FROM sales
SELECT regexp_matches(name, '^A'), regexp_extract(name, '[A-Z]+'), regexp_replace(name, 'a', 'b', 'g'), regexp_split_to_array(name, ' ') FROM shops
SELECT payload->'$.a', payload->>'b', json_extract(payload, '$.c[0]'), json_keys(payload) FROM events
SELECT arg_max(name, rating), quantile_cont(rating, 0.5), median(rating), mode(city), histogram(city), approx_count_distinct(city) FROM shops
SELECT * FROM sales QUALIFY row_number() OVER (PARTITION BY shop_id ORDER BY id) = 1
PIVOT sales ON shop_id IN (1, 2, 3) USING sum(amount) GROUP BY paid
UNPIVOT (SELECT id, amount, quantity FROM sales) ON amount, quantity INTO NAME k VALUE v
SELECT a.id FROM sales a ASOF JOIN events e ON a.id >= e.id
SELECT a.id FROM sales a SEMI JOIN shops s ON s.id = a.shop_id
SELECT id FROM sales POSITIONAL JOIN shops
SELECT * FROM sales USING SAMPLE 3 ROWS
SELECT id FROM shops LIMIT 50%
SELECT amount::INT, TRY_CAST(note AS INT), '3'::DECIMAL(5,2), amount::VARCHAR FROM sales
SELECT printf('%d', id), format('{}', name), hash(name), md5(name), levenshtein(name, city), bar(id, 0, 10) FROM shops
SELECT name[1:3], name[1], array_slice([1, 2, 3], 1, 2), list_sort([3, 1]), len(name), contains(name, 'a') FROM shops
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT * FROM n
SELECT count(*) FILTER (paid), bool_and(paid), sum(DISTINCT quantity), product(quantity) FROM sales
SELECT union_value(k := 1), typeof(amount), current_setting('TimeZone'), version() FROM sales
