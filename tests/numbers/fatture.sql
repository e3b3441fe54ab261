CREATE TABLE righe (
  id INT PRIMARY KEY,
  quantita INT,
  prezzo_unitario DECIMAL(9,2),
  imponibile DECIMAL(10,2),
  imposta DECIMAL(10,2),
  totale DECIMAL(10,2));

-- violated: righe | imponibile <> quantita * prezzo_unitario
-- violated: righe | totale <> imponibile + imposta
