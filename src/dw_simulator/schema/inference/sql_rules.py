"""What a pass says in SQL, as rules have it."""

from dw_simulator.schema.json_data import Json


def expression(sql: str) -> dict[str, Json]:
    """The rule of a column that is made from others. sql: in DuckDB's SQL, names quoted."""
    return {"name": "expression", "sql": sql, "dialect": "duckdb"}


def expressed(sql: str) -> dict[str, Json]:
    """The fields of a column with that rule, and no others."""
    return {"rule": expression(sql)}
