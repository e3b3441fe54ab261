CREATE TABLE gemeinde (
  id INT PRIMARY KEY,
  ags CHAR(8) NOT NULL UNIQUE,
  name VARCHAR(60) NOT NULL,
  bundesland VARCHAR(40) NOT NULL);
CREATE TABLE charge_attempt (
  id INT PRIMARY KEY,
  status VARCHAR(12) NOT NULL CHECK (status IN ('pending', 'captured', 'declined', 'failed')),
  decline_code VARCHAR(20),
  payment_method VARCHAR(20) NOT NULL CHECK (payment_method IN ('credit_card', 'bank_transfer', 'debit_card', 'sepa_debit')),
  card_brand VARCHAR(20),
  card_last4 CHAR(4));

-- violated: gemeinde | NOT regexp_full_match(ags, '(0[1-9]|1[0-6])[0-9]{6}')
-- violated: (SELECT bundesland, count(DISTINCT left(ags, 2)) n FROM gemeinde GROUP BY 1) | n > 1
-- violated: (SELECT left(ags, 2) l, count(DISTINCT bundesland) n FROM gemeinde GROUP BY 1) | n > 1
-- violated: charge_attempt | (decline_code IS NOT NULL) <> (status IN ('declined', 'failed'))
-- violated: charge_attempt | (card_last4 IS NOT NULL OR card_brand IS NOT NULL) AND payment_method NOT IN ('credit_card', 'debit_card')
-- violated: charge_attempt | card_last4 IS NULL AND payment_method = 'credit_card'
