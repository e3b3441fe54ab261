-- Every order's share of its customer's spending
-- (fakesnow has no RATIO_TO_REPORT)
SELECT order_id, ROUND(total_price / SUM(total_price) OVER (PARTITION BY customer_id), 6) FROM orders ORDER BY order_id;

-- Labels of months
-- (fakesnow does not heed the pattern)
SELECT order_id, date_part('year', order_date) || '-' || lpad(date_part('month', order_date)::VARCHAR, 2, '0'),
       lpad(date_part('day', order_date)::VARCHAR, 2, '0') || '/' || lpad(date_part('month', order_date)::VARCHAR, 2, '0') || '/' || date_part('year', order_date),
       left(monthname(order_date), 3)
FROM orders ORDER BY order_id;

-- Parts without tags are kept
-- (fakesnow leaves them out; OUTER => TRUE gives them one row of NULLs)
SELECT part_id, unnest(CASE WHEN json_array_length(tags) > 0 THEN from_json(tags, '["INTEGER"]') ELSE [NULL] END) AS tag FROM parts ORDER BY part_id, tag;

-- Ranges of scores
-- (fakesnow has no WIDTH_BUCKET)
SELECT least(greatest((details ->> 'score')::INT // 25 + 1, 0), 5), COUNT(*) FROM suppliers WHERE details ->> 'score' IS NOT NULL GROUP BY 1 ORDER BY 1;

-- The price of one piece, and nothing where there is none
-- (fakesnow divides in binary, so that some halves of a cent are rounded down, and more digits stay than the scale of the quotient)
SELECT order_id, line_number, ROUND(line_price / quantity, 8), 0, ((200 * line_price)::BIGINT + quantity::BIGINT) // (2 * quantity::BIGINT) / 100
FROM order_lines ORDER BY order_id, line_number;

-- Keys of the details
-- (fakesnow reads every value as JSON once more)
SELECT key, COUNT(*) FROM (SELECT unnest(json_keys(details)) AS key FROM suppliers) k GROUP BY key ORDER BY key;

-- Lists of nothing are empty
-- (in fakesnow they are NULL; Snowflake's reference has the empty string)
SELECT customer_id, coalesce(street, '') FROM customers ORDER BY customer_id;

-- Suppliers with a high score, of one channel
-- (fakesnow reads the text that is compared as JSON)
SELECT supplier_id FROM suppliers WHERE (details ->> 'score')::INT > 50 AND details ->> 'channel' = 'web' ORDER BY supplier_id;

-- Suppliers by channel
-- (fakesnow's averages have more digits than the scale of the warehouse's)
SELECT details ->> 'channel' AS channel, COUNT(*) AS suppliers, ROUND(AVG((details ->> 'score')::INT), 6) FROM suppliers GROUP BY 1 ORDER BY 1;

-- Days from order to shipping, by mode
-- (fakesnow's averages have more digits than the scale of the warehouse's)
SELECT l.ship_mode, ROUND(AVG(DATE_DIFF('day', o.order_date, l.ship_date)), 6), MEDIAN(DATE_DIFF('day', o.order_date, l.ship_date))
FROM orders o JOIN order_lines l ON l.order_id = o.order_id GROUP BY l.ship_mode ORDER BY l.ship_mode;
