"""Parts of nested columns hold what their names say, and those of one struct agree."""

from typing import Any

import pytest
from tests.plugins.test_wild_types import imported

from dw_simulator import planning
from dw_simulator.arrow import rows_of
from dw_simulator.registry.manager import registry
from dw_simulator.registry.rulebook import Rulebook
from dw_simulator.schema.inference import infer
from dw_simulator.schema.model import Experiment

SQL = """CREATE TABLE customers (
    id BIGINT PRIMARY KEY,
    status ENUM('new', 'active', 'closed'),
    address STRUCT(street VARCHAR(60), city VARCHAR(40), zip VARCHAR(10), country_code VARCHAR(2)),
    emails VARCHAR(80)[],
    lines STRUCT(quantity INT, price DECIMAL(8,2), x INT)[],
    contact STRUCT(first_name VARCHAR(30), email VARCHAR(80)),
    location GEOMETRY,
    ip_address INET,
    plain INT[]
)"""


@pytest.fixture(scope="module")
def inferred() -> Experiment:
    read = imported("duckdb", SQL)
    sized = read.changed(tables=tuple(one.changed(target_rows=500) for one in read.tables))
    return infer(sized, Rulebook(registry()))


def rows(inferred: Experiment) -> list[dict[str, Any]]:
    a_plan = planning.plan(inferred, 3, Rulebook(registry()))
    assert not a_plan.warnings
    return [dict(row) for row in rows_of(a_plan)["customers"]]


def test_parts_are_what_their_names_say(inferred: Experiment) -> None:
    columns = {column.name: column for column in inferred.tables[0].columns}
    assert columns["status"].inferred == "status looks like one of what its type lists"
    for name in ("address", "emails", "lines", "contact"):
        assert (
            columns[name].inferred
            == f"{name} looks like a value whose parts say by their names what they are"
        )
    assert all(columns[name].rule is None for name in ("location", "ip_address", "plain"))
    made = rows(inferred)
    mails = [mail for row in made for mail in row["emails"] or ()]
    assert mails
    assert all("@" in mail for mail in mails)
    prices = [float(line["price"]) for row in made for line in row["lines"] or ()]
    assert 0 < min(prices) < max(prices)


def test_parts_of_one_struct_agree(inferred: Experiment) -> None:
    made = [row for row in rows(inferred) if row["address"] and row["contact"]]
    capitals = [row["address"] for row in made if row["address"]["city"] == "Philadelphia"]
    assert capitals
    assert all(one["zip"].startswith("191") and one["country_code"] == "US" for one in capitals)
    named = [row["contact"] for row in made]
    own = [one for one in named if one["first_name"].lower() in one["email"].lower()]
    assert len(own) > 0.5 * len(named)
