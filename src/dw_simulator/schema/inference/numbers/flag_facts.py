"""Flags and reasons go by what they speak of: is_refunded by refunded_at, is_late by two moments.

A flag is true where there is what it says: the moment, the amount, the discount. A reason is NULL where there
is nothing to explain.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dw_simulator.schema.inference.candidates import Found, Words
from dw_simulator.schema.inference.lives.life_words import alike
from dw_simulator.schema.inference.moments.stage_reading import read_moment, tokens_of, written
from dw_simulator.schema.inference.moments.stages import STILL_THERE
from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.inference.words.flags import NOUNS, VERBS
from dw_simulator.schema.inference.words.tokens import singular
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import NUMERIC_KINDS, Kind

_MOMENTS = frozenset({Kind.DATE, Kind.TIMESTAMP})
_TAILS = frozenset({"date", "time", "timestamp", "at", "on", "stamp", "day", "datetime", "actual", "em"})
_AMOUNTS = frozenset({"amount", "value", "number", "count", "quantity", "total", "percent", "rate"})
_ALIVE = frozenset({"active", "enabled", "current", "valid", "live", "employed", "open", "operational"})
_DEAD = frozenset({"inactive", "disabled", "ended", "expired", "terminate", "obsolete", "churned", "former"})
_ENDS = """terminate deactivate discontinue close churn leave retire exit cancel delete decommission end until
    to expire""".split()
_OVER = frozenset("terminate deactivate deactivation churn leave exit end".split())
"""Words for the end of what somebody had."""
_AHEAD_ENDS = frozenset({"end", "until", "to", "expire", "expires"})
"""Ends that are known before they come."""
_LATE = frozenset({"late", "delayed", "overdue", "delay"})
_TIMELY = ({"on", "time"}, {"ontime"}, {"punctual"}, {"otd"}, {"timely"})
_LAST = frozenset({"deliver", "arrive", "complete", "pay", "return", "end"})
"""What comes last of what was promised."""
_AHEAD = frozenset(
    """plan planned promise promised due expect expected schedule scheduled estimate estimated require
    required target commit""".split()
)
_REASONS = frozenset({"reason", "cause", "comment", "note", "explanation", "message", "code", "by", "type"})
_TOLD = frozenset({"description", "text", "code", "name", "detail"})
_GOT = frozenset({"achieved", "obtained", "received", "awarded", "granted", "earned"})
_PRICED = frozenset({"price", "amount", "value", "cost", "net", "gross", "proceeds"})
_FAILURES = ("fail", "failure", "error", "decline", "reject", "rejection")
_STATES = frozenset({"status", "state", "result", "outcome"})
_DEVICES = ("device", "platform", "os")
_KINDS = {"mobile": 54, "desktop": 40, "tablet": 6}
"""What people use, and how often."""
_MOBILE = ("%mobile%", "%phone%", "%android%", "%ios%", "%tablet%")


@dataclass(frozen=True)
class FlagFact:
    """What can be told of a row.

    sql      a condition that is never NULL
    unknown  a condition under which nothing can be told; empty where there is always something
    """

    sql: str
    told: str
    unknown: str = ""


def flag_facts(sketch: Sketch) -> None:
    """Flags, and the reasons beside what they are the reasons of."""
    if not sketch.has("expression"):
        return
    for table in sketch.tables.values():
        if table.hidden:
            continue
        for column in table.columns.values():
            told = column.unless or "null_when" in column.fields
            if column.hidden or told or not may_be_said(column):
                continue
            bare = flag_words(column)
            fact = next(_facts(table, column, bare), None) if bare else None
            if fact is not None and is_plain(column):
                say_flag(column, fact)
            elif not bare:
                _explain(table, column)


def flag_words(column: ColumnSketch) -> Words:
    """What a flag says, without the words that make it one; nothing where it is none."""
    words = column.words
    named = bool(words) and (words[0] in VERBS or words[-1] in NOUNS)
    letter = (
        column.kind is Kind.TEXT and column.column.type.length == 1 and column.rule.get("name") == "choice"
    )
    if column.kind is not Kind.BOOLEAN and not named and not letter:
        return ()
    if column.kind in NUMERIC_KINDS and column.column.type.scale:
        return ()
    bare = tuple(singular(word) for word in words if word not in NOUNS)
    if len(bare) > 1 and bare[0] in VERBS:
        return bare if bare[0] in ("has", "have") else bare[1:]
    return bare


def is_plain(column: ColumnSketch) -> bool:
    """Whether a flag is written so that a condition can be."""
    if column.kind is Kind.BOOLEAN or column.kind in NUMERIC_KINDS:
        return True
    values = column.rule.get("values")
    return isinstance(values, list) and len(values) == 2


def say_flag(column: ColumnSketch, fact: FlagFact) -> None:
    sql = fact.sql
    if column.kind in NUMERIC_KINDS:
        sql = f"CASE WHEN {fact.sql} THEN 1 ELSE 0 END"
    elif column.kind is Kind.TEXT:
        values = column.rule.get("values")
        assert isinstance(values, list), "it is a choice of two"
        yes, no = sorted(map(str, values), key=lambda value: value[:1].upper() in "N0F")
        sql = f"CASE WHEN {fact.sql} THEN {quoted_text(yes)} ELSE {quoted_text(no)} END"
    rule: dict[str, Json] = expression(sql)
    nulls: dict[str, Json] = {} if column.required else {"null_fraction": 0}
    if nulls and fact.unknown:
        nulls = {"null_when": fact.unknown}
    column.says(Found(f"whether {fact.told}", {"rule": rule, **nulls}))


def _made_of(one: ColumnSketch, other: ColumnSketch) -> bool:
    """Whether what was found for a column speaks of another."""
    return other.name in f"{one.fields} {one.unless}"


def _facts(table: TableSketch, column: ColumnSketch, bare: Words) -> Iterator[FlagFact]:
    """What a flag may go by, the surest first."""
    yield from _timely(table, bare)
    if len(bare) == 1 and bare[0] in _ALIVE | _DEAD:
        yield from _living(table, column, alive=bare[0] in _ALIVE)
    if len(bare) == 1 and (bare[0] in _ALIVE or _still_there(column)):
        yield from _not_over(table, column)
    if bare[0] in ("has", "have"):
        yield from _had(table, column, bare[1:])
        return
    if bare == ("mobile",):
        yield from _mobile(table)
    if bare == ("weekend",):
        yield from _weekend(table)
    yield from _happened(table, column, bare)


def _timely(table: TableSketch, bare: Words) -> Iterator[FlagFact]:
    late, timely = bool(_LATE & {*bare}), any(words <= {*bare} for words in _TIMELY)
    if not late and not timely:
        return
    moments = [one for one in table.columns.values() if one.kind in _MOMENTS and not one.hidden]
    pairs: list[tuple[bool, ColumnSketch, ColumnSketch]] = []
    for ahead in moments:
        if not _AHEAD & {*ahead.words}:
            continue
        rest = {*ahead.words} - _AHEAD - _TAILS
        for real in moments:
            same = {*real.words} - _TAILS
            near = rest == same if rest else bool(same & _LAST)
            if real is not ahead and near and not _AHEAD & {*real.words}:
                pairs.append((bool(same & ({*bare} | _LAST)), ahead, real))
    # where several were planned, a row is late by the last of them: when it is delivered
    for _last, ahead, real in sorted(pairs, key=lambda pair: not pair[0]):
        one, other = _day(real), _day(ahead)
        sql = f"COALESCE({one} {'>' if late else '<='} {other}, FALSE)"
        unknown = "" if ahead.required else f"{other} IS NULL"
        yield FlagFact(sql, f"{real.name} is {'after' if late else 'not after'} {ahead.name}", unknown)


def _living(table: TableSketch, flag: ColumnSketch, *, alive: bool) -> Iterator[FlagFact]:
    """Whether a row has not ended: by the day on which it does; what comes unforeseen goes first."""
    for end in _ENDS:
        for one in table.columns.values():
            if one.kind not in _MOMENTS or one.required or one.hidden or _made_of(one, flag):
                continue
            words = [singular(word) for word in one.words if word not in _TAILS]
            whose = {*words[:-1]} - {*table.noun}
            if not words or not alike(words[-1], end) or whose:
                continue
            over = f"{quoted_name(one.name)} IS NOT NULL"
            if end in _AHEAD_ENDS:
                over = f"COALESCE({_day(one)} <= CAST(as_of() AS DATE), FALSE)"
            yield FlagFact(
                f"NOT ({over})" if alive else over, f"{one.name} has {'not ' if alive else ''}come"
            )


def _still_there(column: ColumnSketch) -> bool:
    """Whether a flag of any language says that something goes on: est_active, ist_aktiv."""
    return bool(STILL_THERE & {*tokens_of(column.name)})


def _not_over(table: TableSketch, flag: ColumnSketch) -> Iterator[FlagFact]:
    """Whether nothing has ended a row, in any language: what comes unforeseen goes first."""
    things = (*table.noun, *written(table.name))
    ends: dict[str, ColumnSketch] = {}
    for one in table.columns.values():
        if one.kind not in _MOMENTS or one.required or one.hidden or _made_of(one, flag):
            continue
        reading = read_moment(one.name, things)
        if not (reading.owner or reading.ordinal or reading.planned):
            ends.setdefault(reading.stage, one)
    for stage in ("leave", "close", "delete", "cancel"):
        if stage in ends:
            one = ends[stage]
            yield FlagFact(f"{quoted_name(one.name)} IS NULL", f"{one.name} has not come")


def _had(table: TableSketch, flag: ColumnSketch, what: Words) -> Iterator[FlagFact]:
    """has_discount by the discount, has_insurance by the policy that is referenced."""
    if not what:
        return
    for one in table.columns.values():
        words = tuple(map(singular, one.words))
        if one is flag or one.hidden or words[: len(what)] != what or _made_of(one, flag):
            continue
        rest = {*words[len(what) :]}
        name = quoted_name(one.name)
        if one.kind is Kind.BOOLEAN:
            continue
        if one.kind in NUMERIC_KINDS and one.open and rest <= _AMOUNTS:
            yield FlagFact(f"COALESCE({name} > 0, FALSE)", f"there is a {one.name}")
        elif not one.required and rest <= {"id", "key", "code", "number", *_TAILS}:
            yield FlagFact(f"{name} IS NOT NULL", f"there is a {one.name}")


def _mobile(table: TableSketch) -> Iterator[FlagFact]:
    for word in _DEVICES:
        for one in table.columns.values():
            if one.kind is not Kind.TEXT or word not in one.words or one.column.type.length <= 6 or one.keyed:
                continue
            values = str(one.rule.get("values") or "").lower()
            if (
                not any(mark.strip("%") in values for mark in _MOBILE)
                and word == "device"
                and may_be_said(one)
            ):
                rule: dict[str, Json] = {"name": "choice", "values": [*_KINDS], "weights": [*_KINDS.values()]}
                one.says(Found("the kind of device that somebody uses", {"rule": rule}))
            name = quoted_name(one.name)
            parts = " OR ".join(f"lower({name}) LIKE '{mark}'" for mark in _MOBILE)
            yield FlagFact(f"COALESCE({parts}, FALSE)", f"{one.name} is a mobile one")


def _weekend(table: TableSketch) -> Iterator[FlagFact]:
    dates = [one for one in table.columns.values() if one.kind in _MOMENTS and not one.hidden]
    if len(dates) == 1:
        sql = f"COALESCE(isodow({quoted_name(dates[0].name)}) >= 6, FALSE)"
        yield FlagFact(sql, f"{dates[0].name} is a Saturday or Sunday")


def _happened(table: TableSketch, flag: ColumnSketch, bare: Words) -> Iterator[FlagFact]:
    """Whether something has happened: there is a moment of it, or else an amount."""
    amounts = []
    for one in table.columns.values():
        if one is flag or one.hidden or not one.words or _made_of(one, flag):
            continue
        words = [word for word in one.words if word not in _TAILS | _AMOUNTS]
        if not words or _AHEAD & {*one.words} or not _told_alike(words, bare):
            continue
        name = quoted_name(one.name)
        if one.kind in _MOMENTS and not one.required:
            yield FlagFact(f"{name} IS NOT NULL", f"there is a {one.name}")
        elif one.kind in NUMERIC_KINDS and len(one.words) > 1 and _AMOUNTS & {*one.words} and one.open:
            amounts.append(FlagFact(f"COALESCE({name} > 0, FALSE)", f"there is a {one.name}"))
    yield from amounts


def _told_alike(words: list[str], bare: Words) -> bool:
    if len(bare) > len(words) and bare[-1] in _GOT:
        bare = bare[:-1]  # diploma_obtained and diploma_date
    if len(words) == len(bare) == 1 and {words[0], bare[0]} <= _OVER:
        return True
    return len(words) == len(bare) and all(alike(one, other) for one, other in zip(words, bare, strict=True))


def _explain(table: TableSketch, column: ColumnSketch) -> None:
    """A reason, a note or a name of who did it, is NULL where nothing of the kind has happened."""
    if column.kind in NUMERIC_KINDS:
        _priced(table, column)
        return
    words = column.words
    if len(words) > 2 and words[-1] in _TOLD and words[-2] in _REASONS:
        words = words[:-1]
    if column.required or column.kind is not Kind.TEXT or len(words) < 2 or words[-1] not in _REASONS:
        return
    if column.found is None or "type" in words:
        return
    stem = tuple(word for word in words[:-1] if word not in _REASONS)
    fact = next(_reasons(table, column, stem), None) if stem else None
    if fact is None:
        return
    fields: dict[str, Json] = {**column.found.fields, "null_when": f"NOT ({fact.sql})", "null_fraction": 0}
    column.says(Found(f"{column.found.meaning}, where {fact.told}", fields))


def _priced(table: TableSketch, column: ColumnSketch) -> None:
    """What something is sold for is NULL where there is no day on which it is."""
    what = {*column.words} - _PRICED - {"height"}
    if column.required or not {*column.words} & _PRICED or column.found is None or not what:
        return
    if any(column.name in str(other.fields) for other in table.columns.values() if other is not column):
        return
    for one in table.columns.values():
        known = one.kind in _MOMENTS and not (one.required or one.hidden or _AHEAD & {*one.words})
        if known and {*one.words} - _TAILS == what and not _made_of(one, column):
            gone: dict[str, Json] = {"null_when": f"{quoted_name(one.name)} IS NULL", "null_fraction": 0}
            told = f"{column.found.meaning}, where there is a {one.name}"
            column.says(Found(told, {**column.found.fields, **gone}))
            return


def _reasons(table: TableSketch, column: ColumnSketch, stem: Words) -> Iterator[FlagFact]:
    yield from _happened(table, column, stem)
    failing = any(alike(stem[-1], word) for word in _FAILURES)
    for one in table.columns.values():
        if one is column or one.hidden or not one.open or _made_of(one, column):
            continue
        values = one.rule.get("values")
        if one.kind is Kind.BOOLEAN:
            bare = flag_words(one)
            if bare and _told_alike(list(stem), bare):
                yield FlagFact(f"COALESCE({quoted_name(one.name)}, FALSE)", f"{one.name} is true")
            elif failing and bare and alike(bare[-1], "success"):
                yield FlagFact(f"NOT COALESCE({quoted_name(one.name)}, FALSE)", f"{one.name} is not true")
        elif one.kind is Kind.TEXT and isinstance(values, list) and _STATES & {*one.words}:
            marks = _FAILURES if failing else (stem[-1],)
            such = [str(value) for value in values if any(alike(str(value).lower(), mark) for mark in marks)]
            if such and len(such) < len(values):
                listed = ", ".join(map(quoted_text, such))
                yield FlagFact(
                    f"COALESCE({quoted_name(one.name)} IN ({listed}), FALSE)", f"{one.name} is {such[0]}"
                )


def _day(column: ColumnSketch) -> str:
    name = quoted_name(column.name)
    return name if column.kind is Kind.DATE else f"CAST({name} AS DATE)"
