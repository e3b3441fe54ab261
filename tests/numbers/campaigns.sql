CREATE TABLE kampagne (kampagne_id INT PRIMARY KEY, budget_gesamt DECIMAL(12,2) NOT NULL, tagesbudget DECIMAL(10,2) NOT NULL, startdatum DATE NOT NULL, enddatum DATE NOT NULL);
CREATE TABLE anzeige (anzeige_id INT PRIMARY KEY, kampagne_id INT NOT NULL REFERENCES kampagne);
CREATE TABLE tageswert (id INT PRIMARY KEY, anzeige_id INT NOT NULL REFERENCES anzeige, impressionen INT NOT NULL, klicks INT NOT NULL, ausgaben DECIMAL(10,2) NOT NULL,
  cpc DECIMAL(8,4), cpm DECIMAL(9,4));
CREATE TABLE consignment (id INT PRIMARY KEY, piece_count INT NOT NULL, pallet_count INT NOT NULL, weight_kg DECIMAL(10,2) NOT NULL, volume_cbm DECIMAL(8,3) NOT NULL,
  freight DECIMAL(10,2) NOT NULL, fuel_surcharge DECIMAL(10,2) NOT NULL, drive_hours DECIMAL(5,1) NOT NULL, distance_km DECIMAL(8,1) NOT NULL,
  promised_pickup_date DATE, pickup_date TIMESTAMP, promised_delivery_date DATE, delivery_date TIMESTAMP, on_time BOOLEAN NOT NULL);

-- violated: tageswert JOIN anzeige USING (anzeige_id) JOIN kampagne USING (kampagne_id) | ausgaben > tagesbudget
-- violated: kampagne | abs(tagesbudget * (1 + date_diff('day', startdatum, enddatum)) - budget_gesamt) > 0.006 * (1 + date_diff('day', startdatum, enddatum))
-- violated: tageswert | abs(cpc - ausgaben / nullif(klicks, 0)) > 0.0001 OR abs(cpm - 1000 * ausgaben / nullif(impressionen, 0)) > 0.0001
-- violated: (SELECT corr(ausgaben, klicks) c FROM tageswert) | c < 0.7
-- violated: consignment | pallet_count > piece_count OR fuel_surcharge NOT BETWEEN 0.09 * freight AND 0.36 * freight
-- violated: consignment | distance_km / nullif(drive_hours, 0) NOT BETWEEN 15 AND 60 AND drive_hours > 1
-- violated: (SELECT corr(weight_kg, piece_count) c, corr(weight_kg, volume_cbm) d FROM consignment) | c < 0.6 OR d < 0.6
-- violated: consignment | on_time <> coalesce(CAST(delivery_date AS DATE) <= promised_delivery_date, FALSE)
