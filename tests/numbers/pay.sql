CREATE TABLE payslip (
  id INT PRIMARY KEY,
  base_salary DECIMAL(10,2),
  bonus DECIMAL(10,2),
  overtime_pay DECIMAL(10,2),
  gross_pay DECIMAL(10,2),
  tax DECIMAL(10,2),
  deductions DECIMAL(10,2),
  net_pay DECIMAL(10,2) NOT NULL);
CREATE TABLE timesheet (
  id INT PRIMARY KEY,
  regular_hours DECIMAL(5,2),
  overtime_hours DECIMAL(5,2),
  total_hours DECIMAL(5,2));

-- violated: payslip | gross_pay <> base_salary + bonus + overtime_pay
-- violated: payslip | net_pay <> gross_pay - tax - deductions OR net_pay <= 0
-- violated: timesheet | total_hours <> regular_hours + overtime_hours
-- violated: (SELECT count(*) FILTER (overtime_hours > 0) / count(*) s FROM timesheet) | s NOT BETWEEN 0.03 AND 0.6
