CREATE TABLE park (id INT PRIMARY KEY, installed_capacity_kw NUMERIC(8,1) NOT NULL, name VARCHAR(40));
CREATE TABLE plant (
  id INT PRIMARY KEY,
  park_id INT NOT NULL REFERENCES park,
  rated_power_kw SMALLINT NOT NULL,
  rotor_diameter_m SMALLINT,
  swept_area_m2 SMALLINT,
  rated_wind_speed_ms NUMERIC(2,1),
  cut_out_wind_speed_ms NUMERIC(2,1));
CREATE TABLE yard (id INT PRIMARY KEY, installed_power_kw NUMERIC(5,2));
CREATE TABLE wheel (id INT PRIMARY KEY, yard_id INT NOT NULL REFERENCES yard, rated_power_kw SMALLINT);
CREATE TABLE plant_output (
  id INT PRIMARY KEY,
  plant_id INT NOT NULL REFERENCES plant,
  output_day DATE NOT NULL,
  energy_kwh INT NOT NULL,
  capacity_factor_pct NUMERIC(3,1),
  avg_wind_speed_ms NUMERIC(2,1),
  available_hours NUMERIC(3,1),
  available_pct NUMERIC(3,1),
  UNIQUE (plant_id, output_day));
CREATE TABLE outage (
  id INT PRIMARY KEY,
  plant_id INT NOT NULL REFERENCES plant,
  duration_minutes SMALLINT NOT NULL,
  lost_energy_kwh INT NOT NULL,
  lost_energy_mwh NUMERIC(3,2));
CREATE TABLE machine_day (
  id INT PRIMARY KEY,
  work_day DATE NOT NULL,
  uptime_minutes NUMERIC(3,0),
  downtime_minutes NUMERIC(3,0),
  availability_pct NUMERIC(4,1));
CREATE TABLE nurse (id INT PRIMARY KEY, weekly_hours DECIMAL(3,2));
CREATE TABLE clerk (id INT PRIMARY KEY, fte_pct SMALLINT, weekly_hours NUMERIC(1));

-- violated: park k LEFT JOIN (SELECT park_id, sum(rated_power_kw) p FROM plant GROUP BY 1) t ON t.park_id = k.id | installed_capacity_kw <> coalesce(p, 0)
-- violated: plant_output o JOIN plant p ON p.id = o.plant_id | energy_kwh NOT BETWEEN 0 AND rated_power_kw::INT * 24
-- violated: outage o JOIN plant p ON p.id = o.plant_id | lost_energy_kwh > rated_power_kw::INT * duration_minutes / 60.0 + 1
-- violated: plant_output | available_hours NOT BETWEEN 0 AND 24
