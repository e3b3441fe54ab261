"""Types that have no values of their own here, and the nearest ones that have."""

from collections.abc import Iterator, Mapping

from sqlglot import exp

_MOST_DIGITS = 38
_POINT = "STRUCT<x DOUBLE, y DOUBLE>"
STAND_INS: Mapping[str, str] = {
    **dict.fromkeys(
        """REGCLASS REGPROC REGPROCEDURE REGTYPE REGROLE REGNAMESPACE REGOPER REGOPERATOR REGCONFIG
        REGDICTIONARY REGCOLLATION XID CID""".split(),
        "OID",
    ),
    "XID8": "NUMERIC(20,0)",
    "TID": "VARCHAR(20)",
    **dict.fromkeys(("PG_SNAPSHOT", "TXID_SNAPSHOT", "REFCURSOR", "ACLITEM", "JSONPATH"), "VARCHAR(60)"),
    **dict.fromkeys(("PG_NODE_TREE", "GTSVECTOR", "LQUERY", "LTXTQUERY"), "VARCHAR(80)"),
    **dict.fromkeys(("CUBE", "SEG", "EARTH", "BOX2D", "BOX3D", "RASTER", "TOPOGEOMETRY"), "VARCHAR(80)"),
    **dict.fromkeys(("EAN13", "ISBN", "ISBN13", "ISSN", "ISSN13", "ISMN", "UPC"), "VARCHAR(20)"),
    "INT4MULTIRANGE": "INT4RANGE",
    "INT8MULTIRANGE": "INT8RANGE",
    "NUMMULTIRANGE": "NUMRANGE",
    "DATEMULTIRANGE": "DATERANGE",
    "TSMULTIRANGE": "TSRANGE",
    "TSTZMULTIRANGE": "TSTZRANGE",
    **dict.fromkeys(("INET4", "INET6", "IPV4", "IPV6", "IPADDRESS"), "INET"),
    **dict.fromkeys(("GEOMETRYCOLLECTION", "GEOMCOLLECTION"), "GEOMETRY"),
    **dict.fromkeys(("MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "LINESTRING"), "GEOMETRY"),
    # those of DuckDB's spatial extension
    "POINT_2D": "STRUCT<x DOUBLE, y DOUBLE>",
    "BOX_2D": "STRUCT<min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE>",
    "LINESTRING_2D": "ARRAY<STRUCT<x DOUBLE, y DOUBLE>>",
    "POLYGON_2D": f"ARRAY<ARRAY<{_POINT}>>",
    "WKB_BLOB": "GEOMETRY",
    "MIDDLEINT": "MEDIUMINT",
    # a column of it holds nothing but NULLs
    **dict.fromkeys(("NULL", "VOID"), "VARCHAR(20)"),
    "FILE": "VARCHAR(255)",
}
"""By the name of the type."""


def told(kind: exp.DataType, name: str, text: str) -> Iterator[str]:
    """What is to be said of a type, which was taken for a text."""
    if name in ("NULL", "VOID"):
        yield f"its type holds nothing but NULLs, and was taken for {text}"
    elif STAND_INS.get(name) == text != "MEDIUMINT":
        yield f"{name} has no values of its own here, and was taken for {text}"
    elif name == "UNION":
        yield f"values are of the first of the types, {text}"
    elif has_too_many_digits(kind) and text.startswith(("DECIMAL(", "NUMERIC(")):
        yield f"values have up to {_MOST_DIGITS} digits, as of {text}"
    elif is_shown_as_decimal(kind, name) and text.startswith("DECIMAL("):
        yield f"{kind.sql()} has values as {text} has them"


def has_too_many_digits(kind: exp.DataType) -> bool:
    """Whether a decimal has more digits than are made here."""
    first = (
        kind.expressions[0].name if kind.expressions and kind.expressions[0].key == "datatypeparam" else ""
    )
    scale = kind.expressions[1].name if len(kind.expressions) > 1 else "0"
    return first.isdigit() and int(first) > _MOST_DIGITS and scale.isdigit()


def is_shown_as_decimal(kind: exp.DataType, name: str) -> bool:
    """Whether it is a float of which the digits are said: FLOAT(7,4)."""
    return name in ("FLOAT", "DOUBLE") and len(kind.expressions) == 2


def fewer_digits(kind: exp.DataType) -> str:
    """The digits of a decimal with too many: 38, of which as many are behind the point as were said."""
    scale = int(kind.expressions[1].name) if len(kind.expressions) > 1 else 0
    return f"{_MOST_DIGITS},{min(scale, _MOST_DIGITS)}"
