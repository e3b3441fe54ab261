-- What is paid out, what is left on accounts, and what goals came to.
CREATE TABLE auszahlung (id INT PRIMARY KEY, brutto_betrag DECIMAL(12,2) NOT NULL, provisionsbetrag DECIMAL(10,2) NOT NULL,
  bearbeitungsgebuehr DECIMAL(10,2) NOT NULL, netto_betrag DECIMAL(12,2) NOT NULL);
CREATE TABLE liquidaciones (id INT PRIMARY KEY, importe_bruto DECIMAL(12,2) NOT NULL, comision DECIMAL(10,2) NOT NULL, importe_neto DECIMAL(12,2) NOT NULL);
CREATE TABLE "sellerSettlements" (id INT PRIMARY KEY, "grossSales" NUMERIC(12,2) NOT NULL, "marketplaceFee" NUMERIC(12,2) NOT NULL,
  "paymentFee" NUMERIC(12,2), "netSales" NUMERIC(12,2) NOT NULL);
CREATE TABLE konto (id INT PRIMARY KEY, saldo DECIMAL(12,2) NOT NULL, gesperrter_betrag DECIMAL(12,2) NOT NULL, verfuegbarer_saldo DECIMAL(12,2) NOT NULL,
  status VARCHAR(12) NOT NULL CHECK (status IN ('aktiv', 'geschlossen')), eroeffnet_am DATE NOT NULL, geschlossen_am DATE);
CREATE TABLE wallets (id INT PRIMARY KEY, balance DECIMAL(12,2) NOT NULL, held_balance DECIMAL(12,2) NOT NULL, available_balance DECIMAL(12,2) NOT NULL,
  status VARCHAR(10) NOT NULL CHECK (status IN ('open', 'closed')));
CREATE TABLE fundraisers (id INT PRIMARY KEY, target_amount DECIMAL(12,2) NOT NULL, raised_amount DECIMAL(12,2) NOT NULL,
  status VARCHAR(20) NOT NULL CHECK (status IN ('draft', 'open', 'funded', 'failed')));
CREATE TABLE spendenaktion (id INT PRIMARY KEY, zielbetrag DECIMAL(12,2) NOT NULL, gesammelter_betrag DECIMAL(12,2),
  status VARCHAR(20) NOT NULL CHECK (status IN ('entwurf', 'laufend', 'erfolgreich', 'gescheitert')));
CREATE TABLE tiers (id INT PRIMARY KEY, minimum_amount DECIMAL(10,2) NOT NULL);
CREATE TABLE pledges (id INT PRIMARY KEY, tier_id INT REFERENCES tiers(id), pledge_amount DECIMAL(10,2) NOT NULL);
-- violated: auszahlung | netto_betrag <> brutto_betrag - provisionsbetrag - bearbeitungsgebuehr OR netto_betrag < 0
-- violated: liquidaciones | importe_neto <> importe_bruto - comision OR importe_neto < 0
-- violated: "sellerSettlements" | "netSales" <> "grossSales" - "marketplaceFee" - coalesce("paymentFee", 0)
-- violated: konto | verfuegbarer_saldo <> saldo - gesperrter_betrag OR (status = 'geschlossen' AND saldo <> 0)
-- violated: (SELECT count(*) FILTER (WHERE saldo > 0) AS n FROM konto) | n < 1000
-- violated: wallets | available_balance <> balance - held_balance OR (status = 'closed' AND balance <> 0)
-- violated: fundraisers | (status = 'funded' AND raised_amount < target_amount) OR (status = 'failed' AND raised_amount >= target_amount)
-- violated: fundraisers | status = 'draft' AND raised_amount > 0
-- violated: spendenaktion | (status = 'erfolgreich') <> (gesammelter_betrag >= zielbetrag)
-- violated: pledges p JOIN tiers t ON t.id = p.tier_id | p.pledge_amount < t.minimum_amount
-- violated: (SELECT count(DISTINCT pledge_amount) AS n FROM pledges) | n < 100
