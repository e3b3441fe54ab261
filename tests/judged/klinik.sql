-- A German hospital with the short names of an old system. Written by hand; nothing in it contradicts anything else.
CREATE MACRO rows(a, b) AS TABLE SELECT CAST(range AS INTEGER) AS n FROM range(a, b);
CREATE MACRO u(k, salt) AS (hash(k, salt) % 1000003) / 1000003.0;
CREATE MACRO tail(k, salt) AS exp(1.0 * sqrt(-2 * ln(u(k, salt) + 1e-9)) * cos(6.2831853 * u(k, salt || 'b')));
CREATE MACRO iban_of(bban) AS 'DE' || lpad(CAST(98 - CAST(bban || '131400' AS HUGEINT) % 97 AS VARCHAR), 2, '0') || bban;

CREATE TABLE krankenkasse AS
SELECT n AS kk_id, ['AOK Nord', 'Barmer', 'DAK', 'Techniker', 'BKK Mitte', 'Knappschaft', 'IKK Classic', 'HEK'][n] AS bezeichnung FROM rows(1, 9) t(n);

CREATE TABLE abteilung AS
SELECT n AS abt_id, ['Innere Medizin', 'Chirurgie', 'Kardiologie', 'Neurologie', 'Geriatrie', 'Urologie'][n] AS bezeichnung,
       [40, 36, 24, 22, 30, 18][n] AS betten_max, [12, 10, 6, 6, 9, 4][n] AS betten_min FROM rows(1, 7) t(n);

CREATE TABLE arzt AS
SELECT *, CASE WHEN austritt_dt IS NULL THEN 'J' ELSE 'N' END AS aktiv_kz FROM (
SELECT n AS arzt_id, 1 + n % 6 AS abt_id, ['Adler','Bauer','Conrad','Decker','Engel','Fuchs','Graf','Haas','Jung','Kern'][1 + n % 10] AS nachname,
       ['Anna','Bernd','Clara','Dirk','Eva','Frank','Gerda'][1 + n % 7] AS vorname,
       DATE '1960-01-01' + CAST(floor(10000 * u(n, 'b')) AS INT) AS geb_dat, DATE '2012-01-01' + CAST(floor(3000 * u(n, 'e')) AS INT) AS eintritt_dt,
       CASE WHEN n % 9 = 0 THEN DATE '2024-01-01' + CAST(floor(360 * u(n, 'x')) AS INT) END AS austritt_dt FROM rows(1, 91) t(n));

CREATE TABLE patient AS
SELECT n AS pat_nr, ['Becker','Braun','Fischer','Hoffmann','Klein','Koch','Lange','Meyer','Neumann','Richter','Schmidt','Wagner','Wolf'][1 + CAST(floor(13 * u(n, 'l')) AS INT)] AS nachname,
       ['Max','Moritz','Lena','Paul','Mia','Jonas','Lea','Karl','Ida','Otto'][1 + CAST(floor(10 * u(n, 'f')) AS INT)] AS vorname,
       DATE '1930-01-01' + CAST(floor(29000 * sqrt(u(n, 'b'))) AS INT) AS geb_dat, CASE WHEN u(n, 'g') < .52 THEN 'W' ELSE 'M' END AS geschl,
       CASE WHEN u(n, 'o') < .6 THEN '10115' WHEN u(n, 'o') < .8 THEN '14467' ELSE '16321' END AS plz,
       CASE WHEN u(n, 'o') < .6 THEN 'Berlin' WHEN u(n, 'o') < .8 THEN 'Potsdam' ELSE 'Bernau' END AS ort,
       CASE WHEN u(n, 'm') < .7 THEN 'p' || n || '@example.de' END AS email,
       1 + CAST(floor(8 * pow(u(n, 'k'), 2)) AS INT) AS kk_id,
       iban_of(CAST(100500000000000000 + hash(n, 'iban') % 10000000000 AS VARCHAR)) AS iban,
       TIMESTAMP '2022-01-02 07:00:00' + to_minutes(CAST(floor(200000 * u(n, 'a')) AS INT) // 1440 * 1440 + CAST(floor(600 * u(n, 'am')) AS INT)) AS angelegt_am
FROM rows(1, 1501) t(n);

CREATE TABLE fall AS
WITH drawn AS (
  SELECT n, 1 + CAST(floor(1500 * pow(u(n, 'p'), 1.9)) AS INT) AS pat_nr,
         CAST(DATE '2022-06-01' + CAST(floor(940 * u(n, 'd')) AS INT) AS TIMESTAMP) AS day, u(n, 'h') AS h FROM rows(1, 9001) t(n)
  WHERE u(n, 'w') < [1, .9, .9, .85, .8, .35, .4][isodow(DATE '2022-06-01' + CAST(floor(940 * u(n, 'd')) AS INT))]),
timed AS (
  SELECT n, pat_nr, day + to_hours(CASE WHEN h < .03 THEN 3 WHEN h < .3 THEN 8 WHEN h < .6 THEN 10 WHEN h < .8 THEN 13 WHEN h < .95 THEN 16 ELSE 21 END)
         + to_minutes(CAST(floor(60 * u(n, 'mi')) AS INT)) AS aufn_ts, 1 + CAST(floor(3 * tail(n, 'los')) AS INT) AS tage FROM drawn)
SELECT row_number() OVER (ORDER BY aufn_ts, n) AS fall_nr, pat_nr, a.abt_id, a.arzt_id AS aufn_arzt_id, aufn_ts,
       CASE WHEN entl < TIMESTAMP '2024-12-31' THEN entl END AS entl_ts,
       CASE WHEN entl < TIMESTAMP '2024-12-31' THEN date_diff('day', aufn_ts, entl) END AS verweildauer_tage,
       CASE WHEN entl < TIMESTAMP '2024-12-31' THEN 'entlassen' ELSE 'stationaer' END AS status,
       ['I10', 'E11.9', 'J18.9', 'S72.0', 'K35.8', 'I63.9'][1 + CAST(floor(6 * pow(u(n, 'icd'), 1.5)) AS INT)] AS icd_code,
       CASE WHEN u(n, 'fa') < .7 THEN 'Normal' WHEN u(n, 'fa') < .9 THEN 'Notfall' ELSE 'Verlegung' END AS fallart
FROM (SELECT *, CAST(CAST(aufn_ts AS DATE) + tage AS TIMESTAMP) + to_hours(9 + CAST(floor(6 * u(n, 'eh')) AS INT)) AS entl FROM timed) f
JOIN arzt a ON a.arzt_id = 1 + CAST(floor(90 * pow(u(n, 'arzt'), 1.4)) AS INT) AND (a.austritt_dt IS NULL OR f.entl < a.austritt_dt);

CREATE TABLE leistung AS
SELECT row_number() OVER (ORDER BY fall_nr, i) AS leist_nr, fall_nr, i + 1 AS pos_nr, pat_nr, aufn_arzt_id AS arzt_id, aufn_ts + (least(coalesce(entl_ts, TIMESTAMP '2024-12-31'), TIMESTAMP '2024-12-31') - aufn_ts) * u(fall_nr * 11 + i, 't') AS erbracht_am,
       goz AS leistung_cd, menge, einzelpreis, CAST(menge * einzelpreis AS DECIMAL(10,2)) AS betrag
FROM (SELECT f.*, i, ['GO-' || CAST(100 + CAST(floor(40 * pow(u(fall_nr * 11 + i, 'c'), 2)) AS INT) AS VARCHAR)][1] AS goz,
             1 + CAST(floor(5 * pow(u(fall_nr * 11 + i, 'q'), 3)) AS INT) AS menge,
             CAST(round(20 + 40 * tail(CAST(floor(40 * pow(u(fall_nr * 11 + i, 'c'), 2)) AS INT), 'preis'), 2) AS DECIMAL(8,2)) AS einzelpreis
      FROM fall f, rows(0, 6) r(i) WHERE i = 0 OR u(fall_nr, 'ln') > i / 6.0);

CREATE TABLE rechnung AS
SELECT row_number() OVER (ORDER BY entl_ts, fall_nr) AS rech_nr, fall_nr, kk_id, rech_datum, rech_datum + 30 AS faellig_am,
       CASE WHEN z < .93 AND rech_datum + 5 + CAST(floor(20 * tail(fall_nr, 'pay')) AS INT) < DATE '2024-12-31' THEN rech_datum + 5 + CAST(floor(20 * tail(fall_nr, 'pay')) AS INT) END AS bezahlt_am,
       netto, CAST(round(netto * .07, 2) AS DECIMAL(11,2)) AS mwst, CAST(netto + round(netto * .07, 2) AS DECIMAL(11,2)) AS brutto, 'EUR' AS waehrung
FROM (SELECT f.fall_nr, p.kk_id, f.entl_ts, CAST(f.entl_ts AS DATE) + 1 + CAST(floor(9 * u(f.fall_nr, 'rd')) AS INT) AS rech_datum, u(f.fall_nr, 'z') AS z, s.netto
      FROM fall f JOIN patient p USING (pat_nr) JOIN (SELECT fall_nr, CAST(sum(betrag) AS DECIMAL(11,2)) AS netto FROM leistung GROUP BY 1) s USING (fall_nr)
      WHERE f.entl_ts < TIMESTAMP '2024-12-15');

CREATE TABLE labor AS
SELECT row_number() OVER (ORDER BY fall_nr, i) AS lab_id, fall_nr, 'Na K CRP Hb Leuko'.split(' ')[1 + CAST(floor(5 * u(fall_nr * 7 + i, 'a')) AS INT)] AS parameter,
       entnommen_am, entnommen_am + to_minutes(CAST(20 + floor(60 * tail(fall_nr * 7 + i, 'd')) AS INT)) AS befund_am,
       CAST(round(10 * tail(fall_nr * 7 + i, 'w'), 1) AS DECIMAL(7,1)) AS messwert, CAST(4 AS DECIMAL(7,1)) AS ref_min, CAST(11 AS DECIMAL(7,1)) AS ref_max,
       round(10 * tail(fall_nr * 7 + i, 'w'), 1) NOT BETWEEN 4 AND 11 AS auffaellig
FROM (SELECT fall_nr, i, CAST(CAST(aufn_ts AS DATE) + i + 1 AS TIMESTAMP) + to_minutes(CAST(390 + floor(240 * u(fall_nr * 7 + i, 'm')) AS INT)) AS entnommen_am
      FROM fall, rows(0, 3) r(i) WHERE coalesce(entl_ts, TIMESTAMP '2024-12-31') > aufn_ts + to_days(CAST(i + 2 AS INT)));

CREATE TABLE bett_hist AS  -- which case has which bed, from when to when; the present one has no end
SELECT row_number() OVER (ORDER BY bett_nr, i) AS hist_id, bett_nr, ['frei', 'belegt', 'gesperrt'][1 + i % 3] AS zustand, gueltig_von,
       lead(gueltig_von) OVER w AS gueltig_bis, CASE WHEN lead(gueltig_von) OVER w IS NULL THEN 1 ELSE 0 END AS akt_kz
FROM (SELECT b AS bett_nr, i, TIMESTAMP '2022-01-01 06:00:00' + to_hours(CAST(floor(b * 3 + i * (40 + 60 * u(b, 's')) + 20 * u(b * 50 + i, 'h')) AS INT)) AS gueltig_von
      FROM rows(1, 171) t(b), rows(0, 24) r(i) WHERE i < 8 + b % 16)
WINDOW w AS (PARTITION BY bett_nr ORDER BY gueltig_von);
