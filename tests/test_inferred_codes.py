"""Numbers of people and accounts that tell facts agree with the sex, birth date and country of their row."""

from pathlib import Path
from typing import Any

from tests.support import views
from tests.test_coded_rule import nif, nir, niss, nss, pesel, steuer_id, svnr

from dw_simulator.service import ExperimentService, GenerateRequest

PEOPLE = """
CREATE TABLE assure (id_assure INT PRIMARY KEY, nom VARCHAR(40) NOT NULL, prenom VARCHAR(40) NOT NULL,
  sexe CHAR(1) NOT NULL CHECK (sexe IN ('F', 'H')), date_naissance DATE NOT NULL,
  nir CHAR(15) NOT NULL UNIQUE);
CREATE TABLE salarie (id_salarie INT PRIMARY KEY, nom VARCHAR(40), prenom VARCHAR(40), naissance DATE,
  num_securite_sociale VARCHAR(15), siren_employeur CHAR(9) NOT NULL, siret_employeur CHAR(14) NOT NULL);
CREATE TABLE medecin (id_medecin INT PRIMARY KEY, nom VARCHAR(40), numero_rpps CHAR(11) NOT NULL,
  code_cip CHAR(13) NOT NULL);
CREATE TABLE dipendente (id_dipendente INT PRIMARY KEY, cognome VARCHAR(40) NOT NULL,
  nome VARCHAR(40) NOT NULL,
  sesso VARCHAR(10) NOT NULL, data_nascita DATE NOT NULL, codice_fiscale CHAR(16) NOT NULL UNIQUE);
CREATE TABLE versicherte (versicherte_id INT PRIMARY KEY, nachname VARCHAR(40) NOT NULL,
  vorname VARCHAR(40),
  geschlecht CHAR(1) NOT NULL, geburtsdatum DATE NOT NULL, sozialversicherungsnummer CHAR(12) NOT NULL,
  steuer_id CHAR(11) NOT NULL);
CREATE TABLE trabajador (id_trabajador INT PRIMARY KEY, nombre VARCHAR(40), apellidos VARCHAR(40),
  numero_seguridad_social CHAR(12) NOT NULL, nif CHAR(9) NOT NULL);
CREATE TABLE contribuinte (id_contribuinte INT PRIMARY KEY, nome VARCHAR(60), data_nascimento DATE,
  nif CHAR(9) NOT NULL);
CREATE TABLE inwoner (inwoner_id INT PRIMARY KEY, achternaam VARCHAR(40), geboortedatum DATE NOT NULL,
  geslacht CHAR(1) NOT NULL, rijksregisternummer CHAR(11) NOT NULL);
CREATE TABLE subscriber (subscriber_id INT PRIMARY KEY, first_name VARCHAR(40), last_name VARCHAR(40),
  gender VARCHAR(6) NOT NULL, birth_date DATE NOT NULL, pesel CHAR(11) NOT NULL,
  spouse_pesel CHAR(11) NOT NULL);
"""


def shown(service: ExperimentService, out: Path, sql: str, rows: int = 700) -> Any:
    service.import_sql(sql, name="codes", dialect="postgres", target_rows=rows)
    made_run = service.generate("codes", GenerateRequest(seed=4, output_dir=out))
    assert made_run.warnings == (), "no guess is given up"
    return views(out)


def one(connection: Any, sql: str) -> Any:
    return connection.execute(sql).fetchone()[0]


def column_of(connection: Any, table: str, column: str) -> list[str]:
    return [value for (value,) in connection.execute(f"SELECT {column} FROM {table}").fetchall() if value]


def test_numbers_tell_of_their_row(service: ExperimentService, tmp_path: Path) -> None:
    with shown(service, tmp_path / "out", PEOPLE) as rows:
        for table, column, is_right in (
            ("assure", "nir", nir),
            ("salarie", "num_securite_sociale", nir),
            ("versicherte", "sozialversicherungsnummer", svnr),
            ("versicherte", "steuer_id", steuer_id),
            ("trabajador", "numero_seguridad_social", nss),
            ("contribuinte", "nif", nif),
            ("inwoner", "rijksregisternummer", niss),
            ("subscriber", "pesel", pesel),
            ("subscriber", "spouse_pesel", pesel),
        ):
            values = column_of(rows, table, column)
            assert len(values) > 300
            assert len(set(values)) > 250
            assert all(map(is_right, values)), (table, column)

        def agree(table: str, condition: str) -> float:
            return float(one(rows, f"SELECT avg(({condition})::INT) FROM {table}"))

        assert agree("assure", "nir[1] = CASE sexe WHEN 'F' THEN '2' ELSE '1' END") == 1
        assert agree("assure", "nir[2:5] = strftime(date_naissance, '%y%m')") == 1
        assert agree("salarie", "num_securite_sociale[2:5] = strftime(naissance, '%y%m')") == 1
        assert agree("salarie", "siret_employeur[1:9] = siren_employeur") == 1
        women = "lower(sesso[1]) IN ('f', 'd')"
        assert agree("dipendente", f"(codice_fiscale[10:11]::INT > 40) = ({women})") == 1
        assert agree("dipendente", "codice_fiscale[10:11]::INT % 40 = day(data_nascita)") == 1
        assert agree("dipendente", "codice_fiscale[7:8] = strftime(data_nascita, '%y')") == 1
        assert agree("dipendente", "'ABCDEHLMPRST'[month(data_nascita)] = codice_fiscale[9]") == 1
        assert agree("dipendente", "codice_fiscale[1] IN (upper(cognome[1]), upper(cognome[2]))") > 0.85
        assert one(rows, "SELECT count(DISTINCT codice_fiscale) FROM dipendente") == 700
        day = "strftime(geburtsdatum, '%d%m%y')"
        assert agree("versicherte", f"sozialversicherungsnummer[3:8] = {day}") == 1
        female = "lower(geschlecht) IN ('w', 'f')"
        assert agree("versicherte", f"(sozialversicherungsnummer[10] > '4') = ({female})") == 1
        assert agree("inwoner", "rijksregisternummer[1:6] = strftime(geboortedatum, '%y%m%d')") == 1
        even = "rijksregisternummer[9]::INT % 2 = 0"
        assert agree("inwoner", f"({even}) = (lower(geslacht) IN ('v', 'f'))") == 1
        assert agree("subscriber", "pesel[1:2] = strftime(birth_date, '%y')") == 1
        assert agree("subscriber", "pesel[3:4]::INT % 20 = month(birth_date)") == 1
        assert agree("subscriber", "(pesel[10]::INT % 2 = 0) = (gender = 'female')") == 1
        assert agree("subscriber", "spouse_pesel[1:6] = pesel[1:6]") < 0.05, "that is of somebody else"
        assert agree("medecin", "numero_rpps LIKE '10%' AND code_cip LIKE '34009%'") == 1


ACCOUNTS = """
CREATE TABLE merchant (merchant_id INT PRIMARY KEY, trade_name VARCHAR(60), country CHAR(2) NOT NULL,
  payout_iban VARCHAR(34) NOT NULL, bic VARCHAR(11) NOT NULL);
CREATE TABLE kunde (kunde_id INT PRIMARY KEY, vorname VARCHAR(40), nachname VARCHAR(40),
  land CHAR(2) NOT NULL);
CREATE TABLE bankverbindung (bankverbindung_id INT PRIMARY KEY,
  kunde_id INT NOT NULL REFERENCES kunde (kunde_id),
  iban VARCHAR(34) NOT NULL);
CREATE TABLE lehrkraft (lehrkraft_id INT PRIMARY KEY, nachname VARCHAR(40), iban CHAR(22), bic CHAR(11));
CREATE TABLE donor (donor_id INT PRIMARY KEY, full_name VARCHAR(60), country VARCHAR(40) NOT NULL,
  iban VARCHAR(34));
"""


def test_accounts_are_in_the_country_of_their_row(service: ExperimentService, tmp_path: Path) -> None:
    with shown(service, tmp_path / "out", ACCOUNTS) as rows:
        assert one(rows, "SELECT bool_and(payout_iban[1:2] = country AND bic[5:6] = country) FROM merchant")
        assert one(rows, "SELECT count(DISTINCT country) FROM merchant") > 3
        joined = "FROM bankverbindung JOIN kunde USING (kunde_id)"
        assert one(rows, f"SELECT bool_and(iban[1:2] = land) {joined}")
        assert one(rows, f"SELECT avg((land = 'DE')::INT) {joined}") > 0.8
        assert one(rows, "SELECT bool_and(iban[1:2] = 'DE' AND bic[5:6] = 'DE') FROM lehrkraft")
        assert one(rows, "SELECT count(iban) FROM donor WHERE country = 'United States'") == 0
        assert one(rows, "SELECT bool_and(iban LIKE 'FR%') FROM donor WHERE country = 'France'")


SEVERAL = """
CREATE TABLE guest (guest_id INT PRIMARY KEY, full_name VARCHAR(60) NOT NULL);
CREATE TABLE guest_card (guest_card_id INT PRIMARY KEY, guest_id INT NOT NULL REFERENCES guest (guest_id),
  last_4 CHAR(4), is_default BOOLEAN NOT NULL);
CREATE TABLE bedrijf (bedrijf_id INT PRIMARY KEY, bedrijfsnaam VARCHAR(60));
CREATE TABLE contactpersoon (contactpersoon_id INT PRIMARY KEY,
  bedrijf_id INT NOT NULL REFERENCES bedrijf (bedrijf_id), achternaam VARCHAR(40),
  standaard CHAR(1) NOT NULL);
CREATE TABLE fournisseur (id_fournisseur INT PRIMARY KEY, raison_sociale VARCHAR(60));
CREATE TABLE adresse (id_adresse INT PRIMARY KEY,
  id_fournisseur INT NOT NULL REFERENCES fournisseur (id_fournisseur), ville VARCHAR(40), par_defaut BOOLEAN);
CREATE TABLE price_list (price_list_id INT PRIMARY KEY, list_name VARCHAR(40), is_default BOOLEAN);
"""


def test_one_of_an_owners_rows_is_the_default_one(service: ExperimentService, tmp_path: Path) -> None:
    with shown(service, tmp_path / "out", SEVERAL) as rows:
        for table, owner, condition in (
            ("guest_card", "guest_id", "is_default"),
            ("contactpersoon", "bedrijf_id", "standaard = 'J'"),
            ("adresse", "id_fournisseur", "par_defaut"),
        ):
            counted = f"SELECT sum(({condition})::INT) AS so_many FROM {table} GROUP BY {owner}"
            assert one(rows, f"SELECT bool_and(so_many = 1) FROM ({counted})"), table
            assert one(rows, f"SELECT count(*) FROM {table} WHERE NOT ({condition})") > 10, "several of many"
