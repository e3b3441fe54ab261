CREATE TABLE filiale (filial_id INT PRIMARY KEY, land CHAR(2) NOT NULL, waehrung CHAR(3));
CREATE TABLE shopper (shopper_id INT PRIMARY KEY, label VARCHAR(40) NOT NULL, language CHAR(2) NOT NULL, closed_at TIMESTAMP, is_active BOOLEAN NOT NULL);
CREATE TABLE handover (id INT PRIMARY KEY, filial_id INT NOT NULL REFERENCES filiale, shopper_id INT NOT NULL REFERENCES shopper,
  shopper_label VARCHAR(60), language CHAR(2), currency CHAR(3), promised_date DATE, delivered_date DATE, is_late BOOLEAN, on_time_flag CHAR(1),
  is_refunded BOOLEAN, refunded_at TIMESTAMP, refund_reason VARCHAR(60), discount_amount DECIMAL(8,2), has_discount SMALLINT,
  subtotal DECIMAL(10,2), device_type VARCHAR(20), is_mobile BOOLEAN, served_on DATE);

-- violated: filiale | land IN ('DE', 'ES', 'FR') AND waehrung <> 'EUR' OR land = 'GB' AND waehrung <> 'GBP'
-- violated: shopper | is_active <> (closed_at IS NULL)
-- violated: handover JOIN filiale USING (filial_id) | currency <> waehrung
-- violated: handover h JOIN shopper s USING (shopper_id) | h.language <> s.language OR shopper_label <> label
-- violated: handover | is_late <> coalesce(delivered_date > promised_date, FALSE)
-- violated: handover | (on_time_flag = 'Y') <> coalesce(delivered_date <= promised_date, FALSE)
-- violated: handover | is_refunded <> (refunded_at IS NOT NULL) OR (refund_reason IS NOT NULL AND refunded_at IS NULL)
-- violated: handover | (has_discount = 1) <> (discount_amount > 0)
-- violated: handover | is_mobile <> (device_type ILIKE '%mobile%' OR device_type ILIKE '%phone%' OR device_type ILIKE '%tablet%')
