CREATE TABLE wind_farm (
  id INT PRIMARY KEY,
  number_of_turbines INT NOT NULL,
  total_capacity_mw DECIMAL(8,3) NOT NULL);
CREATE TABLE wind_turbine (
  id INT PRIMARY KEY,
  wind_farm_id INT NOT NULL REFERENCES wind_farm,
  nominal_power_mw DECIMAL(6,3) NOT NULL,
  rotor_diameter_m DECIMAL(6,2),
  swept_area_m2 DECIMAL(9,2),
  hub_height_m DECIMAL(6,2),
  cut_in_wind_speed_ms DECIMAL(4,1),
  rated_wind_speed_ms DECIMAL(4,1),
  cut_out_wind_speed_ms DECIMAL(4,1));
CREATE TABLE turbine_day (
  id INT PRIMARY KEY,
  wind_turbine_id INT NOT NULL REFERENCES wind_turbine,
  day DATE NOT NULL,
  production_mwh DECIMAL(10,3) NOT NULL,
  uptime_hours DECIMAL(4,2),
  downtime_hours DECIMAL(4,2),
  availability DECIMAL(5,4),
  capacity_factor DECIMAL(5,4),
  wind_speed_ms DECIMAL(4,1) NOT NULL,
  max_wind_speed_ms DECIMAL(4,1));
CREATE TABLE stromlieferung (
  id INT PRIMARY KEY,
  lieferung_mwh DECIMAL(10,3) NOT NULL,
  preis_je_mwh DECIMAL(8,2) NOT NULL,
  erloes DECIMAL(14,2) NOT NULL);
CREATE TABLE outage (
  id INT PRIMARY KEY,
  wind_turbine_id INT NOT NULL REFERENCES wind_turbine,
  duration_hours DECIMAL(8,2) NOT NULL,
  lost_energy_kwh DECIMAL(12,2));
CREATE TABLE power_sale (
  id INT PRIMARY KEY,
  sold_energy_mwh DECIMAL(12,3) NOT NULL,
  avg_price_eur_per_mwh DECIMAL(8,2) NOT NULL,
  gross_revenue_eur DECIMAL(14,2) NOT NULL,
  grid_cost_eur DECIMAL(14,2) NOT NULL,
  net_revenue_eur DECIMAL(14,2) NOT NULL);

-- violated: wind_turbine | abs(swept_area_m2 - pi() / 4 * rotor_diameter_m * rotor_diameter_m) > 0.01 OR hub_height_m <= rotor_diameter_m / 2
-- violated: wind_turbine | NOT (cut_in_wind_speed_ms BETWEEN 1.5 AND 6 AND cut_in_wind_speed_ms < rated_wind_speed_ms AND rated_wind_speed_ms < cut_out_wind_speed_ms)
-- violated: wind_farm f LEFT JOIN (SELECT wind_farm_id, count(*) n, sum(nominal_power_mw) p FROM wind_turbine GROUP BY 1) t ON t.wind_farm_id = f.id | number_of_turbines <> coalesce(n, 0) OR abs(total_capacity_mw - coalesce(p, 0)) > 0.001
-- violated: turbine_day | abs(uptime_hours + downtime_hours - 24) > 0.001 OR abs(availability - uptime_hours / 24) > 0.0001 OR uptime_hours < 0
-- violated: turbine_day d JOIN wind_turbine t ON t.id = d.wind_turbine_id | production_mwh NOT BETWEEN 0 AND nominal_power_mw * 24
-- violated: turbine_day d JOIN wind_turbine t ON t.id = d.wind_turbine_id | abs(capacity_factor - production_mwh / (nominal_power_mw * 24)) > 0.001
-- violated: (SELECT corr(wind_speed_ms, capacity_factor) c FROM turbine_day) | c < 0.4
-- violated: turbine_day | wind_speed_ms > 40 OR max_wind_speed_ms < wind_speed_ms
-- violated: outage o JOIN wind_turbine t ON t.id = o.wind_turbine_id | lost_energy_kwh NOT BETWEEN 0 AND 1000 * nominal_power_mw * duration_hours + 0.01
-- violated: power_sale | abs(gross_revenue_eur - sold_energy_mwh * avg_price_eur_per_mwh) > 0.011 OR net_revenue_eur <> gross_revenue_eur - grid_cost_eur OR grid_cost_eur > gross_revenue_eur
-- violated: stromlieferung | abs(erloes - lieferung_mwh * preis_je_mwh) > 0.011
