-- The ten events that earned most
SELECT e.eventname, SUM(s.pricepaid) AS earned, COUNT(*) AS purchases
FROM sales s JOIN event e ON e.eventid = s.eventid
GROUP BY e.eventname
ORDER BY earned DESC, e.eventname
LIMIT 10;

-- The three best sellers of each category, by money taken
WITH taken AS (
    SELECT c.catname, s.sellerid, SUM(s.pricepaid) AS total
    FROM tickit.public.sales s
    JOIN tickit.public.event e ON e.eventid = s.eventid
    JOIN tickit.public.category c ON c.catid = e.catid
    GROUP BY 1, 2
)
SELECT catname, sellerid, total,
       RANK() OVER (PARTITION BY catname ORDER BY total DESC, sellerid) AS place
FROM taken
QUALIFY ROW_NUMBER() OVER (PARTITION BY catname ORDER BY total DESC, sellerid) <= 3
ORDER BY catname, place;

-- Tickets in full dozens, and what is left over
SELECT salesid, qtysold * 5 / 12 AS dozens, MOD(qtysold * 5, 12) AS over, -qtysold / 4 AS negative, MOD(-qtysold, 4) AS below
FROM sales ORDER BY salesid;

-- The price of one ticket, and how far it is from the listed price
SELECT s.salesid, s.pricepaid / s.qtysold AS each_paid,
       ROUND(s.pricepaid / NULLIF(s.qtysold, 0) - l.priceperticket, 2) AS difference
FROM sales s INNER JOIN listing l USING (listid)
WHERE s.pricepaid IS NOT NULL AND l.priceperticket IS NOT NULL
ORDER BY s.salesid;

-- Commission as a share of the price, by month of the sale
SELECT DATE_TRUNC('month', saletime) AS month, SUM(commission) / NULLIF(SUM(pricepaid), 0) AS share
FROM sales
GROUP BY DATE_TRUNC('month', saletime)
ORDER BY month;

-- Sellers and buyers of one another
SELECT a.sellerid AS one, a.buyerid AS other, COUNT(*) AS times
FROM sales a
JOIN sales b ON b.sellerid = a.buyerid AND b.buyerid = a.sellerid
WHERE a.sellerid < a.buyerid
GROUP BY a.sellerid, a.buyerid
ORDER BY times DESC, one, other;

-- Users who neither bought nor sold in March 2024
SELECT userid, username FROM users
MINUS
SELECT u.userid, u.username FROM users u JOIN sales s ON u.userid IN (s.buyerid, s.sellerid)
WHERE s.saletime BETWEEN '2024-03-01' AND '2024-03-31 23:59:59';

-- Listings that sold nothing
SELECT COUNT(*) AS unsold, SUM(l.numtickets) AS tickets
FROM listing l
WHERE NOT EXISTS (SELECT 1 FROM sales s WHERE s.listid = l.listid);

-- Sales of the venues in each state, with a total
SELECT NVL(v.venuestate, 'none') AS state, GROUPING(v.venuestate) AS whole, COUNT(*) AS sales, SUM(s.qtysold) AS tickets
FROM sales s
JOIN event e ON s.eventid = e.eventid
JOIN venue v ON v.venueid = e.venueid
GROUP BY ROLLUP (v.venuestate)
ORDER BY whole, state;

-- Every combination of group and year
SELECT c.catgroup, EXTRACT(year FROM s.saletime) AS year, SUM(s.pricepaid) AS paid
FROM sales s JOIN event e USING (eventid) JOIN category c USING (catid)
GROUP BY CUBE (c.catgroup, EXTRACT(year FROM s.saletime));

-- Money by category and by state, in one answer
SELECT c.catname, v.venuestate, SUM(s.pricepaid) AS paid
FROM sales s JOIN event e USING (eventid) JOIN category c USING (catid) JOIN venue v USING (venueid)
GROUP BY GROUPING SETS ((c.catname), (v.venuestate), ());

-- The top five sales
SELECT TOP 5 salesid, pricepaid FROM sales WHERE pricepaid IS NOT NULL ORDER BY pricepaid DESC, salesid;

-- The average number of tickets, in whole tickets
SELECT eventid, AVG(qtysold) AS mean, AVG(qtysold::FLOAT) AS exact FROM sales GROUP BY eventid ORDER BY eventid;

-- Sizes of purchases, in words
SELECT CASE WHEN qtysold = 1 THEN 'single' WHEN qtysold BETWEEN 2 AND 4 THEN 'family' ELSE 'group' END AS size,
       COUNT(*) AS sales, SUM(pricepaid)::DECIMAL(12, 2) AS paid
FROM sales GROUP BY 1 ORDER BY 1;
