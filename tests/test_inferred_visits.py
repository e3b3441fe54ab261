"""What is agreed, watched, stayed for, paid and made agrees in its row and with what it belongs to."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.support import views

from dw_simulator.schema.inference.shape.calendar_names import calendar_reading
from dw_simulator.schema.inference.shape.day_parts import part_called
from dw_simulator.schema.inference.shape.validity_words import bound_called, is_called_current
from dw_simulator.service import ExperimentService, GenerateRequest

pytestmark = pytest.mark.passing

PRESENT = date(2025, 9, 30)

GROOMER = """
CREATE TABLE owners (owner_id INT PRIMARY KEY, full_name VARCHAR(60) NOT NULL,
  registered_on DATE NOT NULL);
CREATE TABLE pets (pet_id INT PRIMARY KEY, owner_id INT NOT NULL REFERENCES owners(owner_id),
  name VARCHAR(30),
  species VARCHAR(12) NOT NULL CHECK (species IN ('dog', 'cat', 'rabbit')), breed VARCHAR(40),
  born_on DATE,
  died_on DATE, weight_kg DECIMAL(6,2) NOT NULL);
CREATE TABLE groomers (groomer_id INT PRIMARY KEY, full_name VARCHAR(60) NOT NULL, hired_on DATE NOT NULL,
  left_on DATE);
CREATE TABLE appointments (appointment_id INT PRIMARY KEY, pet_id INT NOT NULL REFERENCES pets(pet_id),
  groomer_id INT NOT NULL REFERENCES groomers(groomer_id), scheduled_for TIMESTAMP NOT NULL,
  arrived_at TIMESTAMP, started_at TIMESTAMP, finished_at TIMESTAMP, cancelled_at TIMESTAMP,
  duration_min INT, attended BOOLEAN NOT NULL,
  status VARCHAR(12) NOT NULL CHECK (status IN ('scheduled', 'completed', 'cancelled', 'no_show')));
CREATE TABLE treatments (treatment_id INT PRIMARY KEY,
  appointment_id INT NOT NULL REFERENCES appointments(appointment_id), product VARCHAR(30),
  applied_on DATE NOT NULL);
CREATE TABLE invoices (invoice_id INT PRIMARY KEY,
  appointment_id INT NOT NULL REFERENCES appointments(appointment_id), issued_on DATE NOT NULL,
  due_on DATE NOT NULL, paid_on DATE,
  status VARCHAR(12) NOT NULL CHECK (status IN ('open', 'paid', 'overdue', 'void')),
  gross_amount DECIMAL(12,2) NOT NULL, discount_amount DECIMAL(12,2) NOT NULL,
  net_amount DECIMAL(12,2) NOT NULL);
CREATE TABLE invoice_items (invoice_id INT NOT NULL REFERENCES invoices(invoice_id), item_no INT NOT NULL,
  quantity INT NOT NULL, unit_price DECIMAL(10,2) NOT NULL, amount DECIMAL(12,2) NOT NULL,
  PRIMARY KEY (invoice_id, item_no));
CREATE TABLE payments (payment_id INT PRIMARY KEY, invoice_id INT NOT NULL REFERENCES invoices(invoice_id),
  paid_on DATE NOT NULL, amount DECIMAL(12,2) NOT NULL);
CREATE TABLE kennel_stays (stay_id INT PRIMARY KEY, check_in DATE NOT NULL, check_out DATE, nights INT,
  daily_rate DECIMAL(8,2) NOT NULL, total DECIMAL(10,2));
"""
KEPT = "appointments JOIN pets USING (pet_id) JOIN groomers USING (groomer_id)"
GROOMER_TRUTHS = {
    "of two species": """(SELECT count(DISTINCT species) n FROM pets WHERE breed IS NOT NULL GROUP BY breed)
        WHERE n > 1""",
    "a heavy cat": "pets WHERE species = 'cat' AND weight_kg > 12 OR weight_kg <= 0",
    "dead before birth": "pets WHERE died_on < born_on OR date_diff('year', born_on, died_on) > 30",
    "begun on another day": "appointments WHERE abs(date_diff('minute', scheduled_for, started_at)) > 30",
    "over before it began": "appointments WHERE finished_at < started_at OR arrived_at > started_at",
    "another length": """appointments WHERE duration_min IS NOT NULL
        AND abs(date_diff('second', started_at, finished_at) / 60 - duration_min) > 1""",
    "completed, and not begun": "appointments WHERE (status = 'completed') <> (started_at IS NOT NULL)",
    "completed, and not over": "appointments WHERE (status = 'completed') <> (finished_at IS NOT NULL)",
    "cancelled without a day": "appointments WHERE (status = 'cancelled') <> (cancelled_at IS NOT NULL)",
    "cancelled too late": "appointments WHERE cancelled_at > scheduled_for",
    "attended and missed": "appointments WHERE attended <> (status = 'completed')",
    "a dead guest": f"{KEPT} WHERE scheduled_for::DATE < born_on OR scheduled_for::DATE > died_on",
    "nobody there": f"{KEPT} WHERE scheduled_for::DATE < hired_on OR scheduled_for::DATE > left_on",
    "treated on another day": """treatments JOIN appointments USING (appointment_id)
        WHERE applied_on <> started_at::DATE OR status <> 'completed'""",
    "billed before": """invoices i JOIN appointments a USING (appointment_id)
        WHERE issued_on < started_at::DATE OR a.status <> 'completed'""",
    "another gross": """invoices JOIN (SELECT invoice_id, sum(amount) s FROM invoice_items GROUP BY 1)
        USING (invoice_id) WHERE gross_amount <> s""",
    "another net": "invoices WHERE gross_amount - discount_amount <> net_amount",
    "paid without payments": """invoices i LEFT JOIN (SELECT invoice_id, sum(amount) s, max(paid_on) d
        FROM payments GROUP BY 1) p USING (invoice_id) WHERE (status = 'paid') <> (s IS NOT NULL)
        OR i.paid_on IS DISTINCT FROM d OR s <> net_amount OR d < issued_on""",
    "other nights": "kennel_stays WHERE nights <> greatest(check_out - check_in, 1)",
    "another total": "kennel_stays WHERE total <> nights * daily_rate OR (total IS NULL) <> (nights IS NULL)",
}
ROWS = {"owners": 150, "pets": 220, "groomers": 12, "appointments": 1500, "treatments": 400, "invoices": 700}
ROWS |= {"invoice_items": 1600, "payments": 650, "kennel_stays": 200}

RADIO = """
CREATE TABLE sendungen (sendung_id INT PRIMARY KEY, titel VARCHAR(60) NOT NULL,
  laufzeit_min INT NOT NULL, produktionsjahr SMALLINT, hinzugefuegt_am DATE NOT NULL);
CREATE TABLE wiedergaben (wiedergabe_id INT PRIMARY KEY,
  sendung_id INT NOT NULL REFERENCES sendungen(sendung_id),
  gestartet_am TIMESTAMP NOT NULL, beendet_am TIMESTAMP NOT NULL, gehoert_min DECIMAL(6,1) NOT NULL,
  gehoert_prozent DECIMAL(5,2) NOT NULL, ist_beendet BOOLEAN NOT NULL);
CREATE TABLE maquinas (maquina_id INT PRIMARY KEY, ano_fabricacao SMALLINT NOT NULL,
  data_compra DATE NOT NULL);
CREATE TABLE alben (album_id INT PRIMARY KEY, titel VARCHAR(40), erscheinungsjahr INT NOT NULL,
  erscheinungsdatum DATE NOT NULL);
"""
WHOLE = "wiedergaben JOIN sendungen USING (sendung_id)"
RADIO_TRUTHS = {
    "longer than all of it": f"{WHOLE} WHERE gehoert_min > laufzeit_min",
    "another share": f"{WHOLE} WHERE abs(gehoert_prozent * laufzeit_min - 100 * gehoert_min) > laufzeit_min",
    "done half way": "wiedergaben WHERE ist_beendet <> (gehoert_prozent >= 90)",
    "over too soon": "wiedergaben WHERE date_diff('second', gestartet_am, beendet_am) < 60 * gehoert_min",
    "made later": "sendungen WHERE produktionsjahr > year(hinzugefuegt_am)",
    "bought before it was made": "maquinas WHERE ano_fabricacao > year(data_compra)",
    "another year": "alben WHERE erscheinungsjahr <> year(erscheinungsdatum)",
}

FANS = """
CREATE TABLE dim_jour (cle_jour INT PRIMARY KEY, date_jour DATE NOT NULL, annee SMALLINT NOT NULL,
  mois SMALLINT NOT NULL, nom_jour VARCHAR(10) NOT NULL, est_weekend BOOLEAN NOT NULL);
CREATE TABLE dim_client (cle_client INT PRIMARY KEY, id_client VARCHAR(12) NOT NULL, prenom VARCHAR(40),
  date_naissance DATE, no_version INT NOT NULL, valide_du TIMESTAMP NOT NULL, valide_au TIMESTAMP,
  est_courant BOOLEAN NOT NULL);
CREATE TABLE fait_achat (id_achat INT PRIMARY KEY, cle_jour INT NOT NULL REFERENCES dim_jour(cle_jour),
  cle_client INT NOT NULL REFERENCES dim_client(cle_client));
CREATE TABLE fait_avis (id_avis INT PRIMARY KEY, id_achat INT NOT NULL REFERENCES fait_achat(id_achat),
  cle_jour INT NOT NULL REFERENCES dim_jour(cle_jour),
  cle_client INT NOT NULL REFERENCES dim_client(cle_client), note INT NOT NULL);
"""
SEEN = "fait_avis a JOIN fait_achat c USING (id_achat)"
FANS_TRUTHS = {
    "another weekend": "dim_jour WHERE est_weekend <> (isodow(date_jour) > 5)",
    "not one current": "(SELECT sum(est_courant::INT) n FROM dim_client GROUP BY id_client) WHERE n <> 1",
    "two births": "(SELECT count(DISTINCT date_naissance) n FROM dim_client GROUP BY id_client) WHERE n > 1",
    "current and over": "dim_client WHERE est_courant <> (valide_au IS NULL) OR valide_au < valide_du",
    "reviewed by another": f"{SEEN} WHERE a.cle_client <> c.cle_client OR a.cle_jour < c.cle_jour",
    "no mark": "fait_avis WHERE note NOT BETWEEN 1 AND 5",
    "another version": """fait_achat JOIN dim_jour USING (cle_jour) JOIN dim_client USING (cle_client)
        WHERE date_jour < valide_du::DATE OR date_jour > valide_au::DATE""",
}


@pytest.mark.parametrize(
    ("sql", "truths", "rows"),
    [
        pytest.param(GROOMER, GROOMER_TRUTHS, ROWS, id="groomer"),
        pytest.param(RADIO, RADIO_TRUTHS, {"sendungen": 150, "wiedergaben": 900}, id="radio"),
        pytest.param(FANS, FANS_TRUTHS, {"dim_client": 300, "fait_achat": 900, "fait_avis": 300}, id="fans"),
    ],
)
def test_rows_tell_one_story(
    service: ExperimentService, tmp_path: Path, sql: str, truths: dict[str, str], rows: dict[str, int]
) -> None:
    service.import_sql(sql, name="story", dialect="postgres", as_of=PRESENT)
    service.generate("story", GenerateRequest(seed=4, rows=rows, output_dir=tmp_path / "out"))
    bench: Any = views(tmp_path / "out")
    asked = {name: bench.sql(f"SELECT count(*) FROM {truth}").fetchall() for name, truth in truths.items()}
    found = {name: rows[0][0] for name, rows in asked.items()}
    assert not {name: count for name, count in found.items() if count}


def test_most_appointments_are_kept(service: ExperimentService, tmp_path: Path) -> None:
    service.import_sql(GROOMER, name="kept", dialect="postgres", as_of=PRESENT)
    service.generate("kept", GenerateRequest(seed=4, rows=ROWS, output_dir=tmp_path / "out"))
    sql = "SELECT avg((status = 'completed')::INT), avg((status = 'no_show')::INT) FROM appointments"
    kept, missed = views(tmp_path / "out").sql(sql).fetchall()[0]
    assert kept > 0.7
    assert missed > 0.01


@pytest.mark.parametrize(
    ("name", "which"),
    [
        ("VALIDE_DU", "from"), ("valide_au", "to"), ("gueltigvon", "from"), ("gueltig_bis", "to"),
        ("vigente_desde", "from"), ("valido_al", "to"), ("dtiniciovigencia", "from"),
        ("dt_fim_vigencia", "to"),
        ("geldig_vanaf", "from"), ("geldig_tm", "to"), ("dbt_valid_from", "from"), ("scd_end_date", "to"),
        ("date_effet", ""), ("prix_du", ""), ("start_date", ""),
    ],
)  # fmt: skip
def test_validity_is_read(name: str, which: str) -> None:
    assert bound_called(name) == which


@pytest.mark.parametrize(
    ("name", "current"),
    [("est_courant", True), ("ist_aktuell", True), ("registro_atual", True), ("kz_aktuell", True),
     ("huidige_versie", True), ("latest_flag", True), ("actual_cost", False), ("last_name", False)],
)  # fmt: skip
def test_current_rows_are_read(name: str, current: bool) -> None:
    assert is_called_current(name) is current


@pytest.mark.parametrize(
    ("names", "part"),
    [
        (
            "EST_WEEKEND kz_wochenende es_fin_de_semana fine_settimana eh_fim_de_semana is_weekeinde",
            "weekend",
        ),
        ("est_ferie ist_feiertag es_festivo feriado is_feestdag holiday_flag", "holiday"),
        ("jour_ouvre ist_werktag dia_habil dia_util giorno_lavorativo werkdag", "workday"),
        ("nom_jour wochentag_name nombre_dia nome_giorno nome_dia dagnaam", "day name"),
        ("jour_court wochentag_kurz dia_corto giorno_breve dia_abrev dag_kort", "day short"),
        ("week_end_date", "week end"),
    ],
)
def test_days_are_described_in_seven_languages(names: str, part: str) -> None:
    assert {name: part_called(calendar_reading(name)) for name in names.split()} == dict.fromkeys(
        names.split(), part
    )
