-- The tables, parents before children. Their keys: constraints.sql.

CREATE TABLE "customers" (
  "id" INTEGER NOT NULL,
  "email" VARCHAR(60) NOT NULL
);

CREATE TABLE "orders" (
  "id" INTEGER NOT NULL,
  "customer_id" INTEGER NOT NULL,
  "placed" TIMESTAMP NOT NULL,
  "details" JSON
);
