"""What rows share that has no table of its own: lines of one receipt, views of one session."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.support import views

from dw_simulator.service import ExperimentService, GenerateRequest

PRESENT = date(2025, 9, 30)
STAR = """
CREATE TABLE dim_tag (tag_key INT PRIMARY KEY, datum DATE NOT NULL);
CREATE TABLE dim_gast (gast_key INT PRIMARY KEY, gast_nr VARCHAR(10) NOT NULL, name VARCHAR(40),
    gueltig_von DATE NOT NULL, gueltig_bis DATE);
CREATE TABLE dim_haus (haus_key INT PRIMARY KEY, haus_name VARCHAR(40));
CREATE TABLE dim_artikel (artikel_key INT PRIMARY KEY, bezeichnung VARCHAR(40));
CREATE TABLE fakt_umsatz (umsatz_id BIGINT PRIMARY KEY, beleg_nr VARCHAR(14), position_nr INT NOT NULL,
    tag_key INT NOT NULL, gast_key INT NOT NULL, haus_key INT NOT NULL, artikel_key INT NOT NULL,
    menge INT NOT NULL, betrag DECIMAL(10,2) NOT NULL, zahlungsart VARCHAR(20), geladen_am TIMESTAMP);
CREATE TABLE fakt_retoure (retoure_id BIGINT PRIMARY KEY,
    umsatz_id BIGINT NOT NULL REFERENCES fakt_umsatz(umsatz_id), tag_key INT NOT NULL, grund VARCHAR(30));
"""
LINES = """
CREATE TABLE clients (id INT PRIMARY KEY, name VARCHAR(40) NOT NULL, created_at TIMESTAMP NOT NULL);
CREATE TABLE articles (id INT PRIMARY KEY, title VARCHAR(40) NOT NULL);
CREATE TABLE invoice_lines (invoice_no INT NOT NULL, line_no SMALLINT NOT NULL, client_id INT NOT NULL,
    article_id INT NOT NULL, invoiced_at TIMESTAMP NOT NULL, due_date DATE, currency CHAR(3) NOT NULL,
    quantity INT NOT NULL, amount DECIMAL(10,2) NOT NULL, PRIMARY KEY (invoice_no, line_no));
"""
VIEWS = """
CREATE TABLE hits (hit_id BIGINT PRIMARY KEY, session_id CHAR(36) NOT NULL, visitor_id CHAR(36) NOT NULL,
    hit_at TIMESTAMP NOT NULL, path VARCHAR(80), device_type VARCHAR(12), country CHAR(2));
"""
OF_ONE = "SELECT count(*) FROM (SELECT count(DISTINCT {1}) n FROM {0} GROUP BY {2}) WHERE n > 1"
FACT_TRUTHS = {
    **{
        f"receipts of two {what}": OF_ONE.format("fakt_umsatz", what, "beleg_nr")
        for what in ("gast_key", "tag_key", "haus_key", "zahlungsart")
    },
    "lines that are not counted": """SELECT count(*) FROM (SELECT max(position_nr) m, count(*) n
        FROM fakt_umsatz GROUP BY beleg_nr) WHERE n <> m""",
    "lines of no receipt": "SELECT count(*) FROM fakt_umsatz WHERE beleg_nr IS NULL",
    "loaded before its day": """SELECT count(*) FROM fakt_umsatz JOIN dim_tag USING (tag_key)
        WHERE geladen_am < datum""",
    "another version than that of the day": """SELECT count(*) FROM fakt_umsatz JOIN dim_tag USING (tag_key)
        JOIN dim_gast USING (gast_key) WHERE datum < gueltig_von OR datum > gueltig_bis""",
    "back before it was sold": """SELECT count(*) FROM fakt_retoure r JOIN fakt_umsatz u USING (umsatz_id)
        JOIN dim_tag a ON a.tag_key = r.tag_key JOIN dim_tag b ON b.tag_key = u.tag_key
        WHERE a.datum < b.datum""",
}


def generated(
    service: ExperimentService, out: Path, sql: str, rows: dict[str, int] | None = None, **import_: Any
) -> Any:
    service.import_sql(sql, name="shared", dialect="postgres", as_of=PRESENT, **import_)
    service.generate("shared", GenerateRequest(seed=4, rows=rows or {}, output_dir=out))
    return views(out)


def number(connection: Any, sql: str) -> Any:
    return connection.execute(sql).fetchone()[0]


def test_lines_of_a_receipt_have_one_guest_one_day_and_one_way_to_pay(
    service: ExperimentService, tmp_path: Path
) -> None:
    made = generated(service, tmp_path / "out", STAR)
    assert {name: number(made, sql) for name, sql in FACT_TRUTHS.items()} == dict.fromkeys(FACT_TRUTHS, 0)
    lines = "SELECT count(*) / count(DISTINCT beleg_nr) FROM fakt_umsatz"
    assert 2 < number(made, lines) < 3
    assert number(made, "SELECT count(DISTINCT artikel_key) FROM fakt_umsatz") > 100
    assert sorted(path.name for path in (tmp_path / "out").iterdir() if path.is_dir()) == [
        "dim_artikel", "dim_gast", "dim_haus", "dim_tag", "fakt_retoure", "fakt_umsatz",
    ]  # fmt: skip


def test_a_key_of_the_document_and_the_line(service: ExperimentService, tmp_path: Path) -> None:
    made = generated(service, tmp_path / "out", LINES, {"invoice_lines": 3000})
    shared = "(client_id, invoiced_at, due_date, currency)"
    assert number(made, OF_ONE.format("invoice_lines", shared, "invoice_no")) == 0
    lines = "(SELECT count(*) n, max(line_no) m FROM invoice_lines GROUP BY invoice_no)"
    assert number(made, f"SELECT count_if(n <> m) FROM {lines}") == 0
    assert number(made, f"SELECT count_if(n > 1) / count(*) FROM {lines}") > 0.3
    assert number(made, "SELECT count(*) FROM invoice_lines") == 3000
    early = "SELECT count_if(invoiced_at < created_at) FROM invoice_lines JOIN clients c ON c.id = client_id"
    assert number(made, early) == 0


def test_views_of_one_session_follow_each_other(service: ExperimentService, tmp_path: Path) -> None:
    made = generated(service, tmp_path / "out", VIEWS)
    for shared in ("visitor_id", "device_type", "country"):
        assert number(made, OF_ONE.format("hits", shared, "session_id")) == 0
    long = "SELECT max(t) FROM (SELECT max(hit_at) - min(hit_at) t FROM hits GROUP BY session_id)"
    assert number(made, long) < timedelta(hours=3)
    assert number(made, "SELECT count(*) / count(DISTINCT session_id) FROM hits") > 4


@pytest.mark.parametrize(
    "sql",
    [
        LINES.replace(
            "invoice_no INT NOT NULL", "invoice_no INT NOT NULL CHECK (invoice_no BETWEEN 7 AND 9999)"
        ),
        LINES + "CREATE TABLE invoices (invoice_no INT PRIMARY KEY, client_id INT NOT NULL);",
        """CREATE TABLE orders (order_id INT PRIMARY KEY, order_no INT, customer_no INT, product_no INT,
            store_no INT);""",
        """CREATE TABLE sales (id INT PRIMARY KEY, invoice_no INT UNIQUE, customer_no INT, product_no INT,
            store_no INT);""",
        """CREATE TABLE payments (id INT PRIMARY KEY, invoice_no INT, customer_no INT, store_no INT,
            paid_on DATE);""",
        """CREATE TABLE lines (order_no INT, line_no INT, qty INT, price DECIMAL(8,2),
            PRIMARY KEY (order_no, line_no));""",
    ],
    ids=[
        "its values are checked",
        "it has a table",
        "each order once",
        "each invoice once",
        "nothing with lines",
        "nothing is shared",
    ],
)
def test_what_is_no_document(service: ExperimentService, sql: str) -> None:
    made = service.import_sql(sql, name="plain", dialect="postgres").experiment
    assert [table.name for table in made.tables if table.hidden] == []


@pytest.mark.parametrize(
    "said",
    [
        "foreign_key: null",
        "rule: {name: pattern, pattern: '{digits:7}'}",
        "{min_value: 1, max_value: 5000}",
    ],
)
def test_rules_take_the_document_away(service: ExperimentService, tmp_path: Path, said: str) -> None:
    rules = tmp_path / "rules.yaml"
    column = said if said.startswith("{") else f"{{{said}}}"
    kind = "VARCHAR(9)" if "pattern" in said else "INT"
    rules.write_text(f"tables: {{invoice_lines: {{columns: {{invoice_no: {column}}}}}}}")
    made = generated(
        service, tmp_path / "out", LINES.replace("invoice_no INT", f"invoice_no {kind}"), rules=rules
    )
    assert (
        number(made, "SELECT count(DISTINCT (client_id, invoiced_at)) / count(*) FROM invoice_lines") > 0.95
    )


def test_bounds_of_what_is_shared_are_the_users(service: ExperimentService, tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text(
        "tables: {invoice_lines: {columns: {due_date: {date_start: 2030-01-01, date_end: 2030-12-31}}}}"
    )
    made = generated(service, tmp_path / "out", LINES, rules=rules)
    assert number(made, "SELECT count(*) FROM invoice_lines WHERE year(due_date) <> 2030") == 0


def test_the_document_is_told_as_no_reference_and_is_in_no_script(service: ExperimentService) -> None:
    service.import_sql(LINES, name="shared", dialect="postgres")
    script = service.ddl("shared", "postgres", inferred=True)
    assert "invoice_lines" in str(script)
    assert "invoices" not in str(script)


WEB = """
CREATE TABLE hits (hit_id BIGINT PRIMARY KEY, user_id VARCHAR(36), cookie_id CHAR(32),
  hit_at TIMESTAMP NOT NULL,
  browser VARCHAR(20), city VARCHAR(40), country CHAR(2), url VARCHAR(200));
CREATE TABLE messwerte (id BIGINT PRIMARY KEY, sensor_id VARCHAR(20) NOT NULL, hersteller VARCHAR(30),
  standort VARCHAR(30), gemessen_am TIMESTAMP NOT NULL, temperatur DECIMAL(5,2));
"""


def test_what_is_logged_of_one_cookie_or_sensor_agrees(service: ExperimentService, tmp_path: Path) -> None:
    service.import_sql(WEB, name="web", dialect="postgres")
    service.generate("web", GenerateRequest({}, 4, tmp_path / "out"))
    with views(tmp_path / "out") as rows:
        for shared in ("browser", "user_id", "(city, country)"):
            assert number(rows, OF_ONE.format("hits", shared, "cookie_id")) == 0
        assert number(rows, "SELECT count(*) / count(DISTINCT cookie_id) FROM hits") > 2
        assert number(rows, "SELECT count(DISTINCT browser) FROM hits") > 2
        assert number(rows, OF_ONE.format("messwerte", "(hersteller, standort)", "sensor_id")) == 0
