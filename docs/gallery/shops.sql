-- A star of a retailer, with the short names of an old warehouse. Snowflake; keys are not enforced.
CREATE TABLE dim_date (date_sk NUMBER(8) PRIMARY KEY, full_dt DATE NOT NULL, day_nm VARCHAR(9) NOT NULL,
    mth_nm VARCHAR(9) NOT NULL, qtr_nbr NUMBER(1) NOT NULL, yr_nbr NUMBER(4) NOT NULL, wkend_flg CHAR(1) NOT NULL);

CREATE TABLE dim_prod (prod_sk NUMBER(9) PRIMARY KEY, prod_cd VARCHAR(12) NOT NULL, prod_nm VARCHAR(60) NOT NULL,
    list_price NUMBER(8, 2) NOT NULL);

CREATE TABLE dim_cust (cust_sk NUMBER(9) PRIMARY KEY, cust_id NUMBER(9) NOT NULL, cust_nm VARCHAR(60) NOT NULL,
    seg_cd VARCHAR(10) NOT NULL, eff_dt DATE NOT NULL, exp_dt DATE, curr_flg CHAR(1) NOT NULL);

CREATE TABLE fact_sls (sls_id NUMBER(12) PRIMARY KEY, date_sk NUMBER(8) NOT NULL, prod_sk NUMBER(9) NOT NULL,
    cust_sk NUMBER(9) NOT NULL, qty NUMBER(5) NOT NULL, unit_price NUMBER(8, 2) NOT NULL,
    disc_amt NUMBER(10, 2) NOT NULL, net_amt NUMBER(10, 2) NOT NULL);
