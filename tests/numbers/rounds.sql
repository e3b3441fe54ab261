CREATE TABLE lkw (
  id INT PRIMARY KEY,
  zulassung DATE NOT NULL,
  leergewicht_kg INT NOT NULL,
  nutzlast_kg INT NOT NULL,
  zulaessiges_gesamtgewicht_kg INT NOT NULL);
CREATE TABLE tour (
  id INT PRIMARY KEY,
  lkw_id INT NOT NULL REFERENCES lkw,
  fahrtdatum DATE NOT NULL,
  beginn TIMESTAMP NOT NULL,
  ende TIMESTAMP,
  km_stand_beginn INT NOT NULL,
  km_stand_ende INT,
  gefahrene_km INT,
  anzahl_abholungen INT NOT NULL,
  sammelgewicht_kg DECIMAL(10,1));
CREATE TABLE abholung (
  id INT PRIMARY KEY,
  tour_id INT NOT NULL REFERENCES tour,
  gewicht_kg DECIMAL(7,1) NOT NULL);
CREATE TABLE giro (
  id INT PRIMARY KEY,
  numero_svuotamenti INT NOT NULL);
CREATE TABLE svuotamento (
  id INT PRIMARY KEY,
  giro_id INT NOT NULL REFERENCES giro);
CREATE TABLE bescheid (
  id INT PRIMARY KEY,
  grundgebuehr DECIMAL(8,2) NOT NULL,
  mengengebuehr DECIMAL(8,2) NOT NULL,
  gesamtbetrag DECIMAL(9,2) NOT NULL);
CREATE TABLE journey (
  id INT PRIMARY KEY,
  started_at TIMESTAMP NOT NULL,
  ended_at TIMESTAMP NOT NULL,
  km_driven INT NOT NULL);

-- violated: lkw | nutzlast_kg <> zulaessiges_gesamtgewicht_kg - leergewicht_kg OR leergewicht_kg <= 0 OR nutzlast_kg <= 0
-- violated: tour | gefahrene_km <> km_stand_ende - km_stand_beginn OR gefahrene_km NOT BETWEEN 1 AND 600
-- violated: tour | (km_stand_ende IS NULL) <> (gefahrene_km IS NULL)
-- violated: (SELECT km_stand_ende, lead(km_stand_beginn) OVER w nxt FROM tour WINDOW w AS (PARTITION BY lkw_id ORDER BY fahrtdatum, km_stand_beginn)) | nxt <> km_stand_ende
-- violated: tour r LEFT JOIN (SELECT tour_id, count(*) n, sum(gewicht_kg) w FROM abholung GROUP BY 1) a ON a.tour_id = r.id | anzahl_abholungen <> coalesce(n, 0) OR sammelgewicht_kg <> coalesce(w, 0)
-- violated: giro g LEFT JOIN (SELECT giro_id, count(*) n FROM svuotamento GROUP BY 1) s ON s.giro_id = g.id | numero_svuotamenti <> coalesce(n, 0)
-- violated: bescheid | gesamtbetrag <> grundgebuehr + mengengebuehr
-- violated: journey | km_driven > 40 * greatest(date_diff('second', started_at, ended_at) / 3600, 0.1) + 1
