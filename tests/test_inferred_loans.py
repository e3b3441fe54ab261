"""Loans, their instalments and what secures them, of names in full and of short ones; by DuckDB."""

from pathlib import Path

import duckdb
import pytest
from tests.from_names import counted, rows_of

from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import Settings

SCHEMA = """
CREATE TABLE product (product_id INT PRIMARY KEY, label VARCHAR(30) NOT NULL, is_secured BOOLEAN NOT NULL);
CREATE TABLE borrower (borrower_id INT PRIMARY KEY, registered_on DATE NOT NULL);
CREATE TABLE loan (loan_id INT PRIMARY KEY, borrower_id INT NOT NULL REFERENCES borrower (borrower_id),
    product_id INT NOT NULL REFERENCES product (product_id), application_date DATE, approval_date DATE,
    disbursed_on DATE, first_payment_date DATE, maturity_date DATE, term_months SMALLINT, closed_on DATE,
    charged_off_on DATE, charged_off_flag CHAR(1));
CREATE TABLE loan_schedule (loan_id INT NOT NULL REFERENCES loan (loan_id), sched_no SMALLINT NOT NULL,
    due_date DATE NOT NULL, paid_date DATE, paid_flag CHAR(1), PRIMARY KEY (loan_id, sched_no));
CREATE TABLE advance (advance_id INT PRIMARY KEY, disbursed_on DATE NOT NULL, first_payment_date DATE,
    maturity_date DATE, term_months SMALLINT, closed_on DATE);
CREATE TABLE advance_instalment (id INT PRIMARY KEY, advance_id INT NOT NULL REFERENCES advance (advance_id),
    instalment_no INT NOT NULL, due_date DATE NOT NULL, UNIQUE (advance_id, instalment_no));
CREATE TABLE credit_line (line_id INT PRIMARY KEY, disbursed_on DATE NOT NULL, maturity_date DATE NOT NULL,
    term_months SMALLINT NOT NULL);
CREATE TABLE line_instalment (line_id INT NOT NULL REFERENCES credit_line (line_id),
    instalment_no BIGINT NOT NULL, due_date DATE NOT NULL, PRIMARY KEY (line_id, instalment_no));
CREATE TABLE loan_txn (txn_id INT PRIMARY KEY, loan_id INT NOT NULL REFERENCES loan (loan_id),
    effective_date DATE, posted_at TIMESTAMP);
CREATE TABLE collateral (collateral_id INT PRIMARY KEY, loan_id INT NOT NULL REFERENCES loan (loan_id),
    appraised_on DATE);
CREATE TABLE crd_acct (crd_no BIGINT NOT NULL PRIMARY KEY, app_dt DATE, apprv_dt DATE, fund_dt DATE,
    frst_pmt_dt DATE, mat_dt DATE, trm_mo SMALLINT, chgoff_dt DATE, chgoff_flg CHAR(1));
CREATE TABLE crd_fee (fee_id BIGINT PRIMARY KEY, crd_no BIGINT NOT NULL REFERENCES crd_acct (crd_no));
"""

VIOLATIONS = [
    """FROM loan WHERE application_date > approval_date OR approval_date > disbursed_on
 OR disbursed_on >= first_payment_date OR first_payment_date > maturity_date""",
    "FROM loan WHERE abs(date_diff('day', disbursed_on, maturity_date) / 30.4375 - term_months) > 0.5",
    "FROM loan WHERE closed_on < disbursed_on OR charged_off_on < disbursed_on OR closed_on > maturity_date",
    """FROM line_instalment JOIN credit_line USING (line_id)
 WHERE due_date <> disbursed_on + to_months(instalment_no::INT) AND day(disbursed_on) < 29""",
    """FROM loan_schedule JOIN loan USING (loan_id)
 WHERE due_date > closed_on + 31 AND paid_date > closed_on""",
    "FROM loan WHERE (charged_off_flag = 'Y') <> (charged_off_on IS NOT NULL)",
    "FROM loan_schedule JOIN loan USING (loan_id) WHERE sched_no > term_months",
    """FROM loan_schedule JOIN loan USING (loan_id)
 WHERE due_date <> first_payment_date + to_months(sched_no - 1) AND day(first_payment_date) < 29""",
    """FROM (SELECT paid_date, lead(paid_date) OVER (PARTITION BY loan_id ORDER BY sched_no) AS later
 FROM loan_schedule) WHERE paid_date IS NULL AND later IS NOT NULL""",
    "FROM loan_schedule WHERE (paid_flag = 'Y') <> (paid_date IS NOT NULL) OR paid_date > DATE '2025-12-31'",
    """FROM loan_txn JOIN loan USING (loan_id)
 WHERE effective_date < disbursed_on OR posted_at::DATE < effective_date""",
    "FROM collateral JOIN loan USING (loan_id) JOIN product USING (product_id) WHERE NOT is_secured",
    """FROM crd_acct WHERE app_dt > apprv_dt OR apprv_dt > fund_dt OR fund_dt >= frst_pmt_dt
 OR frst_pmt_dt > mat_dt OR chgoff_dt < fund_dt OR (chgoff_flg = 'Y') <> (chgoff_dt IS NOT NULL)""",
    "FROM crd_acct WHERE abs(date_diff('day', fund_dt, mat_dt) / 30.4375 - trm_mo) > 0.5",
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    return rows_of(SCHEMA, tmp_path_factory.mktemp("loans"))


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_nothing_speaks_against_a_loan(violation: str, made: duckdb.DuckDBPyConnection) -> None:
    wrong, rows = counted(made, violation)
    assert wrong == 0
    assert rows > 5


def test_some_are_paid_back_few_are_lost_and_banks_post_on_workdays(made: duckdb.DuckDBPyConnection) -> None:
    ((closed, lost, paid, weekend),) = made.execute(
        """SELECT (SELECT avg((closed_on IS NOT NULL)::INT) FROM loan),
                  (SELECT avg((charged_off_on IS NOT NULL)::INT) FROM loan),
                  (SELECT avg((paid_date IS NOT NULL)::INT) FROM loan_schedule),
                  (SELECT avg((isodow(posted_at) > 5)::INT) FROM loan_txn)"""
    ).fetchall()
    ((lasted,),) = made.execute("SELECT median(closed_on - disbursed_on) FROM loan").fetchall()
    assert lasted > 180
    assert 0.02 < closed < 0.95
    assert 0.001 < lost < 0.1
    assert paid > 0.3
    assert weekend < 0.1


def test_one_hidden_column_says_whether_a_loan_is_secured(service: ExperimentService) -> None:
    ddl = """
CREATE TABLE product (product_id INT PRIMARY KEY,
  is_secured CHAR(1) NOT NULL CHECK (is_secured IN ('T', 'F')));
CREATE TABLE loan (loan_id INT PRIMARY KEY, product_id INT NOT NULL REFERENCES product, amount DECIMAL(10,2));
CREATE TABLE collateral (collateral_id INT PRIMARY KEY, loan_id INT NOT NULL REFERENCES loan);
CREATE TABLE guarantee (guarantee_id INT PRIMARY KEY, loan_id INT NOT NULL REFERENCES loan);
"""
    tables = service.import_sql(ddl, name="secured", dialect="postgres").experiment.tables
    hidden = [one.name for table in tables for one in table.columns if one.name.startswith("its_security")]
    assert hidden == ["its_security"]


def test_a_day_that_must_be_there_is_there(tmp_path: Path) -> None:
    service = ExperimentService(Settings(home=tmp_path))
    try:
        made = service.import_sql(SCHEMA, name="loans", dialect="postgres", target_rows=2000).experiment
        summary = service.generate("loans", GenerateRequest(seed=3, output_dir=tmp_path / "out"))
    finally:
        service.close()
    assert made.tables
    assert not [line for line in summary.warnings if "given up" in line], summary.warnings
