"""What is told of a moment in another column of the row, in any language: a status, a flag, a reason.

A status of a CHECK goes by the moments beside it: what was cancelled has a moment of its cancellation, and
what was not has none. A flag says whether a moment has come; a reason is there where what it explains has.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.lives.stamped_facts import (
    came_or_not,
    only_flagged,
    only_won,
    status_by_stamps,
    told_of_the_end,
)
from dw_simulator.schema.inference.moments.stage_reading import (
    read_moment,
    stage_of,
    stage_of_word,
    stages,
    tokens_of,
    written,
)
from dw_simulator.schema.inference.moments.stages import TAILS
from dw_simulator.schema.inference.shape.day_tables import day_of
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expressed, expression
from dw_simulator.schema.inference.words.tokens import read
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import Kind

_MOMENTS = frozenset({Kind.DATE, Kind.TIMESTAMP})
_NO_EVENT = frozenset({"", "at", "unread", "create", "update", "load", "record", "due", "next", "birth"})
"""Stages that say nothing of a state."""
_ANSWERS = frozenset({"approve", "confirm", "reject"})
_ANSWERED = frozenset({"respond", "review"})
"""Moments that bring one answer or another."""
_OVER = ("complete", "end", "resolve", "close", "checkout", "return", "discharge", "arrive", "deliver")
"""Ends, of which one may be said for another."""
_GONE = ("leave", "cancel", "close", "end")
_EDGES = (("depart", "checkout"), ("arrive", "checkin"))
"""Of a ship's call, and of a guest's stay."""
_DONE = frozenset({"complete", "resolve", "deliver", "checkout"})
_NOT_STAMPED = frozenset({"noshow"})
"""What is no cancellation, though it comes to nothing."""
_DRAFTS = frozenset("draft entwurf brouillon borrador bozza rascunho concept".split())
_OUT = frozenset({"list", "submit", "invoice", "ship", "approve", "activate", "start"})
"""Until when something is a draft."""
_MOST = 400.0
_WHY = frozenset({"reason", "cause", "motif", "motivo", "grund", "reden", "raison"})
_HAD = frozenset("obtained received earned done behaald erhalten obtenu obtenido ottenuto obtido".split())
"""What a flag may say beside the moment's own word."""
_FLAGS = frozenset("is has was been flag flg indicator ind yn est esta ist hat a ha e".split())
_YES_AND_NO = ({"Y", "N"}, {"J", "N"}, {"S", "N"}, {"O", "N"})
_LEAST = 4
"""Letters of a word that an abbreviation of it keeps: `kuend` is one of `kuendigung`."""


@dataclass(frozen=True)
class _Stamp:
    """A moment that comes or does not."""

    column: ColumnSketch
    stage: str
    words: tuple[str, ...]

    @property
    def came(self) -> str:
        return f"{quoted_name(self.column.name)} IS NOT NULL"

    @property
    def past(self) -> str:
        """That it has come, where it may be known long before."""
        if self.stage != "end" or self.column.kind not in _MOMENTS:
            return self.came
        return f"CAST({quoted_name(self.column.name)} AS DATE) <= CAST(as_of() AS DATE)"

    @property
    def side(self) -> bool:
        return "side" in stages()[self.stage].kinds

    @property
    def rank(self) -> int:
        return stages()[self.stage].rank


def stamped_states(sketch: Sketch) -> None:
    """Statuses, flags and reasons that go by the moments of their rows."""
    if not sketch.has("expression"):
        return
    for table in sketch.tables.values():
        if not table.hidden:
            _of_table(table, list(_stamps(table)), sketch.listed(table))


def _of_table(table: TableSketch, stamps: Sequence[_Stamp], listed: Mapping[str, Sequence[str]]) -> None:
    free = [one for one in table.columns.values() if stamps and _is_free(one)]
    for column in free:
        values = listed.get(column.name, ())
        if column.rule.get("name") == "choice" and (values or _is_status(column)):
            # who has left goes by her status where that is known of its kind
            known = values or "employment" in column.words
            told = stamps if known else [one for one in stamps if one.stage != "leave"]
            _status(column, values or _values(column), told, table)
            if not values and column.found is not None and column.found.meaning == "a status":
                status_by_stamps(column, {one.stage: one.came for one in reversed(stamps)})
        else:
            _flag(column, stamps)
    _explain(table, stamps, listed)
    told_of_the_end(table, {one.stage: one.came for one in reversed(stamps)})
    only_flagged(table)
    only_won(table)
    for stamp in stamps:
        if stamp.stage == "cancel":
            came_or_not(table, stamp.column.name)


def _is_status(column: ColumnSketch) -> bool:
    return column.kind is Kind.TEXT and bool({"status", "state"} & {*column.words[-2:]})


def _values(column: ColumnSketch) -> list[str]:
    values = column.rule.get("values")
    return list(map(str, values)) if isinstance(values, list) else []


def _is_free(column: ColumnSketch) -> bool:
    return column.open and not column.keyed and not column.hidden


def _own_words(name: str) -> tuple[str, ...]:
    return tuple(word for word in tokens_of(name) if word not in TAILS and word not in _FLAGS)


def _stamps(table: TableSketch) -> Iterator[_Stamp]:
    for column in table.columns.values():
        if column.kind not in _MOMENTS or column.required or column.hidden or column.keyed:
            continue
        reading = read_moment(column.name, (*table.noun, *written(table.name)))
        plan = reading.planned or reading.ordinal or "plan" in stages()[reading.stage or "at"].kinds
        if not plan:
            yield _Stamp(column, reading.stage or "at", _own_words(column.name))
    for link in table.links:  # the day of a payment by its key in a table of days
        days = day_of(link.parent) is not None and len(link.columns) == 1
        if days and not link.required and link.name in table.columns:
            reading = read_moment(link.name, (*table.noun, *written(table.name)))
            if reading.stage and not (reading.planned or reading.ordinal):
                yield _Stamp(table.columns[link.name], reading.stage, _own_words(link.name))


# --- a status


def _status(
    column: ColumnSketch, values: Sequence[str], stamps: Sequence[_Stamp], table: TableSketch
) -> None:
    """One of the listed values, by the last moment that has come."""
    if column.kind is not Kind.TEXT:
        return
    said = {value: stage_of_value(value) for value in values}
    told = _told(said, stamps)
    left = [value for value in values if not any(value in some for some in told.values())]
    order = sorted(told, key=lambda one: (one.side or one.stage in _GONE, one.rank), reverse=True)
    for value in list(left):
        passed = _passed(order, said[value])
        if passed is not None:
            told[passed].append(value)
            left.remove(value)
    drafts = [value for value in left if value.lower() in _DRAFTS]
    out = next((one for one in stamps if one.stage in _OUT and one not in told), None)
    drafts = drafts if out is not None and len(left) > len(drafts) else []
    left = [value for value in left if value not in drafts]
    if not (told or drafts) or not left:
        return
    whens = [(one.past, told[one]) for one in order]
    lapsed = next((value for value in left if said[value] == "expire"), None)
    ends = _expiry(table)
    if lapsed is not None and ends is not None and len(left) > 1:
        whens.append((f"CAST({quoted_name(ends.name)} AS DATE) < as_of()", [lapsed]))
        left.remove(lapsed)
    if drafts and out is not None:
        whens.append((f"NOT ({out.came})", drafts))
        order.append(out)
    weights = _weights(column, values)
    cases = " ".join(f"WHEN {test} THEN '{number}'" for number, (test, _some) in enumerate(whens, 1))
    rule: JsonObject = expression(f"CASE {cases} ELSE '0' END")
    words = " and ".join(one.column.name for one in order)
    what = Found(f"which of {words} has come", {"rule": rule})
    # a name that needs no quotes in any warehouse, as conditions of cases are in the warehouse's SQL
    given = table.add_hidden("which_has_come", "VARCHAR(2)", what).name
    when: list[Json] = [
        {"sql": f"{given} = '{number}'", "rule": drawn(some, weights)}
        for number, (_test, some) in enumerate(whens, 1)
    ]
    fields: JsonObject = {"rule": {"name": "cases", "when": when, "otherwise": drawn(left, weights)}}
    column.says(Found(f"what goes by {words}", fields))
    column.filled = True
    several = [
        value for value in values if said[value] and not any(some == [value] for some in told.values())
    ]
    _explained(table, column, {value: said[value] for value in several})


def _by_a_state(table: TableSketch, reason: ColumnSketch, listed: Mapping[str, Sequence[str]]) -> None:
    """A reason is there where a status that a CHECK lists says what it is the reason of."""
    wanted = _stages(reason) & _CAME_TO_NOTHING
    for status in table.columns.values() if wanted else ():
        if status.kind is not Kind.TEXT or not _is_status_like(status):
            continue
        said = [value for value in listed.get(status.name, ()) if stage_of_value(value) in wanted]
        if said:
            test = " OR ".join(f"{quoted_name(status.name)} = {quoted_text(value)}" for value in said)
            reason.unless = f"({test})" if len(said) > 1 else test
            return


_CAME_TO_NOTHING = frozenset({"reject", "cancel", "leave", "return", "refund", "delete", "close"})


def _is_status_like(column: ColumnSketch) -> bool:
    return _is_status(column) or column.rule.get("name") in ("lifecycle", "cases", "choice")


def _passed(order: Sequence[_Stamp], stage: str) -> _Stamp | None:
    """The moment that has come where a state without one of its own is reached."""
    if not stage or stage in _GONE or stage == "expire" or "side" in stages()[stage].kinds:
        return None
    rank = stages()[stage].rank
    return next((one for one in order if not one.side and one.stage not in _GONE and one.rank < rank), None)


def _explained(table: TableSketch, status: ColumnSketch, said: Mapping[str, str]) -> None:
    """The reasons of states that have no moment of their own."""
    for value, stage in said.items():
        test = f"{quoted_name(status.name)} = {quoted_text(value)}"
        for other in table.columns.values():
            if _why(other) and stage in _stages(other) and not other.required and _is_free(other):
                other.unless = other.unless or test


def _told(said: Mapping[str, str], stamps: Sequence[_Stamp]) -> dict[_Stamp, list[str]]:
    """The values that each moment brings."""
    told: dict[_Stamp, list[str]] = {}
    taken: set[str] = set()
    for alike in (_same, _answers, _likewise):
        for stamp in stamps:
            if stamp in told or (stamp.stage in _NO_EVENT and alike is not _same):
                continue
            worded = [value for value in said if alike is _same and _is_worded(value, stamp)]
            found = [value for value, stage in said.items() if value not in taken and alike(stage, stamp)]
            found += [value for value in worded if value not in (*found, *taken)]
            both = "reject" in (said[value] for value in found) and len(found) > 1
            if found and (both or alike is not _answers):
                told[stamp] = found
                taken.update(found)
    for stamp in told if any(one.stage == "leave" for one in told) else ():
        if stamp.stage == "leave":  # who has retired, or died, has left as well
            told[stamp] += [value for value in said if value not in taken and said[value] in _LEFT]
    return told


_LEFT = frozenset({"leave", "close", "end", "death"})


def _is_worded(value: str, stamp: _Stamp) -> bool:
    """Whether a status says the word of a moment, whatever that means: KALIBRIERT and kalibriert_am."""
    words = [word for word in tokens_of(value.lower()) if word not in TAILS]
    return bool(words) and tuple(words) == stamp.words


def _same(stage: str, stamp: _Stamp) -> bool:
    return stage == stamp.stage and stage not in _NO_EVENT


def _answers(stage: str, stamp: _Stamp) -> bool:
    return stage in _ANSWERS and (
        stamp.stage in _ANSWERED or (stamp.stage == "approve" and stage in ("confirm", "reject"))
    )


def _likewise(stage: str, stamp: _Stamp) -> bool:
    return any(stage in some and stamp.stage in some for some in (_OVER, _GONE, *_EDGES))


def stage_of_value(value: str) -> str:
    """What has happened where a status says so."""
    words = [word for word in tokens_of(value.lower()) if word not in TAILS]
    if len(words) != 1 or words[0] in _NOT_STAMPED:
        return ""
    if words[0].startswith("cancellat"):
        return "cancel"  # cancellata is what becomes of a booking, and of a record that it was deleted
    stage = stage_of_word(words[0])
    return "" if stage in _NO_EVENT or stage == "register" else stage


def _weights(column: ColumnSketch, values: Sequence[str]) -> dict[str, float]:
    """How usual values are: as is known of them, else the first ones more than others."""
    known = column.rule.get("weights")
    if _values(column) == list(values) and isinstance(known, list) and len(known) == len(values):
        told = column.found.meaning if column.found is not None else ""
        if "CHECK" not in told:
            return {value: float(str(weight)) for value, weight in zip(values, known, strict=True)}
    weights = {value: round(100 * 0.6**place, 2) for place, value in enumerate(values)}
    done = next((value for value in values if stage_of_value(value) in _DONE), None)
    if done is not None and any(stage_of_value(value) in _GONE for value in values):
        weights[done] = _MOST  # in the end most are done, and few come to nothing
    return weights


def drawn(some: Sequence[str], weights: Mapping[str, float]) -> JsonObject:
    """One of some values by chance."""
    shares: list[Json] = [weights[value] for value in some]
    return {"name": "choice", "values": list(some), "weights": shares}


def _expiry(table: TableSketch) -> ColumnSketch | None:
    for column in table.columns.values():
        moment = column.kind in _MOMENTS and not column.hidden
        if moment and read_moment(column.name, table.noun).stage == "expire":
            return column
    return None


# --- flags and reasons

_STATES = frozenset({"active", "current", "enabled", "valid", "live"})
"""Flags of what goes on, not of what has happened."""


def _flag(column: ColumnSketch, stamps: Sequence[_Stamp]) -> None:
    """Whether a moment has come: `payee` by date_paiement, `diploma_behaald` by diplomadatum."""
    known = column.rule.get("values")
    values = list(map(str, known)) if isinstance(known, list) and column.kind is Kind.TEXT else []
    letter = len(values) == 2 and {value.upper() for value in values} in _YES_AND_NO
    if not letter and (column.kind is not Kind.BOOLEAN or column.rule.get("name") not in ("boolean", None)):
        return
    own = _own_words(column.name)
    if not own or {*column.words} & _STATES:
        return  # what is active was activated, and may be over
    for stamp in stamps:
        shared = bool(stamp.words) and set(own) - _HAD == set(stamp.words)
        event = stamp.stage not in _NO_EVENT and len(own) == 1 and stage_of_word(own[0]) == stamp.stage
        if not (shared or event):
            continue
        sql = stamp.came
        if letter:
            yes, no = sorted(values, key=lambda value: value[:1].upper() == "N")
            sql = f"CASE WHEN {sql} THEN {quoted_text(yes)} ELSE {quoted_text(no)} END"
        fields: JsonObject = expressed(sql)
        nulls: dict[str, Json] = {} if column.required else {"null_fraction": 0}
        column.says(Found(f"whether there is a {stamp.column.name}", fields | nulls))
        return


def _why(column: ColumnSketch) -> bool:
    return column.kind is Kind.TEXT and bool(_WHY & {*column.words, *tokens_of(column.name)})


def _stages(column: ColumnSketch) -> set[str]:
    found = {stage_of(word) for word in (*tokens_of(column.name), *column.words)}
    return found - _NO_EVENT


def _explain(table: TableSketch, stamps: Sequence[_Stamp], listed: Mapping[str, Sequence[str]]) -> None:
    """Reasons are there where what they explain has come."""
    for column in [one for one in table.columns.values() if _is_free(one)]:
        if not (column.required or column.unless) and _why(column):
            _reason(column, stamps)
        if not (column.required or column.unless) and _why(column):
            _by_a_state(table, column, listed)


def _reason(column: ColumnSketch, stamps: Sequence[_Stamp]) -> None:
    """A reason is there where there is a moment of what it is the reason of, or a flag for it."""
    own = [word for word in _own_words(column.name) if not _WHY & {word, *read(word).words}]
    wanted = _stages(column)
    for stamp in stamps:
        alike = stamp.stage in wanted or any(
            one == other or (len(one) >= _LEAST and other.startswith(one))
            for one in own
            for other in stamp.words
        )
        if alike:
            column.unless = stamp.came
            return
