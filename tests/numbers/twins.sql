CREATE TABLE tarif (id INT PRIMARY KEY, preis_min DECIMAL(8,2), preis_max DECIMAL(8,2) NOT NULL,
  min_age SMALLINT, max_age SMALLINT, temp_low DECIMAL(4,1), temp_high DECIMAL(4,1));
CREATE TABLE quote_day (id INT PRIMARY KEY, low DECIMAL(10,4), high DECIMAL(10,4), open DECIMAL(10,4), close DECIMAL(10,4),
  volume BIGINT);
CREATE TABLE latency (id INT PRIMARY KEY, p50_ms INT, p95_ms INT, p99_ms INT, min_ms DOUBLE PRECISION, avg_ms DOUBLE PRECISION,
  max_ms DOUBLE PRECISION);
CREATE TABLE hotline (id INT PRIMARY KEY, total_calls INT, calls_answered INT, calls_abandoned INT,
  "activeUsers" INT, "totalUsers" INT, tickets INT, tickets_closed INT, tickets_open INT, tickets_cancelled INT);

-- violated: tarif | preis_min > preis_max OR min_age > max_age OR temp_low > temp_high
-- violated: (SELECT count(DISTINCT preis_min) n FROM tarif) | n < 100
-- violated: quote_day | low > high OR open NOT BETWEEN low AND high OR close NOT BETWEEN low AND high
-- violated: latency | p50_ms > p95_ms OR p95_ms > p99_ms OR avg_ms NOT BETWEEN min_ms AND max_ms
-- violated: hotline | calls_answered + calls_abandoned <> total_calls OR calls_answered < 0 OR "activeUsers" > "totalUsers"
-- violated: hotline | tickets_closed + tickets_open <> tickets OR tickets_cancelled > tickets
