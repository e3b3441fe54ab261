"""What a booking came to: one that became a contract is completed, and only others were cancelled.

booking (status: pending, completed, cancelled; cancelled_at);  contract (booking_id UNIQUE -> booking)
    status        completed where there is a contract; of the others some are cancelled
    cancelled_at  of bookings without a contract only
"""

from collections.abc import Mapping

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.lives.stamped_states import drawn, stage_of_value
from dw_simulator.schema.inference.lives.state_names import NEVER
from dw_simulator.schema.inference.moments.stage_reading import read_moment, written
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch
from dw_simulator.schema.inference.words.role_words import role_words
from dw_simulator.schema.json_data import Json, JsonObject, items_of, object_of
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_MOMENTS = frozenset({Kind.DATE, Kind.TIMESTAMP})
_OFF = frozenset({"cancel", "reject", "expire", "leave"})
"""Stages of what came to nothing."""
_DONE = ("complete", "end", "resolve", "close", "checkout", "return", "deliver", "start", "pick", "convert")
"""Stages of what became something, the likeliest first."""
_CANCELLED = 0.4
"""The share of those that became nothing which were cancelled."""


def followed_up(sketch: Sketch) -> None:
    """Statuses of what comes before something else go by whether that came."""
    if not sketch.has("expression", "rollup", "cases", "choice"):
        return
    for table in sketch.tables.values():
        if table.hidden or not {*table.noun[-1:]} & role_words("leads"):
            continue
        links = [link for link in table.children if is_outcome(link) and not link.child.hidden]
        links = links or [link for link in table.children if _comes_once(link) and not link.child.hidden]
        if len(links) == 1 and links[0].child.stands_by in ("", links[0].name):
            if not links[0].one_to_one:
                _say_how_many(links[0])
            _by(table, links[0])


def is_outcome(link: Link) -> bool:
    """Whether a row is what became of the one that it references: the contract of a booking."""
    leads = role_words("leads")
    return (
        link.one_to_one
        and len(link.columns) == 1
        and not link.to_itself
        and bool({*link.parent.noun[-1:]} & leads)
        and not {*link.child.noun[-1:]} & leads
        and bool({*link.child.noun} & role_words("deals"))
    )


_ONCE: JsonObject = {"min": 0, "max": 1}
_MOST, _NONE = 0.85, 0.2
"""Up to what share of the bookings have a contract, and how many have none where there are more contracts."""
_ONE = frozenset("contract agreement rental hire lease tenancy policy loan stay".split())
"""What a booking, an offer or an application becomes once, though no key says so."""


def _comes_once(link: Link) -> bool:
    """Whether one row comes of another, and no second one."""
    leads = role_words("leads")
    free = link.open and link.required and not (link.keyed or link.to_itself) and len(link.columns) == 1
    led = bool({*link.parent.noun[-1:]} & leads) and not {*link.child.noun[-1:]} & leads
    return free and led and bool({*link.child.noun[-1:]} & _ONE)


def _say_how_many(link: Link) -> None:
    """One at the most of each; where nearly all would have one, some have none, and others more than one."""
    name, of, many = link.parent.name, link.parent.table.target_rows, link.child.table.target_rows
    if of is not None and many is not None and many > _MOST * of:
        link.says(f"none for some of {name}", {"childless": _NONE})
    else:
        link.says(f"one at the most for each of {name}", {"children": dict(_ONCE)})


def _by(table: TableSketch, link: Link) -> None:
    never = next((one for one in table.columns.values() if _never_takes_place(one)), None)
    if never is not None:
        has = _count(table, link)
        when: list[Json] = [{"sql": f"{has} > 0", "rule": {"name": "constant", "value": "none"}}]
        rule: JsonObject = {"name": "cases", "when": when, "otherwise": dict(never.rule)}
        never.says(Found("what never takes place, where nothing came of it", {"rule": rule}))
        return
    status = next((one for one in table.columns.values() if _is_status(one)), None)
    if status is None:
        return
    weights = _weights(status)
    stages = {value: stage_of_value(value) for value in weights}
    off = [value for value, stage in stages.items() if stage in _OFF]
    done = next(
        ([v for v, stage in stages.items() if stage == one] for one in _DONE if one in stages.values()), []
    )
    rest = [value for value in weights if value not in (*off, *done)]
    if not off or not (done or rest):
        return
    has = _count(table, link)
    cancelled = [one for one in table.columns.values() if _is_off(table, one)]
    for one in cancelled:
        one.unless = f"{has} = 0 AND noise('came to nothing') < {_CANCELLED}"
    _say(status, has, weights, (done or rest, off, rest or done), stamped=bool(cancelled))


def _count(table: TableSketch, link: Link) -> str:
    """The hidden number of what came of a row, in SQL."""
    rule: JsonObject = {"name": "rollup", "function": "count", "table": link.child.name}
    rule["reference"] = link.name
    told = f"how many rows of {link.child.name} it has"
    count = f"{'_'.join(link.child.noun)}_count"
    return quoted_name(table.add_hidden(count, "BIGINT", Found(told, {"rule": rule})).name)


def _never_takes_place(column: ColumnSketch) -> bool:
    """Whether a hidden column says, by chance, what became of a row that never takes place."""
    found = column.found
    by_chance = found is not None and found.meaning == NEVER and column.rule.get("name") == "choice"
    return column.hidden and by_chance


def _say(
    status: ColumnSketch,
    has: str,
    weights: Mapping[str, float],
    values: tuple[list[str], list[str], list[str]],
    *,
    stamped: bool,
) -> None:
    """The status. values: of what became something, of what came to nothing, of the rest."""
    became, off, rest = values
    when: list[Json] = [{"sql": f"{has} > 0", "rule": drawn(became, weights)}]
    if stamped:
        known = [object_of(one) for one in items_of(status.rule.get("when") or [])]
        when += known
        otherwise = drawn(rest, weights)
    else:
        share = sum(weights[one] for one in rest) * _CANCELLED / (1 - _CANCELLED)
        even = {**weights, **dict.fromkeys(off, round(share / len(off), 2))}
        otherwise = drawn([*rest, *off], even)
    status.says(Found("what became of it", {"rule": {"name": "cases", "when": when, "otherwise": otherwise}}))
    status.filled = True


def _is_status(column: ColumnSketch) -> bool:
    named = bool({"status", "state"} & {*column.words[-2:]})
    free = column.open and not column.keyed and not column.hidden and column.kind is Kind.TEXT
    return free and named and column.rule.get("name") in ("choice", "cases") and bool(_weights(column))


def _weights(column: ColumnSketch) -> dict[str, float]:
    """The values of a status with their weights."""
    rule = column.rule
    parts = [rule] if rule.get("name") == "choice" else [rule.get("otherwise")]
    parts += [object_of(one).get("rule") for one in items_of(rule.get("when") or [])]
    found: dict[str, float] = {}
    for part in parts:
        if isinstance(part, Mapping) and part.get("name") == "choice":
            values, weights = items_of(part.get("values") or []), items_of(part.get("weights") or [])
            for value, weight in zip(values, weights, strict=False):
                found[str(value)] = float(str(weight))
    return found


def _is_off(table: TableSketch, column: ColumnSketch) -> bool:
    if column.kind not in _MOMENTS or column.required or column.hidden or not column.open or column.unless:
        return False
    return read_moment(column.name, (*table.noun, *written(table.name))).stage in ("cancel", "reject")
