SELECT GETDATE(), SYSDATE
SELECT DATEADD(day, 7, opened), DATEDIFF(month, opened, '2024-12-31') FROM shops
SELECT DATE_PART(year, sold_at), DATE_PART('dow', sold_at) FROM sales
SELECT TO_CHAR(sold_at, 'YYYY-MM-DD HH24:MI'), TO_CHAR(amount, '999.99') FROM sales
SELECT TO_DATE('31.12.2024', 'DD.MM.YYYY'), TO_TIMESTAMP('2024-01-02 03:04', 'YYYY-MM-DD HH24:MI')
SELECT NVL(note, '-'), NVL2(note, 'yes', 'no'), DECODE(shop_id, 1, 'a', 2, 'b', 'c') FROM sales
SELECT LISTAGG(name, ', ') WITHIN GROUP (ORDER BY name) FROM shops
SELECT shop_id, LISTAGG(DISTINCT note, '|') FROM sales GROUP BY shop_id
SELECT MEDIAN(amount), APPROXIMATE COUNT(DISTINCT shop_id) FROM sales
SELECT RATIO_TO_REPORT(amount) OVER (PARTITION BY shop_id) FROM sales
SELECT TOP 3 id, amount FROM sales ORDER BY amount DESC
SELECT SPLIT_PART(name, ' ', 1), STRPOS(name, 'a'), CHARINDEX('a', name) FROM shops
SELECT REGEXP_REPLACE(name, '[aeiou]', '*'), REGEXP_SUBSTR(name, '[A-Z]+'), REGEXP_COUNT(name, 'a') FROM shops
SELECT name FROM shops WHERE name ~ '^[A-M]' OR name SIMILAR TO '%(a|b)%'
SELECT name FROM shops WHERE name ILIKE 'a%'
SELECT JSON_EXTRACT_PATH_TEXT('{"a": {"b": 1}}', 'a', 'b'), JSON_PARSE('{"a": 1}')
SELECT payload.a, payload.b[0] FROM events
SELECT LAST_DAY(opened), ADD_MONTHS(opened, 3), MONTHS_BETWEEN(opened, '2020-01-01'), NEXT_DAY(opened, 'Mon') FROM shops
SELECT CONVERT_TIMEZONE('UTC', 'Europe/Berlin', sold_at) FROM sales
SELECT LEN(name), BTRIM(name), INITCAP(name), CHR(65), ASCII(name) FROM shops
SELECT MD5(name), SHA1(name), FUNC_SHA1(name) FROM shops
SELECT * FROM sales QUALIFY ROW_NUMBER() OVER (PARTITION BY shop_id ORDER BY sold_at DESC) = 1
SELECT amount::INT, '3'::DECIMAL(5,2), sold_at::DATE, note::VARCHAR(5) FROM sales
SELECT TRUNC(amount), TRUNC(sold_at), ROUND(amount), STRTOL('ff', 16) FROM sales
SELECT BOOL_AND(paid), BOOL_OR(paid), BIT_AND(quantity) FROM sales
SELECT PERCENTILE_DISC(0.9) WITHIN GROUP (ORDER BY amount) FROM sales
SELECT CONCAT(name, 1), TRANSLATE(name, 'abc', 'xyz'), REPEAT(name, 2), QUOTE_LITERAL(name) FROM shops
SELECT EXTRACT(epoch FROM sold_at), DATE_CMP(opened, '2020-01-01') FROM sales JOIN shops ON shops.id = shop_id
SELECT TIMEZONE('Asia/Tokyo', sold_at), EXTRACT(week FROM sold_at) FROM sales
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT * FROM n
SELECT ISNULL(note, ''), LOG(10), CBRT(8), RANDOM() FROM sales
SELECT id FROM sales WHERE sold_at > DATEADD(month, -3, GETDATE())
SELECT a.id FROM sales a, shops b WHERE a.shop_id = b.id(+)
