"""Calls, bills, hires and measurements that an import makes agree: of schemas in several languages, asked by DuckDB."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from tests.support import views

from dw_simulator.schema.inference.moments.stage_reading import read_moment
from dw_simulator.schema.inference.words.tokens import read
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import MEMORY, Settings

Ask = Callable[[str], object]
PRESENT = date(2025, 9, 30)

SCHEMAS = {
    "mobile": """
CREATE TABLE abonne (abonne_id INT PRIMARY KEY, nom VARCHAR(40) NOT NULL, pays CHAR(2) NOT NULL,
  date_inscription DATE NOT NULL);
CREATE TABLE ligne (ligne_id INT PRIMARY KEY, abonne_id INT NOT NULL REFERENCES abonne,
  msisdn VARCHAR(15) NOT NULL, date_activation DATE NOT NULL, date_resiliation DATE);
CREATE TABLE appels (appel_id INT PRIMARY KEY, ligne_id INT NOT NULL REFERENCES ligne,
  numero_appelant VARCHAR(20) NOT NULL, numero_appele VARCHAR(20) NOT NULL,
  debut TIMESTAMP NOT NULL, fin TIMESTAMP NOT NULL, itinerance BOOLEAN NOT NULL, pays_visite CHAR(2) NOT NULL);
""",
    "desk": """
CREATE TABLE clients (id INT PRIMARY KEY, name VARCHAR(40) NOT NULL, phone VARCHAR(20) NOT NULL);
CREATE TABLE phone_calls (id INT PRIMARY KEY, client_id INT NOT NULL REFERENCES clients,
  direction VARCHAR(10) NOT NULL CHECK (direction IN ('outbound', 'inbound')),
  from_number VARCHAR(20) NOT NULL, to_number VARCHAR(20) NOT NULL, started_at TIMESTAMP NOT NULL);
""",
    "water": """
CREATE TABLE cstmr (cstmr_id INT PRIMARY KEY, lst_nm VARCHAR(40) NOT NULL, rgst_dt DATE NOT NULL);
CREATE TABLE mtr (mtr_id INT PRIMARY KEY, cstmr_id INT NOT NULL REFERENCES cstmr, srl_nbr VARCHAR(20) NOT NULL,
  instl_dt DATE NOT NULL);
CREATE TABLE invc (invc_id INT PRIMARY KEY, cstmr_id INT NOT NULL REFERENCES cstmr, prd_frm DATE NOT NULL,
  prd_to DATE NOT NULL, iss_dt DATE NOT NULL, due_dt DATE NOT NULL, net_amt DECIMAL(12,2) NOT NULL,
  vat_amt DECIMAL(12,2) NOT NULL, grs_amt DECIMAL(12,2) NOT NULL, pd_amt DECIMAL(12,2) NOT NULL,
  opn_amt DECIMAL(12,2) NOT NULL);
CREATE TABLE invc_ln (invc_id INT NOT NULL REFERENCES invc, ln_nbr SMALLINT NOT NULL,
  mtr_id INT NOT NULL REFERENCES mtr, ln_amt DECIMAL(10,2) NOT NULL, PRIMARY KEY (invc_id, ln_nbr));
CREATE TABLE pymnt (pymnt_id INT PRIMARY KEY, invc_id INT NOT NULL REFERENCES invc, pymnt_dt DATE NOT NULL,
  pymnt_amt DECIMAL(12,2) NOT NULL);
CREATE TABLE rnnng (rnnng_id INT PRIMARY KEY, strt_ts TIMESTAMP NOT NULL, end_ts TIMESTAMP NOT NULL,
  dur_sec INT NOT NULL);
""",
    "boats": """
CREATE TABLE sailors (id INT PRIMARY KEY, name VARCHAR(40) NOT NULL, registered_on DATE NOT NULL);
CREATE TABLE boats (id INT PRIMARY KEY, name VARCHAR(40) NOT NULL, build_year SMALLINT NOT NULL,
  purchased_on DATE NOT NULL);
CREATE TABLE reservations (id INT PRIMARY KEY, sailor_id INT NOT NULL REFERENCES sailors,
  reserved_at TIMESTAMP NOT NULL,
  status VARCHAR(12) NOT NULL CHECK (status IN ('pending', 'completed', 'cancelled')), cancelled_at TIMESTAMP);
CREATE TABLE rentals (id INT PRIMARY KEY, reservation_id INT UNIQUE REFERENCES reservations,
  sailor_id INT NOT NULL REFERENCES sailors, boat_id INT NOT NULL REFERENCES boats,
  picked_up_at TIMESTAMP NOT NULL, returned_at TIMESTAMP, km_departure INT NOT NULL, km_return INT, km_driven INT,
  rental_days SMALLINT NOT NULL, daily_price DECIMAL(8,2) NOT NULL, base_amount DECIMAL(10,2) NOT NULL,
  extras_amount DECIMAL(10,2) NOT NULL, vat_amount DECIMAL(10,2) NOT NULL, total_amount DECIMAL(10,2) NOT NULL);
CREATE TABLE rental_extras (id INT PRIMARY KEY, rental_id INT NOT NULL REFERENCES rentals, quantity SMALLINT NOT NULL,
  unit_price DECIMAL(8,2) NOT NULL, amount DECIMAL(10,2) NOT NULL);
CREATE TABLE offences (id INT PRIMARY KEY, rental_id INT NOT NULL REFERENCES rentals, offence_at TIMESTAMP NOT NULL,
  notified_on DATE NOT NULL, paid BOOLEAN NOT NULL, paid_on DATE);
""",
    "lab": """
CREATE TABLE dim_giorno (giorno_sk INT PRIMARY KEY, data DATE NOT NULL, anno SMALLINT NOT NULL, mese SMALLINT NOT NULL);
CREATE TABLE dim_difetto (difetto_sk INT PRIMARY KEY, descrizione VARCHAR(60) NOT NULL);
CREATE TABLE dim_caratteristica (caratteristica_sk INT PRIMARY KEY, nome VARCHAR(40) NOT NULL,
  valore_nominale DECIMAL(12,4) NOT NULL, limite_inferiore DECIMAL(12,4) NOT NULL,
  limite_superiore DECIMAL(12,4) NOT NULL);
CREATE TABLE fact_lotto (lotto_sk INT PRIMARY KEY, numero_lotto VARCHAR(16) NOT NULL,
  giorno_inizio_sk INT NOT NULL REFERENCES dim_giorno, inizio TIMESTAMP NOT NULL, fine TIMESTAMP);
CREATE TABLE fact_misura (misura_sk INT PRIMARY KEY, lotto_sk INT NOT NULL REFERENCES fact_lotto,
  caratteristica_sk INT NOT NULL REFERENCES dim_caratteristica, difetto_sk INT REFERENCES dim_difetto,
  valore DECIMAL(12,4) NOT NULL, conforme BOOLEAN NOT NULL);
""",
}
ROWS = {
    "mobile": {"abonne": 150, "ligne": 250, "appels": 2000},
    "desk": {"clients": 100, "phone_calls": 900},
    "water": {"cstmr": 200, "mtr": 260, "invc": 500, "invc_ln": 900, "pymnt": 450, "rnnng": 300},
    "boats": {
        "sailors": 150, "boats": 60, "reservations": 800, "rentals": 600, "rental_extras": 900, "offences": 150,
    },
    "lab": {
        "dim_giorno": 900, "dim_difetto": 12, "dim_caratteristica": 30, "fact_lotto": 500, "fact_misura": 1500,
    },
}  # fmt: skip


def made(name: str, tmp_path: Path, **rows: int) -> Ask:
    service = ExperimentService(Settings(home=tmp_path / "home", store_url=MEMORY))
    service.import_sql(SCHEMAS[name], name=name, dialect="postgres", as_of=PRESENT)
    service.generate(name, GenerateRequest(ROWS[name] | rows, 5, tmp_path / "out"))
    database = views(tmp_path / "out")

    def ask(sql: str) -> object:
        found = database.execute(sql).fetchone()
        assert found is not None
        return found[0] if len(found) == 1 else found

    return ask


def test_abbreviations_by_the_words_beside_them() -> None:
    assert read("strt_ts").words == ("start", "timestamp")
    assert read("strt_addr").words == ("street", "address")
    assert read("pd_amt").words[0] == "pay"
    assert read("pd_end").words == ("period", "end")
    assert read("dsc_amt").words == ("discount", "amount")
    assert read("dsc_txt").words[0] == "description"
    assert read_moment("dctv_ts", ("line",)).stage == "leave"
    assert read_moment("actv_ts", ("line",)).stage == "activate"


def test_one_of_the_two_numbers_of_a_call_is_the_subscribers(tmp_path: Path) -> None:
    ask = made("mobile", tmp_path)
    calls = "FROM appels JOIN ligne USING (ligne_id) JOIN abonne USING (abonne_id)"
    own = "(numero_appelant = msisdn)::INT + (numero_appele = msisdn)::INT"
    assert ask(f"SELECT count(*) {calls} WHERE {own} <> 1") == 0
    assert 0.3 < float(str(ask(f"SELECT avg((numero_appelant = msisdn)::INT) {calls}"))) < 0.8
    assert ask(f"SELECT count(*) {calls} WHERE itinerance <> (pays_visite <> pays)") == 0
    assert 0.01 < float(str(ask("SELECT avg(itinerance::INT) FROM appels"))) < 0.2
    assert ask(f"SELECT count(*) {calls} WHERE debut > date_resiliation") == 0


def test_who_calls_goes_by_the_direction(tmp_path: Path) -> None:
    ask = made("desk", tmp_path)
    joined = "FROM phone_calls JOIN clients ON clients.id = client_id"
    assert ask(f"SELECT count(*) {joined} WHERE (direction = 'outbound') <> (from_number = phone)") == 0
    assert ask(f"SELECT count(*) {joined} WHERE (direction = 'inbound') <> (to_number = phone)") == 0


def test_bills_without_vowels(tmp_path: Path) -> None:
    ask = made("water", tmp_path)
    assert ask("SELECT count(*) FROM invc WHERE opn_amt <> grs_amt - pd_amt OR pd_amt > grs_amt") == 0
    paid = "(SELECT invc_id, sum(pymnt_amt) AS paid FROM pymnt GROUP BY 1)"
    assert (
        ask(f"SELECT count(*) FROM invc LEFT JOIN {paid} USING (invc_id) WHERE pd_amt <> coalesce(paid, 0)")
        == 0
    )
    order = "prd_to <= prd_frm OR iss_dt < prd_to OR due_dt < iss_dt"
    assert ask(f"SELECT count(*) FROM invc WHERE {order}") == 0
    assert ask("SELECT count(*) FROM pymnt JOIN invc USING (invc_id) WHERE pymnt_dt < iss_dt") == 0
    assert ask("SELECT count(*) FROM rnnng WHERE dur_sec <> date_diff('second', strt_ts, end_ts)") == 0


def test_a_bill_is_of_somebody_who_has_what_its_lines_are_about(tmp_path: Path) -> None:
    ask = made("water", tmp_path)
    joined = "FROM invc_ln JOIN invc USING (invc_id) JOIN mtr USING (mtr_id)"
    assert ask(f"SELECT count(*) {joined} WHERE invc.cstmr_id <> mtr.cstmr_id") == 0
    assert (
        ask("SELECT count(*) FROM (SELECT column_name FROM (DESCRIBE invc)) WHERE column_name LIKE 'a\\_%'")
        == 0
    )


def test_what_became_of_a_booking(tmp_path: Path) -> None:
    ask = made("boats", tmp_path)
    joined = "FROM rentals r JOIN reservations b ON b.id = reservation_id"
    assert ask(f"SELECT count(*) {joined} WHERE b.status <> 'completed' OR r.sailor_id <> b.sailor_id") == 0
    assert (
        ask("SELECT count(*) FROM reservations WHERE (status = 'cancelled') <> (cancelled_at IS NOT NULL)")
        == 0
    )
    shares = "SELECT avg((status = 'completed')::INT), avg((status = 'cancelled')::INT) FROM reservations"
    completed, cancelled = map(float, map(str, ask(shares)))  # type: ignore[call-overload]
    assert completed > 0.6
    assert 0 < cancelled < 0.3


def test_more_rentals_than_reservations_can_be_made(tmp_path: Path) -> None:
    ask = made("boats", tmp_path, reservations=200)
    assert ask("SELECT count(*), count(reservation_id) <= 200 FROM rentals") == (600, True)
    assert ask("SELECT count(*) FROM rentals WHERE base_amount <> rental_days * daily_price") == 0, (
        "the rest stays"
    )


def test_hires_and_what_happens_in_their_time(tmp_path: Path) -> None:
    ask = made("boats", tmp_path)
    assert (
        ask("SELECT count(*) FROM rentals WHERE km_driven <> km_return - km_departure OR km_driven < 0") == 0
    )
    known = "(km_return IS NULL) <> (returned_at IS NULL) OR (km_driven IS NULL) <> (returned_at IS NULL)"
    assert ask(f"SELECT count(*) FROM rentals WHERE {known}") == 0
    assert float(str(ask("SELECT avg((returned_at IS NULL)::INT) FROM rentals"))) < 0.4
    joined = "FROM offences o JOIN rentals r ON r.id = rental_id"
    outside = "offence_at < picked_up_at OR offence_at > returned_at OR notified_on < offence_at::DATE"
    assert ask(f"SELECT count(*) {joined} WHERE {outside}") == 0
    late = "paid <> (paid_on IS NOT NULL) OR paid_on < notified_on"
    assert ask(f"SELECT count(*) FROM offences WHERE {late}") == 0


def test_extras_are_a_part_of_the_total(tmp_path: Path) -> None:
    ask = made("boats", tmp_path)
    total = "base_amount + extras_amount + vat_amount"
    assert ask(f"SELECT count(*) FROM rentals WHERE total_amount <> {total}") == 0
    sums = "(SELECT rental_id, sum(amount) AS extras FROM rental_extras GROUP BY 1)"
    wrong = "extras_amount <> coalesce(extras, 0)"
    assert (
        ask(f"SELECT count(*) FROM rentals LEFT JOIN {sums} e ON e.rental_id = rentals.id WHERE {wrong}") == 0
    )


def test_nothing_is_built_after_its_purchase(tmp_path: Path) -> None:
    ask = made("boats", tmp_path)
    assert ask("SELECT count(*) FROM boats WHERE build_year > year(purchased_on)") == 0
    assert int(str(ask("SELECT count(DISTINCT build_year) FROM boats"))) > 3


def test_measured_values_and_their_limits(tmp_path: Path) -> None:
    ask = made("lab", tmp_path)
    limits = "limite_inferiore <= valore_nominale AND valore_nominale <= limite_superiore"
    assert ask(f"SELECT count(*) FROM dim_caratteristica WHERE NOT ({limits})") == 0
    joined = "FROM fact_misura JOIN dim_caratteristica USING (caratteristica_sk)"
    inside = "valore BETWEEN limite_inferiore AND limite_superiore"
    assert ask(f"SELECT count(*) {joined} WHERE conforme <> ({inside})") == 0
    assert ask("SELECT count(*) FROM fact_misura WHERE conforme = (difetto_sk IS NOT NULL)") == 0
    assert 0.7 < float(str(ask("SELECT avg(conforme::INT) FROM fact_misura"))) < 0.99


def test_a_fact_from_its_start_to_its_end_is_no_version(tmp_path: Path) -> None:
    ask = made("lab", tmp_path)
    assert int(str(ask("SELECT count(DISTINCT numero_lotto) FROM fact_lotto"))) > 450
    joined = "FROM fact_lotto JOIN dim_giorno ON giorno_sk = giorno_inizio_sk"
    assert ask(f"SELECT count(*) {joined} WHERE data <> inizio::DATE") == 0
    assert ask("SELECT count(*) FROM fact_lotto WHERE fine <= inizio") == 0


@pytest.mark.parametrize(
    ("name", "stage"),
    [
        ("fecha_infraccion", "occur"),
        ("data_infrazione", "occur"),
        ("tatzeit", "occur"),
        ("offence_at", "occur"),
    ],
)
def test_when_an_offence_was(name: str, stage: str) -> None:
    assert read_moment(name, ("fine",)).stage == stage
