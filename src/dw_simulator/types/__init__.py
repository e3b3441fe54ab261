"""From the name of an SQL type to the physical column that holds it: one table.

>>> sql_type("DECIMAL(12,2)")
SqlType(kind=<Kind.DECIMAL: 'decimal'>, declared='DECIMAL(12,2)', bits=64, precision=12, scale=2, ...)
>>> sql_type("timestamp_ntz").unit
'ns'

Types within types are written in any of the ways that warehouses have, and are then one text:

>>> sql_type("struct(id bigint, tags varchar(20)[])").declared
'STRUCT<id BIGINT, tags ARRAY<VARCHAR(20)>>'
>>> [field.name for field in sql_type("OBJECT(a INT, b VARCHAR)").fields]
['a', 'b']
"""

from dw_simulator.types.sql_types import (
    FLAT_KINDS,
    NUMERIC_KINDS,
    TEMPORAL_KINDS,
    Kind,
    SqlType,
    TypeField,
    UnknownTypeError,
)
from dw_simulator.types.type_families import DEFAULT_TEXT_LENGTH, MAX_DECIMAL_DIGITS, TYPES
from dw_simulator.types.type_texts import enum_text, field_name, sql_type

__all__ = [
    "DEFAULT_TEXT_LENGTH",
    "FLAT_KINDS",
    "MAX_DECIMAL_DIGITS",
    "NUMERIC_KINDS",
    "TEMPORAL_KINDS",
    "TYPES",
    "Kind",
    "SqlType",
    "TypeField",
    "UnknownTypeError",
    "enum_text",
    "field_name",
    "sql_type",
]
