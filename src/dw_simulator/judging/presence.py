"""What is there, and what is not: states and their stamps, flags and what they flag, ends that all met."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dw_simulator.judging.claims import LEAST_ROWS, Claim, Evidence, plain, rule_text, shown_of
from dw_simulator.judging.findings import Complaint
from dw_simulator.judging.judged_tables import FLAG, MOMENT, NUMBER, TEXT, Judged, Seen
from dw_simulator.judging.judged_words import CLOSING, CURRENT, TERMINAL
from dw_simulator.judging.names import words_of
from dw_simulator.schema.quoting import quoted_text

_FEW_VALUES = 30
_STATES = 6
_STAMPS = 40
_RARE = 0.025
_SAY_LITTLE = frozenset(
    """date time timestamp reason order amount code number customer user name first last total status
    type""".split()
)


@dataclass(frozen=True)
class _Stamp:
    """What is there or not: a column that may be NULL, or a number that may be 0."""

    column: Seen
    there: str


def _stamps(table: Judged) -> list[_Stamp]:
    found = []
    for column in table.columns:
        own = f"c.{column.sql}"
        if column.kind in (MOMENT, NUMBER, TEXT) and 0 < column.filled < table.rows and not column.origin:
            found.append(_Stamp(column, f"{own} IS NOT NULL"))
        elif (
            column.kind == NUMBER
            and column.filled == table.rows
            and column.least in ("0", "0.0", "0.00", "0.000")
        ):
            found.append(_Stamp(column, f"{own} <> 0"))
    return found[:_STAMPS]


def states_and_stamps(seen: Evidence) -> Iterator[Claim | Complaint]:
    """Rows of a state that lack what all others of it have, or have what none has."""
    for table in seen.tables:
        stamps = _stamps(table)
        states = [c for c in table.of_kind(TEXT, FLAG) if _is_state(c)]
        states = sorted(states, key=lambda c: not {"status", "state"} & set(c.words))[:_STATES]
        if not stamps or table.rows < LEAST_ROWS:
            continue
        for state in states:
            yield from _of_state(seen, table, state, stamps)


def _is_state(column: Seen) -> bool:
    return column.kind == FLAG or 2 <= column.distinct <= _FEW_VALUES


def _of_state(seen: Evidence, table: Judged, state: Seen, stamps: Sequence[_Stamp]) -> Iterator[Claim]:
    counts = ", ".join(f"count(*) FILTER (WHERE {stamp.there})" for stamp in stamps)
    rows = seen.bench.rows(
        f"SELECT CAST(c.{state.sql} AS VARCHAR), count(*), {counts} FROM {table.sql} c "
        f"WHERE c.{state.sql} IS NOT NULL GROUP BY 1",
        table.name,
    )
    for at, stamp in enumerate(stamps):
        if stamp.column is state:
            continue
        shares = {str(row[0]): (int(row[1]), int(row[2 + at])) for row in rows}
        yield from _against_stamp(table, state, stamp, shares)


def _against_stamp(
    table: Judged, state: Seen, stamp: _Stamp, shares: dict[str, tuple[int, int]]
) -> Iterator[Claim]:
    big = {
        value: (n, there) for value, (n, there) in shares.items() if n >= 30 or (n >= 8 and there in (0, n))
    }
    with_it = [value for value, (n, there) in big.items() if there >= (1 - _RARE) * n]
    without = [value for value, (n, there) in big.items() if there <= _RARE * n + (2 if n < 100 else 0)]
    named = [value for value in shares if _same_stem(value, stamp.column)]
    if not with_it or not without:
        yield from _by_stem(table, state, stamp, shares, named)
        return
    missing = [value for value in with_it if big[value][1] < big[value][0]]
    unwanted = [value for value in without if big[value][1] > 0 and not _may_have(value, stamp, named)]
    if missing:
        yield _state_claim(table, state, stamp, missing, missing=True)
    if unwanted:
        yield _state_claim(table, state, stamp, unwanted, missing=False)


def _may_have(value: str, stamp: _Stamp, named: Sequence[str]) -> bool:
    """Some orders are cancelled after they were paid: what came to another end may have been before."""
    ended = {
        "cancelled",
        "canceled",
        "refunded",
        "returned",
        "storniert",
        "cancelado",
        "annulee",
        "rejected",
        "failed",
    }
    return bool(named) and value.lower() in ended and not _same_stem(value, stamp.column)


def _by_stem(
    table: Judged, state: Seen, stamp: _Stamp, shares: dict[str, tuple[int, int]], named: Sequence[str]
) -> Iterator[Claim]:
    """Where rows are at odds everywhere: a state that names a stamp must have it."""
    loose = stamp.column.planned or stamp.column.step in ("start", "end", "due", "expire")
    if stamp.column.kind != MOMENT or loose or len(named) != 1 or state.kind == FLAG:
        return
    n, there = shares[named[0]]
    if n >= 30 and there < n and {"status", "state"} & set(state.words):
        yield _state_claim(table, state, stamp, named, missing=True)


def _stems(words: Sequence[str]) -> set[str]:
    return {word[:6].removesuffix("ed").removesuffix("e") for word in words if len(word) > 3}


def _same_stem(value: str, column: Seen) -> bool:
    """Whether a state is named as its stamp is: `cancelled`, `cancelled_at`."""
    words = words_of(value) if value.strip() else ()
    return bool(_stems(words) & _stems(_told(column)))


def _state_claim(table: Judged, state: Seen, stamp: _Stamp, values: Sequence[str], *, missing: bool) -> Claim:
    listed = ", ".join(quoted_text(value) for value in values)
    shown = " or ".join(values[:3]) + (" ..." if len(values) > 3 else "")
    of_state = f"CAST(c.{state.sql} AS VARCHAR) IN ({listed})"
    wrong = f"NOT coalesce({stamp.there}, false)" if missing else f"coalesce({stamp.there}, false)"
    what = "there is no" if missing else "there is a"
    column = stamp.column
    condition = (
        f"{_in_sql(state.name)} NOT IN ({listed})" if missing else f"{_in_sql(state.name)} IN ({listed})"
    )
    return Claim(
        "state and stamp",
        table.name,
        (state.name, column.name),
        f"{table.sql} c",
        f"CASE WHEN {of_state} THEN {wrong} END",
        f"{state.name} is {shown}, and {what} {column.name}",
        shown_of(table, state, column),
        rule_text(table.name, column.name, f"null_when: {plain(condition)}"),
        most=1.0,
        least_rows=30,
    )


def _in_sql(name: str) -> str:
    return name if name.isidentifier() else '"' + name.replace('"', '""') + '"'


# --- flags


def flags(seen: Evidence) -> Iterator[Claim]:
    """Flags that names tie to a moment: what is deleted has a day, what is current has no end."""
    for table in seen.tables:
        for flag in table.of_kind(FLAG):
            for moment in table.of_kind(MOMENT):
                if not moment.origin:
                    yield from _flagged(seen, table, flag, moment)


def _flagged(seen: Evidence, table: Judged, flag: Seen, moment: Seen) -> Iterator[Claim]:
    f, m = f"c.{flag.sql}", f"c.{moment.sql}"
    past = f"{m} <= TIMESTAMP {quoted_text(seen.present)}" if seen.present else f"{m} IS NOT NULL"
    current = CURRENT & set(flag.words)
    active = {"active", "enabled"} & set(flag.words)
    validity = {"valid", "effective", "version", "row", "record", "gueltig"} & set(moment.words)
    if current and moment.step in ("end", "terminate") and (validity or not moment.owner):
        rule = f"rule: {{name: expression, sql: {plain(f'{_in_sql(moment.name)} IS NULL')}}}"
        for wrong, text, most in (
            (f"{f} AND {past}", f"{flag.name} is set, and {moment.name} is past", 1.0),
            (f"NOT {f} AND {m} IS NULL", f"{flag.name} is not set, and there is no {moment.name}", 1.0),
        ):
            if not (moment.filled == table.rows and "IS NULL" in wrong):
                yield _flag_claim(table, flag, moment, wrong, text, rule, most)
    elif active and moment.step in (
        "end",
        "terminate",
        "deactivate",
        "close",
        "delete",
        "death",
        "discontinue",
    ):
        if not moment.planned and moment.filled < table.rows:
            rule = f"rule: {{name: expression, sql: {plain(f'{_in_sql(moment.name)} IS NULL')}}}"
            yield _flag_claim(
                table,
                flag,
                moment,
                f"{f} AND {past}",
                f"{flag.name} is set, and {moment.name} is past",
                rule,
                0.5,
            )
    elif moment.step in TERMINAL and _same_stem(" ".join(flag.words), moment) and moment.filled < table.rows:
        rule = f"null_when: {plain(f'NOT {_in_sql(flag.name)}')}"
        wrong = f"{f} <> ({m} IS NOT NULL)"
        yield _flag_claim(table, flag, moment, wrong, f"{flag.name} and {moment.name} disagree", rule, 1.0)


def _flag_claim(
    table: Judged, flag: Seen, moment: Seen, wrong: str, text: str, rule: str, most: float
) -> Claim:
    target = moment.name if rule.startswith("null_when") else flag.name
    return Claim(
        "flag and what it flags",
        table.name,
        (flag.name, moment.name),
        f"{table.sql} c",
        wrong,
        text,
        shown_of(table, flag, moment),
        rule_text(table.name, target, rule),
        most=most,
    )


# --- what goes together


def together(seen: Evidence) -> Iterator[Claim]:
    """Columns that are there together in nearly all rows: a reason beside what it is the reason of."""
    for table in seen.tables:
        stamps = [s for s in _stamps(table) if "IS NOT NULL" in s.there]
        stamps = [s for s in stamps if 0.005 * table.rows <= s.column.filled <= 0.98 * table.rows][:16]
        if table.rows < 200:
            continue
        pairs = [(a, b) for at, a in enumerate(stamps) for b in stamps[at + 1 :] if _of_one_end(a, b)]
        if not pairs:
            continue
        counts = ", ".join(f"count(*) FILTER (WHERE ({a.there}) <> ({b.there}))" for a, b in pairs)
        for row in seen.bench.rows(f"SELECT {counts} FROM {table.sql} c", table.name):
            for (a, b), differ in zip(pairs, row, strict=True):
                least = min(
                    a.column.filled,
                    b.column.filled,
                    table.rows - a.column.filled,
                    table.rows - b.column.filled,
                )
                if 0 < differ <= 0.012 * table.rows and differ <= 0.2 * least:
                    yield _together_claim(table, a, b)


def _of_one_end(a: _Stamp, b: _Stamp) -> bool:
    """Whether two columns speak of one thing: `cancelled_at` and `cancel_reason`."""
    return bool(_stems(_told(a.column)) & _stems(_told(b.column)))


def _told(column: Seen) -> list[str]:
    return [w for w in column.words if w not in _SAY_LITTLE]


def _together_claim(table: Judged, a: _Stamp, b: _Stamp) -> Claim:
    first, second = a.column, b.column
    return Claim(
        "there together",
        table.name,
        (first.name, second.name),
        f"{table.sql} c",
        f"({a.there}) <> ({b.there})",
        f"{first.name} is there without {second.name}, or the other way round",
        shown_of(table, first, second),
        rule_text(table.name, second.name, f"null_when: {plain(f'{_in_sql(first.name)} IS NULL')}"),
        most=0.012,
    )


# --- ends


def terminal_shares(seen: Evidence) -> Iterator[Claim]:
    """Ends that nearly all rows have met: patients who died, stores that closed."""
    for table in seen.tables:
        for column in table.of_kind(MOMENT, FLAG):
            step = column.step if column.kind == MOMENT else _end_of(column)
            most = TERMINAL.get(step, 1.0)
            if step == "close" and CLOSING & set(table.nouns):
                most = 0.6
            if column.planned or column.origin or _same_stem(" ".join(table.nouns), column) or most == 1.0:
                continue
            there = (
                f"c.{column.sql} IS NOT NULL" if column.kind == MOMENT else f"coalesce(c.{column.sql}, false)"
            )
            if table.rows >= 20 and _share(seen, table, there) > most:
                yield Claim(
                    "nearly all have ended",
                    table.name,
                    (column.name,),
                    f"{table.sql} c",
                    there,
                    f"nearly all rows have {column.name}",
                    shown_of(table, column),
                    rule_text(
                        table.name,
                        column.name,
                        "null_fraction: 0.9"
                        if column.kind == MOMENT
                        else "rule: {name: choice, values: [false, true], weights: [95, 5]}",
                    ),
                )


def _end_of(flag: Seen) -> str:
    words = {
        "deleted": "delete",
        "deceased": "death",
        "cancelled": "cancel",
        "refunded": "refund",
        "fraud": "refund",
        "churned": "deactivate",
        "terminated": "terminate",
        "terminate": "terminate",
        "discontinued": "discontinue",
    }
    return next((words[word] for word in flag.words if word in words), "")


def _share(seen: Evidence, table: Judged, there: str) -> float:
    rows = seen.bench.rows(
        f"SELECT avg(CASE WHEN {there} THEN 1.0 ELSE 0 END) FROM {table.sql} c", table.name
    )
    return float(rows[0][0] or 0) if rows else 0.0
