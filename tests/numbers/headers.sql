CREATE TABLE bestellung (bestell_id INT PRIMARY KEY, zwischensumme DECIMAL(12,2) NOT NULL, steuer DECIMAL(10,2), versandkosten DECIMAL(8,2),
  gesamtbetrag DECIMAL(12,2) NOT NULL, anzahl_positionen INT);
CREATE TABLE bestellposition (id INT PRIMARY KEY, bestell_id INT NOT NULL REFERENCES bestellung, position INT, menge SMALLINT NOT NULL,
  einzelpreis DECIMAL(8,2) NOT NULL, gesamtpreis DECIMAL(10,2) NOT NULL);
CREATE TABLE shopper (shopper_id INT PRIMARY KEY, order_count INT, total_spent DECIMAL(14,2));
CREATE TABLE orders (order_id INT PRIMARY KEY, shopper_id INT NOT NULL REFERENCES shopper, item_count INT, total_amount DECIMAL(12,2) NOT NULL);
CREATE TABLE order_items (id INT PRIMARY KEY, order_id INT NOT NULL REFERENCES orders, line_number INT NOT NULL, quantity INT NOT NULL,
  unit_price DECIMAL(8,2) NOT NULL, line_total DECIMAL(10,2));
CREATE TABLE invoice (invoice_id INT PRIMARY KEY, net_amount DECIMAL(10,2), vat_amount DECIMAL(10,2), total_amount DECIMAL(10,2) NOT NULL);
CREATE TABLE payments (payment_id INT PRIMARY KEY, invoice_id INT NOT NULL REFERENCES invoice, amount DECIMAL(10,2) NOT NULL);
CREATE TABLE lead_value (lead_id INT PRIMARY KEY, value DECIMAL(10,2));
CREATE TABLE credit_split (id INT PRIMARY KEY, lead_id INT NOT NULL REFERENCES lead_value, weight DECIMAL(5,4), credited_amount DECIMAL(10,2));

-- violated: (SELECT b.bestell_id, any_value(zwischensumme) z, coalesce(sum(gesamtpreis), 0) s, any_value(anzahl_positionen) a, count(id) n FROM bestellung b LEFT JOIN bestellposition USING (bestell_id) GROUP BY 1) | z <> s OR a <> n
-- violated: bestellung | gesamtbetrag <> zwischensumme + steuer + versandkosten
-- violated: (SELECT bestell_id, count(*) n, max(position) m, count(DISTINCT position) d FROM bestellposition GROUP BY 1) | n <> m OR d <> n
-- violated: (SELECT any_value(order_count) a, any_value(total_spent) t, count(order_id) n, coalesce(sum(total_amount), 0) s FROM shopper LEFT JOIN orders USING (shopper_id) GROUP BY shopper_id) | a <> n OR t <> s
-- violated: (SELECT any_value(item_count) a, any_value(total_amount) t, count(id) n, coalesce(sum(line_total), 0) s, coalesce(max(line_number), 0) m FROM orders LEFT JOIN order_items USING (order_id) GROUP BY orders.order_id) | a <> n OR t <> s OR m <> n
-- violated: (SELECT any_value(total_amount) t, sum(amount) s FROM invoice JOIN payments USING (invoice_id) GROUP BY invoice_id) | t <> s
-- violated: payments | amount <= 0
-- violated: (SELECT lead_id, sum(weight) s FROM credit_split GROUP BY 1) | abs(s - 1) > 0.0001
-- violated: credit_split JOIN lead_value USING (lead_id) | abs(credited_amount - weight * value) > 0.0051
