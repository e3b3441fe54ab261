CREATE TABLE forfait (
  id INT PRIMARY KEY,
  prix_heure_ht DECIMAL(8,2) NOT NULL,
  taux_tva DECIMAL(5,2) NOT NULL,
  prix_heure_ttc DECIMAL(8,2) NOT NULL);
CREATE TABLE tarief (
  id INT PRIMARY KEY,
  prijs_excl_btw DECIMAL(8,2) NOT NULL,
  btw DECIMAL(8,2) NOT NULL,
  prijs_incl_btw DECIMAL(8,2) NOT NULL);
CREATE TABLE vat_class (
  id INT PRIMARY KEY,
  vat_rate DECIMAL(5,4) NOT NULL);
CREATE TABLE course_fee (
  id INT PRIMARY KEY,
  vat_class_id INT NOT NULL REFERENCES vat_class,
  course_fee_excl_vat DECIMAL(8,2) NOT NULL,
  course_fee_incl_vat DECIMAL(8,2));
CREATE TABLE location (
  id INT PRIMARY KEY,
  nb_jours_factures INT NOT NULL,
  prix_jour_ht DECIMAL(8,2) NOT NULL,
  montant_ht DECIMAL(10,2) NOT NULL,
  taux_tva DECIMAL(5,2) NOT NULL,
  montant_tva DECIMAL(10,2) NOT NULL,
  montant_ttc DECIMAL(10,2) NOT NULL);
CREATE TABLE bill (
  id INT PRIMARY KEY,
  subtotal_cents BIGINT NOT NULL,
  tax_cents BIGINT NOT NULL,
  total_cents BIGINT NOT NULL);
CREATE TABLE bill_line (
  id INT PRIMARY KEY,
  bill_id INT NOT NULL REFERENCES bill,
  quantity INT NOT NULL,
  unit_price_cents INT NOT NULL,
  amount_cents BIGINT NOT NULL);

-- violated: forfait | prix_heure_ttc <= prix_heure_ht OR abs(prix_heure_ttc - prix_heure_ht * (1 + taux_tva / 100)) > 0.011
-- violated: tarief | abs(prijs_incl_btw - prijs_excl_btw - btw) > 0.001 OR btw <= 0 OR btw > 0.3 * prijs_excl_btw + 0.01
-- violated: course_fee f JOIN vat_class v ON v.id = f.vat_class_id | abs(course_fee_incl_vat - course_fee_excl_vat * (1 + vat_rate)) > 0.011
-- violated: location | abs(montant_ht - nb_jours_factures * prix_jour_ht) > 0.001 OR montant_ttc <> montant_ht + montant_tva
-- violated: location | abs(montant_tva - montant_ht * taux_tva / 100) > 0.011
-- violated: bill b JOIN (SELECT bill_id, sum(amount_cents) s FROM bill_line GROUP BY 1) l ON l.bill_id = b.id | s <> subtotal_cents
-- violated: bill | total_cents <> subtotal_cents + tax_cents
