CREATE TABLE offices (office_id INT PRIMARY KEY, name VARCHAR(40), country CHAR(2) NOT NULL, currency CHAR(3) NOT NULL);
CREATE TABLE travel_costs (cost_id INT PRIMARY KEY, spent_on DATE NOT NULL, amount DECIMAL(10,2) NOT NULL, currency CHAR(3) NOT NULL, fx_rate DECIMAL(12,6) NOT NULL, amount_eur DECIMAL(12,2) NOT NULL);
CREATE TABLE postings (posting_id INT PRIMARY KEY, account_currency CHAR(3) NOT NULL, account_amount DECIMAL(14,2), original_currency CHAR(3) NOT NULL, original_amount DECIMAL(12,2) NOT NULL, exchange_rate DECIMAL(12,6) NOT NULL);
CREATE TABLE zahlungseingaenge (id INT PRIMARY KEY, originalbetrag DECIMAL(12,2) NOT NULL, originalwaehrung CHAR(3) NOT NULL, kontobetrag DECIMAL(12,2) NOT NULL, kontowaehrung CHAR(3) NOT NULL, wechselkurs DECIMAL(12,6) NOT NULL);
CREATE TABLE daily_rates (from_currency CHAR(3) NOT NULL, to_currency CHAR(3) NOT NULL, rate_date DATE NOT NULL, rate DECIMAL(14,7) NOT NULL, PRIMARY KEY (from_currency, to_currency, rate_date));

-- violated: travel_costs | abs(amount * fx_rate - amount_eur) > 0.006 OR (currency = 'EUR') <> (fx_rate = 1) OR (currency = 'GBP' AND fx_rate NOT BETWEEN 1.05 AND 1.3)
-- violated: postings | abs(original_amount * exchange_rate - account_amount) > 0.006 OR (account_currency = original_currency) <> (exchange_rate = 1)
-- violated: (SELECT avg((account_currency = original_currency)::INT) AS s FROM postings) x | s NOT BETWEEN 0.7 AND 0.97
-- violated: zahlungseingaenge | abs(originalbetrag * wechselkurs - kontobetrag) > 0.006 OR (kontowaehrung = originalwaehrung) <> (wechselkurs = 1)
-- violated: daily_rates | (from_currency = to_currency) <> (rate = 1) OR (from_currency = 'USD' AND to_currency = 'JPY' AND rate NOT BETWEEN 120 AND 180)
