-- What is promised is kept for the most part, and what is promised soon is sent fast.
-- violated: consignments | service_level = 'Overnight' AND promised_delivery_date - CAST(picked_up_at AS DATE) <> 1
-- violated: consignments | service_level = 'Standard' AND promised_delivery_date - CAST(picked_up_at AS DATE) < 3
-- violated: consignments | promised_delivery_date < CAST(picked_up_at AS DATE)
-- violated: (SELECT count(DISTINCT service_level) AS kinds FROM consignments) | kinds < 4
-- violated: (SELECT avg((CAST(delivered_at AS DATE) <= promised_delivery_date)::INT) AS share FROM consignments) | share NOT BETWEEN 0.75 AND 0.95
-- violated: (SELECT service_level, avg(date_diff('hour', picked_up_at, delivered_at)) AS hours FROM consignments GROUP BY 1) | service_level IN ('Overnight', 'Same Day') AND hours > 60 OR service_level = 'Standard' AND hours < 60
CREATE TABLE consignments (
  consignment_id INTEGER PRIMARY KEY,
  picked_up_at TIMESTAMP NOT NULL,
  promised_delivery_date DATE,
  delivered_at TIMESTAMP,
  service_level VARCHAR(20)
);
