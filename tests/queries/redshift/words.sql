-- Names put together; NULL if a part is
SELECT userid, firstname || ' ' || lastname AS name, CONCAT(firstname, lastname) AS joined, LEN(email) AS length FROM users ORDER BY userid;

-- Parts of an address
SELECT userid, LEFT(email, CHARINDEX('@', email) - 1) AS account, RIGHT(email, 3) AS ending, STRPOS(email, '.') AS dot,
       POSITION('@' IN email) AS at_sign, SUBSTRING(email, 2, 3) AS inner_part
FROM users WHERE email IS NOT NULL ORDER BY userid;

-- Digits of a phone number
SELECT userid, REGEXP_REPLACE(phone, '[^0-9]', '') AS digits, REGEXP_SUBSTR(phone, '[0-9]{3}') AS area, REGEXP_COUNT(phone, '[0-9]') AS count
FROM users ORDER BY userid;

-- Masked and padded
SELECT userid, LPAD(userid::VARCHAR, 6, '0') AS code, RPAD(LEFT(username, 2), 5, '*') AS masked, REVERSE(username) AS mirror,
       UPPER(LEFT(city, 1)) || LOWER(SUBSTRING(city, 2)) AS city, INITCAP(username) AS proper, TRANSLATE(username, 'aeiou', '12345') AS coded
FROM users ORDER BY userid;

-- Names of two kinds of ending
SELECT userid, lastname FROM users WHERE lastname ILIKE '%SON' OR lastname LIKE '_a%' ORDER BY userid;

-- A regular expression
SELECT userid, username FROM users WHERE username ~ '^[a-m][a-z._]*[nsyz][a-z0-9._]*$' ORDER BY userid;

-- Defaults of empty columns
SELECT userid, NVL(phone, email, 'none') AS contact, NVL2(phone, 'phone', 'none') AS kind, COALESCE(state, '--') AS state,
       NULLIF(state, 'CA') AS other FROM users ORDER BY userid;

-- The greatest of several, some of them NULL
SELECT salesid, GREATEST(pricepaid, commission) AS most, LEAST(pricepaid, commission) AS least FROM sales ORDER BY salesid;

-- Which events a venue showed
SELECT venueid, LISTAGG(DISTINCT eventname, '; ') WITHIN GROUP (ORDER BY eventname) AS shown FROM event GROUP BY venueid ORDER BY venueid;

-- Numbers made to fit
SELECT salesid, ROUND(pricepaid, 1) AS tenth, ROUND(pricepaid / 2.0, 2) AS half, FLOOR(pricepaid) AS floor, CEIL(pricepaid) AS ceiling,
       TRUNC(pricepaid, 1) AS cut, ABS(commission - 50) AS distance, SIGN(commission - 50) AS side, POWER(qtysold, 2) AS square
FROM sales ORDER BY salesid;

-- Halves are rounded away from zero
SELECT ROUND(2.5) AS a, ROUND(-2.5) AS b, ROUND(0.125, 2) AS c, ROUND(1.005, 2) AS d, 7 / 2 AS e, -7 / 2 AS f, 7 / 2.0 AS g, 7 % 3 AS h;

-- Text to numbers
SELECT CAST('12' AS INTEGER) + 1 AS a, '3.50'::DECIMAL(5, 2) AS b, CONVERT(INTEGER, '7') AS c, '2024-02-29'::DATE AS d, 'true'::BOOLEAN AS e;

-- Values within JSON text
SELECT userid, JSON_EXTRACT_PATH_TEXT('{"user": {"id": ' || userid::VARCHAR || ', "name": "x"}}', 'user', 'id') AS id FROM users ORDER BY userid;
