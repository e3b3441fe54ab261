CREATE TABLE pay_cycle (
  id INT PRIMARY KEY,
  worker_count INT NOT NULL,
  total_gross DECIMAL(14,2) NOT NULL,
  net_total DECIMAL(14,2));
CREATE TABLE worker (
  id INT PRIMARY KEY);
CREATE TABLE pay_statement (
  id INT PRIMARY KEY,
  pay_cycle_id INT NOT NULL REFERENCES pay_cycle,
  worker_id INT NOT NULL REFERENCES worker,
  gross_pay DECIMAL(12,2) NOT NULL,
  income_tax DECIMAL(12,2),
  social_security DECIMAL(12,2),
  pension_contribution DECIMAL(12,2),
  net_pay DECIMAL(12,2) NOT NULL,
  UNIQUE (pay_cycle_id, worker_id));
CREATE TABLE lohnabrechnung (
  id INT PRIMARY KEY,
  bruttolohn DECIMAL(10,2) NOT NULL,
  lohnsteuer DECIMAL(10,2) NOT NULL,
  sozialversicherung DECIMAL(10,2) NOT NULL,
  nettolohn DECIMAL(10,2) NOT NULL);

-- violated: pay_statement | abs(net_pay - gross_pay + income_tax + social_security + pension_contribution) > 0.001 OR net_pay <= 0
-- violated: lohnabrechnung | abs(nettolohn - bruttolohn + lohnsteuer + sozialversicherung) > 0.001 OR lohnsteuer <= 0 OR sozialversicherung <= 0
-- violated: pay_cycle c LEFT JOIN (SELECT pay_cycle_id, count(*) n, sum(gross_pay) g, sum(net_pay) p FROM pay_statement GROUP BY 1) s ON s.pay_cycle_id = c.id | worker_count <> coalesce(n, 0) OR total_gross <> coalesce(g, 0) OR net_total <> coalesce(p, 0)
