"""What has come in reaches its goal in those rows whose status says so, and in no others that are over.

campaign (goal_amount, raised_amount, status: draft, live, funded, failed)
    raised_amount   from goal_amount on where funded, less than it where failed, nothing of it for a draft
"""

from collections.abc import Mapping, Sequence
from functools import cache

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.free_measures import greatest
from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.numbers.measure_roles import lines_of, role_of, said_by
from dw_simulator.schema.inference.numbers.row_numbers import mentioned, numbers_of
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.inference.words.tokens import plain_words, read
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import Kind

_CAME = frozenset(
    """pledge pledged raise raised fund funded collect collected receive received achieve achieved reach
    reached actual current donate donated obtained""".split()
)
"""Words of what has come in so far."""
_GOALS = frozenset("goal target funding amount value total min minimum".split())
_APART = frozenset({"rate", "percent", "ratio", "share", "count", "number", "date"})


def goals_reached(sketch: Sketch) -> None:
    """Goals and what came of them go by the status of their row."""
    if not sketch.has("expression"):
        return
    for table in sketch.tables.values():
        if not table.hidden and table.table.rows is None:
            _say(table, sketch.listed(table))


def _say(table: TableSketch, listed: Mapping[str, Sequence[str]]) -> None:
    numbers = [(said_by(one.words) - {*table.noun}, one) for one in numbers_of(table)]
    numbers = [(words, one) for words, one in numbers if not words & _APART]
    goals = [one for words, one in numbers if role_of(one.words, table.noun) == ("target", frozenset())]
    came = [one for words, one in numbers if words & _CAME and words <= _CAME | _GOALS and one not in goals]
    if len(goals) != 1 or len(came) != 1 or not may_be_said(came[0]):
        return
    goal, raised = goals[0], came[0]
    if goal.column.type.scale != raised.column.type.scale or (raised.required and not goal.required):
        return
    for name, values in listed.items():
        status = table.columns.get(name)
        if status is None or status.kind is not Kind.TEXT or raised.name in mentioned(status):
            continue
        told: dict[str, list[str]] = {}
        for value in map(str, values):
            told.setdefault(_outcome(value), []).append(quoted_text(value))
        reached, missed, ahead = (", ".join(told.get(which, ())) for which in ("reached", "missed", "ahead"))
        if reached and missed:
            _tell(raised, goal, quoted_name(name), (reached, missed, ahead))
            return


@cache
def _listed(which: str) -> frozenset[str]:
    lines = (line.partition("|") for line in lines_of("goals.txt"))
    return frozenset(word for name, _, words in lines if name.strip() == which for word in words.split())


def _outcome(state: str) -> str:
    """What a state says of the goal: reached, missed, ahead, or nothing.

    >>> [_outcome(state) for state in ("FUNDED", "not_reached", "erfolgreich", "draft", "live")]
    ['reached', 'missed', 'reached', 'ahead', '']
    """
    words = {*read(state).words, *plain_words(state)}
    found = next((which for which in ("missed", "reached", "ahead") if words & _listed(which)), "")
    return "missed" if found == "reached" and words & _listed("not") else found


def _tell(raised: ColumnSketch, goal: ColumnSketch, status: str, lists: tuple[str, str, str]) -> None:
    whole, most = quoted_name(goal.name), greatest(raised.column.type)
    reached, missed, ahead = lists
    none = f" WHEN {status} IN ({ahead}) THEN 0" if ahead else ""
    sql = (
        f"CASE WHEN {status} IN ({reached})"
        f" THEN GREATEST({whole}, LEAST({whole} * (1 + 0.8 * noise('1') * noise('1')), {most:.2f}))"
        f" WHEN {status} IN ({missed}) THEN FLOOR({whole} * 0.97 * noise('1')){none}"
        f" ELSE {whole} * 0.9 * noise('1') END"
    )
    rule: dict[str, Json] = expression(sql)
    nulls: dict[str, Json] = {} if raised.required else {"null_fraction": 0}
    raised.says(Found(f"what came of {goal.name}, by the status", {"rule": rule, **nulls}))
