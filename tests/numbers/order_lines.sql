CREATE TABLE goods (
  goods_id INT PRIMARY KEY,
  label VARCHAR(40),
  list_price DECIMAL(10,2) NOT NULL,
  unit_cost DECIMAL(10,2));
CREATE TABLE branch (
  branch_id INT PRIMARY KEY,
  sales_tax_rate DECIMAL(5,4) NOT NULL);
CREATE TABLE basket_line (
  line_id INT PRIMARY KEY,
  goods_id INT NOT NULL REFERENCES goods,
  branch_id INT NOT NULL REFERENCES branch,
  qty SMALLINT NOT NULL,
  unit_price NUMERIC(8,2) NOT NULL,
  discount_amount NUMERIC(8,2),
  net_amount NUMERIC(10,2) NOT NULL,
  tax_amount NUMERIC(10,2),
  gross_amount NUMERIC(10,2),
  cogs NUMERIC(10,2),
  margin NUMERIC(10,2),
  margin_pct NUMERIC(6,2));

-- violated: goods | unit_cost >= list_price
-- violated: basket_line l JOIN goods g USING (goods_id) | l.unit_price > g.list_price
-- violated: basket_line | abs(net_amount - (qty * unit_price - discount_amount)) > 0.005
-- violated: basket_line | abs(gross_amount - (net_amount + tax_amount)) > 0.005
-- violated: basket_line JOIN branch USING (branch_id) | abs(tax_amount - net_amount * sales_tax_rate) > 0.0051
-- violated: basket_line JOIN goods USING (goods_id) | abs(cogs - qty * unit_cost) > 0.005
-- violated: basket_line | abs(margin - (net_amount - cogs)) > 0.005
-- violated: basket_line | net_amount > 0 AND abs(margin_pct - 100.0 * margin / net_amount) > 0.006
-- violated: (SELECT count(*) FILTER (discount_amount > 0) / count(*) s FROM basket_line) | s NOT BETWEEN 0.03 AND 0.6
-- violated: (SELECT count(DISTINCT qty) n, count(*) FILTER (qty = 1) / count(*) s FROM basket_line) | n < 4 OR s > 0.9
-- violated: basket_line | tax_amount <= 0
