CREATE TABLE claim (
  claim_id INT PRIMARY KEY,
  billed_amount DECIMAL(10,2) NOT NULL,
  allowed_amount DECIMAL(10,2),
  paid_amount DECIMAL(10,2),
  patient_responsibility DECIMAL(10,2));
CREATE TABLE vitals (
  id INT PRIMARY KEY,
  height_cm DECIMAL(5,1),
  weight_kg DECIMAL(5,1),
  bmi DECIMAL(4,1),
  systolic_bp SMALLINT,
  diastolic_bp SMALLINT);

-- violated: claim | allowed_amount > billed_amount OR paid_amount > allowed_amount
-- violated: claim | patient_responsibility <> allowed_amount - paid_amount
-- violated: vitals | abs(bmi - weight_kg / (height_cm / 100) ** 2) > 0.06 OR bmi NOT BETWEEN 14 AND 50
-- violated: vitals | diastolic_bp >= systolic_bp OR height_cm NOT BETWEEN 140 AND 210
