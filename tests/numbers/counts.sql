CREATE TABLE flight (
  id INT PRIMARY KEY,
  seat_capacity SMALLINT,
  seats_sold SMALLINT,
  seats_available SMALLINT,
  load_factor DECIMAL(5,2));
CREATE TABLE batch (
  id INT PRIMARY KEY,
  produced_qty INT,
  scrap_qty INT,
  good_qty INT,
  scrap_rate FLOAT);
CREATE TABLE job_run (
  id INT PRIMARY KEY,
  attempts INT NOT NULL,
  successes INT NOT NULL,
  failures INT NOT NULL,
  success_rate NUMERIC(5,4));
CREATE TABLE stock (
  id INT PRIMARY KEY,
  on_hand_qty INT,
  reserved_qty INT,
  available_qty INT);
CREATE TABLE season (
  id INT PRIMARY KEY,
  games_played INT,
  wins INT,
  draws INT,
  losses INT,
  win_pct DECIMAL(4,3));

-- violated: flight | seats_sold > seat_capacity OR seats_available <> seat_capacity - seats_sold
-- violated: flight | abs(load_factor - 100.0 * seats_sold / seat_capacity) > 0.006
-- violated: batch | good_qty <> produced_qty - scrap_qty OR scrap_qty > produced_qty
-- violated: batch | abs(scrap_rate - scrap_qty / produced_qty) > 0.0001
-- violated: job_run | successes + failures <> attempts OR failures < 0
-- violated: job_run | abs(success_rate - successes / attempts) > 0.0001
-- violated: stock | available_qty <> on_hand_qty - reserved_qty OR reserved_qty < 0 OR available_qty < 0
-- violated: season | wins + draws + losses <> games_played OR abs(win_pct - wins / games_played) > 0.001
