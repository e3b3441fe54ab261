-- Money by month, and by how much it changed
WITH monthly AS (
    SELECT DATE_TRUNC('month', order_date) AS month, SUM(total_price) AS money FROM orders GROUP BY 1
)
SELECT month, money, LAG(money) OVER (ORDER BY month) AS before,
       ROUND(100 * DIV0(money - LAG(money) OVER (ORDER BY month), LAG(money) OVER (ORDER BY month)), 1) AS percent
FROM monthly ORDER BY month;

-- The same month a year before
WITH monthly AS (SELECT DATE_TRUNC('month', order_date) AS month, COUNT(*) AS orders FROM orders GROUP BY 1)
SELECT a.month, a.orders, b.orders AS year_before FROM monthly a
LEFT JOIN monthly b ON b.month = DATEADD(year, -1, a.month) ORDER BY a.month;

-- Days from order to shipping, by mode
SELECT l.ship_mode, AVG(DATEDIFF('day', o.order_date, l.ship_date)) AS days, MEDIAN(DATEDIFF(day, o.order_date, l.ship_date)) AS median
FROM orders o JOIN order_lines l ON l.order_id = o.order_id GROUP BY l.ship_mode ORDER BY l.ship_mode;

-- Units between two dates
SELECT order_id, line_number, DATEDIFF(month, ship_date, receipt_date) AS months, DATEDIFF(quarter, ship_date, receipt_date) AS quarters,
       DATEDIFF(year, ship_date, receipt_date) AS years, DATEDIFF(week, ship_date, receipt_date) AS weeks, receipt_date - ship_date AS days
FROM order_lines ORDER BY order_id, line_number;

-- When the invoice, the reminder and the last notice are due
SELECT order_id, DATEADD(day, 14, order_date) AS invoice, DATEADD('month', 1, order_date) AS reminder, LAST_DAY(order_date) AS notice,
       order_date + 3 AS soon, ADD_MONTHS(order_date, 2) AS later
FROM orders ORDER BY order_id;

-- Orders by weekday
SELECT DAYOFWEEK(order_date) AS weekday, COUNT(*) AS orders FROM orders GROUP BY 1 ORDER BY 1;

-- Labels of months
SELECT order_id, TO_CHAR(order_date, 'YYYY-MM') AS month, TO_VARCHAR(order_date, 'DD/MM/YYYY') AS european,
       TO_CHAR(order_date, 'MON') AS short FROM orders ORDER BY order_id;

-- Dates from text
SELECT TO_DATE('20240229', 'YYYYMMDD') AS a, TRY_TO_DATE('2024-02-30') AS b, '2024-03-01'::DATE AS c,
       TO_TIMESTAMP('2024-03-01 10:20:30', 'YYYY-MM-DD HH24:MI:SS') AS d, DATE_PART(month, '2024-03-01'::DATE) AS e;

-- Parts of a moment
SELECT customer_id, YEAR(created_at) AS y, MONTH(created_at) AS m, DAY(created_at) AS d, HOUR(created_at) AS h, QUARTER(created_at) AS q,
       EXTRACT(minute FROM created_at) AS mi, DATE_PART('doy', created_at) AS doy, DATE_TRUNC('hour', created_at) AS hour
FROM customers ORDER BY customer_id;

-- The time of joining in Berlin
SELECT customer_id, CONVERT_TIMEZONE('UTC', 'Europe/Berlin', created_at) AS there FROM customers ORDER BY customer_id;

-- A calendar of ten days, and what was ordered
WITH days AS (
    SELECT DATEADD(day, ROW_NUMBER() OVER (ORDER BY SEQ4()) - 1, '2024-03-01'::DATE) AS day FROM TABLE(GENERATOR(ROWCOUNT => 10))
)
SELECT d.day, COUNT(o.order_id) AS orders FROM days d LEFT JOIN orders o ON o.order_date = d.day GROUP BY d.day ORDER BY d.day;

-- The first of each month, by recursion
WITH RECURSIVE months (month) AS (
    SELECT '2024-01-01'::DATE
    UNION ALL
    SELECT DATEADD(month, 1, month)::DATE FROM months WHERE month < '2024-06-01'
)
SELECT m.month, SUM(o.total_price) AS money FROM months m LEFT JOIN orders o ON DATE_TRUNC('month', o.order_date) = m.month
GROUP BY m.month ORDER BY m.month;

-- Orders within a week of another of the same customer
SELECT a.order_id AS one, b.order_id AS other FROM orders a JOIN orders b
ON a.customer_id = b.customer_id AND a.order_id < b.order_id AND ABS(DATEDIFF(day, a.order_date, b.order_date)) <= 7
ORDER BY 1, 2;

-- Whole months between shipping and receipt
SELECT order_id, line_number, ROUND(MONTHS_BETWEEN(receipt_date, ship_date), 4) AS months FROM order_lines
WHERE ship_date IS NOT NULL AND receipt_date IS NOT NULL ORDER BY order_id, line_number;

-- The Monday after an order
SELECT order_id, NEXT_DAY(order_date, 'mo') AS monday FROM orders ORDER BY order_id;
