CREATE TABLE medewerker (
  id INT PRIMARY KEY,
  fte_percentage DECIMAL(5,2) NOT NULL,
  weekuren DECIMAL(4,1) NOT NULL,
  indienst DATE NOT NULL,
  uitdienst DATE);
CREATE TABLE salary_band (
  id INT PRIMARY KEY,
  min_pay DECIMAL(10,2) NOT NULL,
  mid_pay DECIMAL(10,2) NOT NULL,
  midpoint_bonus DECIMAL(10,2) NOT NULL,
  min_bonus DECIMAL(10,2) NOT NULL,
  max_bonus DECIMAL(10,2) NOT NULL,
  max_pay DECIMAL(10,2) NOT NULL);
CREATE TABLE attendance (
  id INT PRIMARY KEY,
  medewerker_id INT NOT NULL REFERENCES medewerker,
  check_in_at TIMESTAMP NOT NULL,
  check_out_at TIMESTAMP,
  break_minutes INT,
  hours_worked DECIMAL(5,2),
  overtime_hours DECIMAL(5,2));
CREATE TABLE zeiterfassung (
  id INT PRIMARY KEY,
  beginn TIMESTAMP NOT NULL,
  ende TIMESTAMP NOT NULL,
  pause_stunden DECIMAL(4,2) NOT NULL,
  gearbeitete_stunden DECIMAL(5,2) NOT NULL);
CREATE TABLE repair_job (
  id INT PRIMARY KEY,
  opened_at TIMESTAMP NOT NULL,
  closed_at TIMESTAMP,
  labour_hours DECIMAL(6,2) NOT NULL,
  hourly_rate_gbp DECIMAL(7,2) NOT NULL,
  labour_cost_gbp DECIMAL(11,2) NOT NULL,
  parts_cost_gbp DECIMAL(11,2) NOT NULL,
  total_cost_gbp DECIMAL(11,2) NOT NULL);

-- violated: medewerker | fte_percentage NOT BETWEEN 20 AND 100 OR abs(weekuren - 36 * fte_percentage / 100) > 0.06
-- violated: salary_band | midpoint_bonus <= min_bonus OR midpoint_bonus >= max_bonus
-- violated: attendance | abs(hours_worked - greatest(date_diff('second', check_in_at, check_out_at) / 60 - coalesce(break_minutes, 0), 0) / 60) > 0.01
-- violated: attendance | break_minutes NOT BETWEEN 0 AND 60 OR overtime_hours NOT BETWEEN 0 AND hours_worked
-- violated: attendance | hours_worked > 8 AND abs(overtime_hours - hours_worked + 8) > 0.011
-- violated: zeiterfassung | abs(gearbeitete_stunden - greatest(date_diff('second', beginn, ende) / 3600 - pause_stunden, 0)) > 0.01
-- violated: repair_job | abs(labour_cost_gbp - labour_hours * hourly_rate_gbp) > 0.01 OR total_cost_gbp <> labour_cost_gbp + parts_cost_gbp
