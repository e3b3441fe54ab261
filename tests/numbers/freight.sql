CREATE TABLE ld_hdr (
  ld_nbr INT PRIMARY KEY,
  frt_nbr BIGINT NOT NULL,
  amt_frt DECIMAL(10,2),
  srchg_amt DECIMAL(10,2),
  accssrl_amt DECIMAL(10,2),
  amt_tot DECIMAL(12,2),
  net_wgt_kg DECIMAL(10,2),
  tare_wgt_kg DECIMAL(10,2),
  gross_wgt_kg DECIMAL(10,2));

-- violated: ld_hdr | amt_tot <> amt_frt + srchg_amt + accssrl_amt
-- violated: ld_hdr | gross_wgt_kg <> net_wgt_kg + tare_wgt_kg
-- violated: (SELECT avg(net_wgt_kg) / median(net_wgt_kg) r FROM ld_hdr) | r < 1.1
