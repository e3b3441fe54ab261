"""What is billed while it lasts, and tables that reference each other; from outside by DuckDB."""

import duckdb
import pytest
from tests.from_names import counted, rows_of

from dw_simulator.schema.inference.moments.billing_periods import months_of

SCHEMA = """
CREATE TABLE studios (studio_id INT PRIMARY KEY, main_trainer_id INT, opened_on DATE NOT NULL);
CREATE TABLE trainers (trainer_id INT PRIMARY KEY, studio_id INT NOT NULL REFERENCES studios (studio_id),
    joined_on DATE NOT NULL);
ALTER TABLE studios ADD FOREIGN KEY (main_trainer_id) REFERENCES trainers (trainer_id);
CREATE TABLE tarife (tarif_id INT PRIMARY KEY, label VARCHAR(30) NOT NULL,
    zahlungsweise VARCHAR(12) NOT NULL CHECK (zahlungsweise IN ('monatlich', 'quartal', 'jaehrlich')));
CREATE TABLE subscriptions (subscription_id INT PRIMARY KEY,
    tarif_id INT NOT NULL REFERENCES tarife (tarif_id),
    status VARCHAR(12) NOT NULL CHECK (status IN ('trialing', 'active', 'past_due', 'canceled')),
    created_at TIMESTAMP NOT NULL, started_at TIMESTAMP NOT NULL, trial_ends_at TIMESTAMP,
    current_period_start TIMESTAMP NOT NULL, current_period_end TIMESTAMP NOT NULL, canceled_at TIMESTAMP,
    ended_at TIMESTAMP);
"""

VIOLATIONS = [
    "FROM studios s JOIN trainers t ON t.trainer_id = s.main_trainer_id WHERE t.studio_id <> s.studio_id",
    "FROM trainers JOIN studios USING (studio_id) WHERE joined_on < opened_on",
    """FROM subscriptions JOIN tarife USING (tarif_id)
 WHERE abs(date_diff('day', current_period_start, current_period_end)
 - CASE zahlungsweise WHEN 'monatlich' THEN 30 WHEN 'quartal' THEN 91 ELSE 365 END) > 3""",
    """FROM subscriptions WHERE current_period_start < started_at OR current_period_start > DATE '2026-01-01'
 OR current_period_start > ended_at""",
    """FROM subscriptions WHERE status NOT IN ('canceled', 'trialing')
 AND current_period_end::DATE < DATE '2025-12-31'""",
    "FROM subscriptions WHERE trial_ends_at < started_at OR canceled_at < started_at",
    "FROM subscriptions WHERE ended_at < canceled_at",
    "FROM subscriptions WHERE status = 'trialing' AND trial_ends_at IS NULL",
    "FROM subscriptions WHERE (status = 'canceled') <> (canceled_at IS NOT NULL)",
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    return rows_of(SCHEMA, tmp_path_factory.mktemp("subscriptions"))


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_nothing_speaks_against_a_subscription(violation: str, made: duckdb.DuckDBPyConnection) -> None:
    wrong, rows = counted(made, violation)
    assert wrong == 0
    assert rows > 5


def test_trials_are_followed_by_something(made: duckdb.DuckDBPyConnection) -> None:
    query = """SELECT avg((status = 'trialing')::INT), avg((status = 'active')::INT),
                      (SELECT avg((main_trainer_id IS NOT NULL)::INT) FROM studios) FROM subscriptions"""
    ((trial, active, led),) = made.execute(query).fetchall()
    assert trial < 0.15
    assert active > 0.3
    assert led > 0.3


def test_half_a_month_is_no_whole_months() -> None:
    said = [
        "semimonthly",
        "half-monthly",
        "halbmonatlich",
        "semi-annual",
        "half-yearly",
        "semestral",
        "monthly",
    ]
    assert [months_of(one) for one in said] == [0, 0, 0, 6, 6, 6, 1]
