CREATE TABLE account (account_id INT PRIMARY KEY, opened_on DATE NOT NULL, balance DECIMAL(14,2));
CREATE TABLE account_transaction (transaction_id INT PRIMARY KEY, account_id INT NOT NULL REFERENCES account, booked_at TIMESTAMP NOT NULL,
  amount DECIMAL(12,2) NOT NULL, balance_after DECIMAL(14,2));
CREATE TABLE wallet (wallet_id INT PRIMARY KEY, created_at TIMESTAMP NOT NULL);
CREATE TABLE wallet_transaction (id INT PRIMARY KEY, wallet_id INT NOT NULL REFERENCES wallet, transaction_type VARCHAR(12) NOT NULL, amount NUMERIC(10,2),
  running_balance NUMERIC(12,2), created_at TIMESTAMP NOT NULL);
CREATE TABLE konto (konto_id INT PRIMARY KEY, eroeffnet_am DATE NOT NULL);
CREATE TABLE buchung (buchung_id INT PRIMARY KEY, konto_id INT NOT NULL REFERENCES konto, gebucht_am TIMESTAMP NOT NULL, betrag DECIMAL(10,2),
  saldo_vorher DECIMAL(12,2), saldo_nachher DECIMAL(12,2));

-- violated: (SELECT balance_after - amount - lag(balance_after) OVER (PARTITION BY account_id ORDER BY booked_at, transaction_id) d FROM account_transaction) | abs(d) > 0.005
-- violated: (SELECT account_id, max_by(balance_after, (booked_at, transaction_id)) b FROM account_transaction GROUP BY 1) JOIN account USING (account_id) | abs(b - balance) > 0.005
-- violated: (SELECT abs(running_balance - lag(running_balance) OVER (PARTITION BY wallet_id ORDER BY created_at, id)) d, amount FROM wallet_transaction) | abs(d - amount) > 0.005
-- violated: (SELECT saldo_vorher - lag(saldo_nachher) OVER (PARTITION BY konto_id ORDER BY gebucht_am, buchung_id) d FROM buchung) | abs(d) > 0.005
-- violated: buchung | abs(saldo_vorher + betrag - saldo_nachher) > 0.005
