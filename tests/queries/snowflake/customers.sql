-- The first and the last order of each customer
SELECT DISTINCT customer_id, FIRST_VALUE(order_id) OVER (PARTITION BY customer_id ORDER BY order_date, order_id) AS first,
       LAST_VALUE(order_id) OVER (PARTITION BY customer_id ORDER BY order_date, order_id) AS last
FROM orders;

-- Cohorts by quarter of the first order, and who came back
WITH firsts AS (SELECT customer_id, DATE_TRUNC('quarter', MIN(order_date)) AS cohort FROM orders GROUP BY customer_id)
SELECT f.cohort, DATEDIFF(quarter, f.cohort, o.order_date) AS later, COUNT(DISTINCT o.customer_id) AS customers
FROM firsts f JOIN orders o USING (customer_id) GROUP BY 1, 2 ORDER BY 1, 2;

-- Visits: orders less than ninety days apart
WITH gaps AS (
    SELECT customer_id, order_id, order_date,
           IFF(DATEDIFF(day, LAG(order_date) OVER (PARTITION BY customer_id ORDER BY order_date, order_id), order_date) < 90, 0, 1) AS fresh
    FROM orders
)
SELECT customer_id, order_id, SUM(fresh) OVER (PARTITION BY customer_id ORDER BY order_date, order_id ROWS UNBOUNDED PRECEDING) AS visit
FROM gaps ORDER BY customer_id, order_id;

-- How far customers come: ordered, shipped, received
SELECT COUNT(DISTINCT c.customer_id) AS customers, COUNT(DISTINCT o.customer_id) AS ordered,
       COUNT(DISTINCT IFF(l.ship_date IS NOT NULL, o.customer_id, NULL)) AS shipped,
       COUNT(DISTINCT CASE WHEN l.receipt_date > l.ship_date THEN o.customer_id END) AS received
FROM customers c LEFT JOIN orders o USING (customer_id) LEFT JOIN order_lines l USING (order_id);

-- Recency, frequency and money in quartiles
SELECT customer_id, NTILE(4) OVER (ORDER BY MAX(order_date) DESC, customer_id) AS recency,
       NTILE(4) OVER (ORDER BY COUNT(*), customer_id) AS frequency, NTILE(4) OVER (ORDER BY SUM(total_price), customer_id) AS money
FROM orders GROUP BY customer_id ORDER BY customer_id;

-- The newest customer of each domain
SELECT SPLIT_PART(email, '@', 2) AS domain, customer_id FROM customers
QUALIFY ROW_NUMBER() OVER (PARTITION BY domain ORDER BY created_at DESC, customer_id) = 1 ORDER BY domain;

-- Running total and moving mean
SELECT customer_id, order_id, SUM(total_price) OVER (PARTITION BY customer_id ORDER BY order_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS total,
       ROUND(AVG(total_price) OVER (PARTITION BY customer_id ORDER BY order_id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW), 4) AS moving
FROM orders ORDER BY customer_id, order_id;

-- Streets filled forward
SELECT customer_id, LAG(street) IGNORE NULLS OVER (ORDER BY customer_id) AS before FROM customers ORDER BY customer_id;

-- What is unknown comes first downwards
SELECT customer_id, street FROM customers ORDER BY street DESC, customer_id;

-- And last upwards
SELECT customer_id, street FROM customers ORDER BY street, customer_id;

-- Decoded statuses; NULL is a value like others
SELECT order_id, DECODE(status, 'delivered', 1, 'pending', 2, 0) AS code, DECODE(comment, NULL, 'silent', 'said') AS said
FROM orders ORDER BY order_id;

-- Defaults of what is empty
SELECT customer_id, NVL(city, 'nowhere') AS city, NVL2(street, 'known', 'unknown') AS street, ZEROIFNULL(NULLIFZERO(ROUND(balance))) AS balance,
       COALESCE(city, street, 'nothing') AS place FROM customers ORDER BY customer_id;

-- Does anyone of a segment owe, and is everyone active
SELECT LEFT(segment_code, 1) AS segment, BOOLOR_AGG(balance > 500) AS anyone, BOOLAND_AGG(is_active) AS everyone
FROM customers GROUP BY 1 ORDER BY 1;

-- The greatest of three, NULL if one is
SELECT order_id, line_number, GREATEST(ship_date, receipt_date) AS later, LEAST(ship_date, receipt_date) AS earlier
FROM order_lines ORDER BY order_id, line_number;

-- Customers who ordered more than the mean of their nation
WITH spent AS (SELECT c.nation_id, c.customer_id, SUM(o.total_price) AS money FROM customers c JOIN orders o USING (customer_id) GROUP BY 1, 2)
SELECT s.customer_id, s.money FROM spent s WHERE s.money > (SELECT AVG(t.money) FROM spent t WHERE t.nation_id = s.nation_id) ORDER BY s.customer_id;
