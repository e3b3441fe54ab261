"""Types of columns of which no type is said: by the values they may have, else by their names."""

import re
from collections.abc import Sequence

from dw_simulator.schema.json_data import Json

_BY_NAME = tuple(
    (re.compile(rf"(?i)(?:{pattern})"), data_type)
    for pattern, data_type in (
        (r"(is|has|was|can|should|did)_.+|.+_flag|active|enabled|deleted", "BOOLEAN"),
        (r".*uuid|.*guid|.*_hash|.*token", "VARCHAR"),
        (r"(.*_)?id|(.*_)?(count|quantity|qty|number_of_.+|num_.+|age|year|rank|position|sk)", "INT"),
        (
            r".*_(at|ts|timestamp|datetime)|timestamp|created|updated|_.*(loaded|synced|extracted).*",
            "TIMESTAMP",
        ),
        (r"(.*_)?(date|day|on|birthday|dob)", "DATE"),
        (
            r"(.*_)?(amount|price|cost|total|subtotal|tax|revenue|fee|balance|discount|paid|salary)(_\w\w\w)?",
            "DECIMAL(12,2)",
        ),
        (r"(.*_)?(rate|ratio|share|score|percent|pct|latitude|longitude|lat|lon|weight)", "FLOAT"),
    )
)
_KINDS = ((bool, "BOOLEAN"), (int, "INT"), (float, "FLOAT"))


def type_by_name(name: str) -> str:
    """A type that columns of such a name often have.

    >>> type_by_name("customer_id"), type_by_name("created_at"), type_by_name("city")
    ('INT', 'TIMESTAMP', 'VARCHAR')
    """
    return next((data_type for pattern, data_type in _BY_NAME if pattern.fullmatch(name)), "VARCHAR")


def type_of_values(values: Sequence[Json]) -> str:
    """The type of values that are listed; empty where none are.

    >>> type_of_values(["a", 1]), type_of_values([1, 2]), type_of_values([True, False])
    ('VARCHAR', 'INT', 'BOOLEAN')
    """
    if not values:
        return ""
    return next((name for kind, name in _KINDS if all(type(value) is kind for value in values)), "VARCHAR")


_TEXTS = (
    (re.compile(r"-?(0|[1-9]\d{0,8})"), "INT"),
    (re.compile(r"-?(0|[1-9]\d{0,17})"), "BIGINT"),
    (re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?"), "FLOAT"),
    (re.compile(r"(?i)true|false"), "BOOLEAN"),
    (re.compile(r"\d{4}-\d\d-\d\d"), "DATE"),
    (re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?"), "TIMESTAMP"),
)


def type_of_texts(cells: Sequence[Json]) -> str:
    """The type of a file's cells, in which a number with leading zeros is a text.

    >>> type_of_texts(["1", None, "20"]), type_of_texts(["007"]), type_of_texts(["2024-01-31"])
    ('INT', 'VARCHAR', 'DATE')
    """
    texts = [str(cell) for cell in cells if cell is not None]
    if not texts or any(re.match(r"-?0\d", text) for text in texts):
        return "VARCHAR"
    return next((name for shape, name in _TEXTS if all(map(shape.fullmatch, texts))), "VARCHAR")
