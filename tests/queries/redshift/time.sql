-- Money by month, and by how much it changed
WITH monthly AS (
    SELECT DATE_TRUNC('month', saletime)::DATE AS month, SUM(pricepaid) AS paid
    FROM sales WHERE saletime IS NOT NULL GROUP BY 1
)
SELECT month, paid, LAG(paid) OVER (ORDER BY month) AS before,
       ROUND(100.0 * (paid - LAG(paid) OVER (ORDER BY month)) / NULLIF(LAG(paid) OVER (ORDER BY month), 0), 1) AS percent
FROM monthly ORDER BY month;

-- The same month of the year before
WITH monthly AS (
    SELECT DATE_TRUNC('month', saletime) AS month, COUNT(*) AS sales FROM sales WHERE saletime IS NOT NULL GROUP BY 1
)
SELECT a.month, a.sales, b.sales AS year_before
FROM monthly a LEFT JOIN monthly b ON b.month = DATEADD(year, -1, a.month)
ORDER BY a.month;

-- Days, hours and minutes between listing and sale
SELECT s.salesid, DATEDIFF(day, l.listtime, s.saletime) AS days, DATEDIFF(hour, l.listtime, s.saletime) AS hours,
       DATEDIFF(minute, l.listtime, s.saletime) AS minutes, DATEDIFF(month, l.listtime, s.saletime) AS months,
       DATEDIFF(year, l.listtime, s.saletime) AS years, DATEDIFF(quarter, l.listtime, s.saletime) AS quarters
FROM sales s JOIN listing l ON l.listid = s.listid ORDER BY s.salesid;

-- When the reminder, the invoice and the last notice of a sale are due
SELECT salesid, DATEADD(day, 14, saletime) AS reminder, DATEADD(month, 1, saletime) AS invoice,
       LAST_DAY(saletime) AS notice
FROM sales WHERE salesid <= 200 ORDER BY salesid;

-- The month after, as an accountant counts it
SELECT dateid, caldate, ADD_MONTHS(caldate, 1) AS later, ADD_MONTHS(caldate, -13) AS earlier FROM date ORDER BY dateid;

-- How many months lie between two dates
SELECT dateid, ROUND(MONTHS_BETWEEN('2024-06-30'::DATE, caldate), 4) AS months FROM date ORDER BY dateid;

-- The Friday after each date
SELECT dateid, NEXT_DAY(caldate, 'Friday') AS friday FROM date ORDER BY dateid;

-- Sales by hour of the day and day of the week
SELECT DATE_PART(dow, saletime) AS weekday, EXTRACT(hour FROM saletime) AS hour, COUNT(*) AS sales
FROM sales WHERE saletime IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2;

-- Labels of months and quarters
SELECT salesid, TO_CHAR(saletime, 'YYYY-MM') AS month, TO_CHAR(saletime, 'YYYY"-Q"Q') AS quarter,
       TO_CHAR(saletime, 'DD Mon YYYY HH24:MI:SS') AS moment, TO_CHAR(saletime, 'MON') AS short
FROM sales ORDER BY salesid;

-- Seconds since 1970
SELECT salesid, EXTRACT(epoch FROM saletime)::BIGINT AS epoch FROM sales ORDER BY salesid;

-- Time of the sale in New York
SELECT salesid, CONVERT_TIMEZONE('UTC', 'America/New_York', saletime) AS there FROM sales ORDER BY salesid;

-- Days between the first and the last event of a venue
SELECT venueid, MAX(starttime::DATE) - MIN(starttime::DATE) AS days, MIN(starttime)::DATE + 7 AS week_later
FROM event GROUP BY venueid ORDER BY venueid;

-- No sale is of the future
SELECT COUNT(*) AS future FROM sales WHERE saletime > DATEADD(year, 100, GETDATE()) OR saletime > SYSDATE + INTERVAL '100 years';

-- Every day of a week, with its sales
WITH RECURSIVE days (day) AS (
    SELECT '2024-03-01'::DATE
    UNION ALL
    SELECT DATEADD(day, 1, day)::DATE FROM days WHERE day < '2024-03-07'
)
SELECT d.day, COUNT(s.salesid) AS sales FROM days d LEFT JOIN sales s ON s.saletime::DATE = d.day GROUP BY d.day ORDER BY d.day;

-- Dates written without dashes
SELECT dateid, TO_DATE(TO_CHAR(caldate, 'YYYYMMDD'), 'YYYYMMDD') AS again FROM date ORDER BY dateid;
