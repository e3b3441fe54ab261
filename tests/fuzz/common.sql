SELECT * FROM shops
SELECT id, name, city FROM shops WHERE city LIKE 'B%' ORDER BY name LIMIT 5
SELECT DISTINCT city FROM shops
SELECT count(*), count(DISTINCT city), min(opened), max(rating) FROM shops
SELECT city, count(*) AS n FROM shops GROUP BY city HAVING count(*) > 1 ORDER BY n DESC, city
SELECT s.name, sum(x.amount) AS total FROM shops s JOIN sales x ON x.shop_id = s.id GROUP BY s.name
SELECT s.name FROM shops s LEFT JOIN sales x ON x.shop_id = s.id WHERE x.id IS NULL
SELECT s.id, x.id FROM shops s FULL OUTER JOIN sales x ON s.id = x.shop_id AND x.quantity > 3
SELECT a.id FROM sales a CROSS JOIN shops b WHERE a.shop_id <> b.id LIMIT 3
SELECT id FROM shops WHERE id IN (SELECT shop_id FROM sales WHERE amount > 10)
SELECT id FROM shops s WHERE EXISTS (SELECT 1 FROM sales x WHERE x.shop_id = s.id AND x.paid)
SELECT id FROM shops WHERE id NOT IN (1, 2, 3) AND rating BETWEEN 1.5 AND 4
SELECT name, (SELECT max(amount) FROM sales x WHERE x.shop_id = s.id) AS best FROM shops s
SELECT id FROM shops UNION SELECT shop_id FROM sales
SELECT id FROM shops UNION ALL SELECT id FROM sales ORDER BY id LIMIT 4
SELECT id FROM shops INTERSECT SELECT shop_id FROM sales
SELECT id FROM shops EXCEPT SELECT shop_id FROM sales
WITH big AS (SELECT shop_id, sum(amount) AS total FROM sales GROUP BY shop_id) SELECT * FROM big WHERE total > 100
WITH a AS (SELECT id FROM shops), b AS (SELECT id FROM a WHERE id > 2) SELECT count(*) FROM b
SELECT id, row_number() OVER (PARTITION BY shop_id ORDER BY sold_at) AS nth FROM sales
SELECT id, rank() OVER (ORDER BY amount DESC), dense_rank() OVER (ORDER BY quantity) FROM sales
SELECT id, sum(amount) OVER (PARTITION BY shop_id ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM sales
SELECT id, lag(amount, 1) OVER (ORDER BY id), lead(amount) OVER (ORDER BY id) FROM sales
SELECT id, first_value(note) OVER (PARTITION BY shop_id ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING) FROM sales
SELECT ntile(4) OVER (ORDER BY amount), avg(amount) OVER () FROM sales
SELECT CASE WHEN amount > 50 THEN 'high' WHEN amount > 10 THEN 'mid' ELSE 'low' END AS band, count(*) FROM sales GROUP BY 1
SELECT CASE shop_id WHEN 1 THEN 'first' ELSE 'other' END FROM sales
SELECT coalesce(note, 'none'), nullif(quantity, 0) FROM sales
SELECT greatest(quantity, 3), least(quantity, 2) FROM sales
SELECT CAST(quantity AS VARCHAR), CAST('12' AS INTEGER), CAST(amount AS INTEGER) FROM sales
SELECT CAST('2024-02-29' AS DATE), CAST('2024-02-29 10:11:12' AS TIMESTAMP)
SELECT upper(name), lower(city), length(name), trim(note) FROM shops JOIN sales ON shops.id = shop_id
SELECT substring(name, 1, 3), left(name, 2), right(name, 2), replace(name, 'a', 'b') FROM shops
SELECT name || ' in ' || city FROM shops
SELECT concat(name, city), reverse(name), position('a' IN name) FROM shops
SELECT lpad(name, 10, '*'), rpad(name, 10), ltrim(name), rtrim(name, 'x') FROM shops
SELECT abs(quantity - 5), round(amount, 1), floor(amount), ceil(amount), sign(quantity) FROM sales
SELECT sqrt(quantity), power(quantity, 2), exp(1), ln(quantity + 1), mod(quantity, 3) FROM sales
SELECT quantity + 1, quantity - 1, quantity * 2, quantity / 2, quantity % 2, -quantity FROM sales
SELECT amount / quantity FROM sales WHERE quantity <> 0
SELECT date_trunc('month', sold_at) AS month, sum(amount) FROM sales GROUP BY 1 ORDER BY 1
SELECT extract(year FROM sold_at), extract(month FROM opened) FROM sales JOIN shops ON shops.id = shop_id
SELECT sold_at + INTERVAL '3 days' FROM sales
SELECT max(sold_at), min(sold_at), max(sold_at) - min(sold_at) FROM sales
SELECT * FROM sales WHERE sold_at >= '2024-01-01' AND sold_at < '2025-01-01'
SELECT * FROM sales WHERE paid AND NOT (quantity > 3 OR note IS NULL)
SELECT paid, count(*) FROM sales GROUP BY paid ORDER BY paid NULLS LAST
SELECT shop_id, paid, count(*) FROM sales GROUP BY ROLLUP (shop_id, paid)
SELECT shop_id, paid, sum(amount) FROM sales GROUP BY GROUPING SETS ((shop_id), (paid), ())
SELECT shop_id, paid, sum(amount) FROM sales GROUP BY CUBE (shop_id, paid)
SELECT avg(amount), stddev(amount), variance(amount), stddev_pop(quantity) FROM sales
SELECT shop_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) FROM sales GROUP BY shop_id
SELECT sum(CASE WHEN paid THEN amount ELSE 0 END) / nullif(sum(amount), 0) FROM sales
SELECT * FROM (SELECT id, amount FROM sales WHERE amount > 5) t ORDER BY amount DESC OFFSET 2
SELECT t.a, t.b FROM (VALUES (1, 'x'), (2, 'y')) AS t(a, b)
SELECT s.*, x.amount FROM shops AS s INNER JOIN sales AS x ON s.id = x.shop_id WHERE x.amount = (SELECT max(amount) FROM sales)
SELECT "name", "city" FROM "shops"
SELECT id FROM sales WHERE note LIKE '%a_b%' OR note LIKE '100\%' ESCAPE '\'
SELECT current_date, current_timestamp
SELECT id FROM sales ORDER BY CASE WHEN paid THEN 0 ELSE 1 END, amount DESC LIMIT 3
SELECT shop_id, count(*) * 100.0 / sum(count(*)) OVER () FROM sales GROUP BY shop_id
SELECT 1 AS one, 'text' AS two, 3.5 AS three, NULL AS four, TRUE AS five
SELECT id /* within */ FROM shops -- at the end
SELECT shops.name FROM shops WHERE (shops.rating > 3 AND (shops.city = 'x' OR (shops.id = 1)))
SELECT count(*) FROM sales a JOIN sales b ON a.shop_id = b.shop_id AND a.id < b.id
SELECT kind, count(*) FROM events GROUP BY kind
SELECT DISTINCT shop_id, date_trunc('day', sold_at) FROM sales WHERE amount IS NOT NULL
