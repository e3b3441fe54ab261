"""Queries with their answers by hand: files of lines `query => answer`, over one small table.

An answer's columns are apart by ` | `, its rows by ` ; `. A line that begins with no SELECT or WITH is an
expression. `refused: words` means that the query is refused in such words.
"""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from dw_simulator.types import sql_type

HERE = Path(__file__).parent / "queries"
_COLUMNS = {
    "id": "INTEGER",
    "code": "VARCHAR(10)",
    "sent_on": "VARCHAR(10)",
    "digits": "VARCHAR(10)",
    "mark": "CHAR(5)",
    "small": "SMALLINT",
    "big": "BIGINT",
    "price": "DECIMAL(8,2)",
    "ratio": "DOUBLE PRECISION",
    "sent": "DATE",
    "seen": "TIMESTAMP",
    "done": "BOOLEAN",
    "load": "JSON",
}
TABLES = {"parcels": {name: sql_type(declared) for name, declared in _COLUMNS.items()}}
"""The table of all queries."""
_LOADS = (
    """{"box": "red", "n": 3, "f": 2.5, "ok": true, "none": null, "Tag": "T", "size": {"w": 4, "h": 7},
 "things": [{"sku": "a1", "qty": 2, "tags": ["x", "y"]}, {"sku": "b2", "qty": 5, "tags": ["z"]}],
 "grid": [[1, 2], [3]], "when": "2024-03-05"}""",
    '{"box": "blue", "n": 12, "things": [{"sku": "c3", "qty": 1}]}',
    '{"box": "red", "n": "7", "things": []}',
)
_ROWS = f"""
    (1, 'ab', '2024-03-05', '7', 'xy', CAST(20000 AS SMALLINT), 3000000000, CAST(12.50 AS DECIMAL(8, 2)),
     CAST(0.5 AS DOUBLE PRECISION), DATE '2024-03-05', TIMESTAMP '2024-03-05 14:30:15', true, '{_LOADS[0]}'),
    (2, 'ab  ', '2024-02-29', '10', 'xyz', 3, 5, 0.75, 2, DATE '2024-02-29',
     TIMESTAMP '2024-02-29 23:59:59.5', false, '{_LOADS[1]}'),
    (3, NULL, '2023-12-31', '-3', 'a', -4, -9, 100.00, -1.25, DATE '2023-12-31',
     TIMESTAMP '2023-12-31 00:00:00', NULL, '{_LOADS[2]}')"""
MADE = f"CREATE TABLE parcels AS SELECT * FROM (VALUES {_ROWS}) AS made ({', '.join(_COLUMNS)})"
"""Its rows, in DuckDB's words."""
MADE_POSTGRES = f"""CREATE TEMPORARY TABLE parcels
    ({", ".join(f"{name} {type_}" for name, type_ in _COLUMNS.items())});
    INSERT INTO parcels VALUES {_ROWS}"""
"""And in PostgreSQL's."""


def answers(name: str) -> Iterator[tuple[str, str]]:
    """Each query of a file, with its answer, where it has one."""
    for line in (HERE / f"{name}.txt").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            sql, _, answer = line.partition(" => ")
            yield sql, answer


def wrapped(sql: str) -> str:
    """A query, of an expression."""
    return sql if re.match(r"(?i)\(?(select|with|values)\b", sql) else f"SELECT {sql}"


def shown(rows: Sequence[Sequence[Any]]) -> str:
    """Rows as an answer is written."""
    return " ; ".join(" | ".join(map(_shown, row)) for row in rows)


def _shown(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return json.dumps(value, default=str)
    if isinstance(value, datetime):
        return str(value).removesuffix("+00:00")
    return str(value)


def _read(text: str) -> Any:
    """A document."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def same(wanted: str, got: str) -> bool:
    """Whether two answers are the same: numbers by their worth, moments with or without a time."""
    wanted_rows, got_rows = ([row.split(" | ") for row in text.split(" ; ")] for text in (wanted, got))
    return [len(row) for row in wanted_rows] == [len(row) for row in got_rows] and all(
        _alike(one, other)
        for pair in zip(wanted_rows, got_rows, strict=True)
        for one, other in zip(*pair, strict=True)
    )


def _alike(wanted: str, got: str) -> bool:
    if wanted[:1] in ("[", "{") and _read(wanted) == _read(got):
        return True
    if got in (wanted, f"{wanted} 00:00:00"):
        return True
    try:
        return abs(Decimal(wanted) - Decimal(got)) <= abs(Decimal(wanted)) * Decimal("1e-9")
    except InvalidOperation:
        return False
