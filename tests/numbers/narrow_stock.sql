CREATE TABLE spare (id INT PRIMARY KEY, qty_on_hand FLOAT NOT NULL, reorder_level FLOAT NOT NULL, qty_on_order FLOAT);
CREATE TABLE seed (id INT PRIMARY KEY, qty_on_hand NUMERIC(10,2), reorder_level NUMERIC(10,2) NOT NULL, qty_on_order NUMERIC(3,2) NOT NULL);
CREATE TABLE bolt (id INT PRIMARY KEY, qty_on_hand NUMERIC(4,2) NOT NULL, reorder_level NUMERIC(10,2) NOT NULL, qty_on_order REAL);
CREATE TABLE lamp (
  id INT PRIMARY KEY,
  qty_on_hand INT NOT NULL CHECK (qty_on_hand BETWEEN 0 AND 10),
  reorder_level INT NOT NULL,
  qty_on_order INT CHECK (qty_on_order <= 500));
CREATE TABLE valve (
  id INT PRIMARY KEY,
  qty_on_hand SMALLINT NOT NULL CHECK (qty_on_hand >= 0),
  reorder_level SMALLINT NOT NULL,
  qty_on_order SMALLINT NOT NULL,
  CHECK (qty_on_order >= 0));

-- violated: lamp | qty_on_hand NOT BETWEEN 0 AND 10 OR qty_on_order > 500
-- violated: (SELECT avg((qty_on_order > 0)::INT) a FROM valve WHERE qty_on_hand >= reorder_level) | a > 0.1
