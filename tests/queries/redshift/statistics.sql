-- The median price of each category
SELECT c.catname, MEDIAN(s.pricepaid) AS median, MIN(s.pricepaid) AS least, MAX(s.pricepaid) AS most
FROM sales s JOIN event e USING (eventid) JOIN category c USING (catid) GROUP BY c.catname ORDER BY c.catname;

-- Percentiles of the price
SELECT PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY pricepaid) AS p90, PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY pricepaid) AS middle
FROM sales;

-- Spread of the price
SELECT STDDEV_SAMP(pricepaid)::DECIMAL(12, 4) AS spread, VAR_POP(qtysold)::DECIMAL(12, 4) AS variance FROM sales;

-- How many different buyers, exactly and about
SELECT COUNT(DISTINCT buyerid) AS exact, APPROXIMATE COUNT(DISTINCT buyerid) > 0 AS some FROM sales;

-- Sales of each quarter side by side
SELECT * FROM (SELECT d.qtr, d.year, s.qtysold FROM sales s JOIN date d USING (dateid))
PIVOT (SUM(qtysold) FOR qtr IN ('Q1', 'Q2', 'Q3', 'Q4'))
ORDER BY year;

-- Rank of each venue by seats, with and without gaps
SELECT venueid, venueseats, RANK() OVER (ORDER BY venueseats DESC) AS rank, DENSE_RANK() OVER (ORDER BY venueseats DESC) AS dense,
       PERCENT_RANK() OVER (ORDER BY venueseats DESC) AS percent, CUME_DIST() OVER (ORDER BY venueseats DESC) AS cumulated
FROM venue ORDER BY venueid;

-- Sales above the mean of their event
SELECT salesid FROM sales s WHERE pricepaid > (SELECT AVG(pricepaid) FROM sales t WHERE t.eventid = s.eventid) ORDER BY salesid;

-- Days of more sales than the day before and the day after
WITH days AS (SELECT saletime::DATE AS day, COUNT(*) AS sales FROM sales WHERE saletime IS NOT NULL GROUP BY 1)
SELECT day, sales FROM (
    SELECT day, sales, LAG(sales) OVER (ORDER BY day) AS before, LEAD(sales, 1, 0) OVER (ORDER BY day) AS after FROM days
) x WHERE sales > before AND sales > after ORDER BY day;

-- Shares of the years, cumulated
SELECT year, sales, SUM(sales) OVER (ORDER BY year) * 100.0 / SUM(sales) OVER () AS percent
FROM (SELECT d.year, COUNT(*) AS sales FROM sales s JOIN date d ON d.dateid = s.dateid GROUP BY d.year) y ORDER BY year;

-- Categories by group, unpivoted counts of tastes
SELECT taste, COUNT(*) AS users
FROM (SELECT userid, likesports::INT AS sports, likejazz::INT AS jazz FROM users) UNPIVOT (fan FOR taste IN (sports, jazz))
WHERE fan = 1 GROUP BY taste ORDER BY taste;

-- Conditional counts and sums
SELECT venuestate, COUNT(CASE WHEN venueseats > 20000 THEN 1 END) AS large, SUM(CASE WHEN venueseats IS NULL THEN 1 ELSE 0 END) AS unknown,
       COUNT(venueseats) AS known FROM venue GROUP BY venuestate ORDER BY venuestate;

-- Venues of the same state, in pairs
SELECT a.venueid AS one, b.venueid AS other FROM venue a, venue b WHERE a.venuestate = b.venuestate AND a.venueid < b.venueid ORDER BY 1, 2;

-- Everything of the first venue but its seats
SELECT * EXCLUDE venueseats FROM venue WHERE venueid = 1;
