CREATE TABLE pay_runs (
  run_id INT PRIMARY KEY,
  total_gross_amount DECIMAL(14,2) NOT NULL,
  total_net_amount DECIMAL(14,2) NOT NULL);
CREATE TABLE pay_slips (
  slip_id INT PRIMARY KEY,
  run_id INT NOT NULL REFERENCES pay_runs,
  regular_hours DECIMAL(6,2) NOT NULL,
  overtime_hours DECIMAL(6,2) NOT NULL,
  total_hours DECIMAL(6,2) NOT NULL,
  hourly_rate DECIMAL(7,2) NOT NULL,
  gross_amount DECIMAL(11,2) NOT NULL,
  federal_tax_amount DECIMAL(11,2) NOT NULL,
  state_tax_amount DECIMAL(11,2) NOT NULL,
  pension_deduction DECIMAL(11,2),
  total_deductions DECIMAL(11,2) NOT NULL,
  net_amount DECIMAL(11,2) NOT NULL);
CREATE TABLE tours (
  tour_id INT PRIMARY KEY,
  adults SMALLINT NOT NULL,
  children SMALLINT,
  persons SMALLINT NOT NULL,
  odometer_start INT NOT NULL,
  odometer_end INT,
  distance_km INT,
  duration_min INT,
  avg_speed_kmh DECIMAL(5,1));
CREATE TABLE halls (
  hall_id INT PRIMARY KEY,
  seats_balcony INT NOT NULL,
  seats_parquet INT NOT NULL,
  seats_total INT NOT NULL);

-- violated: pay_slips | abs(total_hours - regular_hours - overtime_hours) > 0.01
-- violated: pay_slips | abs(total_deductions - federal_tax_amount - state_tax_amount - coalesce(pension_deduction, 0)) > 0.01
-- violated: pay_slips | abs(net_amount - gross_amount + total_deductions) > 0.01 OR net_amount <= 0
-- violated: (SELECT run_id, sum(gross_amount) g, sum(net_amount) n FROM pay_slips GROUP BY 1) JOIN pay_runs USING (run_id) | abs(total_gross_amount - g) > 0.05 OR abs(total_net_amount - n) > 0.05
-- violated: tours | persons <> adults + coalesce(children, 0) OR persons > 60
-- violated: tours | odometer_end - odometer_start <> distance_km
-- violated: tours | abs(avg_speed_kmh - 60.0 * distance_km / duration_min) > 0.06
-- violated: tours | avg_speed_kmh > 1000
-- violated: halls | seats_total <> seats_balcony + seats_parquet
-- violated: (SELECT count(DISTINCT seats_balcony) n FROM halls) | n < 20
