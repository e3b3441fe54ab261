CREATE TABLE huerto (huerto_id INT PRIMARY KEY, superficie_ha DECIMAL(9,3) NOT NULL, superficie_sembrada_ha DECIMAL(9,3) NOT NULL);
CREATE TABLE calidad (calidad_id INT PRIMARY KEY, precio_min_kg DECIMAL(8,4) NOT NULL, precio_max_kg DECIMAL(8,4) NOT NULL);
CREATE TABLE cosecha (cosecha_id INT PRIMARY KEY, calidad_id INT NOT NULL REFERENCES calidad, peso_bruto_kg INT NOT NULL, tara_kg INT NOT NULL, peso_neto_kg INT NOT NULL, peso_rechazado_kg INT NOT NULL);
CREATE TABLE apunte (apunte_id INT PRIMARY KEY, cosecha_id INT NOT NULL REFERENCES cosecha, kilos INT NOT NULL, precio_kg DECIMAL(8,4) NOT NULL, importe DECIMAL(12,2) NOT NULL);
CREATE TABLE crate (crate_id INT PRIMARY KEY, nt_wgt DECIMAL(9,3) NOT NULL, grs_wgt DECIMAL(9,3) NOT NULL);
CREATE TABLE tarif (tarif_id INT PRIMARY KEY, prix_kwh DECIMAL(8,4) NOT NULL, frais_session DECIMAL(6,2) NOT NULL);
CREATE TABLE recharge (recharge_id INT PRIMARY KEY, tarif_id INT NOT NULL REFERENCES tarif, energie_kwh DECIMAL(8,3) NOT NULL, montant DECIMAL(10,2) NOT NULL);
CREATE TABLE charge_log (log_id INT PRIMARY KEY, meter_begin DECIMAL(12,3) NOT NULL, meter_stop DECIMAL(12,3) NOT NULL, energy_kwh DECIMAL(8,3) NOT NULL, soc_begin_pct SMALLINT, soc_end_pct SMALLINT);
CREATE TABLE ride (ride_id INT PRIMARY KEY, battery_start_pct SMALLINT NOT NULL, battery_end_pct SMALLINT NOT NULL);
CREATE TABLE parcella (parcella_id INT PRIMARY KEY, imponibile DECIMAL(12,2) NOT NULL, iva DECIMAL(12,2) NOT NULL, ritenuta DECIMAL(12,2) NOT NULL, totale DECIMAL(12,2) NOT NULL);
CREATE TABLE riga_parcella (riga_id INT PRIMARY KEY, parcella_id INT NOT NULL REFERENCES parcella, ore_lavorate DECIMAL(5,2) NOT NULL, prezzo_ora DECIMAL(6,2) NOT NULL, importo DECIMAL(12,2) NOT NULL);
CREATE TABLE consignment (consignment_id INT PRIMARY KEY, total_weight_kg DECIMAL(12,3));
CREATE TABLE consignment_line (consignment_id INT NOT NULL REFERENCES consignment, line_no INT NOT NULL, line_weight_kg DECIMAL(12,3), PRIMARY KEY (consignment_id, line_no));
CREATE TABLE purchase (purchase_id INT PRIMARY KEY, ord_qty INT NOT NULL, rcvd_qty INT NOT NULL, rjctd_qty INT NOT NULL, accptd_qty INT NOT NULL, opn_qty INT NOT NULL);

-- violated: huerto | superficie_sembrada_ha > superficie_ha
-- violated: cosecha | peso_neto_kg <> peso_bruto_kg - tara_kg OR peso_neto_kg <= 0 OR peso_rechazado_kg > peso_neto_kg
-- violated: apunte JOIN cosecha USING (cosecha_id) JOIN calidad USING (calidad_id) | abs(importe - kilos * precio_kg) > 0.011 OR kilos > peso_neto_kg OR precio_kg NOT BETWEEN precio_min_kg AND precio_max_kg
-- violated: crate | nt_wgt > grs_wgt
-- violated: recharge JOIN tarif USING (tarif_id) | abs(montant - (energie_kwh * prix_kwh + frais_session)) > 0.011
-- violated: charge_log | abs(meter_stop - meter_begin - energy_kwh) > 0.001 OR soc_end_pct < soc_begin_pct OR soc_end_pct > 100
-- violated: ride | battery_end_pct > battery_start_pct OR battery_start_pct > 100
-- violated: parcella | abs(totale - (imponibile + iva - ritenuta)) > 0.02
-- violated: (SELECT p.imponibile b, sum(r.importo) s FROM parcella p JOIN riga_parcella r USING (parcella_id) GROUP BY p.parcella_id, 1) | b <> s
-- violated: riga_parcella | abs(importo - ore_lavorate * prezzo_ora) > 0.011
-- violated: (SELECT c.total_weight_kg b, sum(l.line_weight_kg) s FROM consignment c JOIN consignment_line l USING (consignment_id) GROUP BY c.consignment_id, 1) | b <> s
-- violated: purchase | opn_qty <> ord_qty - rcvd_qty OR accptd_qty <> rcvd_qty - rjctd_qty
