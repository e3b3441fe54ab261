CREATE TABLE agent (agent_id INT PRIMARY KEY, full_name VARCHAR(60));
CREATE TABLE call_day (call_day_id INT PRIMARY KEY, agent_id INT NOT NULL REFERENCES agent, calls_offered INT NOT NULL, calls_answered INT NOT NULL,
  calls_abandoned INT NOT NULL, abandonment_rate DECIMAL(5,2), calls_per_hour DECIMAL(9,2), logged_in_hours DECIMAL(5,2) NOT NULL);
CREATE TABLE verbrauch (id INT PRIMARY KEY, verbrauch_kwh DECIMAL(10,2) NOT NULL, preis_pro_kwh DECIMAL(6,4), betrag DECIMAL(10,2) NOT NULL);
CREATE TABLE campagne (id INT PRIMARY KEY, depenses DECIMAL(10,2) NOT NULL, clics INT NOT NULL, cout_par_clic DECIMAL(8,4), prospects INT NOT NULL,
  cout_par_prospect DECIMAL(10,2));
CREATE TABLE monat (id INT PRIMARY KEY, umsatz DECIMAL(12,2) NOT NULL, anzahl_bestellungen INT NOT NULL, avg_order_value DECIMAL(10,2),
  umsatz_vorjahr DECIMAL(12,2) NOT NULL, revenue_growth_pct DECIMAL(6,2), kunden INT NOT NULL, umsatz_pro_kunde DECIMAL(10,2));
CREATE TABLE hotel_night (id INT PRIMARY KEY, rooms_available INT NOT NULL, rooms_sold INT NOT NULL, room_revenue DECIMAL(12,2) NOT NULL,
  occupancy_pct DECIMAL(5,2), adr DECIMAL(8,2), revpar DECIMAL(8,2));
CREATE TABLE run (id INT PRIMARY KEY, produced_qty INT NOT NULL, scrap_qty INT NOT NULL, good_qty INT NOT NULL, run_hours DECIMAL(6,2) NOT NULL,
  pieces_per_hour DECIMAL(10,2));
CREATE TABLE corsa (id INT PRIMARY KEY, distanza_km DECIMAL(8,2) NOT NULL, prezzo DECIMAL(8,2) NOT NULL, costo_per_km DECIMAL(10,3));
CREATE TABLE comune (id INT PRIMARY KEY, popolazione INT NOT NULL, superficie_km2 DECIMAL(12,2) NOT NULL, densita DECIMAL(12,2));

-- violated: call_day | calls_answered + calls_abandoned <> calls_offered OR abs(abandonment_rate - 100.0 * calls_abandoned / calls_offered) > 0.006
-- violated: call_day | abs(calls_per_hour - calls_answered / logged_in_hours) > 0.006
-- violated: verbrauch | abs(betrag - verbrauch_kwh * preis_pro_kwh) > 0.005
-- violated: (SELECT corr(betrag, verbrauch_kwh) c FROM verbrauch) | c < 0.6
-- violated: campagne | abs(cout_par_clic - depenses / nullif(clics, 0)) > 0.0001 OR abs(cout_par_prospect - depenses / prospects) > 0.006
-- violated: monat | abs(avg_order_value - umsatz / anzahl_bestellungen) > 0.006 OR abs(umsatz_pro_kunde - umsatz / kunden) > 0.006
-- violated: monat | abs(revenue_growth_pct - 100 * (umsatz - umsatz_vorjahr) / umsatz_vorjahr) > 0.006
-- violated: hotel_night | rooms_sold > rooms_available OR abs(adr - room_revenue / nullif(rooms_sold, 0)) > 0.006 OR adr NOT BETWEEN 60 AND 200
-- violated: hotel_night | abs(revpar - room_revenue / rooms_available) > 0.006 OR abs(occupancy_pct - 100.0 * rooms_sold / rooms_available) > 0.006
-- violated: run | abs(pieces_per_hour - produced_qty / run_hours) > 0.006 OR good_qty + scrap_qty <> produced_qty
-- violated: corsa | abs(costo_per_km - prezzo / distanza_km) > 0.001
-- violated: comune | abs(densita - popolazione / superficie_km2) > 0.006
CREATE TABLE listing (id INT PRIMARY KEY, num_tickets INT NOT NULL, price_per_ticket DECIMAL(8,2) NOT NULL, total_price DECIMAL(10,2) NOT NULL);
CREATE TABLE pesaje (id INT PRIMARY KEY, peso_kg DECIMAL(8,1) NOT NULL, precio_por_kg DECIMAL(6,2) NOT NULL, importe DECIMAL(12,2) NOT NULL);

-- violated: listing | total_price <> num_tickets * price_per_ticket
-- violated: pesaje | abs(importe - peso_kg * precio_por_kg) > 0.006
