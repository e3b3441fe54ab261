"""What only this plugin can know: its facts, and which airports agree."""

import pytest
from dw_sim_plugin_airports.airports import AIRPORTS
from dw_sim_plugin_airports.aviation import AviationProvider
from faker import Faker

from dw_simulator import ExperimentService
from dw_simulator.errors import PlanError


def column(name, data_type, **rule):
    return {"name": name, "data_type": data_type, "rule": {"name": "airport", **rule}}


@pytest.fixture
def service(tmp_path, monkeypatch):
    monkeypatch.setenv("DW_SIM_HOME", str(tmp_path))
    made = ExperimentService()
    yield made
    made.persistence.close()


def test_codes_are_three_letters_and_no_two_airports_share_one():
    codes = [airport.iata for airport in AIRPORTS]
    assert len(set(codes)) == len(codes) >= 60
    assert all(len(code) == 3 and code.isalpha() and code.isupper() for code in codes)


def test_columns_of_an_entity_agree(service):
    columns = [
        column("from", "CHAR(3)", entity="from"),
        column("from_city", "VARCHAR(40)", field="city", entity="from"),
        column("from_country", "CHAR(2)", field="country", entity="from"),
        column("to", "CHAR(3)", entity="to"),
    ]
    names = [{**one, "name": f"{one['name']}_"} for one in columns]  # `from` and `to` are words of SQL
    service.create({"name": "flights", "tables": [{"name": "flights", "columns": names}]})
    cities = {airport.iata: (airport.city, airport.country) for airport in AIRPORTS}
    rows = service.preview("flights", "flights", count=1000).rows
    assert all((row["from_city_"], row["from_country_"]) == cities[row["from_"]] for row in rows)
    assert sum(row["from_"] == row["to_"] for row in rows) < 50, "two entities are two airports"


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (
            [{**column("city", "VARCHAR(40)", field="city"), "is_unique": True}],
            "several airports have the same city",
        ),
        ([column("name", "VARCHAR(10)", field="name")], "has 49 bytes; widen it to 49"),
    ],
)
def test_what_cannot_be_is_refused(service, columns, words):
    service.create({"name": "x", "tables": [{"name": "t", "target_rows": 20, "columns": columns}]})
    with pytest.raises(PlanError, match=words):
        service.plan("x", seed=1)


def test_the_provider_makes_flights():
    faker = Faker()
    faker.add_provider(AviationProvider)
    faker.seed_instance(1)
    assert all(2 < len(faker.flight_number()) <= 6 for _ in range(100))
    assert " " in faker.aircraft_type()
