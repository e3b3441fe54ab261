CREATE TABLE ledger (id INT PRIMARY KEY, aa DECIMAL(10,2), bb DECIMAL(10,2) NOT NULL, cc DECIMAL(12,2), dd INT, ee INT, ff INT NOT NULL,
  quantity INT CHECK (quantity BETWEEN 3 AND 40), price DECIMAL(8,2) CHECK (price > 5), total DECIMAL(12,2) CHECK (total >= 0),
  CHECK (cc = aa + bb), CHECK (ff = dd * 2 - ee AND dd > 0));

-- violated: ledger | cc <> aa + bb OR ff <> dd * 2 - ee OR dd <= 0
-- violated: ledger | quantity NOT BETWEEN 3 AND 40 OR price <= 5 OR total <> quantity * price
-- violated: (SELECT count(DISTINCT aa) n, count(DISTINCT quantity) q FROM ledger) | n < 100 OR q < 4
