CREATE TABLE verkauf (vk_id INT PRIMARY KEY, menge SMALLINT NOT NULL, einzelpreis DECIMAL(8,2) NOT NULL, gesamtpreis DECIMAL(10,2));
CREATE TABLE retoure (r_id INT PRIMARY KEY, vk_id INT NOT NULL REFERENCES verkauf, return_qty SMALLINT NOT NULL,
  return_amt DECIMAL(10,2) NOT NULL);
CREATE TABLE offer (offer_id INT PRIMARY KEY, qty INT NOT NULL, price_per_unit DECIMAL(8,2) NOT NULL);
CREATE TABLE deal (deal_id INT PRIMARY KEY, offer_id INT NOT NULL REFERENCES offer, qtysold INT NOT NULL, price_paid DECIMAL(10,2),
  commission DECIMAL(8,2));

-- violated: retoure JOIN verkauf USING (vk_id) | return_qty > menge OR return_qty < 1
-- violated: retoure JOIN verkauf USING (vk_id) | return_amt <> return_qty * einzelpreis
-- violated: verkauf | gesamtpreis <> menge * einzelpreis
-- violated: deal JOIN offer USING (offer_id) | qtysold > qty OR price_paid <> qtysold * price_per_unit
-- violated: deal | commission > 0.3 * price_paid
-- violated: (SELECT count(DISTINCT qtysold) n FROM deal) | n < 3
