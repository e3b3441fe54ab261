CREATE TABLE meter_bill (id INT PRIMARY KEY, consumption_kwh DECIMAL(10,3) NOT NULL, tariff_eur_kwh DECIMAL(6,4) NOT NULL, energy_cost DECIMAL(10,2), vat DECIMAL(8,2), total_amount DECIMAL(10,2));
CREATE TABLE lohn (id INT PRIMARY KEY, grundgehalt DECIMAL(10,2) NOT NULL, bruttolohn DECIMAL(10,2), lohnsteuer DECIMAL(10,2), nettolohn DECIMAL(10,2));
CREATE TABLE vitals (id INT PRIMARY KEY, heart_rate_resting INT NOT NULL, heart_rate_avg INT NOT NULL, heart_rate_max INT NOT NULL);
CREATE TABLE saas_month (id INT PRIMARY KEY, mrr DECIMAL(12,2) NOT NULL, active_customers INT NOT NULL, churned_customers INT NOT NULL, churn_rate DECIMAL(5,4), arpu DECIMAL(8,2));
CREATE TABLE loan (loan_id INT PRIMARY KEY, principal DECIMAL(12,2) NOT NULL, term_months INT NOT NULL, monthly_payment DECIMAL(10,2) NOT NULL, outstanding_balance DECIMAL(12,2));
CREATE TABLE host_minute (id INT PRIMARY KEY, requests INT NOT NULL, errors INT NOT NULL, error_rate DECIMAL(6,5));

-- violated: meter_bill | abs(energy_cost - consumption_kwh * tariff_eur_kwh) > 0.006 OR vat > 0.25 * energy_cost OR abs(total_amount - energy_cost - vat) > 0.02
-- violated: lohn | bruttolohn < grundgehalt - 0.005 OR nettolohn >= bruttolohn OR abs(bruttolohn - lohnsteuer - nettolohn) > 0.006
-- violated: vitals | heart_rate_avg < heart_rate_resting OR heart_rate_max < heart_rate_avg OR heart_rate_max > 215
-- violated: saas_month | churned_customers > active_customers OR abs(churn_rate - churned_customers / active_customers) > 0.0001 OR abs(arpu - mrr / active_customers) > 0.006
-- violated: loan | monthly_payment * term_months NOT BETWEEN principal AND 1.3 * principal + term_months OR outstanding_balance > principal
-- violated: host_minute | errors > requests OR abs(error_rate - errors / requests) > 0.00001
