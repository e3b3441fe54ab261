CREATE TABLE requisition (req_id INT PRIMARY KEY, quantity INT NOT NULL);
CREATE TABLE delivery (delivery_id INT PRIMARY KEY, req_id INT NOT NULL REFERENCES requisition, delivered_qty INT NOT NULL, delivered_on DATE);
CREATE TABLE lote (lote_id INT PRIMARY KEY, cantidad INT NOT NULL, importe DECIMAL(10,2));
CREATE TABLE devolucion (dev_id INT PRIMARY KEY, lote_id INT NOT NULL REFERENCES lote, cantidad_devuelta INT NOT NULL);
CREATE TABLE sale (sale_id INT PRIMARY KEY, quantity INT NOT NULL, unit_price DECIMAL(8,2) NOT NULL, discount DECIMAL(8,2) NOT NULL,
  net_amount DECIMAL(10,2) NOT NULL, tax DECIMAL(8,2) NOT NULL, gross_amount DECIMAL(10,2) NOT NULL);
CREATE TABLE sale_return (return_id INT PRIMARY KEY, sale_id INT NOT NULL REFERENCES sale, return_qty INT NOT NULL, refund_amount DECIMAL(10,2) NOT NULL);

-- violated: (SELECT sum(delivered_qty) q, any_value(quantity) w FROM delivery JOIN requisition USING (req_id) GROUP BY req_id) | q > w
-- violated: delivery | delivered_qty < 1
-- violated: (SELECT sum(cantidad_devuelta) q, any_value(cantidad) w FROM devolucion JOIN lote USING (lote_id) GROUP BY lote_id) | q > w
-- violated: (SELECT sum(return_qty) q, any_value(quantity) w FROM sale_return JOIN sale USING (sale_id) GROUP BY sale_id) | q > w
-- violated: sale_return JOIN sale USING (sale_id) | refund_amount > gross_amount OR refund_amount > net_amount OR refund_amount <= 0
-- violated: (SELECT count(DISTINCT quantity) n FROM requisition) | n < 4
