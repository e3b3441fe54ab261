CREATE TABLE cost_center (
  id INT PRIMARY KEY,
  budget DECIMAL(14,2),
  actual DECIMAL(14,2),
  variance DECIMAL(14,2),
  variance_pct DECIMAL(6,2));
CREATE TABLE statement (
  id INT PRIMARY KEY,
  opening_balance DECIMAL(12,2),
  total_credits DECIMAL(12,2),
  total_debits DECIMAL(12,2),
  closing_balance DECIMAL(12,2));
CREATE TABLE loan_rate (
  id INT PRIMARY KEY,
  principal DECIMAL(10,2),
  interest DECIMAL(10,2),
  installment DECIMAL(10,2));
CREATE TABLE meter (
  id INT PRIMARY KEY,
  start_reading INT,
  end_reading INT,
  consumption INT,
  tariff DECIMAL(6,4),
  amount DECIMAL(10,2));

-- violated: cost_center | variance <> actual - budget OR abs(variance_pct - 100.0 * variance / budget) > 0.006
-- violated: statement | closing_balance <> opening_balance + total_credits - total_debits
-- violated: loan_rate | installment <> principal + interest
-- violated: meter | end_reading <> start_reading + consumption OR abs(amount - consumption * tariff) > 0.0051
