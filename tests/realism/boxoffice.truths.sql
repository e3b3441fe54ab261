-- What anyone who knows the trade takes for granted of this data, each with the share of rows that may be otherwise.
-- A query shows a row's exception as true; where it is NULL the truth says nothing of the row.

-- at most 1 %: logged in before joining
SELECT lastlogin < joindate FROM member;
-- at most 3 %: joined before the sixteenth birthday
SELECT joindate < birthdate + INTERVAL 16 YEAR FROM member;
-- at most 1 %: doors open after the beginning, or more than a day before it
SELECT doorsopen > starttime OR doorsopen < starttime - INTERVAL 1 DAY FROM event;
-- at most 1 %: ends before it begins
SELECT endtime < starttime FROM event;
-- at most 1 %: on sale until before it is on sale
SELECT onsaleuntil < onsalefrom FROM event;
-- at most 1 %: on sale after the beginning
SELECT onsalefrom > starttime FROM event;
-- at most 1 %: the least price above the greatest
SELECT minprice > maxprice FROM event;
-- at most 15 %: begins at night
SELECT hour(starttime) < 9 FROM event;
-- at most 20 %: of another genre than who performs
SELECT e.genreid <> p.genreid FROM event e JOIN performer p USING (performerid);
-- at most 0 %: the status is one for all, or one of many
SELECT max(n) / sum(n) > 0.98 OR count(*) NOT BETWEEN 2 AND 12 FROM (SELECT count(*) AS n FROM event GROUP BY status);
-- at most 1 %: over, and in the future
SELECT starttime > TIMESTAMP '2026-01-01' FROM event WHERE status = 'over';

-- at most 1 %: the total is not tickets times price
SELECT totalprice <> numtickets * priceperticket FROM listing;
-- at most 1 %: listed after the beginning
SELECT listtime > starttime FROM listing JOIN event USING (eventid);
-- at most 1 %: listed before it was on sale
SELECT listtime < onsalefrom FROM listing JOIN event USING (eventid);
-- at most 1 %: listed before the seller joined
SELECT listtime < joindate FROM listing JOIN member ON memberid = sellerid;
-- at most 0 %: prices without a long tail
SELECT avg(priceperticket) / median(priceperticket) < 1.1 OR count(DISTINCT priceperticket) < 50 FROM listing;

-- at most 1 %: sold before it was listed
SELECT saletime < listtime FROM sale JOIN listing USING (listid);
-- at most 1 %: sold after the beginning
SELECT saletime > starttime FROM sale JOIN event USING (eventid);
-- at most 0 %: sold in the future
SELECT saletime >= TIMESTAMP '2026-01-01' OR refundtime >= TIMESTAMP '2026-01-01' FROM sale;
-- at most 1 %: sold by another than the listing's seller
SELECT s.sellerid <> l.sellerid FROM sale s JOIN listing l USING (listid);
-- at most 1 %: sold for another event than the listing's
SELECT s.eventid <> l.eventid FROM sale s JOIN listing l USING (listid);
-- at most 0 %: bought from oneself
SELECT buyerid = sellerid FROM sale;
-- at most 1 %: bought before joining
SELECT saletime < joindate FROM sale JOIN member ON memberid = buyerid;
-- at most 1 %: more tickets than the listing has
SELECT qtysold > numtickets FROM sale JOIN listing USING (listid);
-- at most 0 %: all sales of a listing together are more tickets than it has
SELECT sum(qtysold) > any_value(numtickets) FROM sale JOIN listing USING (listid) GROUP BY listid;
-- at most 1 %: paid is not tickets times price
SELECT abs(pricepaid - qtysold * priceperticket) > 0.01 FROM sale JOIN listing USING (listid);
-- at most 5 %: a commission that is not between 5 and 30 %
SELECT commission / pricepaid NOT BETWEEN 0.05 AND 0.3 FROM sale;
-- at most 1 %: a commission above what was paid
SELECT commission > pricepaid FROM sale;
-- at most 1 %: given back before it was sold
SELECT refundtime < saletime FROM sale;
-- at most 40 %: given back at all
SELECT refundtime IS NOT NULL FROM sale;
-- at most 0 %: one quantity for nearly all
SELECT max(n) / sum(n) > 0.95 OR count(*) < 3 FROM (SELECT count(*) AS n FROM sale GROUP BY qtysold);
-- at most 0 %: the fifth of the buyers that buys most has less than 35 % of the sales
SELECT sum(n) FILTER (place <= 0.2 * buyers) / sum(n) < 0.35
FROM (SELECT count(*) AS n, row_number() OVER (ORDER BY count(*) DESC) AS place, count(*) OVER () AS buyers FROM sale GROUP BY buyerid);
-- at most 15 %: sold between midnight and six
SELECT hour(saletime) < 6 FROM sale;
