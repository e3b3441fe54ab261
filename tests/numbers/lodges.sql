-- Lodges: stays by keys of days, who fits in, what they come to.
-- violated: fct_reservation JOIN dim_day a ON a.day_key = arrival_day_key JOIN dim_day d ON d.day_key = departure_day_key JOIN dim_day b ON b.day_key = booked_day_key | b.the_date > a.the_date OR a.the_date >= d.the_date OR lead_days <> a.the_date - b.the_date OR nights <> d.the_date - a.the_date
-- violated: (SELECT median(lead_days) AS usual, avg(lead_days) AS mean FROM fct_reservation) | usual < 5 OR mean < usual * 1.15
-- violated: fct_reservation JOIN dim_cabin USING (cabin_key) | adults + children > max_guests OR adults < 1
-- violated: fct_reservation JOIN dim_lodge USING (lodge_key) | fct_reservation.currency <> dim_lodge.currency
-- violated: fct_reservation | abs(total_amount - room_revenue - tax_amount) > 0.011
-- violated: fct_reservation JOIN dim_agency USING (agency_key) | abs(commission - room_revenue * commission_pct / 100) > 0.011
-- violated: fct_bar_charge JOIN fct_reservation USING (reservation_key) JOIN dim_day c ON c.day_key = charge_day_key JOIN dim_day a ON a.day_key = arrival_day_key JOIN dim_day d ON d.day_key = departure_day_key | c.the_date NOT BETWEEN a.the_date AND d.the_date
-- violated: fct_cabin_night JOIN fct_reservation USING (reservation_key) JOIN dim_day c ON c.day_key = night_day_key JOIN dim_day a ON a.day_key = arrival_day_key JOIN dim_day d ON d.day_key = departure_day_key | c.the_date < a.the_date OR c.the_date >= d.the_date
CREATE TABLE dim_day (day_key INTEGER PRIMARY KEY, the_date DATE NOT NULL, year SMALLINT NOT NULL);
CREATE TABLE dim_lodge (lodge_key INTEGER PRIMARY KEY, lodge_name VARCHAR(60) NOT NULL, country_code CHAR(2), currency CHAR(3), opened_day_key INTEGER REFERENCES dim_day (day_key));
CREATE TABLE dim_cabin (cabin_key INTEGER PRIMARY KEY, cabin_name VARCHAR(40) NOT NULL, max_guests SMALLINT NOT NULL);
CREATE TABLE dim_agency (agency_key INTEGER PRIMARY KEY, agency_name VARCHAR(60) NOT NULL, commission_pct DECIMAL(5,2) NOT NULL);
CREATE TABLE fct_reservation (
  reservation_key INTEGER PRIMARY KEY,
  lodge_key INTEGER NOT NULL REFERENCES dim_lodge (lodge_key),
  cabin_key INTEGER NOT NULL REFERENCES dim_cabin (cabin_key),
  agency_key INTEGER NOT NULL REFERENCES dim_agency (agency_key),
  booked_day_key INTEGER NOT NULL REFERENCES dim_day (day_key),
  arrival_day_key INTEGER NOT NULL REFERENCES dim_day (day_key),
  departure_day_key INTEGER NOT NULL REFERENCES dim_day (day_key),
  nights SMALLINT NOT NULL,
  lead_days INTEGER NOT NULL,
  adults SMALLINT NOT NULL,
  children SMALLINT NOT NULL,
  room_revenue DECIMAL(12,2) NOT NULL,
  tax_amount DECIMAL(12,2) NOT NULL,
  total_amount DECIMAL(12,2) NOT NULL,
  commission DECIMAL(12,2) NOT NULL,
  currency CHAR(3) NOT NULL
);
CREATE TABLE fct_bar_charge (charge_key BIGINT PRIMARY KEY, reservation_key INTEGER NOT NULL REFERENCES fct_reservation (reservation_key), charge_day_key INTEGER NOT NULL REFERENCES dim_day (day_key), amount DECIMAL(10,2) NOT NULL);
CREATE TABLE fct_cabin_night (night_key BIGINT PRIMARY KEY, reservation_key INTEGER NOT NULL REFERENCES fct_reservation (reservation_key), night_day_key INTEGER NOT NULL REFERENCES dim_day (day_key));
