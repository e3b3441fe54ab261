-- What each sale is of its buyer's total
SELECT salesid, pricepaid::float8 / SUM(pricepaid) OVER (PARTITION BY buyerid) AS share FROM sales WHERE pricepaid > 0 ORDER BY salesid;

-- The last known phone, filled forward
SELECT u.userid, (SELECT v.phone FROM users v WHERE v.userid < u.userid AND v.phone IS NOT NULL ORDER BY v.userid DESC LIMIT 1), u.phone
FROM users u ORDER BY u.userid;

-- The average number of tickets, in whole tickets
SELECT eventid, TRUNC(AVG(qtysold)), AVG(qtysold::float8) FROM sales GROUP BY eventid ORDER BY eventid;

-- Sales of each quarter side by side
SELECT d.year, SUM(s.qtysold) FILTER (WHERE d.qtr = 'Q1'), SUM(s.qtysold) FILTER (WHERE d.qtr = 'Q2'),
       SUM(s.qtysold) FILTER (WHERE d.qtr = 'Q3'), SUM(s.qtysold) FILTER (WHERE d.qtr = 'Q4')
FROM sales s JOIN date d USING (dateid) GROUP BY d.year ORDER BY d.year;

-- Categories by group, unpivoted counts of tastes
SELECT taste, COUNT(*) FROM users, LATERAL (VALUES ('sports', likesports), ('jazz', likejazz)) AS t (taste, fan)
WHERE fan GROUP BY taste ORDER BY taste;

-- Everything of the first venue but its seats
SELECT venueid, venuename, venuecity, venuestate FROM venue WHERE venueid = 1;

-- How many months lie between two dates
SELECT dateid, ROUND(
    CASE WHEN EXTRACT(day FROM caldate) = 30 OR caldate = (DATE_TRUNC('month', caldate) + INTERVAL '1 month - 1 day')::date
         THEN (2024 - EXTRACT(year FROM caldate)) * 12 + 6 - EXTRACT(month FROM caldate)
         ELSE (2024 - EXTRACT(year FROM caldate)) * 12 + 6 - EXTRACT(month FROM caldate) + (30 - EXTRACT(day FROM caldate)) / 31.0 END, 4)
FROM date ORDER BY dateid;

-- The Friday after each date
SELECT d.dateid, (SELECT MIN(x)::date FROM GENERATE_SERIES(d.caldate + 1, d.caldate + 7, INTERVAL '1 day') AS x WHERE EXTRACT(isodow FROM x) = 5)
FROM date d ORDER BY d.dateid;

-- Labels of months and quarters
SELECT salesid, TO_CHAR(saletime, 'YYYY-MM'), EXTRACT(year FROM saletime) || '-Q' || EXTRACT(quarter FROM saletime),
       TO_CHAR(saletime, 'DD Mon YYYY HH24:MI:SS'), UPPER(TO_CHAR(saletime, 'Mon'))
FROM sales ORDER BY salesid;

-- Digits of a phone number
SELECT userid, REGEXP_REPLACE(phone, '[^0-9]', '', 'g'), CASE WHEN phone IS NOT NULL THEN COALESCE(SUBSTRING(phone FROM '[0-9]{3}'), '') END,
       LENGTH(REGEXP_REPLACE(phone, '[^0-9]', '', 'g'))
FROM users ORDER BY userid;

-- Which events a venue showed
SELECT venueid, STRING_AGG(eventname, '; ' ORDER BY eventname COLLATE "C") FROM (SELECT DISTINCT venueid, eventname FROM event) e
GROUP BY venueid ORDER BY venueid;

-- The top five sales
SELECT salesid, pricepaid FROM sales WHERE pricepaid IS NOT NULL ORDER BY pricepaid DESC, salesid FETCH FIRST 5 ROWS ONLY;

-- The newest row of each e-mail address's domain
SELECT DISTINCT ON (SPLIT_PART(email, '@', 2)) SPLIT_PART(email, '@', 2), userid, created_at FROM users
ORDER BY SPLIT_PART(email, '@', 2), created_at DESC, userid;

-- The first purchase of each buyer
SELECT DISTINCT ON (buyerid) buyerid, salesid, saletime FROM sales WHERE saletime IS NOT NULL ORDER BY buyerid, saletime, salesid;

-- The three best sellers of each category, by money taken
SELECT catname, sellerid, total, place FROM (
    SELECT c.catname, s.sellerid, SUM(s.pricepaid) AS total,
           ROW_NUMBER() OVER (PARTITION BY c.catname ORDER BY SUM(s.pricepaid) DESC NULLS FIRST, s.sellerid) AS place
    FROM sales s JOIN event e ON e.eventid = s.eventid JOIN category c ON c.catid = e.catid GROUP BY c.catname, s.sellerid
) t WHERE place <= 3 ORDER BY catname COLLATE "C", place;

-- Names put together; NULL if a part is
SELECT userid, firstname || ' ' || lastname, firstname || lastname, LENGTH(email) FROM users ORDER BY userid;

-- Buyers by quarter of the first purchase, and how many came back in the quarters after
SELECT f.cohort, (DATE_PART('year', s.saletime) * 4 + DATE_PART('quarter', s.saletime)) - (DATE_PART('year', f.cohort) * 4 + DATE_PART('quarter', f.cohort)) AS later,
       COUNT(DISTINCT s.buyerid)
FROM (SELECT buyerid, DATE_TRUNC('quarter', MIN(saletime)) AS cohort FROM sales GROUP BY buyerid) f
JOIN sales s ON s.buyerid = f.buyerid AND s.saletime IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2;

-- Which of the tastes are said, unsaid or denied
SELECT CASE WHEN likejazz THEN 'yes' WHEN NOT likejazz THEN 'no' ELSE 'unsaid' END AS jazz, COUNT(*) FROM users GROUP BY 1 ORDER BY 1;

-- The greatest of several, some of them NULL
SELECT salesid, (SELECT MAX(x) FROM (VALUES (pricepaid), (commission)) t (x)), (SELECT MIN(x) FROM (VALUES (pricepaid), (commission)) t (x))
FROM sales ORDER BY salesid;

-- Values within JSON text
SELECT userid, userid::varchar AS id FROM users ORDER BY userid;
