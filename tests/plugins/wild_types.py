"""Types of each dialect beside the usual ones, as its own scripts write them, and how they are written back.

Where nothing else is said, a type comes back as it was read.
"""

from collections.abc import Mapping

Written = str | tuple[str, str]
"""A type; or a type, and what it is written as."""

TYPES: Mapping[str, tuple[Written, ...]] = {
    "redshift": (
        "GEOGRAPHY",
        "GEOMETRY",
        "HLLSKETCH",
        "INTERVAL YEAR TO MONTH",
        "INTERVAL DAY TO SECOND",
        "TIMESTAMP(0)",
        "TIMETZ(3)",
        ("FLOAT(10)", "REAL"),
        ("FLOAT(30)", "DOUBLE PRECISION"),
        "OID",
        "NAME",
        '"char"',
        "SUPER",
    ),
    "snowflake": (
        "GEOGRAPHY",
        "GEOMETRY",
        "VECTOR(FLOAT, 16)",
        "VECTOR(INT, 4)",
        "ARRAY(VARCHAR(10))",
        ("ARRAY(VARCHAR)", "ARRAY(VARCHAR(16777216))"),
        ("OBJECT(a INT, b VARCHAR(5))", "OBJECT(a BIGINT, b VARCHAR(5))"),
        'OBJECT("a b" BIGINT, c ARRAY(DOUBLE))',
        "MAP(VARCHAR(20), NUMBER(10,2))",
        "INTERVAL DAY TO SECOND",
        "INTERVAL YEAR TO MONTH",
        "ARRAY",
        "OBJECT",
        "VARIANT",
    ),
    "postgres": (
        "INET",
        "CIDR",
        "MACADDR",
        "MACADDR8",
        "MONEY",
        "INTERVAL",
        "INTERVAL DAY TO SECOND",
        "BIT(8)",
        "VARBIT(12)",
        "XML",
        "INT4RANGE",
        "INT8RANGE",
        "NUMRANGE",
        "TSRANGE",
        "TSTZRANGE",
        "DATERANGE",
        "TSVECTOR",
        "TSQUERY",
        "OID",
        "NAME",
        '"char"',
        "CITEXT",
        "HSTORE",
        "LTREE",
        "PG_LSN",
        "POINT",
        "LINE",
        "LSEG",
        "BOX",
        "PATH",
        "POLYGON",
        "CIRCLE",
        "GEOMETRY(POINT,4326)",
        "GEOGRAPHY",
        "VECTOR(3)",
        "INTEGER[]",
        "INTEGER[4]",
        "TEXT[]",
        "VARCHAR(10)[]",
        "INTEGER[][]",
        "UUID[]",
        "NUMERIC(20,3)[]",
        "TIMESTAMPTZ[]",
        "BOOLEAN[]",
        "BYTEA[]",
        "INET[]",
        "JSONB[]",
    ),
    "duckdb": (
        "INTEGER[]",
        "VARCHAR[]",
        "INTEGER[3]",
        "INTEGER[][]",
        'STRUCT("a" INTEGER, "b" VARCHAR)',
        'STRUCT("a b" INTEGER, "at" DATE, "d" TIMESTAMP_NS, "e" UUID, "f" DECIMAL(20,3))[]',
        "MAP(VARCHAR, INTEGER)",
        'MAP(INTEGER, STRUCT("x" DOUBLE))',
        "ENUM('a', 'b''c')",
        "INTERVAL",
        "HUGEINT",
        "UHUGEINT",
        "UTINYINT",
        "USMALLINT",
        "UINTEGER",
        "UBIGINT",
        "BITSTRING",
        "GEOMETRY",
        ("BIGNUM", "DECIMAL(38,0)"),
        "INET",
        "REAL[16]",
        "TIME_NS[]",
        "BLOB[]",
        "JSON[]",
    ),
    "bigquery": (
        "GEOGRAPHY",
        "INTERVAL",
        "ARRAY<STRING>",
        "ARRAY<STRING(5)>",
        "ARRAY<STRUCT<`a` INT64, `b` STRING(5)>>",
        ("STRUCT<a INT64, b ARRAY<FLOAT64>>", "STRUCT<`a` INT64, `b` ARRAY<FLOAT64>>"),
        "STRUCT<`a b` INT64, `c` DATETIME>",
        "RANGE<DATE>",
        "RANGE<DATETIME>",
        "RANGE<TIMESTAMP>",
    ),
    "databricks": (
        "ARRAY<STRING>",
        "MAP<STRING, INT>",
        ("STRUCT<a: INT, b: STRING>", "STRUCT<`a`: INT, `b`: STRING>"),
        "STRUCT<`a b`: INT, `c`: ARRAY<TIMESTAMP_NTZ>>",
        "ARRAY<ARRAY<DOUBLE>>",
        "INTERVAL DAY TO SECOND",
        "INTERVAL YEAR TO MONTH",
        "GEOGRAPHY(4326)",
        "GEOMETRY(4326)",
        "VARIANT",
    ),
}


def read_and_written(dialect: str) -> list[tuple[str, str]]:
    """(a type, what it is written as), for every type of a dialect."""
    return [(one, one) if isinstance(one, str) else one for one in TYPES[dialect]]


def script(dialect: str) -> str:
    """A table with a column of every type, which may be NULL every other time."""
    columns = [
        f"c{k} {read}{' NOT NULL' if k % 2 else ''}" for k, (read, _) in enumerate(read_and_written(dialect))
    ]
    return f"CREATE TABLE wild (id BIGINT NOT NULL, {', '.join(columns)})"
