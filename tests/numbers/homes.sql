CREATE TABLE homes (
  home_id INT PRIMARY KEY,
  living_area DECIMAL(8,2) NOT NULL,
  built_area DECIMAL(8,2) NOT NULL,
  asking_price DECIMAL(12,2) NOT NULL,
  current_price DECIMAL(12,2) NOT NULL,
  price_per_sqm DECIMAL(10,2));
CREATE TABLE offers (
  offer_id INT PRIMARY KEY,
  home_id INT NOT NULL REFERENCES homes,
  amount DECIMAL(12,2) NOT NULL);
CREATE TABLE closings (
  closing_id INT PRIMARY KEY,
  offer_id INT NOT NULL UNIQUE REFERENCES offers,
  sale_price DECIMAL(12,2) NOT NULL,
  deposit_amount DECIMAL(12,2),
  commission_pct DECIMAL(4,2) NOT NULL,
  commission DECIMAL(12,2) NOT NULL,
  commission_vat DECIMAL(12,2) NOT NULL,
  commission_total DECIMAL(12,2) NOT NULL);
CREATE TABLE bank_accounts (
  id INT PRIMARY KEY,
  ledger_balance DECIMAL(15,2),
  hold_amount DECIMAL(15,2),
  available_balance DECIMAL(15,2),
  daily_limit DECIMAL(11,2),
  monthly_limit DECIMAL(11,2));
CREATE TABLE stays (
  id INT PRIMARY KEY,
  price_per_night DECIMAL(8,2) NOT NULL,
  discount DECIMAL(8,2),
  net_price DECIMAL(8,2) NOT NULL);
CREATE TABLE trips_booked (
  id INT PRIMARY KEY,
  base_fare DECIMAL(10,2),
  taxes DECIMAL(10,2),
  ancillary_total DECIMAL(10,2),
  total_price DECIMAL(10,2),
  cancelled_at TIMESTAMP,
  refund_amount DECIMAL(10,2));
CREATE TABLE bonus_moves (id INT PRIMARY KEY, points_earned INT NOT NULL, points_redeemed INT NOT NULL, net_points INT NOT NULL);

-- violated: homes | living_area > built_area OR current_price > asking_price OR asking_price < 10000
-- violated: homes | abs(price_per_sqm - current_price / living_area) > 0.01 AND abs(price_per_sqm - current_price / built_area) > 0.01
-- violated: offers JOIN homes USING (home_id) | amount NOT BETWEEN current_price * 0.8 AND current_price * 1.05
-- violated: closings JOIN offers USING (offer_id) | sale_price <> amount OR deposit_amount > sale_price
-- violated: closings | abs(commission - sale_price * commission_pct / 100) > 0.01 OR abs(commission_total - commission - commission_vat) > 0.01
-- violated: bank_accounts | abs(available_balance - ledger_balance + hold_amount) > 0.01 OR daily_limit > monthly_limit
-- violated: stays | abs(net_price - price_per_night + coalesce(discount, 0)) > 0.01
-- violated: (SELECT count(*) FILTER (discount > 0) / count(*) s FROM stays) | s NOT BETWEEN 0.1 AND 0.6
-- violated: trips_booked | abs(total_price - base_fare - taxes - coalesce(ancillary_total, 0)) > 0.01
-- violated: trips_booked | refund_amount > 0 AND (cancelled_at IS NULL OR refund_amount > total_price)
-- violated: bonus_moves | net_points <> points_earned - points_redeemed
