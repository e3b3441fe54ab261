-- One row for each check: its name, what the manifest says, what was found, and whether they agree.
-- All is well when ok is true in every row. Only reads, each table once and once more for each reference.

SELECT check_name, expected, actual, ok FROM (

SELECT check_number, check_name, expected,
COALESCE(CASE check_number
WHEN 1 THEN CAST(m1 AS VARCHAR)
WHEN 2 THEN CAST(m2 AS VARCHAR)
WHEN 3 THEN CAST(m3 AS VARCHAR)
WHEN 4 THEN CAST(m4 AS VARCHAR)
WHEN 5 THEN CAST(m5 AS VARCHAR)
WHEN 6 THEN CAST(m6 AS VARCHAR)
WHEN 7 THEN CAST(m7 AS VARCHAR)
WHEN 8 THEN CAST(m8 AS VARCHAR)
END, 'NULL') AS actual,
COALESCE(CASE check_number
WHEN 1 THEN m1 = 20
WHEN 2 THEN m2 = 20
WHEN 3 THEN m3 = 20
WHEN 4 THEN m4 = CAST('1' AS INTEGER)
WHEN 5 THEN m5 = CAST('20' AS INTEGER)
WHEN 6 THEN m6 = CAST('210' AS NUMERIC(38,0))
WHEN 7 THEN m7 = 20
WHEN 8 THEN m8 = 20
END, FALSE) AS ok
FROM (
SELECT
  COUNT(*) AS m1,
  COUNT("id") AS m2,
  COUNT(DISTINCT "id") AS m3,
  MIN("id") AS m4,
  MAX("id") AS m5,
  SUM(CAST("id" AS NUMERIC(38,0))) AS m6,
  COUNT("email") AS m7,
  COUNT(DISTINCT "email") AS m8
FROM "customers"
) AS measured CROSS JOIN (
SELECT 1 AS check_number, 'customers: rows' AS check_name, '20' AS expected UNION ALL
SELECT 2, 'customers.id: not NULL', '20' UNION ALL
SELECT 3, 'customers.id: distinct', '20' UNION ALL
SELECT 4, 'customers.id: min', '1' UNION ALL
SELECT 5, 'customers.id: max', '20' UNION ALL
SELECT 6, 'customers.id: sum', '210' UNION ALL
SELECT 7, 'customers.email: not NULL', '20' UNION ALL
SELECT 8, 'customers.email: distinct', '20'
) AS listed

UNION ALL

SELECT check_number, check_name, expected,
COALESCE(CASE check_number
WHEN 9 THEN CAST(m9 AS VARCHAR)
WHEN 10 THEN CAST(m10 AS VARCHAR)
WHEN 11 THEN CAST(m11 AS VARCHAR)
WHEN 12 THEN CAST(m12 AS VARCHAR)
WHEN 13 THEN CAST(m13 AS VARCHAR)
WHEN 14 THEN CAST(m14 AS VARCHAR)
WHEN 15 THEN CAST(m15 AS VARCHAR)
WHEN 16 THEN CAST(m16 AS VARCHAR)
WHEN 17 THEN CAST(m17 AS VARCHAR)
WHEN 18 THEN CAST(m18 AS VARCHAR)
WHEN 19 THEN CAST(m19 AS VARCHAR)
WHEN 20 THEN CAST(m20 AS VARCHAR)
WHEN 21 THEN CAST(m21 AS VARCHAR)
WHEN 22 THEN CAST(m22 AS VARCHAR)
END, 'NULL') AS actual,
COALESCE(CASE check_number
WHEN 9 THEN m9 = 50
WHEN 10 THEN m10 = 50
WHEN 11 THEN m11 = 50
WHEN 12 THEN m12 = CAST('1' AS INTEGER)
WHEN 13 THEN m13 = CAST('50' AS INTEGER)
WHEN 14 THEN m14 = CAST('1275' AS NUMERIC(38,0))
WHEN 15 THEN m15 = 50
WHEN 16 THEN m16 = CAST('1' AS INTEGER)
WHEN 17 THEN m17 = CAST('20' AS INTEGER)
WHEN 18 THEN m18 = CAST('624' AS NUMERIC(38,0))
WHEN 19 THEN m19 = 50
WHEN 20 THEN m20 = CAST('2020-01-03 21:00:46.231855' AS TIMESTAMP)
WHEN 21 THEN m21 = CAST('2025-10-02 20:44:22.439679' AS TIMESTAMP)
WHEN 22 THEN m22 = 47
END, FALSE) AS ok
FROM (
SELECT
  COUNT(*) AS m9,
  COUNT("id") AS m10,
  COUNT(DISTINCT "id") AS m11,
  MIN("id") AS m12,
  MAX("id") AS m13,
  SUM(CAST("id" AS NUMERIC(38,0))) AS m14,
  COUNT("customer_id") AS m15,
  MIN("customer_id") AS m16,
  MAX("customer_id") AS m17,
  SUM(CAST("customer_id" AS NUMERIC(38,0))) AS m18,
  COUNT("placed") AS m19,
  MIN("placed") AS m20,
  MAX("placed") AS m21,
  COUNT("details") AS m22
FROM "orders"
) AS measured CROSS JOIN (
SELECT 9 AS check_number, 'orders: rows' AS check_name, '50' AS expected UNION ALL
SELECT 10, 'orders.id: not NULL', '50' UNION ALL
SELECT 11, 'orders.id: distinct', '50' UNION ALL
SELECT 12, 'orders.id: min', '1' UNION ALL
SELECT 13, 'orders.id: max', '50' UNION ALL
SELECT 14, 'orders.id: sum', '1275' UNION ALL
SELECT 15, 'orders.customer_id: not NULL', '50' UNION ALL
SELECT 16, 'orders.customer_id: min', '1' UNION ALL
SELECT 17, 'orders.customer_id: max', '20' UNION ALL
SELECT 18, 'orders.customer_id: sum', '624' UNION ALL
SELECT 19, 'orders.placed: not NULL', '50' UNION ALL
SELECT 20, 'orders.placed: min', '2020-01-03 21:00:46.231855' UNION ALL
SELECT 21, 'orders.placed: max', '2025-10-02 20:44:22.439679' UNION ALL
SELECT 22, 'orders.details: not NULL', '47'
) AS listed

UNION ALL

SELECT check_number, check_name, expected,
COALESCE(CASE check_number
WHEN 23 THEN CAST(m23 AS VARCHAR)
WHEN 24 THEN CAST(m24 AS VARCHAR)
WHEN 25 THEN CAST(m25 AS VARCHAR)
END, 'NULL') AS actual,
COALESCE(CASE check_number
WHEN 23 THEN m23 = 0
WHEN 24 THEN m24 = 0
WHEN 25 THEN m25 = 50
END, FALSE) AS ok
FROM (
SELECT
  COUNT(*) - COUNT(p.matches) AS m23,
  COALESCE(SUM(p.matches), 0) - COUNT(p.matches) AS m24,
  COALESCE(SUM(p.matches), 0) AS m25
FROM "orders" AS c
LEFT JOIN (
  SELECT
    "id" AS k1,
    COUNT(*) AS matches
  FROM "customers"
  WHERE
    NOT "id" IS NULL
  GROUP BY
    "id"
) AS p
  ON p.k1 = c."customer_id"
WHERE
  NOT c."customer_id" IS NULL
) AS measured CROSS JOIN (
SELECT 23 AS check_number, 'orders (customer_id) -> customers (id): orphans' AS check_name, '0' AS expected UNION ALL
SELECT 24, 'orders (customer_id) -> customers (id): matched more than once', '0' UNION ALL
SELECT 25, 'orders (customer_id) -> customers (id): joined rows', '50'
) AS listed

) AS checks ORDER BY check_number;
