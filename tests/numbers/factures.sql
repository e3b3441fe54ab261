CREATE TABLE ligne_facture (
  id INT PRIMARY KEY,
  quantite INT NOT NULL,
  prix_unitaire DECIMAL(9,2) NOT NULL,
  remise DECIMAL(9,2),
  montant_ht DECIMAL(10,2),
  taux_tva DECIMAL(5,2),
  montant_tva DECIMAL(10,2),
  montant_ttc DECIMAL(10,2));

-- violated: ligne_facture | montant_ht <> quantite * prix_unitaire - remise
-- violated: ligne_facture | abs(montant_tva - montant_ht * taux_tva / 100) > 0.0051 OR taux_tva < 1
-- violated: ligne_facture | montant_ttc <> montant_ht + montant_tva
