"""Names that say enough get their rule, and the schema says why."""

from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.support import column, reference, table, views
from typer.testing import CliRunner

from dw_simulator.interfaces.cli.main import app
from dw_simulator.planning import plan
from dw_simulator.planning.columns.unguessed import without_guess
from dw_simulator.registry.manager import registry
from dw_simulator.registry.rulebook import Rulebook
from dw_simulator.schema import reading
from dw_simulator.schema.inference import infer
from dw_simulator.schema.inference.guesses import Guess
from dw_simulator.schema.inference.words.glossary import all_guesses
from dw_simulator.schema.inference.words.lexicon import LOCALES, lexicon
from dw_simulator.schema.inference.words.tokens import noun, read, singular
from dw_simulator.schema.model import Column
from dw_simulator.schema.undeclared_parts import BY_TYPE_ALONE
from dw_simulator.service import ExperimentService, GenerateRequest


class OnlySome(list[str]):
    """The names of the rules that there are, where these are few."""

    def guesses(self) -> tuple[Guess, ...]:
        return ()

    def one_length(self, name: str) -> bool:
        return ALL_RULES.one_length(name)


ALL_RULES = Rulebook(registry())


def inferred_table(
    name: str, *columns: dict[str, Any], known: Any = ALL_RULES, **fields: Any
) -> dict[str, Column]:
    data = {"name": "x", "tables": [table(name, 1, *columns, **fields)]}
    found = infer(reading.parse(data, strict_names=False), known).tables[0].columns
    told = (*(f"{one.name} looks like " for one in found), "of one ", BY_TYPE_ALONE)
    assert all(one.inferred is None or one.inferred.startswith(told) for one in found)
    return {one.name: without_guess(one) if by_type(one) else one for one in found}


def by_type(one: Column) -> bool:
    """Whether no more is said of a column than its type does."""
    return (one.inferred or "").startswith(BY_TYPE_ALONE)


def inferred(name: str, data_type: str, **fields: Any) -> Column:
    return inferred_table("t", column(name, data_type, **fields))[name]


def said(one: Column) -> str:
    """What a column got, in few words."""
    if one.rule_spec is None:
        bounds = one.min_value if one.min_value is not None else one.date_start
        return "" if bounds is None else f"from {bounds}"
    options = one.rule_spec.options
    values = options.get("values")
    extra = options.get("field") or options.get("provider") or options.get("sql") or (values and values[0])
    return f"{one.rule_spec.name} {extra}" if extra else one.rule_spec.name


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("CustomerEmail", "customer email"),
        ("customerID", "customer id"),
        ("firstname", "first name"),
        ("FIRSTNAME", "first name"),
        ("priceperticket", "price per ticket"),
        ("totalprice", "total price"),
        ("venuestate", "venue state"),
        ("capacity", "capacity"),
        ("statement", "statement"),
        ("estate", "estate"),
        ("notation", "notation"),
        ("escape", "escape"),
        ("cust_nm", "customer name"),
        ("addr1", "address 1"),
        ("dob", "birth date"),
        ("order_dttm", "order timestamp"),
        ("e_mail", "email"),
        ("Straße", "street"),
        ("prénom", "first name"),
        ("Größe", "size"),
        ("Änderungsdatum", "update date"),
        ("ÄNDERUNGSDATUM", "update date"),
        ("LetzteA\u0308nderung", "last update"),
        ("frm_dt", "from date"),
        ("chrg_amt", "charge amount"),
        ("bild_amt", "bild amount"),
        ("bild_url", "image url"),
        ("datefabrication", "manufacture date"),
        ("idordonnance", "prescription id"),
        ("numerosecu", "social security number"),
        ("ideal_weight", "ideal weight"),
        ("montant_total", "total amount"),
        ("precio_unitario", "unit price"),
        ("fecha_nacimiento", "birth date"),
        ("date_de_naissance", "birth date"),
        ("data_di_nascita", "birth date"),
        ("codigo_postal", "postal code"),
        ("est_actif", "is active"),
        ("ist_aktiv", "is active"),
        ("geboortedatum", "birth date"),
        ("bestelldatum", "order date"),
        ("nome_do_cliente", "customer name"),
    ],
)
def test_names_as_words(name: str, words: str) -> None:
    assert " ".join(read(name).words) == words


def test_the_noun_of_a_table() -> None:
    assert noun("dim_customers") == ("customer",)
    assert noun("ORDER_ITEMS") == ("order", "item")
    assert noun("Städte") == ("staedte",)
    assert [singular(word) for word in ("boxes", "bus", "news", "people")] == ["box", "bus", "new", "person"]


GUESSED = """
# table     | column             | type           | what it gets
t           | first_name         | VARCHAR(50)    | faker first_name
t           | fname              | VARCHAR(50)    | faker first_name
t           | vorname            | VARCHAR(50)    | faker first_name
t           | prenom             | VARCHAR(50)    | faker first_name
t           | voornaam           | VARCHAR(50)    | faker first_name
t           | surname            | VARCHAR(50)    | faker last_name
t           | nachname           | VARCHAR(50)    | faker last_name
t           | apellidos          | VARCHAR(50)    | faker last_name
t           | cognome            | VARCHAR(50)    | faker last_name
t           | sobrenome          | VARCHAR(50)    | faker last_name
t           | achternaam         | VARCHAR(50)    | faker last_name
customers   | name               | VARCHAR(50)    | full_name
clientes    | nombre             | VARCHAR(50)    | full_name
clienti     | nome               | VARCHAR(50)    | full_name
kunden      | name               | VARCHAR(50)    | full_name
orders      | cust_nm            | VARCHAR(50)    | full_name
orders      | nom_client         | VARCHAR(50)    | full_name
products    | name               | VARCHAR(50)    | product
productos   | nombre             | VARCHAR(50)    | product
produits    | nom                | VARCHAR(50)    | product
users       | name               | VARCHAR(50)    | full_name
users       | user_name          | VARCHAR(50)    | faker user_name
artikel     | bezeichnung        | VARCHAR(50)    | product
cities      | name               | VARCHAR(50)    | place city
nations     | code               | CHAR(2)        | choice US
companies   | name               | VARCHAR(50)    | company name
suppliers   | s_name             | VARCHAR(50)    | company name
part        | p_name             | VARCHAR(55)    | product
customer    | c_name             | VARCHAR(25)    | full_name
t           | email              | VARCHAR(100)   | email
t           | e_mail_address     | VARCHAR(100)   | email
t           | courriel           | VARCHAR(100)   | email
t           | correo_electronico | VARCHAR(100)   | email
t           | user_name          | VARCHAR(32)    | faker user_name
t           | gender             | CHAR(1)        | choice F
t           | geschlecht         | VARCHAR(10)    | choice female
books       | title              | VARCHAR(100)   | pattern
t           | job_title          | VARCHAR(100)   | choice Sales Associate
t           | ssn                | VARCHAR(11)    | pattern
t           | phone2             | VARCHAR(30)    | place phone
t           | telefono           | VARCHAR(30)    | place phone
t           | mobilnummer        | VARCHAR(30)    | place phone
t           | city               | VARCHAR(30)    | place city
t           | capacity           | VARCHAR(30)    |
t           | capacity           | INT            | price
t           | ville              | VARCHAR(30)    | place city
t           | ciudad             | VARCHAR(30)    | place city
t           | stad               | VARCHAR(30)    | place city
t           | ort                | VARCHAR(30)    | place city
t           | venuestate         | CHAR(2)        | place state_code
t           | state              | VARCHAR(30)    | choice active
t           | state_province     | VARCHAR(40)    | place state
t           | state_province     | CHAR(2)        | place state_code
t           | statement          | VARCHAR(30)    |
t           | zip                | VARCHAR(10)    | place postcode
t           | PLZ                | VARCHAR(10)    | place postcode
t           | code_postal        | VARCHAR(10)    | place postcode
t           | codigo_postal      | VARCHAR(10)    | place postcode
t           | cap                | CHAR(5)        | place postcode
t           | cep                | CHAR(9)        | place postcode
t           | pays               | VARCHAR(60)    | choice United States
t           | ship_country_code  | CHAR(2)        | choice US
t           | addr1              | VARCHAR(60)    | place street_address
t           | straße             | VARCHAR(60)    | place street_address
t           | calle              | VARCHAR(60)    | place street_address
t           | lat                | DECIMAL(9,6)   | from 25
t           | laengengrad        | DOUBLE         | from -124
t           | currency_code      | CHAR(3)        | choice USD
t           | moneda             | CHAR(3)        | choice USD
t           | order_total        | DECIMAL(10,2)  | lognormal
t           | montant_total      | DECIMAL(10,2)  | lognormal
t           | betrag             | DECIMAL(10,2)  | lognormal
t           | importe            | DECIMAL(10,2)  | lognormal
t           | importo            | DECIMAL(10,2)  | lognormal
t           | bedrag             | DECIMAL(10,2)  | lognormal
t           | valor_total        | DECIMAL(10,2)  | lognormal
t           | amt                | DECIMAL(10,2)  | lognormal
t           | o_totalprice       | DECIMAL(15,2)  | lognormal
t           | l_extendedprice    | DECIMAL(15,2)  | lognormal
t           | c_acctbal          | DECIMAL(15,2)  | lognormal
t           | price              | BOOLEAN        | boolean
t           | qty                | INT            | geometric
t           | quantite           | INT            | geometric
t           | menge              | INT            | geometric
t           | cantidad           | INT            | geometric
t           | aantal             | INT            | geometric
t           | discount_rate      | DECIMAL(4,2)   | choice
t           | edad               | INT            | triangular
t           | is_active          | BOOLEAN        | boolean
t           | has_children       | BOOLEAN        | boolean
t           | ist_geloescht      | BOOLEAN        | boolean
t           | est_actif          | BOOLEAN        | boolean
t           | is_active          | CHAR(1)        | choice Y
t           | is_active          | SMALLINT       | choice 1
t           | paid_flag          | CHAR(1)        | choice Y
t           | is_null_reason     | VARCHAR(80)    | text
t           | created_at         | TIMESTAMP      | calendar
t           | login_ts           | TIMESTAMP      | calendar
t           | order_dt           | DATE           | calendar
t           | lieferdatum        | DATE           | calendar
t           | fecha_pedido       | DATE           | calendar
t           | date_livraison     | DATE           | calendar
t           | data_consegna      | DATE           | calendar
t           | leverdatum         | DATE           | calendar
t           | birth_date         | DATE           | from 1940-01-01
t           | dob                | DATE           | from 1940-01-01
t           | geburtsdatum       | DATE           | from 1940-01-01
t           | fecha_nacimiento   | DATE           | from 1940-01-01
t           | data_nascimento    | DATE           | from 1940-01-01
t           | created_at         | VARCHAR(30)    |
t           | status             | VARCHAR(12)    | choice active
t           | payment_method     | VARCHAR(12)    | choice card
t           | order_uuid         | VARCHAR(36)    | uuid
t           | ip_address         | VARCHAR(39)    | ip
t           | description        | VARCHAR(80)    | text
t           | beschreibung       | VARCHAR(80)    | text
t           | sku                | VARCHAR(20)    | pattern
t           | xyz                | VARCHAR(50)    |
# what real scripts have
t           | phone_number       | VARCHAR(20)    | place phone
t           | s_phone            | CHAR(15)       | pattern
t           | owner_phone        | BIGINT         | from 2010000000
t           | zip                | INT            | from 10000
t           | country            | VARCHAR(15)    | choice United States
t           | city               | VARCHAR(20)    | choice Portland
t           | job_title          | VARCHAR(35)    | choice Sales Associate
employees   | title              | VARCHAR(30)    | choice Sales Associate
jobs        | state              | VARCHAR(20)    | choice queued
pedidos     | estado             | VARCHAR(20)    | choice placed
pages       | mac_address        | VARCHAR(60)    | mac
t           | seats              | INT            | poisson
t           | week_of_year       | INT            | from 1
t           | day_of_year        | INT            | from 1
t           | expiry_month       | INT            | from 1
t           | credit_score       | INT            | normal
t           | btw_percentage     | DECIMAL(4,2)   | choice 19
t           | disc_pct           | DECIMAL(5,2)   | choice
t           | mbr_gender_cd      | CHAR(1)        | choice F
t           | marital_status     | CHAR(1)        | choice M
t           | debit_credit_ind   | CHAR(1)        | choice D
t           | discontinued       | INT            | choice 1
t           | account_type       | VARCHAR(20)    | choice standard
t           | order_number       | VARCHAR(20)    | pattern
t           | session_id         | VARCHAR(64)    | code
t           | session_id         | VARCHAR(36)    | uuid
t           | quantity_per_unit  | VARCHAR(20)    | choice 1 piece
t           | huisnummer         | VARCHAR(8)     | pattern
page_views  | event_name         | VARCHAR(50)    | choice page_view
t           | hub_customer_hk    | CHAR(32)       | hash
"""
LINES = [line for line in GUESSED.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("line", LINES)
def test_a_column_by_itself(line: str) -> None:
    owner, name, data_type, expected = (word.strip() for word in line.split("|"))
    head = name.split("_")[0]
    others = [column(f"{head}_x" if len(head) < 3 else "x", "BINARY")]
    assert said(inferred_table(owner, column(name, data_type), *others)[name]) == expected


def test_a_schema_of_guesses_can_be_planned() -> None:
    """Every guess of the list, in a column as it is there, without the rules for neighbours."""
    tables = []
    for k, line in enumerate(LINES):
        owner, name, data_type, _ = (word.strip() for word in line.split("|"))
        tables.append(table(f"{owner}_{k}", 5, column(name, data_type)))
    data = {"name": "x", "tables": tables}
    plan(infer(reading.parse(data, strict_names=False), ALL_RULES), 1, ALL_RULES)


def test_the_obvious_bounds() -> None:
    assert str(inferred("birth_date", "DATE").date_end) == "2007-12-31"
    assert inferred("quantity", "INT").max_value == 40
    assert str(inferred("priceperticket", "DECIMAL(3,2)").max_value) == "9.99", "what the type holds"


@pytest.mark.parametrize(
    ("name", "data_type", "fields"),
    [
        ("email", "VARCHAR(10)", {}),
        ("email", "INT", {}),
        ("first_name", "VARCHAR(50)", {"faker_rule": "last_name"}),
        ("price", "DECIMAL(8,2)", {"min_value": 3}),
        ("price", "DECIMAL(8,2)", {"is_unique": True}),
        ("city", "VARCHAR(40)", {"is_unique": True}),
    ],
)
def test_what_is_left_alone(name: str, data_type: str, fields: dict[str, Any]) -> None:
    assert inferred(name, data_type, **fields).inferred is None


def test_a_reference_is_never_given_a_rule() -> None:
    parent = table("p", 1, column("email", "VARCHAR(90)", is_unique=True))
    child = table("c", 1, column("email", "VARCHAR(90)", **reference("p.email")))
    found = infer(reading.parse({"name": "x", "tables": [parent, child]}), ALL_RULES)
    assert found.tables[0].columns[0].inferred is not None
    assert found.tables[1].columns[0].inferred is None


def test_a_comment_helps_where_the_name_says_nothing() -> None:
    found = inferred("c17", "VARCHAR(80)", comment="E-mail of the customer")
    assert found.inferred is None, "the noun stands in front"
    found = inferred("c17", "VARCHAR(80)", comment="customer email")
    assert found.inferred == "c17 looks like an e-mail address, as its comment says"


# --- neighbours

NAME = "VARCHAR(60)"


def entity(one: Column) -> tuple[str, str, str]:
    assert one.rule is not None
    return one.rule.name, one.rule.options["field"], one.rule.options["entity"]


def test_columns_of_one_person_and_of_one_place() -> None:
    names = ["first_name", "last_name", "email", "gender", "title", "city", "zip", "phone"]
    found = inferred_table("customers", *(column(name, NAME) for name in names))
    assert [entity(found[name])[:2] for name in names] == [
        ("person", "first_name"),
        ("person", "last_name"),
        ("person", "email"),
        ("person", "gender"),
        ("person", "title"),
        ("place", "city"),
        ("place", "postcode"),
        ("place", "phone"),
    ]
    assert {entity(one)[2] for one in found.values()} == {"customer"}
    assert found["city"].inferred == "city looks like a city, of the same place as zip and phone"


def test_the_prefix_says_which_of_several() -> None:
    names = ["buyer_first_name", "buyer_last_name", "SellerFirstName", "SellerLastName", "customer_name"]
    names += ["customer_email", "billing_city", "billing_zip", "ship_to_city", "ship_to_zip", "order_id"]
    found = inferred_table("orders", *(column(name, NAME) for name in names))
    owners = [entity(found[name])[2] for name in names[:-1]]
    assert owners == [
        "buyer",
        "buyer",
        "seller",
        "seller",
        "customer",
        "customer",
        *["billing"] * 2,
        *["ship_to"] * 2,
    ]
    assert entity(found["customer_name"])[1] == "full_name"


def test_a_name_beside_a_last_name_is_the_first_name() -> None:
    found = inferred_table("clientes", column("nombre", NAME), column("apellidos", NAME))
    assert entity(found["nombre"])[1] == "first_name"


def test_a_name_beside_a_first_name_is_the_last_name() -> None:
    for owner in ("clients", "employes"):
        found = inferred_table(owner, column("nom", NAME), column("prenom", NAME))
        assert entity(found["nom"])[1] == "last_name"
    found = inferred_table("hotels", column("name", NAME), column("email", NAME))
    assert said(found["name"]) == "pattern", "what has a name and an e-mail may be no person"
    found = inferred_table("things", column("name", NAME), column("email", NAME))
    assert said(found["name"]) == ""


def test_a_place_in_narrow_columns() -> None:
    """Where a postcode of any country does not fit, the place is in one."""
    found = inferred_table("t", column("city", NAME), column("country", NAME), column("zip", "CHAR(5)"))
    assert found["zip"].rule is not None
    assert "locale" not in found["zip"].rule.options
    found = inferred_table("t", column("cidade", NAME), column("morada", NAME), column("cep", "CHAR(8)"))
    assert said(found["cep"]) == "place postcode", "without the hyphen"
    found = inferred_table("t", column("cidade", NAME), column("morada", NAME), column("cep", "CHAR(7)"))
    assert said(found["cep"]) == "pattern"


def test_calls_are_over_within_hours() -> None:
    def within(*names: str) -> Any:
        rule = inferred_table("t", *(column(name, "TIMESTAMP") for name in names))[names[1]].rule
        assert rule is not None
        return rule.options["within"]

    assert within("call_start_time", "call_end_time") == "2h"
    assert within("contract_start", "contract_end") == "1800d"


def test_what_stands_alone_has_a_rule_of_its_own() -> None:
    assert said(inferred_table("orders", column("email", NAME), column("city", NAME))["email"]) == "email"
    both = inferred_table("t", column("phone", NAME), column("mobile", NAME), column("city", NAME))
    assert entity(both["phone"])[1] == "phone"
    assert entity(both["mobile"])[2] == "mobile", "one entity has one phone"


def test_keys_are_told_apart() -> None:
    found = inferred_table(
        "users", column("email", NAME, is_unique=True), column("first_name", NAME), column("last_name", NAME)
    )
    assert entity(found["email"])[1] == "email"
    found = inferred_table("users", column("last_name", NAME, is_unique=True), column("first_name", NAME))
    assert said(found["last_name"]) == "faker last_name"


def test_rules_that_are_not_there_are_not_chosen() -> None:
    columns = [column("first_name", NAME), column("last_name", NAME)]
    found = inferred_table("t", *columns, known=OnlySome(["faker", "email"]))
    assert [said(one) for one in found.values()] == ["faker first_name", "faker last_name"]


@pytest.mark.parametrize(
    ("names", "locale"),
    [
        (["vorname", "nachname", "plz", "ort"], "de_DE"),
        (["prenom", "nom", "code_postal", "ville"], "fr_FR"),
        (["nombre", "apellidos", "codigo_postal", "ciudad"], "es_ES"),
        (["nome", "cognome", "cap", "citta"], "it_IT"),
        (["nome", "sobrenome", "cep", "cidade"], "pt_BR"),
        (["voornaam", "achternaam", "postcode", "woonplaats"], "nl_NL"),
        (["first_name", "last_name", "zip", "city"], None),
    ],
)
def test_the_language_of_the_names_chooses_the_locale(names: list[str], locale: str | None) -> None:
    found = inferred_table("t", *(column(name, NAME) for name in names))
    spoken = {one.rule.options.get("locale") for one in found.values() if one.rule is not None}
    assert locale in spoken
    assert len(spoken) == 1
    if locale is not None:
        called = next(called for place, called in LOCALES.values() if place == locale)
        assert all(called in str(one.inferred) for one in found.values() if one.rule is not None)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("created_at", "updated_at"),
        ("start_date", "end_date"),
        ("order_date", "ship_date"),
        ("shipped_at", "delivered_at"),
        ("contract_start_date", "contract_end_date"),
        ("check_in", "check_out"),
        ("valid_from", "valid_to"),
        ("erstellt_am", "geaendert_am"),
        ("bestelldatum", "lieferdatum"),
        ("fecha_inicio", "fecha_fin"),
        ("date_commande", "date_livraison"),
        ("data_inizio", "data_fine"),
        ("hire_date", "termination_date"),
        ("gueltig_ab", "gueltig_bis"),
        ("eff_dt", "term_dt"),
        ("admit_date", "discharge_date"),
        ("rental_date", "return_date"),
        ("activation_date", "deactivation_date"),
        ("create_date", "last_update"),
        ("crt_ts", "upd_ts"),
        ("order_date", "required_date"),
    ],
)
def test_the_later_moment_comes_after_the_earlier(earlier: str, later: str) -> None:
    found = inferred_table("t", column(later, "DATE"), column(earlier, "DATE"))
    assert found[later].rule is not None
    assert found[later].rule.name == "after"
    assert found[later].rule.options["column"] == earlier
    assert found[later].inferred == f"{later} looks like what comes after {earlier}"
    assert said(found[earlier]) == "calendar"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (column("order_start", "DATE"), column("contract_end", "DATE")),
        (column("start_date", "DATE"), column("end_date", "DATE", is_unique=True)),
        (column("created_at", "TIMESTAMP"), column("updated_at", "TIMESTAMPTZ")),
        (column("start_date", "DATE"), column("end_date", "DATE", date_end="2023-01-01")),
        (column("start_date", "DATE"), column("end_date", "VARCHAR(20)")),
    ],
)
def test_moments_that_stay_apart(one: dict[str, Any], other: dict[str, Any]) -> None:
    found = inferred_table("t", one, other)[other["name"]]
    assert found.rule is None or found.rule.name != "after"


def test_a_total_is_a_quantity_of_a_price() -> None:
    def of(total: dict[str, Any], *others: dict[str, Any]) -> str:
        both = others or (column("quantity", "INT"), column("unit_price", "DECIMAL(8,2)"))
        return said(inferred_table("t", *both, total)[total["name"]])

    product = 'expression "quantity" * "unit_price"'
    assert of(column("line_total", "DECIMAL(12,2)")) == product
    assert of(column("total", "DOUBLE")) == product
    assert of(column("total", "DECIMAL(5,2)")) == product, "the price is drawn so that it fits"
    assert of(column("total", "DECIMAL(2,2)")) == "", "no price fits"
    assert of(column("total", "DECIMAL(12,2)", is_unique=True)) == ""
    german = (column("menge", "INT"), column("einzelpreis", "DECIMAL(8,2)"))
    assert of(column("gesamtpreis", "DECIMAL(12,2)"), *german) == 'expression "menge" * "einzelpreis"'
    odd = (column("Quantity", "INT"), column("unit_price", "DECIMAL(8,2)"))
    assert of(column("total", "DECIMAL(12,2)"), *odd) == 'expression "Quantity" * "unit_price"'
    loose = (column("quantity", "INT", required=False), column("unit_price", "DECIMAL(8,2)"))
    assert of(column("total", "DECIMAL(12,2)"), *loose) == product, "whose quantity is then never NULL"


# --- the tables themselves


def test_the_tables_are_sound() -> None:
    assert all(word.isalnum() and word == word.lower() for word in lexicon())
    assert {language for _, spoken in lexicon().values() for language in spoken} == set(LOCALES)
    known = set(ExperimentService().registry.names("rule"))
    for guess in all_guesses():
        spec = guess.fields.get("rule")
        assert spec is None or spec["name"] in known


def test_no_infer_on_the_command_line(tmp_path: Path) -> None:
    script = tmp_path / "a.sql"
    script.write_text("CREATE TABLE t (id INT PRIMARY KEY, email VARCHAR(80));")
    run = CliRunner()
    words = ["experiment", "import-sql", str(script), "--name", "a", "--dialect", "duckdb", "--json"]
    assert "inferred" in run.invoke(app, words).stdout
    words[4] = "b"
    assert "inferred" not in run.invoke(app, [*words, "--no-infer"]).stdout
    made = {}
    for option in ("--infer", "--no-infer"):
        place = tmp_path / option
        words = ["generate", str(script), "--output-dir", str(place), "--target-rows", "3", "--seed", "1"]
        assert run.invoke(app, [*words, option]).exit_code == 0
        made[option] = duckdb.sql(f"SELECT email FROM '{place}/t/*.parquet'").fetchall()
    assert all("@" in email for (email,) in made["--infer"])
    assert not any("@" in email for (email,) in made["--no-infer"])


def test_places_are_mostly_at_home() -> None:
    def shares(table: str) -> Any:
        rule = inferred_table(table, column("city", NAME), column("country", NAME))["city"].rule
        assert rule is not None
        return rule.options["locale"]

    people, branches = shares("customers"), shares("branches")
    assert 0.8 < people["en_US"] / sum(people.values()) < 0.95
    assert 0.95 < branches["en_US"] / sum(branches.values()) < 1, "few shops are abroad"


SHOP = """
CREATE TABLE customers (id INT PRIMARY KEY, first_name VARCHAR(40) NOT NULL, last_name VARCHAR(40) NOT NULL,
  email VARCHAR(90) NOT NULL UNIQUE CHECK (email LIKE '%@%'),
  gender CHAR(1) NOT NULL CHECK (gender IN ('F', 'M')),
  city VARCHAR(60) NOT NULL, country_code CHAR(2) NOT NULL,
  lat DOUBLE CHECK (lat BETWEEN -90 AND 90), zip VARCHAR(12), phone VARCHAR(30));
CREATE TABLE kunden (kunden_nr INT PRIMARY KEY, vorname VARCHAR(40) NOT NULL, nachname VARCHAR(40) NOT NULL,
  plz CHAR(5) NOT NULL, ort VARCHAR(60) NOT NULL, erstellt_am TIMESTAMP NOT NULL, geaendert_am TIMESTAMP);
CREATE TABLE orders (id INT PRIMARY KEY, customer_id INT NOT NULL REFERENCES customers (id),
  order_date DATE NOT NULL, ship_date DATE,
  quantity INT NOT NULL CHECK (quantity BETWEEN 2 AND 8), unit_price DECIMAL(8,2) NOT NULL,
  line_total DECIMAL(12,2) NOT NULL, status VARCHAR(12) CHECK (status IN ('new', 'sent')),
  CHECK (ship_date > order_date));
"""


def test_what_is_inferred_agrees_from_outside(service: ExperimentService, tmp_path: Path) -> None:
    created = service.import_sql(SHOP, name="shop", dialect="duckdb", target_rows=500)
    assert created.warnings == (), "what its CHECK lists is chosen"
    request = GenerateRequest(output_dir=str(tmp_path / "out"), seed=3)
    assert service.generate("shop", request).warnings == (), "every CHECK holds for sure"
    with views(tmp_path / "out") as source:

        def holds(table_name: str, condition: str) -> None:
            query = f"SELECT count(*) FILTER (NOT ({condition})), count(*) FROM {table_name}"
            assert source.execute(query).fetchall() == [(0, 500)], condition

        holds("customers", "email LIKE '%@%' AND gender IN ('F', 'M')")
        holds("orders", "quantity BETWEEN 2 AND 8 AND line_total = quantity * unit_price")
        holds("orders", "ship_date > order_date AND ship_date <= order_date + 11")
        holds("orders", "status IN ('new', 'sent')")
        holds("kunden", "geaendert_am >= erstellt_am")
        named = "lower(strip_accents(first_name)) = split_part(email, '.', 1)"
        query = f"SELECT avg(({named})::INT), count(DISTINCT country_code) FROM customers"
        share, countries = source.execute(query).fetchall()[0]
        assert share > 0.9, "but for names that an address writes otherwise"
        assert countries > 7
        pairs = "SELECT max(n) FROM (SELECT count(DISTINCT substr(plz, 1, 1)) AS n FROM kunden GROUP BY ort)"
        assert source.execute(pairs).fetchall()[0][0] <= 2, "a town has its own postcodes"


def test_names_without_latin_letters_are_imported(service: ExperimentService) -> None:
    ddl = """CREATE TABLE p (id INT PRIMARY KEY, page_count INT);
        CREATE TABLE "注文" (id INT PRIMARY KEY, p_id INT NOT NULL REFERENCES p);"""
    tables = service.import_sql(ddl, name="names", dialect="postgres").experiment.tables
    assert [one.name for one in tables] == ["p", "注文"]
