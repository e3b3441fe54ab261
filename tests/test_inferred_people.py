"""Who, where and with what: columns of a row fit the country, company and device that stand beside them."""

from pathlib import Path
from typing import Any

import pytest
from tests.support import column, made, planned, table, views

from dw_simulator.errors import PlanError
from dw_simulator.service import ExperimentService, GenerateRequest

pytestmark = pytest.mark.passing

RESELLERS = """
CREATE TABLE reseller (reseller_no INT PRIMARY KEY, reseller_nm VARCHAR(70), cntct_nm VARCHAR(60),
  cntct_email VARCHAR(110),  web_url VARCHAR(110), crdt_limit DECIMAL(12,2), pay_term_cd CHAR(4),
  duns_no CHAR(9), addr_ln_1 VARCHAR(60),
  cty_nm VARCHAR(40), zip_cd CHAR(10), ctry_nm VARCHAR(40), tel_no VARCHAR(20), fax_no VARCHAR(20),
  crncy CHAR(3));
CREATE TABLE rider (rider_id INT PRIMARY KEY, first_name VARCHAR(40) NOT NULL,
  last_name VARCHAR(40) NOT NULL,  email VARCHAR(90), country VARCHAR(50), gender CHAR(1),
  salutation VARCHAR(5), username VARCHAR(40));
CREATE TABLE mechanic (mechanic_id INT PRIMARY KEY,
  reseller_no INT NOT NULL REFERENCES reseller (reseller_no),
  full_name VARCHAR(60), email VARCHAR(90));
CREATE TABLE employee (employee_id INT PRIMARY KEY, first_name VARCHAR(40) NOT NULL,
  last_name VARCHAR(40) NOT NULL,  work_email VARCHAR(90) NOT NULL UNIQUE);
"""
VISITS = """
CREATE TABLE app_visit (visit_id BIGINT PRIMARY KEY, device_type VARCHAR(10), os VARCHAR(20),
  os_version VARCHAR(8),  browser VARCHAR(20), user_agent VARCHAR(255), is_mobile BOOLEAN,
  screen_width INT, begun_at TIMESTAMP);
CREATE TABLE tap (tap_id BIGINT PRIMARY KEY, visit_id BIGINT NOT NULL REFERENCES app_visit (visit_id),
  platform VARCHAR(10), os_name VARCHAR(20), utm_source VARCHAR(20), gclid VARCHAR(80), fbclid VARCHAR(80));
CREATE TABLE seen (seen_id BIGINT PRIMARY KEY, device CHAR(1) CHECK (device IN ('D', 'M', 'T')),
  browser VARCHAR(20));
CREATE TABLE server (server_id INT PRIMARY KEY, os VARCHAR(20), os_version VARCHAR(20));
CREATE TABLE gate_event (event_id BIGINT PRIMARY KEY, station_code CHAR(5), latitude DECIMAL(9,6),
  longitude DECIMAL(9,6), city VARCHAR(40), passed_at TIMESTAMP);
"""
KUNDEN = """
CREATE TABLE kunde (kunde_id INT PRIMARY KEY, vorname VARCHAR(40), nachname VARCHAR(40), strasse VARCHAR(60),
  hausnummer VARCHAR(8), plz CHAR(5), ort VARCHAR(50), land VARCHAR(30), waehrung CHAR(3));
CREATE TABLE leerling (leerling_id INT PRIMARY KEY, achternaam VARCHAR(40), straat VARCHAR(40),
  postcode CHAR(6),
  woonplaats VARCHAR(40));
"""
GUESTS = """
CREATE TABLE country (country_id SMALLINT PRIMARY KEY, iso_code CHAR(2) NOT NULL,
  country_name VARCHAR(60) NOT NULL);
CREATE TABLE guest (guest_id INT PRIMARY KEY, country_id SMALLINT NOT NULL REFERENCES country (country_id),
  full_name VARCHAR(60) NOT NULL, city VARCHAR(40) NOT NULL, phone VARCHAR(24) NOT NULL);
"""


def shown(service: ExperimentService, out: Path, sql: str) -> Any:
    service.import_sql(sql, name="people", dialect="postgres", target_rows=3000)
    made_run = service.generate("people", GenerateRequest(seed=4, output_dir=out))
    assert made_run.warnings == (), "no guess is given up"
    return views(out)


def one(connection: Any, sql: str) -> Any:
    return connection.execute(sql).fetchone()[0]


def test_resellers_are_companies_at_home(service: ExperimentService, tmp_path: Path) -> None:
    with shown(service, tmp_path / "out", RESELLERS) as rows:
        assert one(rows, "SELECT avg((ctry_nm = 'United States')::INT) FROM reseller") == pytest.approx(
            0.88, abs=0.03
        )
        german = "FROM reseller WHERE ctry_nm = 'Germany'"
        assert one(rows, f"SELECT count(*) {german}") > 10
        forms = "regexp_matches(reseller_nm, '(GmbH|AG|KG|OHG)$')"
        assert one(rows, f"SELECT bool_and({forms} AND fax_no LIKE '+49%' AND crncy = 'EUR') {german}")
        streets = "regexp_matches(addr_ln_1, '[0-9]+$')"
        assert one(rows, f"SELECT bool_and({streets}) {german}"), "the number stands behind the street"
        mail = "split_part(cntct_email, '@', 2) = replace(web_url, 'https://www.', '')"
        assert one(rows, f"SELECT bool_and({mail}) FROM reseller"), (
            "the contact's mail is at the company's domain"
        )
        named = "lower(split_part(strip_accents(cntct_nm), ' ', 1)) = split_part(cntct_email, '.', 1)"
        assert one(rows, f"SELECT avg(({named})::INT) FROM reseller WHERE cntct_nm NOT LIKE '% % %'") > 0.9
        assert one(rows, "SELECT bool_and(regexp_matches(duns_no, '^[0-9]{9}$')) FROM reseller")
        assert one(rows, "SELECT count(DISTINCT split_part(work_email, '@', 2)) FROM employee") == 1
        assert one(rows, "SELECT count(DISTINCT work_email) FROM employee") == 3000


def test_names_fit_the_country(service: ExperimentService, tmp_path: Path) -> None:
    with shown(service, tmp_path / "out", RESELLERS) as rows:
        spoken = "SELECT count(DISTINCT last_name) FROM rider WHERE country = 'France' AND last_name IN "
        home = "(SELECT last_name FROM rider WHERE country = 'United States')"
        assert one(rows, f"{spoken} {home}") < 5
        assert one(
            rows, "SELECT bool_and((gender = 'F') = (salutation = 'Ms.')) FROM rider WHERE country = 'Canada'"
        )
        same = "strip_accents(username) = replace(split_part(email, '@', 1), '.', '_')"
        assert one(rows, f"SELECT bool_and({same}) FROM rider")


def test_devices_fit(service: ExperimentService, tmp_path: Path) -> None:
    with shown(service, tmp_path / "out", VISITS) as rows:
        wrong = (
            "(os = 'Windows' AND device_type = 'mobile')"
            " OR (browser = 'Safari' AND os IN ('Android', 'Windows'))"
            " OR (os = 'Android' AND user_agent NOT LIKE '%Android%')"
            " OR is_mobile <> (device_type <> 'desktop')"
        )
        assert one(rows, f"SELECT count(*) FROM app_visit WHERE {wrong}") == 0
        assert one(rows, "SELECT count(DISTINCT browser) FROM app_visit") >= 5
        tapped = "tap JOIN app_visit USING (visit_id) WHERE os IS NOT NULL AND os_name IS NOT NULL"
        assert one(rows, f"SELECT bool_and(os = os_name) FROM {tapped}"), "the device of the visit"
        handy = "os_name IN ('iOS', 'iPadOS', 'Android')"
        assert one(rows, f"SELECT count(*) FROM tap WHERE (platform = 'web') = ({handy})") == 0
        assert one(rows, "SELECT bool_and(utm_source = 'google') FROM tap WHERE gclid IS NOT NULL")
        assert one(rows, "SELECT count(fbclid) FROM tap WHERE utm_source = 'facebook'") > 10
        assert one(rows, "SELECT count(*) FROM seen WHERE device = 'D' AND browser = 'Samsung Internet'") == 0
        assert one(rows, "SELECT count(*) FROM server WHERE os = 'iOS'") == 0, (
            "nobody holds a server in his hand"
        )


def test_a_code_lies_in_one_place(service: ExperimentService, tmp_path: Path) -> None:
    with shown(service, tmp_path / "out", VISITS) as rows:
        places = "SELECT count(DISTINCT latitude) AS n FROM gate_event GROUP BY station_code"
        assert one(rows, f"SELECT max(n) FROM ({places})") == 1
        assert one(rows, "SELECT count(DISTINCT station_code) FROM gate_event") > 20


def test_addresses_of_other_languages(service: ExperimentService, tmp_path: Path) -> None:
    with shown(service, tmp_path / "out", KUNDEN) as rows:
        assert one(rows, "SELECT count(DISTINCT land) FROM kunde") == 3
        assert one(rows, "SELECT bool_and((waehrung = 'CHF') = (land = 'Schweiz')) FROM kunde")
        assert one(rows, "SELECT bool_and(length(plz) = 4) FROM kunde WHERE land = 'Österreich'")
        assert one(rows, "SELECT count(*) FROM kunde WHERE regexp_matches(strasse, '[0-9]')") == 0
        assert one(rows, "SELECT bool_and(regexp_matches(postcode, '^[0-9]{4}[A-Z]{2}$')) FROM leerling")


def test_a_table_of_countries_says_where_people_live(service: ExperimentService, tmp_path: Path) -> None:
    with shown(service, tmp_path / "out", GUESTS) as rows:
        both = "guest JOIN country USING (country_id)"
        home = one(rows, f"SELECT avg((iso_code = 'US')::INT) FROM {both}")
        assert 0.8 < home < 0.95
        assert one(rows, f"SELECT bool_and(phone LIKE '+49%') FROM {both} WHERE iso_code = 'DE'")
        calling = "(iso_code IN ('US', 'CA')) = (phone LIKE '+1 %')"
        assert one(rows, f"SELECT bool_and({calling}) FROM {both}")


def test_a_check_goes_before_the_country(service: ExperimentService) -> None:
    sql = (
        "CREATE TABLE rider (id INT PRIMARY KEY, country CHAR(2), nickname VARCHAR(40), email VARCHAR(60) {})"
    )

    def rule(check: str, name: str) -> Any:
        created = service.import_sql(sql.format(check), name=name, dialect="postgres")
        found = created.experiment.tables[0].column("email")
        return found and found.rule_spec and found.rule_spec.name

    assert rule("", "plain") == rule("CHECK (email LIKE '%@%')", "mail") == "cases"
    assert rule("CHECK (length(email) > 5)", "long") != "cases"


# --- what the rules can say


def test_places_by_weight() -> None:
    rule = {"name": "place", "field": "country_code", "locale": {"en_US": 3, "fr_FR": 1}}
    plan = planned(table("t", 4000, column("c", "CHAR(2)", rule=rule)))
    values = made(plan, "t", "c")
    assert {*values} == {"US", "FR"}
    assert values.count("US") == pytest.approx(3000, abs=120)


def test_one_domain_tells_nobody_apart() -> None:
    rule = {"name": "person", "field": "email", "domain": "staff.example"}
    plan = planned(table("t", 4000, column("c", "VARCHAR(60)", rule=rule, is_unique=True)))
    values = [bytes(value).decode() for value in made(plan, "t", "c")]
    assert len({*values}) == len(values)
    assert all(value.endswith("@staff.example") for value in values)


def test_a_domain_is_an_emails() -> None:
    rule = {"name": "person", "field": "full_name", "domain": "staff.example"}
    with pytest.raises(PlanError, match="full_name shows none"):
        planned(table("t", 10, column("c", "VARCHAR(60)", rule=rule)))


def test_cases_that_never_are() -> None:
    kind = column("kind", "VARCHAR(4)", rule={"name": "choice", "values": ["a", "b"]})
    cases = {"a": {"name": "choice", "values": ["x"]}, "c": {"name": "choice", "values": ["y"]}}
    rule = {"name": "cases", "given": "kind", "cases": cases, "otherwise": None}
    with pytest.raises(PlanError, match="never 'c'"):
        planned(table("t", 10, kind, column("v", "VARCHAR(4)", rule=rule, required=False)))
    plan = planned(
        table("t", 50, kind, column("v", "VARCHAR(4)", rule={**rule, "spare": True}, required=False))
    )
    assert {*made(plan, "t", "v")} == {"x", None}


def test_an_email_alone_tells_persons_apart(service: ExperimentService, tmp_path: Path) -> None:
    ddl = "CREATE TABLE member (member_id INT PRIMARY KEY, email VARCHAR(80));"
    service.import_sql(ddl, name="emails", dialect="postgres", target_rows=3000)
    service.generate("emails", GenerateRequest(seed=5, output_dir=tmp_path / "out"))
    with views(tmp_path / "out") as connection:
        found = connection.execute("SELECT count(email), count(DISTINCT email) FROM member").fetchall()
    assert found[0][0] == found[0][1] > 2000
