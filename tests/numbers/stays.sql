-- Rents, hotels by day, stays in a yard, loads, and rides.
CREATE TABLE huurcontract (id INT PRIMARY KEY, kale_huur DECIMAL(10,2) NOT NULL, servicekosten DECIMAL(10,2) NOT NULL, totale_huur DECIMAL(10,2) NOT NULL,
  waarborgsom DECIMAL(10,2));
CREATE TABLE leases (id INT PRIMARY KEY, base_rent DECIMAL(10,2) NOT NULL, service_charge DECIMAL(10,2) NOT NULL, total_rent DECIMAL(10,2) NOT NULL);
CREATE TABLE heating_statements (id INT PRIMARY KEY, advance_payments DECIMAL(10,2) NOT NULL, total_costs DECIMAL(10,2) NOT NULL, additional_payment DECIMAL(10,2) NOT NULL);
CREATE TABLE herberge (id INT PRIMARY KEY, zimmer_anzahl INT NOT NULL);
CREATE TABLE tagesbelegung (herberge_id INT NOT NULL REFERENCES herberge(id), tag DATE NOT NULL, verfuegbare_zimmer INT NOT NULL,
  belegte_zimmer INT NOT NULL, zimmerumsatz DECIMAL(12,2) NOT NULL, adr DECIMAL(10,2), revpar DECIMAL(10,2), PRIMARY KEY (herberge_id, tag));
CREATE TABLE soggiorni (id INT PRIMARY KEY, notti INT NOT NULL, tariffa_notte DECIMAL(8,2) NOT NULL, importo_lordo DECIMAL(12,2) NOT NULL,
  sconto DECIMAL(10,2) NOT NULL, importo_netto DECIMAL(12,2) NOT NULL);
CREATE TABLE immeubles (id INT PRIMARY KEY, nombre_logements INT NOT NULL);
CREATE TABLE appartements (id INT PRIMARY KEY, immeuble_id INT NOT NULL REFERENCES immeubles(id), surface DECIMAL(6,2));
CREATE TABLE yard_stays (id INT PRIMARY KEY, arrival_date DATE NOT NULL, departure_date DATE, total_days INT, free_days INT, chargeable_days INT);
CREATE TABLE rimorchio (id INT PRIMARY KEY, tara_kg INT NOT NULL, peso_lordo_massimo_kg INT NOT NULL, portata_massima_kg INT NOT NULL);
CREATE TABLE pesate (id INT PRIMARY KEY, rimorchio_id INT NOT NULL REFERENCES rimorchio(id), peso_netto_kg INT NOT NULL, peso_lordo_kg INT NOT NULL);
CREATE TABLE ferry_calls (id INT PRIMARY KEY, loaded_qty INT NOT NULL, discharged_qty INT NOT NULL, total_moves INT NOT NULL);
CREATE TABLE rides (id INT PRIMARY KEY, requested_at TIMESTAMP NOT NULL, picked_up_at TIMESTAMP, dropped_off_at TIMESTAMP, duration_min INT);
-- violated: huurcontract | totale_huur <> kale_huur + servicekosten OR waarborgsom > 3 * kale_huur
-- violated: leases | total_rent <> base_rent + service_charge
-- violated: heating_statements | additional_payment <> total_costs - advance_payments
-- violated: tagesbelegung t JOIN herberge h ON h.id = t.herberge_id | t.belegte_zimmer > t.verfuegbare_zimmer OR t.verfuegbare_zimmer > h.zimmer_anzahl
-- violated: tagesbelegung | abs(adr - zimmerumsatz / belegte_zimmer) > 0.01
-- violated: soggiorni | importo_lordo <> notti * tariffa_notte OR importo_netto <> importo_lordo - sconto
-- violated: immeubles i | nombre_logements <> (SELECT count(*) FROM appartements a WHERE a.immeuble_id = i.id)
-- violated: yard_stays | total_days <> departure_date - arrival_date OR chargeable_days <> greatest(total_days - free_days, 0)
-- violated: rimorchio | portata_massima_kg <> peso_lordo_massimo_kg - tara_kg OR tara_kg < 1
-- violated: pesate p JOIN rimorchio r ON r.id = p.rimorchio_id | p.peso_lordo_kg <> p.peso_netto_kg + r.tara_kg OR p.peso_netto_kg > r.portata_massima_kg
-- violated: ferry_calls | total_moves <> loaded_qty + discharged_qty
-- violated: rides | abs(duration_min - date_diff('second', picked_up_at, dropped_off_at) / 60.0) > 1
