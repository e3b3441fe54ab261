-- A star schema of a chain of electronics stores: a date dimension, customers as SCD2 versions, orders with a
-- life, lines that add up. Written by hand; nothing in it contradicts anything else.
CREATE MACRO rows(a, b) AS TABLE SELECT CAST(range AS INTEGER) AS n FROM range(a, b);
CREATE MACRO u(k, salt) AS (hash(k, salt) % 1000003) / 1000003.0;
CREATE MACRO tail(k, salt) AS exp(1.1 * sqrt(-2 * ln(u(k, salt) + 1e-9)) * cos(6.2831853 * u(k, salt || 'b')));
CREATE MACRO key_of(d) AS CAST(strftime(d, '%Y%m%d') AS INTEGER);
CREATE MACRO busy_hour(x) AS CASE WHEN x < .02 THEN 8 WHEN x < .12 THEN 10 WHEN x < .25 THEN 12 WHEN x < .4 THEN 14
    WHEN x < .6 THEN 17 WHEN x < .8 THEN 19 WHEN x < .92 THEN 20 ELSE 22 END;
CREATE MACRO ean(n) AS (WITH s AS (SELECT lpad(CAST(400000000000 + n AS VARCHAR), 12, '0') AS t)
    SELECT t || CAST((10 - list_sum([CAST(t[i] AS INTEGER) * CASE WHEN i % 2 = 0 THEN 3 ELSE 1 END
        FOR i IN range(1, 13)]) % 10) % 10 AS VARCHAR) FROM s);

CREATE TABLE dim_date AS
SELECT key_of(d) AS date_key, d AS full_date, year(d) AS year, quarter(d) AS quarter, month(d) AS month,
       monthname(d) AS month_name, day(d) AS day_of_month, dayname(d) AS weekday_name, isodow(d) >= 6 AS is_weekend
FROM (SELECT CAST(unnest(generate_series(DATE '2021-01-01', DATE '2024-12-31', INTERVAL 1 DAY)) AS DATE) AS d);

CREATE TABLE person AS
SELECT n AS customer_no, ['Ann','Bea','Carl','Dora','Emil','Finn','Gail','Hugo','Iris','Jack'][1 + CAST(floor(10 * u(n, 'f')) AS INT)] AS first_name,
       ['Abel','Brown','Clark','Diaz','Evans','Frank','Green','Hill','Irwin','Jones','Klein','Lopez'][1 + CAST(floor(12 * u(n, 'l')) AS INT)] AS last_name,
       CASE WHEN u(n, 'c') < .5 THEN 'DE' WHEN u(n, 'c') < .75 THEN 'FR' WHEN u(n, 'c') < .9 THEN 'GB' ELSE 'CH' END AS country_code,
       DATE '1945-01-01' + CAST(floor(21000 * u(n, 'b')) AS INT) AS birth_date,
       DATE '2021-01-04' + CAST(floor(900 * pow(u(n, 'j'), 1.5)) AS INT) AS joined_on,
       u(n, 'v') AS v
FROM rows(1, 2001) t(n);

CREATE TABLE versions AS
SELECT p.*, i, joined_on + CAST(i * (60 + floor(200 * u(customer_no, 'g'))) AS INT) AS valid_from
FROM person p, rows(0, 3) r(i) WHERE i = 0 OR (i = 1 AND v < .4) OR (i = 2 AND v < .1);

CREATE TABLE dim_customer AS
SELECT row_number() OVER (ORDER BY valid_from, customer_no) AS customer_key, customer_no, first_name, last_name,
       lower(first_name) || '.' || lower(last_name) || customer_no || '@example.' || lower(country_code) AS email,
       country_code, CASE country_code WHEN 'GB' THEN 'GBP' WHEN 'CH' THEN 'CHF' ELSE 'EUR' END AS currency,
       CASE country_code WHEN 'GB' THEN '+44' WHEN 'CH' THEN '+41' WHEN 'FR' THEN '+33' ELSE '+49' END
           || ' ' || CAST(100000000 + hash(customer_no, 'p') % 899999999 AS VARCHAR) AS phone,
       birth_date, joined_on, CASE WHEN u(customer_no, i) < .6 THEN 'home' WHEN u(customer_no, i) < .9 THEN 'office' ELSE 'reseller' END AS segment,
       valid_from, lead(valid_from) OVER w AS valid_to, lead(valid_from) OVER w IS NULL AS is_current
FROM versions WINDOW w AS (PARTITION BY customer_no ORDER BY valid_from);

CREATE TABLE dim_product AS
SELECT n AS product_key, 'SKU-' || lpad(CAST(n AS VARCHAR), 5, '0') AS sku, ean(n * 37) AS ean,
       sub || ' ' || ['Basic','Pro','Max','Mini','Air','Ultra','Neo','Lite'][1 + n % 8] || ' ' || CAST(100 + n AS VARCHAR) AS product_name,
       CASE WHEN sub IN ('Phone', 'Tablet') THEN 'Mobile' WHEN sub IN ('Laptop', 'Monitor', 'Printer') THEN 'Computing' ELSE 'Audio' END AS category,
       sub AS subcategory, list_price, round(list_price * (.5 + .3 * u(n, 'm')), 2) AS unit_cost,
       launched_on, CASE WHEN u(n, 'x') < .1 THEN launched_on + 1300 + CAST(floor(300 * u(n, 'y')) AS INT) END AS discontinued_on
FROM (SELECT n, ['Phone','Tablet','Laptop','Monitor','Printer','Headset','Speaker'][1 + CAST(floor(7 * u(n, 's')) AS INT)] AS sub,
             CAST(greatest(9.99, floor(90 * tail(n, 'p')) + .99) AS DECIMAL(9,2)) AS list_price,
             DATE '2019-01-01' + CAST(floor(700 * u(n, 'd')) AS INT) AS launched_on FROM rows(1, 301) t(n));

CREATE TABLE dim_store AS
SELECT n AS store_key, 'S' || lpad(CAST(n AS VARCHAR), 3, '0') AS store_code, c.city, c.country_code, c.lat AS latitude, c.lon AS longitude,
       DATE '2005-03-01' + CAST(floor(5000 * u(n, 'o')) AS INT) AS opened_on,
       CASE WHEN n IN (7, 19) THEN DATE '2024-12-31' END AS closed_on
FROM rows(1, 41) t(n) JOIN (VALUES (0, 'Berlin', 'DE', 52.52, 13.405), (1, 'Hamburg', 'DE', 53.55, 9.993), (2, 'Munich', 'DE', 48.137, 11.575),
     (3, 'Paris', 'FR', 48.857, 2.352), (4, 'Lyon', 'FR', 45.764, 4.836), (5, 'London', 'GB', 51.507, -.128), (6, 'Leeds', 'GB', 53.801, -1.549),
     (7, 'Basel', 'CH', 47.559, 7.588)) c(i, city, country_code, lat, lon) ON i = n % 8;

CREATE TABLE dim_promotion AS
SELECT n AS promotion_key, ['Spring','Summer','Autumn','Winter','Clearance'][1 + n % 5] || ' Deal ' || CAST(n AS VARCHAR) AS promotion_name,
       DATE '2022-01-01' + n * 35 AS start_date, DATE '2022-01-01' + n * 35 + 20 + n % 9 AS end_date, 5 * (1 + n % 4) AS discount_pct
FROM rows(0, 30) t(n);

CREATE TABLE moments AS  -- more of them on Saturdays, fewer on Sundays, more each year
SELECT row_number() OVER (ORDER BY ts, n) AS k, ts FROM (
  SELECT n, CAST(d AS TIMESTAMP) + to_hours(busy_hour(u(n, 'h'))) + to_seconds(CAST(floor(3600 * u(n, 's')) AS INT)) AS ts
  FROM (SELECT n, DATE '2022-01-01' + CAST(floor(1090 * pow(u(n, 'd'), .8)) AS INT) AS d FROM rows(1, 16001) t(n))
  WHERE u(n, 'w') < [.55, .6, .6, .7, .9, 1, .25][isodow(d)]);

CREATE TABLE fact_orders AS
WITH drawn AS (
  SELECT k, ts, 1 + CAST(floor(2000 * pow(u(k, 'c'), 2.2)) AS INT) AS customer_no, 1 + CAST(floor(40 * pow(u(k, 'st'), 1.6)) AS INT) AS store_key,
         u(k, 'z') AS z FROM moments),
lived AS (
  SELECT d.k, d.ts, c.customer_key, c.currency, d.store_key, z,
    CASE WHEN z < .05 THEN 'cancelled' WHEN ts > TIMESTAMP '2024-12-10' THEN CASE WHEN z < .4 THEN 'placed' ELSE 'paid' END
         WHEN z < .1 THEN 'shipped' ELSE 'delivered' END AS status
  FROM drawn d JOIN dim_customer c ON c.customer_no = d.customer_no AND CAST(d.ts AS DATE) >= c.valid_from AND (c.valid_to IS NULL OR CAST(d.ts AS DATE) < c.valid_to))
SELECT row_number() OVER (ORDER BY k) AS order_key, 'O-' || lpad(CAST(row_number() OVER (ORDER BY k) AS VARCHAR), 7, '0') AS order_number,
       customer_key, store_key, key_of(ts) AS order_date_key, ts AS ordered_at, status,
       CASE WHEN status IN ('paid', 'shipped', 'delivered') THEN ts + to_minutes(CAST(1 + floor(600 * u(k, 'pm')) AS INT)) END AS paid_at,
       CASE WHEN status IN ('shipped', 'delivered') THEN ts + to_minutes(CAST(700 + floor(2500 * u(k, 'sm')) AS INT)) END AS shipped_at,
       CASE WHEN status = 'delivered' THEN ts + to_minutes(CAST(3300 + floor(6000 * u(k, 'dm')) AS INT)) END AS delivered_at,
       CASE WHEN status = 'cancelled' THEN ts + to_minutes(CAST(5 + floor(900 * u(k, 'cm')) AS INT)) END AS cancelled_at,
       CASE WHEN status = 'cancelled' THEN ['changed mind', 'too late', 'found cheaper'][1 + CAST(floor(3 * u(k, 'cr')) AS INT)] END AS cancel_reason,
       currency
FROM lived;

CREATE TABLE fact_order_lines AS
WITH drawn AS (
  SELECT o.order_key, o.ordered_at, i + 1 AS line_no, 1 + CAST(floor(300 * pow(u(o.order_key * 9 + i, 'p'), 1.8)) AS INT) AS product_key,
         1 + CAST(floor(4 * pow(u(o.order_key * 9 + i, 'q'), 2)) AS INT) AS quantity
  FROM fact_orders o, rows(0, 4) r(i) WHERE i = 0 OR u(o.order_key, 'lines') < [1, .5, .25, .1][i + 1]),
priced AS (
  SELECT d.*, p.list_price AS unit_price, m.promotion_key, round(quantity * p.list_price * coalesce(m.discount_pct, 0) / 100, 2) AS discount_amount
  FROM drawn d JOIN dim_product p ON p.product_key = d.product_key AND (p.discontinued_on IS NULL OR d.ordered_at < p.discontinued_on) LEFT JOIN dim_promotion m
    ON CAST(d.ordered_at AS DATE) BETWEEN m.start_date AND m.end_date AND u(d.order_key * 9 + line_no, 'pr') < .3)
SELECT order_key, line_no, product_key, promotion_key, quantity, unit_price, CAST(discount_amount AS DECIMAL(10,2)) AS discount_amount,
       CAST(quantity * unit_price - discount_amount AS DECIMAL(11,2)) AS net_amount,
       CAST(round((quantity * unit_price - discount_amount) * .19, 2) AS DECIMAL(11,2)) AS tax_amount,
       CAST(quantity * unit_price - discount_amount + round((quantity * unit_price - discount_amount) * .19, 2) AS DECIMAL(11,2)) AS gross_amount
FROM priced;

CREATE TABLE sums AS SELECT order_key, count(*) AS line_count, sum(net_amount) AS subtotal, sum(tax_amount) AS tax, sum(gross_amount) AS total FROM fact_order_lines GROUP BY 1;
CREATE OR REPLACE TABLE fact_orders AS
SELECT o.*, s.line_count, CAST(s.subtotal AS DECIMAL(12,2)) AS subtotal, CAST(s.tax AS DECIMAL(12,2)) AS tax, CAST(s.total AS DECIMAL(12,2)) AS total
FROM fact_orders o JOIN sums s USING (order_key);

CREATE TABLE fact_returns AS
SELECT row_number() OVER (ORDER BY l.order_key, l.line_no) AS return_key, l.order_key, o.customer_key, l.product_key,
       o.delivered_at + to_minutes(CAST(900 + floor(30000 * u(l.order_key, 'rm')) AS INT)) AS returned_at,
       l.quantity, l.gross_amount AS refund_amount, ['defective', 'wrong size', 'not as described'][1 + CAST(floor(3 * u(l.order_key, 'rr')) AS INT)] AS reason
FROM fact_order_lines l JOIN fact_orders o USING (order_key)
WHERE o.status = 'delivered' AND u(l.order_key * 9 + l.line_no, 'ret') < .06 AND o.ordered_at < TIMESTAMP '2024-11-20';

DROP TABLE person; DROP TABLE versions; DROP TABLE moments; DROP TABLE sums;
