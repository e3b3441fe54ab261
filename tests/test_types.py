"""SQL type names -> physical columns."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        ("UTINYINT", Kind.INTEGER, {"bits": 16, "limits": (0, 255)}),
        ("int unsigned", Kind.INTEGER, {"bits": 64, "limits": (0, 2**32 - 1)}),
        ("BIGINT(20) UNSIGNED", Kind.DECIMAL, {"precision": 20, "limits": (0, 2**64 - 1)}),
        ("NUMBER(10,-2)", Kind.DECIMAL, {"precision": 12, "scale": 0}),
        ("NUMBER(2,5)", Kind.DECIMAL, {"precision": 5, "scale": 5, "limits": (-99, 99)}),
        ("VARCHAR2(10 CHAR)", Kind.TEXT, {"length": 10}),
        ('"char"', Kind.TEXT, {"length": 1, "fixed": True}),
        ("timestamp(3) with local time zone", Kind.TIMESTAMP, {"digits": 3, "zoned": True}),
        ("enum('a', 'it''s')", Kind.TEXT, {"values": ("a", "it's"), "length": 4}),
        ("INTERVAL DAY(2) TO SECOND (3)", Kind.NOTATION, {"notation": "day time"}),
        ("interval year to month", Kind.NOTATION, {"notation": "months"}),
        ("geometry(PointZ, 4326)", Kind.NOTATION, {"notation": "point"}),
        ("bit varying(5)", Kind.NOTATION, {"notation": "bits", "length": 5, "fixed": False}),
        ("int[]", Kind.NESTED, {"shape": "list", "declared": "ARRAY<INT>"}),
        ("TEXT ARRAY", Kind.NESTED, {"shape": "list", "declared": "ARRAY<TEXT>"}),
        ("ARRAY(INT NOT NULL)", Kind.NESTED, {"shape": "list", "declared": "ARRAY<INT>"}),
        ("float[3]", Kind.NESTED, {"shape": "vector", "length": 3}),
        ("VECTOR(FLOAT, 16)", Kind.NESTED, {"shape": "vector", "length": 16}),
        ("vector(3)", Kind.NESTED, {"shape": "vector", "declared": "VECTOR(3)"}),
        ("map(varchar, int[])", Kind.NESTED, {"shape": "map", "declared": "MAP<VARCHAR, ARRAY<INT>>"}),
        (
            "STRUCT<a: INT COMMENT 'x', `b c`: STRUCT<d DOUBLE PRECISION>>",
            Kind.NESTED,
            {"shape": "struct", "declared": 'STRUCT<a INT, "b c" STRUCT<d DOUBLE PRECISION>>'},
        ),
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
        ("ARRAY<", "not a type name"),
        ("ARRAY<INTT>", "did you mean 'INT'"),
        ("STRUCT", "takes its parts in brackets"),
        ("STRUCT<a INT, A INT>", "two fields have one name"),
        ("MAP<INT[], INT>", "no lists"),
        ("MAP<INT>", "takes 2 types"),
        ("ENUM(a)", "in single quotes"),
        ("INT[0]", "1 to 4,096 elements"),
        ("VECTOR(FLOAT)", "not a type name"),
        ("GEOMETRY(FOO)", "is no shape"),
        ("RANGE<INT>", "dates or timestamps"),
        ("ARRAY<" * 40 + "INT" + ">" * 40, "more than 32 types"),
        ("INT[]" * 50_000, "at most 100,000 characters"),
    ],
)
def test_what_is_no_type(text: str, words: str) -> None:
    with pytest.raises(UnknownTypeError, match=words):
        sql_type(text)


_PIECES = """INT VARCHAR ARRAY STRUCT MAP VECTOR ENUM INTERVAL DAY TO SECOND GEOMETRY POINT a "b" ( ) < > [ ]
    , : 3 -2 'x' NOT NULL * MAX""".split()


@given(st.lists(st.sampled_from(_PIECES), max_size=14).map(" ".join))
def test_a_text_is_a_type_that_reads_itself_again_or_none(text: str) -> None:
    try:
        found = sql_type(text)
    except UnknownTypeError:
        return
    assert sql_type(found.declared) == found


def test_examples_in_the_documentation() -> None:
    assert doctest.testmod(types, optionflags=doctest.ELLIPSIS).failed == 0
