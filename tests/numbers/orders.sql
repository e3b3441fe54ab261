CREATE TABLE purchase (
  id BIGINT PRIMARY KEY,
  "orderSubtotal" DECIMAL(10,2),
  "taxAmount" DECIMAL(10,2),
  "shippingCost" DECIMAL(8,2),
  "discountAmount" DECIMAL(8,2),
  "orderTotal" DECIMAL(10,2) NOT NULL);

-- violated: purchase | "orderTotal" <> "orderSubtotal" - "discountAmount" + "taxAmount" + "shippingCost"
-- violated: purchase | "discountAmount" > "orderSubtotal" OR "orderTotal" <= 0
-- violated: (SELECT avg("orderTotal") / median("orderTotal") r FROM purchase) | r < 1.1
