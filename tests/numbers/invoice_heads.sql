CREATE TABLE Rechnung (
  RechnungNr INT PRIMARY KEY,
  Nettobetrag DECIMAL(12,2) NOT NULL,
  MwStBetrag DECIMAL(12,2) NOT NULL,
  Bruttobetrag DECIMAL(12,2) NOT NULL,
  Bezahlt DECIMAL(12,2),
  Offen DECIMAL(12,2));

-- violated: Rechnung | Bruttobetrag <> Nettobetrag + MwStBetrag
-- violated: Rechnung | MwStBetrag <= 0 OR MwStBetrag > 0.25 * Nettobetrag
-- violated: Rechnung | Offen <> Bruttobetrag - Bezahlt OR Bezahlt > Bruttobetrag OR Bezahlt < 0
