CREATE TABLE ledgers (ledger_id INT PRIMARY KEY, opened_on DATE NOT NULL);
CREATE TABLE ledger_statements (statement_id INT PRIMARY KEY, ledger_id INT NOT NULL REFERENCES ledgers, period_start DATE NOT NULL, period_end DATE NOT NULL, opening_balance DECIMAL(12,2) NOT NULL, total_deposits DECIMAL(12,2) NOT NULL, total_withdrawals DECIMAL(12,2) NOT NULL, fees DECIMAL(8,2), closing_balance DECIMAL(12,2) NOT NULL, UNIQUE (ledger_id, period_start));
CREATE TABLE articles (article_id INT PRIMARY KEY, name VARCHAR(40), listed_on DATE NOT NULL);
CREATE TABLE stock_months (article_id INT NOT NULL REFERENCES articles, month_start DATE NOT NULL, opening_stock INT NOT NULL, received_qty INT NOT NULL, sold_qty INT NOT NULL, closing_stock INT NOT NULL, PRIMARY KEY (article_id, month_start));
CREATE TABLE konten (konto_id INT PRIMARY KEY, eroeffnet_am DATE NOT NULL);
CREATE TABLE auszuege (auszug_id INT PRIMARY KEY, konto_id INT NOT NULL REFERENCES konten, von DATE NOT NULL, bis DATE NOT NULL, anfangssaldo DECIMAL(12,2) NOT NULL, eingaenge DECIMAL(12,2) NOT NULL, ausgaenge DECIMAL(12,2) NOT NULL, endsaldo DECIMAL(12,2) NOT NULL);

-- violated: ledger_statements | abs(opening_balance + total_deposits - total_withdrawals - coalesce(fees, 0) - closing_balance) > 0.005 OR closing_balance < 0 OR total_deposits < 0
-- violated: (SELECT *, lag(closing_balance) OVER w AS b, lag(period_end) OVER w AS e FROM ledger_statements WINDOW w AS (PARTITION BY ledger_id ORDER BY period_start)) x | abs(opening_balance - b) > 0.005 OR period_start <= e OR period_end <= period_start
-- violated: stock_months | opening_stock + received_qty - sold_qty <> closing_stock OR closing_stock < 0 OR received_qty < 0
-- violated: (SELECT opening_stock - lag(closing_stock) OVER (PARTITION BY article_id ORDER BY month_start) AS d FROM stock_months) x | d <> 0
-- violated: (SELECT *, lag(endsaldo) OVER w AS b, lag(bis) OVER w AS e FROM auszuege WINDOW w AS (PARTITION BY konto_id ORDER BY von, auszug_id)) x | abs(anfangssaldo - b) > 0.005 OR bis < von OR (von < e AND von > e)
-- violated: auszuege | abs(anfangssaldo + eingaenge - ausgaenge - endsaldo) > 0.005
