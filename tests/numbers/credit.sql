CREATE TABLE credit_lines (line_id INT PRIMARY KEY, credit_limit DECIMAL(12,2) NOT NULL, current_balance DECIMAL(12,2) NOT NULL, available_credit DECIMAL(12,2) NOT NULL);
CREATE TABLE kreditkonten (id INT PRIMARY KEY, kreditlimit DECIMAL(12,2) NOT NULL, aktueller_saldo DECIMAL(12,2) NOT NULL);
CREATE TABLE purchases (purchase_id INT PRIMARY KEY, bought_at TIMESTAMP NOT NULL, amount DECIMAL(10,2) NOT NULL);
CREATE TABLE chargebacks (chargeback_id INT PRIMARY KEY, purchase_id INT NOT NULL REFERENCES purchases, opened_at TIMESTAMP NOT NULL, resolved_at TIMESTAMP, status VARCHAR(12) NOT NULL CHECK (status IN ('open', 'won', 'lost')), disputed_amount DECIMAL(10,2) NOT NULL, refunded_amount DECIMAL(10,2));
CREATE TABLE refunds (refund_id INT PRIMARY KEY, purchase_id INT NOT NULL REFERENCES purchases, amount DECIMAL(10,2) NOT NULL);

-- violated: credit_lines | abs(credit_limit - current_balance - available_credit) > 0.005 OR available_credit < 0 OR current_balance < 0
-- violated: kreditkonten | aktueller_saldo > kreditlimit
-- violated: chargebacks JOIN purchases USING (purchase_id) | disputed_amount > amount + 0.005 OR refunded_amount > disputed_amount + 0.005 OR opened_at < bought_at
-- violated: chargebacks | (status = 'open') <> (resolved_at IS NULL) OR (status = 'won') <> (refunded_amount IS NOT NULL)
-- violated: refunds r JOIN purchases p USING (purchase_id) | r.amount > p.amount + 0.005
