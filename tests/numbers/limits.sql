CREATE TABLE pay_grade (grade_id INT PRIMARY KEY, min_salary DECIMAL(10,2) NOT NULL, max_salary DECIMAL(10,2) NOT NULL);
CREATE TABLE employee (emp_id INT PRIMARY KEY, grade_id INT NOT NULL REFERENCES pay_grade, base_salary DECIMAL(10,2) NOT NULL);
CREATE TABLE offerta (offerta_id INT PRIMARY KEY, prezzo_min DECIMAL(8,2), prezzo_max DECIMAL(8,2));
CREATE TABLE annuncio (annuncio_id INT PRIMARY KEY, offerta_id INT REFERENCES offerta, prezzo DECIMAL(8,2), quantita INT, totale DECIMAL(10,2));
CREATE TABLE creative (creative_id INT PRIMARY KEY, width_px INT NOT NULL, height_px INT NOT NULL);
CREATE TABLE kunde (kunde_id INT PRIMARY KEY, loyalty_tier VARCHAR(10) NOT NULL, loyalty_points INT NOT NULL);

-- violated: employee JOIN pay_grade USING (grade_id) | base_salary NOT BETWEEN min_salary AND max_salary
-- violated: annuncio JOIN offerta USING (offerta_id) | prezzo NOT BETWEEN prezzo_min AND prezzo_max OR abs(totale - quantita * prezzo) > 0.005
-- violated: (SELECT count(DISTINCT base_salary) n FROM employee) | n < 200
-- violated: creative | (width_px, height_px) NOT IN ((300, 250), (728, 90), (320, 50), (160, 600), (300, 600), (970, 250), (336, 280), (468, 60))
-- violated: (SELECT min(loyalty_points) FILTER (loyalty_tier = 'Gold') lo, max(loyalty_points) FILTER (loyalty_tier = 'Silver') hi FROM kunde) | lo < hi
-- violated: (SELECT min(loyalty_points) FILTER (loyalty_tier = 'Silver') lo, max(loyalty_points) FILTER (loyalty_tier = 'Bronze') hi FROM kunde) | lo < hi
-- violated: (SELECT count(DISTINCT loyalty_tier) n FROM kunde) | n < 3
