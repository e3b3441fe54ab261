"""Moments, lives and versions that an import makes: in and out, terms, ends, seasons; asked by DuckDB."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest
from tests.support import views

from dw_simulator.schema.inference.moments.stage_reading import tokens_of
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import MEMORY, Settings

pytestmark = pytest.mark.passing

Ask = Callable[[str], object]
PRESENT = date(2025, 9, 30)
ROWS = 800

SCHEMAS = {
    "carpark": """
CREATE TABLE garage (idgarage INT PRIMARY KEY, nome VARCHAR(40) NOT NULL, dataapertura DATE NOT NULL);
CREATE TABLE sosta (idsosta INT PRIMARY KEY, idgarage INT NOT NULL REFERENCES garage, targa VARCHAR(10) NOT NULL,
  oraentrata TIMESTAMP NOT NULL, orauscita TIMESTAMP);
CREATE TABLE einfahrten (id INT PRIMARY KEY, einfahrtzeit TIMESTAMP NOT NULL, ausfahrtzeit TIMESTAMP);
CREATE TABLE weighings (id INT PRIMARY KEY, gate_in_at TIMESTAMP NOT NULL, gate_out_at TIMESTAMP, load_kg INT);
CREATE TABLE visites (id INT PRIMARY KEY, heureentree TIMESTAMP NOT NULL, heuresortie TIMESTAMP);
""",
    "clinic": """
CREATE TABLE patients (id INT PRIMARY KEY, birth_date DATE NOT NULL, deceased_on DATE);
CREATE TABLE samples (id INT PRIMARY KEY, patient_id INT NOT NULL REFERENCES patients, taken_at TIMESTAMP NOT NULL,
  received_at TIMESTAMP, refused_at TIMESTAMP);
CREATE TABLE results (id INT PRIMARY KEY, sample_id INT NOT NULL REFERENCES samples, resulted_at TIMESTAMP NOT NULL,
  is_urgent BOOLEAN NOT NULL, urgent_notified_at TIMESTAMP);
CREATE TABLE lab_orders (id INT PRIMARY KEY, patient_id INT NOT NULL REFERENCES patients, ordered_at TIMESTAMP NOT NULL,
  completed_at TIMESTAMP, cancelled_at TIMESTAMP,
  status VARCHAR(12) NOT NULL CHECK (status IN ('ordered', 'collected', 'completed', 'cancelled')));
CREATE TABLE appointments (id INT PRIMARY KEY, patient_id INT NOT NULL REFERENCES patients, starts_at TIMESTAMP NOT NULL,
  ends_at TIMESTAMP NOT NULL, duration_minutes INT NOT NULL, booked_at TIMESTAMP NOT NULL, cancelled_at TIMESTAMP,
  attended BOOLEAN NOT NULL);
""",
    "contracts": """
CREATE TABLE warranty_plans (id INT PRIMARY KEY, name VARCHAR(30) NOT NULL, duration_months INT NOT NULL, trial_days INT NOT NULL);
CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(30) NOT NULL, joined_on DATE NOT NULL);
CREATE TABLE contracts (id INT PRIMARY KEY, customer_id INT NOT NULL REFERENCES customers, plan_id INT NOT NULL REFERENCES warranty_plans,
  start_date DATE NOT NULL, end_date DATE NOT NULL, cancelled_on DATE);
CREATE TABLE visits (id INT PRIMARY KEY, contract_id INT NOT NULL REFERENCES contracts, visited_on DATE NOT NULL);
""",
    "money": """
CREATE TABLE charges (id INT PRIMARY KEY, authorised_at TIMESTAMP NOT NULL, captured_at TIMESTAMP, failed_at TIMESTAMP,
  failure_reason VARCHAR(40));
CREATE TABLE parcels (id INT PRIMARY KEY, crt_ts TIMESTAMP NOT NULL, shpd_ts TIMESTAMP, dlvrd_ts TIMESTAMP, sts_cd CHAR(2) NOT NULL);
CREATE TABLE hires (id INT PRIMARY KEY, started_at TIMESTAMP NOT NULL, ended_at TIMESTAMP, start_km INT NOT NULL, stop_km INT,
  stop_reason VARCHAR(40));
""",
    "farm": """
CREATE TABLE seasons (id INT PRIMARY KEY, name VARCHAR(40) NOT NULL, start_date DATE NOT NULL, end_date DATE NOT NULL);
CREATE TABLE farmers (id INT PRIMARY KEY, name VARCHAR(40) NOT NULL, joined_on DATE NOT NULL, left_on DATE);
CREATE TABLE deliveries (id INT PRIMARY KEY, season_id INT NOT NULL REFERENCES seasons, farmer_id INT NOT NULL REFERENCES farmers,
  delivered_at TIMESTAMP NOT NULL, quantity INT NOT NULL);
""",
    "stern": """
CREATE TABLE dim_tag (tag_sk INT PRIMARY KEY, datum DATE NOT NULL, jahr INT NOT NULL, monat INT NOT NULL);
CREATE TABLE dim_mieter (mieter_sk INT PRIMARY KEY, mieternummer VARCHAR(12) NOT NULL, nachname VARCHAR(30) NOT NULL,
  gueltig_von DATE NOT NULL, gueltig_bis DATE, ist_aktuell BOOLEAN NOT NULL);
CREATE TABLE dim_vertrag (vertrag_sk INT PRIMARY KEY, mieter_sk INT NOT NULL REFERENCES dim_mieter, beginndatum DATE NOT NULL,
  ablaufdatum DATE NOT NULL, stornodatum DATE);
CREATE TABLE fakt_miete (miete_id INT PRIMARY KEY, vertrag_sk INT NOT NULL REFERENCES dim_vertrag,
  mieter_sk INT NOT NULL REFERENCES dim_mieter, faelligkeit_tag_sk INT NOT NULL REFERENCES dim_tag,
  zahlung_tag_sk INT REFERENCES dim_tag, ist_bezahlt BOOLEAN NOT NULL, betrag DECIMAL(10,2) NOT NULL);
""",
    "harbour": """
CREATE TABLE port_calls (id INT PRIMARY KEY, ship VARCHAR(30) NOT NULL, eta TIMESTAMP NOT NULL, etd TIMESTAMP NOT NULL,
  ata TIMESTAMP, atd TIMESTAMP, status VARCHAR(12) NOT NULL CHECK (status IN ('expected', 'moored', 'departed')));
CREATE TABLE liftings (id INT PRIMARY KEY, port_call_id INT NOT NULL REFERENCES port_calls, started_at TIMESTAMP NOT NULL);
""",
    "grants": """
CREATE TABLE authors (id INT PRIMARY KEY, name VARCHAR(30) NOT NULL, registered_at TIMESTAMP NOT NULL);
CREATE TABLE calls_for_papers (id INT PRIMARY KEY, author_id INT NOT NULL REFERENCES authors, created_at TIMESTAMP NOT NULL,
  published_at TIMESTAMP, deadline_at TIMESTAMP,
  status VARCHAR(12) NOT NULL CHECK (status IN ('draft', 'open', 'decided')));
CREATE TABLE loans (id INT PRIMARY KEY, requested_at TIMESTAMP NOT NULL, approved_at TIMESTAMP);
CREATE TABLE installments (id INT PRIMARY KEY, loan_id INT NOT NULL REFERENCES loans, installment_no SMALLINT NOT NULL,
  due_on DATE NOT NULL, paid_on DATE);
CREATE TABLE pedidos (id INT PRIMARY KEY, criado_em TIMESTAMP NOT NULL, motivo_recusa VARCHAR(80),
  estado VARCHAR(12) NOT NULL CHECK (estado IN ('pendente', 'aceite', 'recusado')));
""",
    "soggiorni": """
CREATE TABLE dim_giorno (giorno_sk INT PRIMARY KEY, data DATE NOT NULL, anno INT NOT NULL, mese INT NOT NULL);
CREATE TABLE fatto_soggiorno (soggiorno_id INT PRIMARY KEY, giorno_prenotazione_sk INT NOT NULL REFERENCES dim_giorno,
  giorno_arrivo_sk INT NOT NULL REFERENCES dim_giorno, giorno_partenza_sk INT NOT NULL REFERENCES dim_giorno,
  notti INT NOT NULL, tariffa_notte DECIMAL(8,2) NOT NULL);
""",
}


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], object]:
    """The one value that a query gives of a schema's rows."""
    home = tmp_path_factory.mktemp("turns")
    service = ExperimentService(Settings(home=home, store_url=MEMORY))
    made: dict[str, duckdb.DuckDBPyConnection] = {}

    def asked(name: str, query: str) -> object:
        if name not in made:
            made[name] = _generated(service, name, home / "rows" / name)
        return made[name].execute(query).fetchall()[0][0]

    return asked


def _generated(service: ExperimentService, name: str, output: Path) -> duckdb.DuckDBPyConnection:
    created = service.import_sql(SCHEMAS[name], name=name, dialect="redshift", as_of=PRESENT)
    known = {"garage": 10, "seasons": 6, "dim_tag": 1500, "warranty_plans": 8, "farmers": 80}
    rows = {table.name: known.get(table.name, ROWS) for table in created.experiment.tables}
    service.generate(created.experiment.name, GenerateRequest(rows, 7, output))
    return views(output)


def share(table: str, wrong: str, among: str = "true") -> str:
    return f"SELECT coalesce(avg(({wrong})::INT), 0) FROM {table} WHERE {among}"


@pytest.mark.parametrize(
    ("table", "entry", "going"),
    [
        ("sosta", "oraentrata", "orauscita"),
        ("einfahrten", "einfahrtzeit", "ausfahrtzeit"),
        ("weighings", "gate_in_at", "gate_out_at"),
        ("visites", "heureentree", "heuresortie"),
    ],
)
def test_who_comes_in_goes_out_within_a_day(
    ask: Callable[[str, str], object], table: str, entry: str, going: str
) -> None:
    assert ask("carpark", f"SELECT count({going}) FROM {table}") > 0.8 * ROWS  # type: ignore[operator]
    assert ask("carpark", share(table, f"{going} < {entry} OR {going} > {entry} + INTERVAL 24 HOUR")) == 0


@pytest.mark.parametrize(
    ("schema", "query"),
    [
        pytest.param(
            "clinic",
            share("samples s JOIN patients p ON p.id = patient_id", "CAST(taken_at AS DATE) > deceased_on",
                  "deceased_on IS NOT NULL"), id="nothing after death",
        ),
        pytest.param("clinic", share("patients", "deceased_on <= birth_date"), id="death after birth"),
        pytest.param(
            "clinic", share("results r JOIN samples s ON s.id = sample_id", "resulted_at < received_at"),
            id="results after receipt",
        ),
        pytest.param("clinic", share("samples", "refused_at < taken_at"), id="refused after taken"),
        pytest.param(
            "clinic", share("results", "NOT is_urgent OR urgent_notified_at < resulted_at",
                            "urgent_notified_at IS NOT NULL"), id="told of urgent ones alone",
        ),
        pytest.param(
            "clinic", share("lab_orders", "(status = 'completed') <> (completed_at IS NOT NULL)"),
            id="completed if and only if",
        ),
        pytest.param(
            "clinic", share("appointments", "duration_minutes <> date_diff('minute', starts_at, ends_at)"),
            id="whole minutes",
        ),
        pytest.param(
            "clinic", share("appointments", "attended OR cancelled_at < booked_at", "cancelled_at IS NOT NULL"),
            id="nobody attends what is cancelled",
        ),
        pytest.param(
            "contracts",
            share("contracts c JOIN warranty_plans p ON p.id = plan_id",
                  "end_date <> CAST(start_date + to_months(duration_months) AS DATE)"), id="months of the plan",
        ),
        pytest.param("contracts", share("contracts", "cancelled_on > end_date"), id="cancelled before the end"),
        pytest.param("money", share("charges", "captured_at IS NOT NULL AND failed_at IS NOT NULL"), id="either"),
        pytest.param("money", share("charges", "failed_at IS NULL", "failure_reason IS NOT NULL"), id="why"),
        pytest.param(
            "money",
            share("(SELECT sts_cd, count(DISTINCT (shpd_ts IS NULL, dlvrd_ts IS NULL)) n FROM parcels GROUP BY 1)",
                  "n > 1"), id="codes by stamps",
        ),
        pytest.param(
            "money", share("hires", "stop_km IS NOT NULL OR stop_reason IS NOT NULL", "ended_at IS NULL"),
            id="read at the end",
        ),
        pytest.param(
            "stern",
            share("fakt_miete f JOIN dim_mieter m USING (mieter_sk) JOIN dim_tag t ON tag_sk = faelligkeit_tag_sk",
                  "datum < gueltig_von OR datum > coalesce(gueltig_bis, DATE '9999-12-31')"), id="version of the day",
        ),
        pytest.param(
            "stern", share("fakt_miete", "ist_bezahlt <> (zahlung_tag_sk IS NOT NULL)"), id="paid by key"
        ),
    ],
)  # fmt: skip
def test_nothing_contradicts(ask: Callable[[str, str], object], schema: str, query: str) -> None:
    assert float(str(ask(schema, query))) <= 0.01


def test_the_same_tenant_in_another_version(ask: Callable[[str, str], object]) -> None:
    query = """SELECT avg((m.mieternummer <> o.mieternummer)::INT) FROM fakt_miete f
      JOIN dim_mieter m USING (mieter_sk) JOIN dim_vertrag v USING (vertrag_sk)
      JOIN dim_mieter o ON o.mieter_sk = v.mieter_sk"""
    assert float(str(ask("stern", query))) <= 0.01


def test_every_delivery_lies_in_its_season(ask: Callable[[str, str], object]) -> None:
    joined = "deliveries d JOIN seasons s ON s.id = season_id JOIN farmers f ON f.id = farmer_id"
    outside = "CAST(delivered_at AS DATE) NOT BETWEEN start_date AND end_date"
    assert float(str(ask("farm", share(joined, outside)))) <= 0.01
    assert (
        float(str(ask("farm", share(joined, "delivered_at < joined_on OR delivered_at > left_on")))) <= 0.02
    )
    assert ask("farm", "SELECT count(DISTINCT season_id) FROM deliveries") > 2  # type: ignore[operator]


def test_most_is_completed_and_little_cancelled(ask: Callable[[str, str], object]) -> None:
    assert float(str(ask("clinic", share("lab_orders", "status = 'completed'")))) > 0.5
    assert 0 < float(str(ask("clinic", share("lab_orders", "status = 'cancelled'")))) < 0.2


def test_nothing_but_early_ends_says_until_when_a_contract_lasts(ask: Callable[[str, str], object]) -> None:
    joined = "visits v JOIN contracts c ON c.id = contract_id"
    after = "visited_on < start_date OR visited_on > least(end_date, coalesce(cancelled_on, end_date))"
    assert float(str(ask("contracts", share(joined, after)))) <= 0.02


def test_appointments_are_on_workdays(ask: Callable[[str, str], object]) -> None:
    assert float(str(ask("clinic", share("appointments", "isodow(starts_at) > 5")))) < 0.22


def test_glued_words_are_read() -> None:
    assert tokens_of("oraentrata") == ("ora", "entrata")
    assert tokens_of("dtinicio") == ("dt", "inicio")
    assert tokens_of("temporary") == ("temporary",)


def test_what_is_planned_begins_by_the_clock(tmp_path: Path) -> None:
    ddl = """
CREATE TABLE concerts (id INT PRIMARY KEY, title VARCHAR(40) NOT NULL, doors_open_at TIMESTAMP, starts_at TIMESTAMP NOT NULL);
CREATE TABLE appuntamenti (id INT PRIMARY KEY, prenotato_il TIMESTAMP NOT NULL, inizio TIMESTAMP NOT NULL, fine TIMESTAMP);
CREATE TABLE vorlesungen (id INT PRIMARY KEY, beginn TIMESTAMP NOT NULL, ende TIMESTAMP);
CREATE TABLE visits (id INT PRIMARY KEY, scheduled_start TIMESTAMP NOT NULL, scheduled_end TIMESTAMP, actual_start TIMESTAMP);
CREATE TABLE sailings (id INT PRIMARY KEY, scheduled_departure TIMESTAMP NOT NULL, actual_departure TIMESTAMP);
CREATE TABLE logins (id INT PRIMARY KEY, started_at TIMESTAMP NOT NULL);
"""
    service = ExperimentService(Settings(home=tmp_path / "home", store_url=MEMORY))
    service.import_sql(ddl, name="clock", dialect="redshift", as_of=PRESENT)
    service.generate("clock", GenerateRequest({}, 3, tmp_path / "out"))
    rows = views(tmp_path / "out")

    def off(table: str, column: str, minutes: int) -> object:
        wrong = f"epoch({column})::BIGINT % {60 * minutes} <> 0"
        return rows.execute(share(table, wrong, f"{column} IS NOT NULL")).fetchall()[0][0]

    assert off("concerts", "starts_at", 30) == off("concerts", "doors_open_at", 15) == 0
    assert off("appuntamenti", "inizio", 15) == off("appuntamenti", "fine", 15) == 0
    assert off("vorlesungen", "beginn", 15) == off("vorlesungen", "ende", 5) == 0
    assert off("visits", "scheduled_start", 5) == 0
    assert rows.execute(share("visits", "scheduled_end <= scheduled_start")).fetchall()[0][0] == 0
    assert off("sailings", "scheduled_departure", 30) == 0
    assert off("logins", "started_at", 15) > 0.9  # type: ignore[operator]
    late = share("concerts", "doors_open_at > starts_at - INTERVAL 29 MINUTE")
    assert rows.execute(late).fetchall()[0][0] == 0
    assert rows.execute(share("appuntamenti", "inizio < prenotato_il")).fetchall()[0][0] == 0


def test_nothing_is_on_time_that_was_not_promised(tmp_path: Path) -> None:
    ddl = """
CREATE TABLE drops (id INT PRIMARY KEY, created_at TIMESTAMP NOT NULL, promised_delivery_date DATE, delivered_at TIMESTAMP, on_time BOOLEAN);
CREATE TABLE stores (id INT PRIMARY KEY, city VARCHAR(40) NOT NULL, state CHAR(2) NOT NULL, country VARCHAR(40), tax_rate DECIMAL(6,4) NOT NULL);
"""
    service = ExperimentService(Settings(home=tmp_path / "home", store_url=MEMORY))
    service.import_sql(ddl, name="drops", dialect="redshift", as_of=PRESENT)
    service.generate("drops", GenerateRequest({"drops": 900, "stores": 900}, 3, tmp_path / "out"))
    rows = views(tmp_path / "out")

    def one(query: str) -> object:
        return rows.execute(query).fetchall()[0][0]

    assert one(share("drops", "(on_time IS NULL) <> (promised_delivery_date IS NULL)")) == 0
    assert one(share("drops", "on_time", "promised_delivery_date IS NOT NULL")) > 0.3  # type: ignore[operator]
    assert one("SELECT count(*) FROM stores WHERE country IS NULL") > 9  # type: ignore[operator]
    assert one(share("stores", "tax_rate > 0.12", "country IS NULL")) == 0


def test_a_ship_arrives_before_it_leaves_and_is_worked_on_between(ask: Callable[[str, str], object]) -> None:
    assert ask("harbour", "SELECT count(*) FROM port_calls WHERE etd <= eta OR atd <= ata") == 0
    assert (
        ask("harbour", "SELECT count(*) FROM port_calls WHERE (status = 'departed') <> (atd IS NOT NULL)")
        == 0
    )
    off = "l.started_at < c.ata OR l.started_at > c.atd"
    outside = f"SELECT count(*) FROM liftings l JOIN port_calls c ON c.id = l.port_call_id WHERE {off}"
    assert ask("harbour", outside) == 0


def test_a_draft_is_not_out_and_a_deadline_comes_later(ask: Callable[[str, str], object]) -> None:
    drafts = "SELECT count(*) FROM calls_for_papers WHERE (status = 'draft') <> (published_at IS NULL)"
    assert ask("grants", drafts) == 0
    assert ask("grants", "SELECT count(*) FROM calls_for_papers WHERE deadline_at <= published_at") == 0


def test_instalments_fall_due_in_their_order_of_what_was_approved(ask: Callable[[str, str], object]) -> None:
    never = "FROM installments i JOIN loans p ON p.id = i.loan_id WHERE p.approved_at IS NULL"
    assert ask("grants", f"SELECT count(*) {never}") == 0
    lag = "lag(due_on) OVER (PARTITION BY loan_id ORDER BY installment_no)"
    later = (
        f"SELECT count(*) FROM (SELECT due_on AS due, {lag} AS former FROM installments) WHERE due <= former"
    )
    assert ask("grants", later) == 0


def test_a_reason_of_a_refusal_is_there_where_something_was_refused(
    ask: Callable[[str, str], object],
) -> None:
    told = "SELECT count(*) FROM pedidos WHERE motivo_recusa IS NOT NULL AND estado <> 'recusado'"
    assert ask("grants", told) == 0


def test_nights_in_a_star_are_those_between_its_days(ask: Callable[[str, str], object]) -> None:
    days = (
        "FROM fatto_soggiorno f JOIN dim_giorno a ON a.giorno_sk = giorno_arrivo_sk "
        "JOIN dim_giorno z ON z.giorno_sk = giorno_partenza_sk"
    )
    assert ask("soggiorni", f"SELECT count(*) {days} WHERE z.data <= a.data") == 0
    assert ask("soggiorni", f"SELECT count(*) {days} WHERE notti <> z.data - a.data") == 0
