-- The ten customers that spent most
SELECT c.full_name, SUM(o.total_price) AS spent, COUNT(*) AS orders
FROM shop.public.orders o JOIN shop.public.customers c ON c.customer_id = o.customer_id
GROUP BY c.full_name
ORDER BY spent DESC, c.full_name
LIMIT 10;

-- The two greatest orders of each priority
SELECT priority, order_id, total_price
FROM orders
QUALIFY ROW_NUMBER() OVER (PARTITION BY priority ORDER BY total_price DESC, order_id) <= 2
ORDER BY priority, total_price DESC, order_id;

-- Revenue after discount and with tax, by year
SELECT YEAR(o.order_date) AS year, SUM(l.line_price * (1 - l.discount_rate)) AS revenue,
       SUM(l.line_price * (1 - l.discount_rate) * (1 + l.tax_rate)) AS charged
FROM orders o JOIN order_lines l ON l.order_id = o.order_id
GROUP BY 1 ORDER BY 1;

-- The price of one piece, and nothing where there is none
SELECT order_id, line_number, DIV0(line_price, quantity) AS piece, DIV0NULL(line_price, NULL) AS nothing,
       ROUND(line_price / NULLIF(quantity, 0), 2) AS rounded
FROM order_lines ORDER BY order_id, line_number;

-- Halves of whole numbers
SELECT order_id, priority / 2 AS half, MOD(priority, 2) AS odd, SQUARE(priority) AS square, TRUNC(total_price / 7, 1) AS cut
FROM orders ORDER BY order_id;

-- Large and small orders, counted two ways
SELECT status, COUNT_IF(total_price > 500) AS large, SUM(IFF(total_price > 500, 0, 1)) AS small, COUNT(*) AS orders
FROM orders GROUP BY status ORDER BY status;

-- Suppliers of the greatest stock of each part
SELECT part_id, supplier_id, quantity FROM part_suppliers
QUALIFY RANK() OVER (PARTITION BY part_id ORDER BY quantity DESC) = 1
ORDER BY part_id, supplier_id;

-- Margin of a part: what it sells for and what it costs
SELECT p.part_id, p.part_name, p.retail_price - MIN(s.supply_cost) AS margin
FROM parts p LEFT JOIN part_suppliers s USING (part_id)
GROUP BY p.part_id, p.part_name, p.retail_price
ORDER BY margin DESC NULLS LAST, p.part_id;

-- Revenue of regions and nations, with totals of each
SELECT r.region_code, n.country, SUM(o.total_price) AS revenue
FROM orders o JOIN customers c USING (customer_id) JOIN nations n USING (nation_id) JOIN regions r USING (region_id)
GROUP BY ROLLUP (r.region_code, n.country)
ORDER BY r.region_code, n.country;

-- Money by status and by priority, in one answer
SELECT status, priority, GROUPING(status) AS no_status, SUM(total_price) AS money
FROM orders GROUP BY GROUPING SETS ((status), (priority), ());

-- Customers without an order
SELECT customer_id FROM customers
MINUS
SELECT customer_id FROM orders WHERE order_date >= '2024-06-01'::DATE;

-- Parts that were ordered by two ships at least
SELECT part_id, COUNT(DISTINCT ship_mode) AS modes, LISTAGG(DISTINCT ship_mode, ',') WITHIN GROUP (ORDER BY ship_mode) AS which
FROM order_lines GROUP BY part_id HAVING COUNT(DISTINCT ship_mode) >= 2 ORDER BY part_id;

-- Every order's share of its customer's spending
SELECT order_id, ROUND(RATIO_TO_REPORT(total_price) OVER (PARTITION BY customer_id), 6) AS share FROM orders ORDER BY order_id;

-- Status in the rows, priority in the columns
SELECT * FROM (SELECT status, priority, total_price FROM orders)
PIVOT (SUM(total_price) FOR priority IN (1, 2, 3)) AS p (status, one, two, three)
ORDER BY status;

-- Dates of a line, one under another
SELECT order_id, line_number, kind, day FROM (SELECT order_id, line_number, ship_date, receipt_date FROM order_lines WHERE order_id <= 50)
UNPIVOT (day FOR kind IN (ship_date, receipt_date))
ORDER BY order_id, line_number, kind;
