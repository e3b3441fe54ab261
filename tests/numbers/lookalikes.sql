CREATE TABLE wallbox (id INT PRIMARY KEY, max_power_kw INT NOT NULL);
CREATE TABLE charging_session (
  id INT PRIMARY KEY,
  wallbox_id INT NOT NULL REFERENCES wallbox,
  session_date DATE NOT NULL,
  energy_kwh DECIMAL(9,2) NOT NULL);
CREATE TABLE wallbox_load (
  wallbox_id INT NOT NULL REFERENCES wallbox,
  reading_day DATE NOT NULL,
  energy_kwh DECIMAL(9,2) NOT NULL,
  PRIMARY KEY (wallbox_id, reading_day));
CREATE TABLE brake (id INT PRIMARY KEY, rotor_diameter_mm INT NOT NULL, max_power_kw INT NOT NULL);
CREATE TABLE shop_day (id INT PRIMARY KEY, day DATE NOT NULL, operating_hours DECIMAL(5,2) NOT NULL, availability_pct DECIMAL(5,2) NOT NULL);
CREATE TABLE press_day (id INT PRIMARY KEY, day DATE NOT NULL, operating_hours DECIMAL(5,2) NOT NULL, availability_pct DECIMAL(5,2) NOT NULL);
CREATE TABLE tool (id INT PRIMARY KEY, purchase_price DECIMAL(9,2) NOT NULL, sale_price DECIMAL(9,2) NOT NULL);
CREATE TABLE tractor (id INT PRIMARY KEY, bought_on DATE NOT NULL, purchase_price DECIMAL(9,2) NOT NULL, sold_on DATE NOT NULL, sale_price DECIMAL(9,2) NOT NULL);
CREATE TABLE trailer (id INT PRIMARY KEY, bought_on DATE NOT NULL, purchase_price DECIMAL(9,2) NOT NULL, sold_on DATE, sale_price DECIMAL(9,2));

-- violated: (SELECT quantile_cont(energy_kwh / max_power_kw, 0.5) q FROM charging_session s JOIN wallbox w ON w.id = s.wallbox_id) | q BETWEEN 5 AND 20 AND (SELECT max(energy_kwh / max_power_kw) <= 24 FROM charging_session s JOIN wallbox w ON w.id = s.wallbox_id)
-- violated: wallbox_load l JOIN wallbox w ON w.id = l.wallbox_id | energy_kwh > max_power_kw * 24
-- violated: (SELECT min(max_power_kw) low FROM brake) | low >= 2000
-- violated: (SELECT avg((operating_hours = 24)::INT) a FROM shop_day) | a > 0.5
-- violated: press_day | abs(availability_pct - operating_hours / 24 * 100) > 0.01
-- violated: (SELECT avg((sale_price < purchase_price)::INT) a FROM tool) | a > 0.9
-- violated: (SELECT avg((sale_price < purchase_price)::INT) a FROM tractor) | a > 0.9
-- violated: trailer | sale_price >= purchase_price OR (sale_price IS NULL) <> (sold_on IS NULL)
