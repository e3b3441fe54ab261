"""Names that say enough get their rule, and the schema says why."""

from typing import Any

import pytest
from tests.support import column, reference, table

from dw_simulator import schema
from dw_simulator.inference import infer
from dw_simulator.model import Column


def inferred(name: str, data_type: str, **fields: Any) -> Column:
    data = {"name": "x", "tables": [table("t", 1, column(name, data_type, **fields))]}
    found = infer(schema.parse(data, strict_names=False)).tables[0].columns[0]
    assert found.inferred is None or found.inferred.startswith(f"{name} looks like ")
    return found


@pytest.mark.parametrize(
    ("name", "data_type", "rule"),
    [
        ("first_name", "VARCHAR(50)", "faker"),
        ("FIRSTNAME", "VARCHAR(50)", "faker"),
        ("email", "VARCHAR(100)", "email"),
        ("e_mail_address", "VARCHAR(100)", "email"),
        ("city", "VARCHAR(30)", "faker"),
        ("venuestate", "CHAR(2)", "faker"),
        ("customer_name", "VARCHAR(60)", "full_name"),
        ("price", "DECIMAL(8,2)", "lognormal"),
        ("totalprice", "DECIMAL(8,2)", "lognormal"),
        ("status", "VARCHAR(12)", "choice"),
        ("order_uuid", "VARCHAR(36)", "uuid"),
        ("is_active", "BOOLEAN", "boolean"),
        ("description", "VARCHAR(80)", "text"),
    ],
)
def test_the_obvious_rule(name: str, data_type: str, rule: str) -> None:
    spec = inferred(name, data_type).rule_spec
    assert spec is not None
    assert spec.name == rule


def test_the_obvious_bounds() -> None:
    assert inferred("created_at", "TIMESTAMP").date_start is not None
    assert str(inferred("birth_date", "DATE").date_end) == "2007-12-31"
    assert inferred("quantity", "INT").max_value == 10
    assert inferred("discount_rate", "DECIMAL(4,2)").max_value is not None
    assert str(inferred("priceperticket", "DECIMAL(3,2)").max_value) == "9.99", "what the type holds"


@pytest.mark.parametrize(
    ("name", "data_type", "fields"),
    [
        ("email", "VARCHAR(10)", {}),
        ("email", "INT", {}),
        ("first_name", "VARCHAR(50)", {"faker_rule": "last_name"}),
        ("price", "DECIMAL(8,2)", {"min_value": 3}),
        ("xyz", "VARCHAR(50)", {}),
        ("city", "VARCHAR(40)", {"is_unique": True}),
    ],
)
def test_what_is_left_alone(name: str, data_type: str, fields: dict[str, Any]) -> None:
    assert inferred(name, data_type, **fields).inferred is None


def test_a_reference_is_never_given_a_rule() -> None:
    parent = table("p", 1, column("email", "VARCHAR(90)", is_unique=True))
    child = table("c", 1, column("email", "VARCHAR(90)", **reference("p.email")))
    found = infer(schema.parse({"name": "x", "tables": [parent, child]}))
    assert found.tables[0].columns[0].inferred is not None
    assert found.tables[1].columns[0].inferred is None
