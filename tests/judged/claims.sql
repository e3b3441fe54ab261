-- A health insurer in the short names of an old system. Written by hand; nothing in it contradicts anything else.
CREATE MACRO rows(a, b) AS TABLE SELECT CAST(range AS INTEGER) AS n FROM range(a, b);
CREATE MACRO u(k, salt) AS (hash(k, salt) % 1000003) / 1000003.0;
CREATE MACRO tail(k, salt) AS exp(1.0 * sqrt(-2 * ln(u(k, salt) + 1e-9)) * cos(6.2831853 * u(k, salt || 'b')));
CREATE MACRO workday(d) AS CAST(d + CASE isodow(d) WHEN 6 THEN 2 WHEN 7 THEN 1 ELSE 0 END AS DATE);
CREATE MACRO npi(nine) AS (WITH s AS (SELECT '80840' || nine AS txt) SELECT nine || CAST((10 - list_sum([CASE WHEN i % 2 = 0
    THEN CASE WHEN CAST(txt[i] AS INT) > 4 THEN 2 * CAST(txt[i] AS INT) - 9 ELSE 2 * CAST(txt[i] AS INT) END ELSE CAST(txt[i] AS INT) END
    FOR i IN range(1, 15)]) % 10) % 10 AS VARCHAR) FROM s);

CREATE TABLE pln AS SELECT n AS pln_id, ['HMO Basic', 'HMO Plus', 'PPO Silver', 'PPO Gold', 'EPO'][n] AS pln_nm, [3000, 2000, 1500, 500, 2500][n] AS ded_amt,
       [9000, 7500, 6500, 4000, 8000][n] AS oop_max_amt, [310, 380, 450, 610, 340][n] AS mthly_prem_amt FROM rows(1, 6) t(n);

CREATE TABLE prov_mst AS
SELECT n AS prov_id, npi(CAST(100000000 + hash(n, 'npi') % 900000000 AS VARCHAR)) AS npi_nbr, ['Adams', 'Baker', 'Chen', 'Davis', 'Evans', 'Flores', 'Gupta'][1 + n % 7] || ', ' || ['A', 'B', 'C', 'D', 'E'][1 + n % 5] AS prov_nm,
       ['Family Medicine', 'Cardiology', 'Radiology', 'Orthopedics', 'Pediatrics'][1 + n % 5] AS spec_desc, ['OH', 'IN', 'KY'][1 + n % 3] AS st_cd,
       DATE '2005-01-01' + CAST(floor(5000 * u(n, 'e')) AS INT) AS cntrct_eff_dt, CASE WHEN n % 15 = 0 THEN DATE '2024-06-30' END AS cntrct_term_dt, CASE WHEN n % 15 = 0 THEN 'N' ELSE 'Y' END AS actv_ind
FROM rows(1, 201) t(n);

CREATE TABLE mbr AS
SELECT n AS mbr_id, CASE WHEN n % 3 = 0 THEN n - 1 END AS sbscr_mbr_id, ['John', 'Mary', 'Ann', 'Bob', 'Sue', 'Tom'][1 + CAST(floor(6 * u(n, 'f')) AS INT)] AS frst_nm,
       ['Smith', 'Jones', 'Brown', 'Miller', 'Davis', 'Moore', 'Clark'][1 + CAST(floor(7 * u(n, 'l')) AS INT)] AS lst_nm, CASE WHEN u(n, 'g') < .51 THEN 'F' ELSE 'M' END AS gndr_cd,
       DATE '1940-01-01' + CAST(floor(28000 * u(n, 'b')) AS INT) AS brth_dt, 'US' AS ctry_cd, ['43004', '46201', '40202'][1 + n % 3] AS zip_cd, ['OH', 'IN', 'KY'][1 + n % 3] AS st_cd,
       CASE WHEN u(n, 'd') < .02 THEN DATE '2024-01-01' + CAST(floor(300 * u(n, 'dd')) AS INT) END AS dth_dt, DATE '2020-01-01' + CAST(floor(700 * u(n, 'j')) AS INT) AS orig_eff_dt
FROM rows(1, 2501) t(n);

CREATE TABLE elig AS  -- which plan a member had, from when to when: closed spans, the last one open to the end of time
SELECT row_number() OVER (ORDER BY mbr_id, i) AS elig_id, mbr_id, 1 + CAST(floor(5 * pow(u(mbr_id * 5 + i, 'pl'), 1.7)) AS INT) AS pln_id, eff_dt,
       coalesce(CAST(lead(eff_dt) OVER w - 1 AS DATE), DATE '9999-12-31') AS term_dt, CASE WHEN lead(eff_dt) OVER w IS NULL THEN 'Y' ELSE 'N' END AS curr_ind
FROM (SELECT mbr_id, i, orig_eff_dt + CAST(i * (365 + floor(200 * u(mbr_id, 'gap'))) AS INT) AS eff_dt FROM mbr, range(0, 3) r(i) WHERE i = 0 OR u(mbr_id, 'sp') > i / 3.0)
WINDOW w AS (PARTITION BY mbr_id ORDER BY eff_dt);

CREATE TABLE clm_ln AS
WITH drawn AS (
  SELECT n, 1 + CAST(floor(2500 * pow(u(n, 'm'), 2)) AS INT) AS mbr_id, 1 + CAST(floor(200 * pow(u(n, 'p'), 1.5)) AS INT) AS prov_id,
         DATE '2022-06-01' + CAST(floor(900 * u(n, 'd')) AS INT) AS svc_dt FROM rows(1, 9001) t(n)),
ok AS (SELECT d.* FROM drawn d JOIN mbr m USING (mbr_id) JOIN prov_mst p USING (prov_id) WHERE isodow(svc_dt) < 6 AND (dth_dt IS NULL OR svc_dt < dth_dt) AND svc_dt >= orig_eff_dt
       AND (cntrct_term_dt IS NULL OR svc_dt < cntrct_term_dt)),
lines AS (
  SELECT n AS clm_nbr, i + 1 AS ln_nbr, mbr_id, prov_id, svc_dt, ['99213', '99214', '80053', '93000', '71046'][1 + CAST(floor(5 * pow(u(n * 5 + i, 'cpt'), 1.6)) AS INT)] AS proc_cd,
         1 + CAST(floor(3 * pow(u(n * 5 + i, 'un'), 4)) AS INT) AS unit_cnt, CAST(round(60 + 120 * tail(n * 5 + i, 'b'), 2) AS DECIMAL(10,2)) AS bild_amt,
         u(n, 'den') < .08 AS den, u(n * 5 + i, 'al') AS al, u(n, 'co') AS co FROM ok, range(0, 4) r(i) WHERE i = 0 OR u(n, 'ln') > i / 4.0),
allowed AS (SELECT *, CASE WHEN den THEN 0 ELSE CAST(round(bild_amt * (.4 + .6 * al), 2) AS DECIMAL(10,2)) END AS alwd_amt FROM lines),
shared AS (SELECT *, CAST(round(alwd_amt * CASE WHEN co < .3 THEN 0 WHEN co < .8 THEN .2 ELSE .5 END, 2) AS DECIMAL(10,2)) AS copay_amt FROM allowed)
SELECT clm_nbr, ln_nbr, mbr_id, prov_id, svc_dt, proc_cd, unit_cnt, bild_amt, CAST(alwd_amt AS DECIMAL(10,2)) AS alwd_amt, copay_amt, CAST(alwd_amt - copay_amt AS DECIMAL(10,2)) AS paid_amt, den FROM shared;

CREATE TABLE clm_hdr AS
SELECT clm_nbr, any_value(mbr_id) AS mbr_id, any_value(prov_id) AS prov_id, any_value(svc_dt) AS svc_frm_dt, any_value(svc_dt) + CAST(hash(clm_nbr, 'thru') % 3 AS INT) AS svc_thru_dt,
       any_value(svc_dt) + 3 + CAST(hash(clm_nbr, 'rcv') % 40 AS INT) AS rcvd_dt,
       CASE WHEN any_value(svc_dt) + 70 < DATE '2024-12-31' THEN workday(any_value(svc_dt) + 44 + CAST(hash(clm_nbr, 'adj') % 20 AS INT)) END AS adjud_dt,
       CASE WHEN any_value(svc_dt) + 70 < DATE '2024-12-31' AND NOT any_value(den) THEN any_value(svc_dt) + 65 + CAST(hash(clm_nbr, 'pd') % 6 AS INT) END AS paid_dt,
       CASE WHEN any_value(svc_dt) + 70 >= DATE '2024-12-31' THEN 'PEND' WHEN any_value(den) THEN 'DENY' ELSE 'PAID' END AS clm_stat_cd,
       CASE WHEN any_value(svc_dt) + 70 < DATE '2024-12-31' AND any_value(den) THEN ['CO-16', 'CO-50', 'PR-1'][1 + clm_nbr % 3] END AS deny_rsn_cd,
       sum(bild_amt) AS tot_bild_amt, sum(alwd_amt) AS tot_alwd_amt, sum(copay_amt) AS tot_copay_amt, sum(paid_amt) AS tot_paid_amt, count(*) AS ln_cnt
FROM clm_ln GROUP BY clm_nbr;
ALTER TABLE clm_ln DROP COLUMN den; ALTER TABLE clm_ln DROP COLUMN mbr_id;

CREATE TABLE call_log AS
SELECT row_number() OVER (ORDER BY strt_ts, n) AS call_id, mbr_id, clm_nbr, strt_ts, strt_ts + to_seconds(dur) AS end_ts, dur AS dur_sec, 1 + CAST(floor(40 * u(n, 'agt')) AS INT) AS agt_nbr,
       CASE WHEN u(n, 'r') < .5 THEN 'claim status' WHEN u(n, 'r') < .8 THEN 'benefits' ELSE 'billing' END AS rsn_desc, CASE WHEN u(n, 'sat') < .3 THEN 1 + CAST(floor(5 * sqrt(u(n, 'sc'))) AS INT) END AS csat_scr
FROM (SELECT clm_nbr AS n, mbr_id, clm_nbr, CAST(rcvd_dt + CAST(hash(clm_nbr, 'c') % 30 AS INT) AS TIMESTAMP) + to_seconds(CAST(28800 + floor(36000 * u(clm_nbr, 'sec')) AS INT)) AS strt_ts,
             CAST(60 + floor(240 * tail(clm_nbr, 'dur')) AS INT) AS dur FROM clm_hdr WHERE u(clm_nbr, 'call') < .4);
