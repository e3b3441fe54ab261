"""SQL type names -> physical columns."""

import doctest

import pytest

from dw_simulator import types
from dw_simulator.types import Kind, UnknownTypeError, sql_type


@pytest.mark.parametrize(
    ("text", "kind", "facts"),
    [
        ("int", Kind.INTEGER, {"bits": 32}),
        ("INT(11)", Kind.INTEGER, {"bits": 32}),
        ("tinyint", Kind.INTEGER, {"bits": 8, "limits": (-128, 127)}),
        ("INT2", Kind.INTEGER, {"bits": 16}),
        ("int8", Kind.INTEGER, {"bits": 64}),
        ("DECIMAL", Kind.DECIMAL, {"precision": 18, "scale": 0, "bits": 64}),
        ("NUMBER", Kind.DECIMAL, {"precision": 38, "scale": 0, "bits": 128}),
        ("numeric( 19 , 4 )", Kind.DECIMAL, {"precision": 19, "scale": 4, "bits": 128}),
        ("DECIMAL(3,1)", Kind.DECIMAL, {"limits": (-999, 999)}),
        ("REAL", Kind.FLOAT, {"bits": 32}),
        ("FLOAT(24)", Kind.FLOAT, {"bits": 32}),
        ("float(25)", Kind.FLOAT, {"bits": 64}),
        ("double precision", Kind.FLOAT, {"bits": 64}),
        ("bool", Kind.BOOLEAN, {}),
        ("CHAR", Kind.TEXT, {"length": 1, "fixed": True}),
        ("character varying(7)", Kind.TEXT, {"length": 7, "fixed": False}),
        ("VARCHAR(MAX)", Kind.TEXT, {"length": 65_535}),
        ("TEXT", Kind.TEXT, {"length": 255}),
        ("DATE", Kind.DATE, {}),
        ("TIME(3)", Kind.TIME, {"digits": 3, "unit": "us"}),
        ("TIMESTAMP", Kind.TIMESTAMP, {"unit": "us", "zoned": False}),
        ("timestamp(3) with time zone", Kind.TIMESTAMP, {"digits": 3, "zoned": True}),
        ("TIMESTAMP_NTZ", Kind.TIMESTAMP, {"unit": "ns", "zoned": False}),
        ("TIMESTAMP_LTZ(6)", Kind.TIMESTAMP, {"unit": "us", "zoned": True}),
        ("VARBYTE(20)", Kind.BINARY, {"length": 20}),
        ("UUID", Kind.UUID, {}),
        ("SUPER", Kind.JSON, {"shape": "any"}),
        ("ARRAY", Kind.JSON, {"shape": "array"}),
        ("OBJECT", Kind.JSON, {"shape": "object"}),
    ],
)
def test_types(text: str, kind: Kind, facts: dict[str, object]) -> None:
    found = sql_type(text)
    assert found.kind is kind
    assert {name: getattr(found, name) for name in facts} == facts


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("INTT", "did you mean 'INT'"),
        ("VARCHARR(3)", "did you mean 'VARCHAR'"),
        ("", "not a type name"),
        ("DECIMAL(39)", "1 to 38"),
        ("DECIMAL(5,6)", "scale must be 0 to 5"),
        ("VARCHAR(0)", "at least 1"),
        ("VARCHAR(3,4)", "too many"),
        ("DECIMAL(1,2,3)", "too many"),
        ("TIMESTAMP(10)", "0 to 9"),
        ("VARCHAR(3); DROP TABLE x", "not a type name"),
    ],
)
def test_what_is_no_type(text: str, words: str) -> None:
    with pytest.raises(UnknownTypeError, match=words):
        sql_type(text)


def test_examples_in_the_documentation() -> None:
    assert doctest.testmod(types, optionflags=doctest.ELLIPSIS).failed == 0
