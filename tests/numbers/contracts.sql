-- Contracts: how long they last, what is active, what was reversed.
-- violated: contracts | contract_end <> CAST(activated_on + to_months(contract_months) AS DATE)
-- violated: contracts | is_active = (deactivated_on IS NOT NULL)
-- violated: (SELECT avg((deactivated_on IS NOT NULL)::INT) AS share FROM contracts) | share NOT BETWEEN 0.02 AND 0.4
-- violated: pmt_hst | (rvrsd_flg = 'Y') <> (rvrsl_dt IS NOT NULL)
-- violated: (SELECT avg((rvrsd_flg = 'Y')::INT) AS share FROM pmt_hst) | share NOT BETWEEN 0.02 AND 0.3
CREATE TABLE contracts (
  contract_id INT PRIMARY KEY,
  activated_on DATE NOT NULL,
  deactivated_on DATE,
  is_active BOOLEAN NOT NULL,
  contract_months INT NOT NULL,
  contract_end DATE NOT NULL
);
CREATE TABLE pmt_hst (pmt_id BIGINT PRIMARY KEY, pmt_ts TIMESTAMP, rvrsd_flg CHAR(1), rvrsl_dt DATE);
