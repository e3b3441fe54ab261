CREATE TABLE cours (
  cours_id INT PRIMARY KEY,
  libelle VARCHAR(60) NOT NULL,
  credits DECIMAL(4,1) NOT NULL);
CREATE TABLE resultat_examen (
  resultat_id INT PRIMARY KEY,
  cours_id INT NOT NULL REFERENCES cours,
  date_examen DATE NOT NULL,
  note DECIMAL(4,2),
  note_finale DECIMAL(4,2));
CREATE TABLE course_results (
  id INT PRIMARY KEY,
  points INT NOT NULL,
  max_points INT NOT NULL,
  score NUMERIC(5,2),
  passed BOOLEAN);
CREATE TABLE clients (
  client_id INT PRIMARY KEY,
  last_name VARCHAR(40) NOT NULL,
  is_business BOOLEAN NOT NULL,
  company_name VARCHAR(80));
CREATE TABLE machines (id INT PRIMARY KEY, sold_date DATE, sold_price DECIMAL(10,2));

-- violated: course_results | points > max_points OR points < 0
-- violated: (SELECT count(DISTINCT max_points) n FROM course_results) | n < 3
-- violated: clients | is_business <> (company_name IS NOT NULL)
-- violated: machines | sold_price IS NOT NULL AND sold_date IS NULL
