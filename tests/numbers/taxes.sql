CREATE TABLE filiale (filiale_id INT PRIMARY KEY, land CHAR(2) NOT NULL);
CREATE TABLE rechnung (rechnung_id INT PRIMARY KEY, filiale_id INT NOT NULL REFERENCES filiale, netto DECIMAL(10,2) NOT NULL, mwst_satz DECIMAL(5,2),
  mwst DECIMAL(10,2), brutto DECIMAL(10,2));
CREATE TABLE shop (shop_id INT PRIMARY KEY, city VARCHAR(40), state CHAR(2), zip VARCHAR(10));
CREATE TABLE receipt (receipt_id INT PRIMARY KEY, shop_id INT NOT NULL REFERENCES shop, subtotal DECIMAL(10,2) NOT NULL, tax DECIMAL(10,2), total DECIMAL(10,2));
CREATE TABLE bestelling (id INT PRIMARY KEY, land CHAR(2), bedrag_excl_btw DECIMAL(10,2) NOT NULL, btw DECIMAL(10,2), bedrag_incl_btw DECIMAL(10,2));
CREATE TABLE product (product_id INT PRIMARY KEY, vat_rate DECIMAL(5,4) NOT NULL, price DECIMAL(8,2) NOT NULL);
CREATE TABLE order_line (line_id INT PRIMARY KEY, product_id INT NOT NULL REFERENCES product, tax_pct DECIMAL(4,1) NOT NULL);

-- violated: rechnung JOIN filiale USING (filiale_id) | land = 'DE' AND mwst_satz <> 19 OR land = 'FR' AND mwst_satz <> 20
-- violated: rechnung | abs(mwst - netto * mwst_satz / 100) > 0.006 OR abs(brutto - netto - mwst) > 0.006
-- violated: receipt JOIN shop USING (shop_id) | state = 'CA' AND abs(tax - subtotal * 0.0725) > 0.006 OR state = 'TX' AND abs(tax - subtotal * 0.0625) > 0.006
-- violated: bestelling | land = 'NL' AND abs(btw - bedrag_excl_btw * 0.21) > 0.006 OR abs(bedrag_incl_btw - bedrag_excl_btw - btw) > 0.006
-- violated: order_line JOIN product USING (product_id) | abs(tax_pct - 100 * vat_rate) > 0.051
