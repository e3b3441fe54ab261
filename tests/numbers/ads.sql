CREATE TABLE leistung (
  id INT PRIMARY KEY,
  impressionen INT NOT NULL,
  klicks INT NOT NULL,
  konversionen INT,
  kosten DECIMAL(10,2) NOT NULL,
  umsatz DECIMAL(12,2),
  ctr DECIMAL(6,4),
  cpc DECIMAL(8,4),
  cpm DECIMAL(8,3),
  roas DECIMAL(8,3),
  conversion_rate DOUBLE PRECISION);
CREATE TABLE mailing (
  id INT PRIMARY KEY,
  sent INT,
  delivered INT,
  opens INT,
  clicks INT,
  unsubscribes INT,
  open_rate NUMERIC(5,2),
  bounces INT);

-- violated: leistung | klicks > impressionen OR konversionen > klicks OR klicks < 0
-- violated: leistung | abs(ctr - klicks / impressionen) > 0.0001 OR abs(cpc - kosten / nullif(klicks, 0)) > 0.0001
-- violated: leistung | abs(cpm - 1000 * kosten / impressionen) > 0.001
-- violated: leistung | abs(conversion_rate - konversionen / nullif(klicks, 0)) > 0.0001
-- violated: leistung | kosten > 0 AND abs(roas - umsatz / kosten) > 0.001
-- violated: (SELECT count(*) FILTER (klicks > 0) / count(*) s FROM leistung) | s < 0.5
-- violated: mailing | delivered + bounces <> sent OR opens > delivered OR clicks > opens OR unsubscribes > delivered
-- violated: mailing | abs(open_rate - 100.0 * opens / delivered) > 0.006
