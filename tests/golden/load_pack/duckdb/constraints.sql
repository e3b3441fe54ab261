-- Keys and references, for when every row is there: those that do not hold are refused.

ALTER TABLE "customers"
ADD PRIMARY KEY ("id");

ALTER TABLE "customers"
ADD UNIQUE ("email");

ALTER TABLE "orders"
ADD PRIMARY KEY ("id");
