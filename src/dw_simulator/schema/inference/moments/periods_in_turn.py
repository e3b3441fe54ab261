"""Seasons, terms and years that follow one another: each day lies in one of them.

season (id, name, starts_on, ends_on);  delivery (season_id -> season, delivered_on)
    starts_on  where the one before it ended
    season_id  that of the day of the delivery, which every day has
"""

from collections.abc import Iterator, Mapping
from datetime import date

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.rhythms import first_day
from dw_simulator.schema.inference.moments.row_moments import Moment, Timeline
from dw_simulator.schema.inference.sketch import Link, Sketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_PERIODS = frozenset(
    """season term semester trimester quarter period cycle campaign harvest vintage year sprint round edition
    saison schuljahr geschaeftsjahr wirtschaftsjahr halbjahr ernte kampagne temporada campana campagne
    campagna campanha vendemmia stagione safra seizoen periode exercice ejercicio esercizio exercicio ciclo
    anno annee ano jaar""".split()
)
"""What may follow one another without gaps."""
_MOST = 5
"""Columns of a table that says of periods no more than when they are."""
_LONG_AGO = 12
"""Years since the first that is there for years."""


def periods_in_turn(sketch: Sketch, lines: Mapping[str, Timeline]) -> None:
    """Periods that rows need, by their day, have no gaps between them."""
    if not sketch.has("window", "rollup", "expression"):
        return
    for line in list(lines.values()):
        links = list(_by_day(line))
        if links and _is_plain(line):
            _in_turn(sketch, line, _since(sketch, links, lines))


def _is_plain(line: Timeline) -> bool:
    table, begin, end = line.table, line.begin, line.end
    if begin is None or end is None or table.links or not (begin.column.required and end.column.required):
        return False
    open_ = begin.open and end.open and len(line.moments) == len((begin, end))
    shown = [one for one in table.columns.values() if not one.hidden]
    zoned = begin.column.column.type.zoned or end.column.column.type.zoned
    return bool(open_ and line.words & _PERIODS and len(shown) <= _MOST and not zoned)


def _by_day(line: Timeline) -> Iterator[Link]:
    """The references that every row of a child has, and by its day."""
    for link in line.table.children:
        pick = link.said.get("pick")
        since = pick.get("since") if isinstance(pick, Mapping) else None
        if link.required and line.begin is not None and since == line.begin.name:
            yield link


def _since(sketch: Sketch, links: list[Link], lines: Mapping[str, Timeline]) -> str:
    """The first day on which any of their rows may be."""
    as_of = sketch.experiment.as_of
    found = []
    for link in links:
        anchor = lines[link.child.name].anchor
        started = anchor.column.fields.get("date_start") if anchor is not None else None
        by_calendar = anchor is not None and anchor.column.rule.get("name") == "calendar"
        found.append(str(started)[:10] if by_calendar and started else first_day(as_of, _LONG_AGO))
    return min(found)


def _in_turn(sketch: Sketch, line: Timeline, first: str) -> None:
    table = line.table
    begin, end = line.begin, line.end
    assert begin is not None, "it has a period"
    assert end is not None, "it has a period"
    key = "turn_key"
    known: JsonObject = {
        "target_rows": 1,
        "primary_key": [key],
        "columns": [
            {"name": key, "data_type": "BIGINT"},
            {
                "name": "how_many",
                "data_type": "BIGINT",
                "rule": {
                    "name": "rollup",
                    "function": "count",
                    "table": table.name,
                    "reference": "all_of_them",
                },
            },
        ],
    }
    hidden = sketch.add_hidden_table(f"{table.name}_in_turn", known, f"how many rows {table.name} has")
    reference: JsonObject = {"references_table": hidden.name, "references_column": key}
    together = table.add_hidden(
        "all_of_them", "BIGINT", Found("", {}, "they follow one another"), foreign_key=reference
    )
    number: JsonObject = {"name": "window", "function": "number", "reference": together.name}
    turn = table.add_hidden("turn", "INT", Found("", {"rule": number}, "which one it is"))
    start = f"DATE '{date.fromisoformat(first)}'"
    days = f"date_diff('day', {start}, CAST(as_of() AS DATE) + 30)"
    share = f'{days} * ({quoted_name(turn.name)} - {{0}}) / {quoted_name(together.name)}."how_many"'
    for one, less, told in (
        (begin, 1, "where the one before it ended"),
        (end, 0, "where the next one begins"),
    ):
        sql = f"{start} + CAST(floor({share.replace('{0}', str(less))}) AS INTEGER)"
        _says(one, sql, told)


def _says(one: Moment, sql: str, told: str) -> None:
    type_ = "DATE" if one.column.kind is Kind.DATE else "TIMESTAMP"
    rule: JsonObject = expression(f"CAST({sql} AS {type_})")
    one.column.says(Found(told, {"rule": rule}))
