CREATE TABLE ln_product (
  prod_cd CHAR(4) PRIMARY KEY,
  min_ln_amt DECIMAL(13,2) NOT NULL,
  max_ln_amt DECIMAL(13,2) NOT NULL,
  min_term_mo SMALLINT NOT NULL,
  max_term_mo SMALLINT NOT NULL);
CREATE TABLE ln_contract (
  ln_id INT PRIMARY KEY,
  prod_cd CHAR(4) NOT NULL REFERENCES ln_product,
  approved_dt DATE NOT NULL,
  orig_ln_amt DECIMAL(13,2) NOT NULL,
  int_rate_pct DECIMAL(6,3) NOT NULL,
  term_mo SMALLINT NOT NULL,
  mo_pmt_amt DECIMAL(11,2) NOT NULL,
  prin_bal_amt DECIMAL(13,2) NOT NULL,
  closed_dt DATE);
CREATE TABLE ln_repayment (
  ln_id INT NOT NULL REFERENCES ln_contract,
  inst_no SMALLINT NOT NULL,
  due_dt DATE NOT NULL,
  prin_due_amt DECIMAL(11,2),
  int_due_amt DECIMAL(11,2),
  tot_due_amt DECIMAL(11,2),
  bal_after_amt DECIMAL(13,2),
  paid_dt DATE,
  PRIMARY KEY (ln_id, inst_no));
CREATE TABLE ln_posting (
  id INT PRIMARY KEY,
  ln_id INT NOT NULL REFERENCES ln_contract,
  posting_amt DECIMAL(11,2) NOT NULL,
  prin_amt DECIMAL(11,2) NOT NULL,
  int_amt DECIMAL(11,2) NOT NULL,
  fee_amt DECIMAL(11,2) NOT NULL);
CREATE TABLE ln_collateral (
  id INT PRIMARY KEY,
  ln_id INT NOT NULL REFERENCES ln_contract,
  appraised_value DECIMAL(13,2) NOT NULL,
  ltv_pct DECIMAL(6,2) NOT NULL);

-- violated: ln_contract c JOIN ln_product p USING (prod_cd) | orig_ln_amt NOT BETWEEN min_ln_amt AND max_ln_amt OR term_mo NOT BETWEEN min_term_mo AND max_term_mo
-- violated: ln_contract | abs(mo_pmt_amt - orig_ln_amt * (int_rate_pct / 1200) / (1 - power(1 + int_rate_pct / 1200, -term_mo))) > 0.01
-- violated: ln_contract | prin_bal_amt NOT BETWEEN 0 AND orig_ln_amt OR (closed_dt IS NOT NULL AND prin_bal_amt > 0)
-- violated: ln_repayment | abs(tot_due_amt - prin_due_amt - int_due_amt) > 0.001 OR prin_due_amt < 0 OR int_due_amt < 0
-- violated: (SELECT prin_due_amt p, bal_after_amt b, lag(bal_after_amt) OVER (PARTITION BY ln_id ORDER BY inst_no) before, inst_no, ln_id FROM ln_repayment) r | b <> before - p
-- violated: ln_repayment r JOIN ln_contract c USING (ln_id) | inst_no < term_mo AND abs(tot_due_amt - mo_pmt_amt) > 0.03
-- violated: (SELECT due_dt d, inst_no n, lag(due_dt) OVER w before, lag(inst_no) OVER w m FROM ln_repayment WINDOW w AS (PARTITION BY ln_id ORDER BY inst_no)) | n = m + 1 AND date_diff('day', before, d) NOT BETWEEN 28 AND 31
-- violated: ln_repayment | paid_dt < due_dt
-- violated: ln_posting | posting_amt <> prin_amt + int_amt + fee_amt
-- violated: ln_collateral l JOIN ln_contract c USING (ln_id) | abs(ltv_pct - 100 * orig_ln_amt / appraised_value) > 0.01 OR ltv_pct > 100
