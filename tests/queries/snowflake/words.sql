-- Parts of an address
SELECT customer_id, LEFT(email, POSITION('@' IN email) - 1) AS account, RIGHT(email, 3) AS ending, CHARINDEX('.', email) AS dot,
       SUBSTR(email, 2, 3) AS inner_part, LENGTH(email) AS length, SPLIT_PART(email, '@', -1) AS domain
FROM customers ORDER BY customer_id;

-- Names by pattern
SELECT customer_id, full_name FROM customers WHERE full_name ILIKE ANY ('%SON', 'a%') OR CONTAINS(full_name, 'Mc') OR STARTSWITH(full_name, 'B')
ORDER BY customer_id;

-- A regular expression matches the whole
SELECT supplier_id, phone RLIKE '[0-9-]+' AS plain, REGEXP_LIKE(phone, '.*x[0-9]+') AS extended FROM suppliers ORDER BY supplier_id;

-- What a regular expression finds and replaces
SELECT supplier_id, REGEXP_SUBSTR(phone, 'x[0-9]+') AS extension, REGEXP_REPLACE(phone, '[^0-9]', '') AS digits, REGEXP_COUNT(phone, '[0-9]') AS count
FROM suppliers ORDER BY supplier_id;

-- Put together; NULL if a part is
SELECT customer_id, full_name || ', ' || city AS place, CONCAT(full_name, street) AS joined, LPAD(customer_id::VARCHAR, 6, '0') AS code,
       UPPER(LEFT(full_name, 2)) AS initials, REVERSE(full_name) AS mirror, REPLACE(email, '.', '') AS plain
FROM customers ORDER BY customer_id;

-- Words of a name
SELECT customer_id, STRTOK(full_name, ' ', 1) AS first, STRTOK(full_name, ' ', 2) AS second, INITCAP(LOWER(full_name)) AS proper FROM customers ORDER BY customer_id;

-- Names of each segment in one line
SELECT LEFT(segment_code, 1) AS segment, LISTAGG(full_name, '; ') WITHIN GROUP (ORDER BY full_name, customer_id) AS names FROM customers GROUP BY 1 ORDER BY 1;

-- Lists of nothing are empty
SELECT customer_id, LISTAGG(street, ',') AS streets FROM customers GROUP BY customer_id ORDER BY customer_id;

-- Text to numbers, where it can be
SELECT TO_NUMBER('12') AS a, TRY_TO_NUMBER('x') AS b, TRY_CAST('7' AS INTEGER) AS c, '3.5'::FLOAT AS d, TO_VARCHAR(12) AS e, TO_DECIMAL('1.25', 10, 2) AS f;

-- Halves are rounded away from zero
SELECT ROUND(2.5) AS a, ROUND(-2.5) AS b, ROUND(0.125, 2) AS c, ROUND(1.005, 2) AS d, CEIL(1.1) AS e, FLOOR(-1.1) AS f, 7 / 2 AS g, MOD(-7, 3) AS h;

-- Everything but the comments
SELECT * EXCLUDE (comment) FROM nations ORDER BY nation_id;

-- Equal, where NULL equals NULL
SELECT a.customer_id, EQUAL_NULL(a.street, b.street) AS same, a.street IS NOT DISTINCT FROM b.street AS again
FROM customers a JOIN customers b ON b.customer_id = a.customer_id + 1 ORDER BY a.customer_id;
