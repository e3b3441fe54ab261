CREATE TABLE pedido (
  id INT PRIMARY KEY,
  subtotal DECIMAL(10,2),
  iva DECIMAL(10,2),
  descuento DECIMAL(10,2),
  total DECIMAL(10,2));
CREATE TABLE encomenda (
  id INT PRIMARY KEY,
  quantidade INT,
  preco_unitario DECIMAL(8,2),
  total DECIMAL(10,2));
CREATE TABLE bestelregel (
  id INT PRIMARY KEY,
  aantal INT,
  stukprijs DECIMAL(8,2),
  korting DECIMAL(8,2),
  btw DECIMAL(8,2),
  totaal DECIMAL(10,2));

-- violated: pedido | total <> subtotal - descuento + iva
-- violated: encomenda | total <> quantidade * preco_unitario
-- violated: bestelregel | totaal <> aantal * stukprijs - korting + btw
