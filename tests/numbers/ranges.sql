CREATE TABLE parameter (parameter_id INT PRIMARY KEY, normal_min DECIMAL(10,3), normal_max DECIMAL(10,3), alarm_min DECIMAL(10,3), alarm_max DECIMAL(10,3));
CREATE TABLE observation (observation_id INT PRIMARY KEY, parameter_id INT NOT NULL REFERENCES parameter, value DECIMAL(10,3) NOT NULL, interpretation VARCHAR(8) NOT NULL CHECK (interpretation IN ('LOW', 'NORMAL', 'HIGH')), is_alarm BOOLEAN NOT NULL, out_of_range_flag CHAR(1) NOT NULL);
CREATE TABLE gebaeude (gebaeude_id INT PRIMARY KEY, kapazitaet INT NOT NULL);
CREATE TABLE raum (raum_id INT PRIMARY KEY, gebaeude_id INT NOT NULL REFERENCES gebaeude, kapazitaet INT NOT NULL);
CREATE TABLE account (account_id INT PRIMARY KEY, credit_limit DECIMAL(12,2) NOT NULL);
CREATE TABLE card (card_id INT PRIMARY KEY, account_id INT NOT NULL REFERENCES account, credit_limit DECIMAL(12,2) NOT NULL);
CREATE TABLE polis (polis_id INT PRIMARY KEY, tax_rate DECIMAL(5,4) NOT NULL, sum_insured DECIMAL(12,2) NOT NULL);
CREATE TABLE loss_event (loss_id INT PRIMARY KEY, polis_id INT NOT NULL REFERENCES polis, loss_amount DECIMAL(12,2) NOT NULL, deductible DECIMAL(8,2) NOT NULL, payout DECIMAL(12,2));
CREATE TABLE course_run (run_id INT PRIMARY KEY, capacity INT NOT NULL, enrolled INT NOT NULL, available INT NOT NULL);
CREATE TABLE enrolment (enrolment_id INT PRIMARY KEY, run_id INT NOT NULL REFERENCES course_run, enrolled_at TIMESTAMP NOT NULL, cancelled_at TIMESTAMP);

-- violated: parameter | NOT (alarm_min <= normal_min AND normal_min < normal_max AND normal_max <= alarm_max)
-- violated: observation JOIN parameter USING (parameter_id) | interpretation <> CASE WHEN value < normal_min THEN 'LOW' WHEN value > normal_max THEN 'HIGH' ELSE 'NORMAL' END
-- violated: observation JOIN parameter USING (parameter_id) | is_alarm <> (value < alarm_min OR value > alarm_max)
-- violated: observation | (out_of_range_flag = 'Y') <> (interpretation <> 'NORMAL')
-- violated: (SELECT avg((interpretation <> 'NORMAL')::INT) share FROM observation) | share NOT BETWEEN 0.08 AND 0.25
-- violated: raum r JOIN gebaeude g USING (gebaeude_id) | r.kapazitaet > g.kapazitaet
-- violated: card c JOIN account a USING (account_id) | c.credit_limit > a.credit_limit
-- violated: loss_event JOIN polis USING (polis_id) | payout > greatest(loss_amount - deductible, 0) + 0.005 OR payout > sum_insured
-- violated: (SELECT r.enrolled n, r.capacity, r.available, count(e.enrolment_id) FILTER (e.cancelled_at IS NULL) k FROM course_run r LEFT JOIN enrolment e USING (run_id) GROUP BY r.run_id, 1, 2, 3) | n <> k OR available <> capacity - n OR available < 0
