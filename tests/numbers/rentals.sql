-- What is made of what: days of dates, codes of places, flags of mail.
-- violated: boat_rental | end_date < start_date OR rental_days <> end_date - start_date
-- violated: leaflets | opened AND NOT delivered OR clicked AND NOT opened
-- violated: (SELECT count(*) FILTER (WHERE NOT delivered) AS lost, count(*) FILTER (WHERE clicked) AS clicks FROM leaflets) | lost = 0 OR clicks = 0
-- violated: crate_event | location_code NOT IN (SELECT code FROM sheds)
-- violated: (SELECT count(*) FILTER (WHERE delivered) AS seen, count(*) AS n FROM bounces JOIN leaflets ON leaflets.id = leaflet_id) | seen = 0 OR seen = n
-- violated: (SELECT count(DISTINCT driver_name) AS drivers FROM car_claims) | drivers < 500
CREATE TABLE boat_rental (id INT PRIMARY KEY, start_date DATE NOT NULL, end_date DATE NOT NULL, rental_days INT NOT NULL);
CREATE TABLE sheds (id INT PRIMARY KEY, code VARCHAR(10) UNIQUE NOT NULL);
CREATE TABLE crate_shipment (id INT PRIMARY KEY, origin_code VARCHAR(10) NOT NULL REFERENCES sheds (code), destination_code VARCHAR(10) NOT NULL REFERENCES sheds (code), status VARCHAR(20) NOT NULL, created_at TIMESTAMP NOT NULL, delivered_at TIMESTAMP);
CREATE TABLE crate_event (id INT PRIMARY KEY, shipment_id INT NOT NULL REFERENCES crate_shipment (id), event_type VARCHAR(20) NOT NULL, location_code VARCHAR(10) NOT NULL, event_at TIMESTAMP NOT NULL);
CREATE TABLE leaflets (id INT PRIMARY KEY, delivered BOOLEAN NOT NULL, opened BOOLEAN NOT NULL, clicked BOOLEAN NOT NULL);
CREATE TABLE bounces (id INT PRIMARY KEY, leaflet_id INT NOT NULL REFERENCES leaflets (id), bounced_at TIMESTAMP);
CREATE TABLE car_claims (claim_id INT PRIMARY KEY, shed_id INT NOT NULL REFERENCES sheds (id), driver_name VARCHAR(60) NOT NULL, happened_on DATE NOT NULL);
