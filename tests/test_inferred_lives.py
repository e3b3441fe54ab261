"""Status columns that an import has read agree with the moments beside them."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from dw_simulator.schema.inference.lives.life_words import alike, all_lives, among, life_of
from dw_simulator.schema.lifecycle import Lifecycle
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import MEMORY, Settings

pytestmark = pytest.mark.passing

SCHEMA = """
CREATE TABLE orders (id INT PRIMARY KEY, order_date TIMESTAMP NOT NULL, status VARCHAR(20) NOT NULL,
    paid_at TIMESTAMP, shipped_date DATE, delivered_at TIMESTAMP, cancelled_at TIMESTAMP,
    cancellation_reason VARCHAR(40), is_paid BOOLEAN, status_changed_at TIMESTAMP);
CREATE TABLE support_cases (case_no INT PRIMARY KEY, opened TIMESTAMP, closed TIMESTAMP, status_cd CHAR(1),
    status_desc VARCHAR(30), resolved_on DATE);
CREATE TABLE contracts (id INT PRIMARY KEY, start_date DATE NOT NULL, end_date DATE, status VARCHAR(12),
    termination_reason VARCHAR(60));
CREATE TABLE employees (emp_id INT PRIMARY KEY, hire_date DATE NOT NULL, termination_date DATE,
    employee_status CHAR(2), termination_reason VARCHAR(60), city VARCHAR(30), state VARCHAR(30));
CREATE TABLE claims (claim_id INT PRIMARY KEY, submitted DATE, approved DATE, paid DATE, denied DATE,
    claim_status SMALLINT, denial_reason VARCHAR(50));
CREATE TABLE departures (id INT PRIMARY KEY, scheduled_departure TIMESTAMP NOT NULL,
    actual_departure TIMESTAMP, status VARCHAR(12) NOT NULL);
CREATE TABLE prescriptions (id INT PRIMARY KEY, status VARCHAR(10));
"""

VIOLATIONS = [
    "FROM orders WHERE status = 'delivered' AND (delivered_at IS NULL OR shipped_date IS NULL)",
    "FROM orders WHERE status = 'placed' AND coalesce(paid_at, delivered_at, cancelled_at) IS NOT NULL",
    "FROM orders WHERE (status = 'cancelled') <> (cancelled_at IS NOT NULL)",
    "FROM orders WHERE cancellation_reason IS NOT NULL AND status <> 'cancelled'",
    "FROM orders WHERE is_paid <> (paid_at IS NOT NULL)",
    "FROM orders WHERE paid_at <= order_date OR shipped_date < paid_at::DATE",
    "FROM orders WHERE greatest(order_date, paid_at, delivered_at, cancelled_at) > status_changed_at",
    "FROM support_cases WHERE (closed IS NOT NULL) <> (status_desc = 'closed')",
    "FROM support_cases WHERE (status_cd = 'C') <> (status_desc = 'closed')",
    "FROM support_cases WHERE closed < opened OR resolved_on < opened::DATE OR resolved_on > closed::DATE",
    "FROM contracts WHERE status = 'expired' AND (end_date IS NULL OR end_date > DATE '2025-12-31')",
    "FROM contracts WHERE status = 'active' AND NOT (start_date <= DATE '2025-12-31')",
    "FROM contracts WHERE termination_reason IS NOT NULL AND status <> 'terminated'",
    "FROM employees WHERE (employee_status = 'TR') <> (termination_date IS NOT NULL)",
    "FROM employees WHERE termination_reason IS NOT NULL AND termination_date IS NULL",
    "FROM claims WHERE claim_status = 4 AND (paid IS NULL OR approved IS NULL)",
    "FROM claims WHERE approved IS NOT NULL AND denied IS NOT NULL",
    "FROM claims WHERE denial_reason IS NOT NULL AND denied IS NULL",
    "FROM departures WHERE status = 'cancelled' AND actual_departure IS NOT NULL",
]
SPREAD = {
    "orders": ("status", "delivered", 0.6, 0.95),
    "support_cases": ("status_desc", "closed", 0.6, 0.97),
    "contracts": ("status", "active", 0.02, 0.9),
    "employees": ("employee_status", "TR", 0.02, 0.95),
    "claims": ("claim_status", "4", 0.5, 0.95),
    "departures": ("status", "cancelled", 0.003, 0.1),
    "prescriptions": ("status", "completed", 0.4, 0.9),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    home = tmp_path_factory.mktemp("lives")
    service = ExperimentService(Settings(home=home, store_url=MEMORY))
    try:
        service.import_sql(SCHEMA, name="lives", dialect="redshift", as_of=date(2025, 12, 31))
        summary = service.generate("lives", GenerateRequest(seed=3, output_dir=home / "out"))
    finally:
        service.close()
    assert not [line for line in summary.warnings if "given up" in line], summary.warnings
    connection = duckdb.connect()
    for table in SPREAD:
        connection.sql(f"CREATE VIEW {table} AS FROM '{home}/out/{table}/*.parquet'")
    return connection


@pytest.mark.parametrize("wrong", VIOLATIONS)
def test_status_and_moments_agree(made: duckdb.DuckDBPyConnection, wrong: str) -> None:
    assert made.sql(f"SELECT count(*) {wrong}").fetchall() == [(0,)]


@pytest.mark.parametrize("table", SPREAD)
def test_states_are_not_all_alike(made: duckdb.DuckDBPyConnection, table: str) -> None:
    column, value, least, most = SPREAD[table]
    share, kinds = made.sql(
        f"SELECT avg(({column}::VARCHAR = '{value}')::INT), count(DISTINCT {column}) FROM {table}"
    ).fetchall()[0]
    assert least <= share <= most
    assert kinds >= 2


def test_every_life_is_sound() -> None:
    assert len(all_lives()) > 50
    for life in all_lives():
        assert len({state.letter for state in life.states}) == len(life.states), life
        if life.kind == "course":
            states = {state.name: dict(state.ways) for state in life.states if state.ways}
            reasons = {state.name: dict(state.reasons) for state in life.states if state.reasons}
            first = life.states[0].name
            Lifecycle.model_validate({"starts": "at", "first": first, "states": states, "reasons": reasons})


@pytest.mark.parametrize(
    ("noun", "first"),
    [
        (("order",), "placed"),
        (("sale", "order", "item"), "placed"),
        (("purchase", "order"), "draft"),
        (("shipment", "header"), "created"),
        (("lab", "result"), "ordered"),
        (("staff",), "active"),
    ],
)
def test_a_table_has_the_life_of_its_noun(noun: tuple[str, ...], first: str) -> None:
    life = life_of(noun)
    assert life is not None
    assert life.states[0].name == first


def test_what_has_no_life_has_none() -> None:
    assert life_of(("gizmo",)) is None


def test_verbs_are_told_apart() -> None:
    assert alike("cancelled", "cancellation")
    assert alike("expires", "expired")
    assert not alike("start", "state")
    assert not alike("pay", "payload")


SHOP = """CREATE TABLE orders (id INT PRIMARY KEY, placed_at TIMESTAMP NOT NULL, paid_at TIMESTAMP,
  status VARCHAR(12) NOT NULL CHECK (status IN ('NEW', 'PAID', 'DELIVERED', 'CANCELLED', 'PLACED')));"""


def test_a_check_says_which_states_there_are() -> None:
    order = life_of(("order",))
    assert order is not None
    found = among(order, ["PLACED", "PAID", "DELIVERED", "CANCELLED", "ODD"])
    assert found is not None
    life, names = found
    assert names == {"placed": "PLACED", "paid": "PAID", "delivered": "DELIVERED", "cancelled": "CANCELLED"}
    ways = {state.name: {name: way["share"] for name, way in state.ways.items()} for state in life.states}
    assert ways["paid"] == {"delivered": 0.98}, "over what is shipped"
    assert among(order, ["red", "green", "paid"]) is None


def test_states_that_a_check_lists_are_kept(service: ExperimentService, tmp_path: Path) -> None:
    created = service.import_sql(SHOP, name="shop", dialect="postgres", target_rows=2000)
    assert not created.warnings
    service.generate("shop", GenerateRequest(seed=1, output_dir=tmp_path / "out"))
    seen = duckdb.sql(
        f"SELECT status, count(*), count(paid_at) FROM '{tmp_path}/out/orders/*.parquet' GROUP BY ALL"
    ).fetchall()
    assert {"DELIVERED", "CANCELLED"} <= {status for status, _count, _paid in seen}
    for status, count, paid in seen:
        assert paid == (count if status in ("PAID", "DELIVERED") else 0), status


LISTED = """
CREATE TABLE offerten (id INT PRIMARY KEY, angebotsdatum DATE NOT NULL, beantwortet_am DATE,
    ablehnungsgrund VARCHAR(40),
    stand VARCHAR(12) NOT NULL CHECK (stand IN ('offen', 'angenommen', 'abgelehnt')));
CREATE TABLE factures_eau (id INT PRIMARY KEY, date_emission DATE NOT NULL, date_paiement DATE,
    payee BOOLEAN NOT NULL);
CREATE TABLE plazas (id INT PRIMARY KEY, publicada_en TIMESTAMP NOT NULL, retirada_en TIMESTAMP,
    motivo_retirada VARCHAR(40),
    situacion VARCHAR(12) NOT NULL CHECK (situacion IN ('libre', 'ocupada', 'retirada')));
CREATE TABLE brevets (id INT PRIMARY KEY, inscrit_le DATE NOT NULL, examen_date DATE,
    examen_reussi CHAR(1) NOT NULL,
    diploma_date DATE, diploma_obtenu BOOLEAN NOT NULL, abandon_le DATE, motif_abandon VARCHAR(40));
"""


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ("offerten", "(stand = 'offen') <> (beantwortet_am IS NULL)"),
        ("offerten", "ablehnungsgrund IS NOT NULL AND stand <> 'abgelehnt'"),
        ("offerten", "beantwortet_am < angebotsdatum"),
        ("factures_eau", "payee <> (date_paiement IS NOT NULL)"),
        ("plazas", "(situacion = 'retirada') <> (retirada_en IS NOT NULL)"),
        ("plazas", "motivo_retirada IS NOT NULL AND retirada_en IS NULL"),
        ("brevets", "diploma_obtenu <> (diploma_date IS NOT NULL)"),
        ("brevets", "motif_abandon IS NOT NULL AND abandon_le IS NULL"),
    ],
)
def test_what_is_told_of_a_moment_follows_it(
    service: ExperimentService, tmp_path: Path, source: str, wrong: str
) -> None:
    service.import_sql(LISTED, name="listed", dialect="postgres", target_rows=1000, as_of=date(2025, 12, 31))
    service.generate("listed", GenerateRequest(seed=7, output_dir=tmp_path / "out"))
    data = f"'{tmp_path}/out/{source}/*.parquet'"
    [[bad, rows]] = duckdb.sql(
        f"SELECT count_if({wrong}), count_if(({wrong}) IS NOT NULL) FROM {data}"
    ).fetchall()
    assert rows, "there is nothing to ask"
    assert not bad, f"{bad} of {rows}"
