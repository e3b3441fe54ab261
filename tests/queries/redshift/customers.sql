-- The first purchase of each buyer
SELECT buyerid, salesid, saletime
FROM (
    SELECT buyerid, salesid, saletime, ROW_NUMBER() OVER (PARTITION BY buyerid ORDER BY saletime, salesid) AS n
    FROM sales WHERE saletime IS NOT NULL
) WHERE n = 1
ORDER BY buyerid;

-- Buyers by quarter of the first purchase, and how many came back in the quarters after
WITH firsts AS (
    SELECT buyerid, DATE_TRUNC('quarter', MIN(saletime)) AS cohort FROM sales GROUP BY buyerid
)
SELECT f.cohort, DATEDIFF(quarter, f.cohort, s.saletime) AS quarters_later, COUNT(DISTINCT s.buyerid) AS buyers
FROM firsts f JOIN sales s ON s.buyerid = f.buyerid AND s.saletime IS NOT NULL
GROUP BY 1, 2 ORDER BY 1, 2;

-- Visits of a buyer: purchases less than sixty days apart
WITH gaps AS (
    SELECT buyerid, salesid, saletime,
           CASE WHEN DATEDIFF(day, LAG(saletime) OVER (PARTITION BY buyerid ORDER BY saletime, salesid), saletime) < 60
                THEN 0 ELSE 1 END AS fresh
    FROM sales WHERE saletime IS NOT NULL
)
SELECT buyerid, salesid,
       SUM(fresh) OVER (PARTITION BY buyerid ORDER BY saletime, salesid ROWS UNBOUNDED PRECEDING) AS visit
FROM gaps ORDER BY buyerid, salesid;

-- From listing to selling to buying: how many users take each step
SELECT COUNT(*) AS users, COUNT(l.sellerid) AS listed, COUNT(s.sellerid) AS sold, COUNT(b.buyerid) AS bought
FROM users u
LEFT JOIN (SELECT DISTINCT sellerid FROM listing) l ON l.sellerid = u.userid
LEFT JOIN (SELECT DISTINCT sellerid FROM sales) s ON s.sellerid = l.sellerid
LEFT JOIN (SELECT DISTINCT buyerid FROM sales) b ON b.buyerid = s.sellerid;

-- Recency, frequency and money of each buyer, in quartiles
SELECT buyerid, NTILE(4) OVER (ORDER BY MAX(saletime) DESC, buyerid) AS recency,
       NTILE(4) OVER (ORDER BY COUNT(*), buyerid) AS frequency, NTILE(4) OVER (ORDER BY SUM(pricepaid), buyerid) AS money
FROM sales GROUP BY buyerid ORDER BY buyerid;

-- A buyer's running total and moving mean of three
SELECT buyerid, salesid,
       SUM(pricepaid) OVER (PARTITION BY buyerid ORDER BY salesid ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS total,
       AVG(pricepaid::FLOAT) OVER (PARTITION BY buyerid ORDER BY salesid ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS moving
FROM sales ORDER BY buyerid, salesid;

-- What each sale is of its buyer's total
SELECT salesid, RATIO_TO_REPORT(pricepaid) OVER (PARTITION BY buyerid) AS share FROM sales WHERE pricepaid > 0 ORDER BY salesid;

-- The last known phone, filled forward
SELECT userid, LAG(phone) IGNORE NULLS OVER (ORDER BY userid) AS earlier, phone FROM users ORDER BY userid;

-- The first and last state of each city's users
SELECT DISTINCT city, FIRST_VALUE(state) OVER (PARTITION BY city ORDER BY userid ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS first,
       LAST_VALUE(state) OVER (PARTITION BY city ORDER BY userid ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS last
FROM users;

-- Users without a phone come first when phones are ordered downwards
SELECT userid, phone FROM users ORDER BY phone DESC, userid;

-- And last when upwards
SELECT userid, phone FROM users ORDER BY phone, userid;

-- Which of the tastes are said, unsaid or denied
SELECT DECODE(likejazz, TRUE, 'yes', FALSE, 'no', NULL, 'unsaid') AS jazz, COUNT(*) AS users FROM users GROUP BY 1 ORDER BY 1;

-- Does anyone of a state like the opera, and does everyone
SELECT state, BOOL_OR(likeopera) AS anyone, BOOL_AND(likeopera) AS everyone FROM users GROUP BY state ORDER BY state;

-- Doubtful doubles: users who share a last name
SELECT lastname, COUNT(*) AS times, LISTAGG(userid::VARCHAR, ', ') WITHIN GROUP (ORDER BY userid) AS who
FROM users GROUP BY lastname HAVING COUNT(*) > 1 ORDER BY lastname;

-- The newest row of each e-mail address's domain
SELECT SPLIT_PART(email, '@', 2) AS domain, userid, created_at FROM users
QUALIFY ROW_NUMBER() OVER (PARTITION BY SPLIT_PART(email, '@', 2) ORDER BY created_at DESC, userid) = 1
ORDER BY domain;
