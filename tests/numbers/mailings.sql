-- Mailings: who opens one has got it.
-- violated: opens JOIN mailings USING (mailing_id) | delivered IS NOT TRUE OR blocked_flag <> 'N'
-- violated: (SELECT count(*) FILTER (WHERE NOT delivered) AS lost, count(*) FILTER (WHERE blocked_flag = 'Y') AS held FROM mailings) | lost = 0 OR held = 0
CREATE TABLE mailings (mailing_id INTEGER PRIMARY KEY, sent_at TIMESTAMP NOT NULL, delivered BOOLEAN, blocked_flag CHAR(1) NOT NULL);
CREATE TABLE opens (open_id INTEGER PRIMARY KEY, mailing_id INTEGER NOT NULL REFERENCES mailings (mailing_id), opened_at TIMESTAMP NOT NULL);
