-- The tables, parents before children.

CREATE TABLE customers (
  id INTEGER NOT NULL,
  email VARCHAR(60) NOT NULL UNIQUE,
  PRIMARY KEY (id)
);

CREATE TABLE orders (
  id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  placed TIMESTAMP_NTZ(6) NOT NULL,
  details VARIANT,
  PRIMARY KEY (id),
  FOREIGN KEY (customer_id) REFERENCES customers(id)
);
