CREATE TABLE schadensfall (
  id INT PRIMARY KEY,
  reparaturkosten DECIMAL(9,2) NOT NULL,
  anteil_kunde DECIMAL(9,2) NOT NULL,
  anteil_versicherer DECIMAL(9,2) NOT NULL);
CREATE TABLE coverage (
  id INT PRIMARY KEY,
  total_amount DECIMAL(9,2) NOT NULL,
  employee_share DECIMAL(9,2) NOT NULL,
  employer_share DECIMAL(9,2) NOT NULL);
CREATE TABLE machine (
  id INT PRIMARY KEY,
  purchased_on DATE NOT NULL,
  purchase_price DECIMAL(10,2) NOT NULL,
  sold_on DATE,
  sale_price DECIMAL(10,2));

-- violated: schadensfall | reparaturkosten <> anteil_kunde + anteil_versicherer OR anteil_kunde < 0 OR anteil_versicherer < 0
-- violated: coverage | total_amount <> employee_share + employer_share OR employee_share < 0 OR employer_share < 0
-- violated: machine | sale_price >= purchase_price OR (sold_on IS NULL) <> (sale_price IS NULL)
