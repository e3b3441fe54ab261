"""Versions of one thing one after another; keys that are there twice; days that cannot be known yet."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from dw_simulator.judging.claims import LEAST_ROWS, Claim, Evidence, plain, rule_text, shown_of
from dw_simulator.judging.judged_tables import FLAG, MOMENT, NUMBER, TEXT, Judged, Seen
from dw_simulator.judging.judged_words import CURRENT, PAST
from dw_simulator.judging.links import Tie

_HISTORY = frozenset("valid effective gueltig history hist version scd row record vigencia vigente".split())
_AFTER = timedelta(days=45)
_LATE_SHARE = 0.05
_MOST = 0.02
_RUNS = 0.94
_BALANCE = frozenset("balance running cumulative cumulated".split())


def histories(seen: Evidence) -> Iterator[Claim]:
    """Versions of one thing that overlap, of which two are current, or that leave a gap as no others do."""
    for table in seen.tables:
        period = _period(table)
        if period is None or table.rows < 10:
            continue
        start, end = period
        for thing in _things(table, start):
            yield from _versions(table, thing, start, end)


def _period(table: Judged) -> tuple[Seen, Seen] | None:
    moments = [c for c in table.of_kind(MOMENT) if not c.origin]
    words = set(table.nouns) | set(table.name.lower().split("_"))
    starts = [c for c in moments if c.step == "start" and (_HISTORY & {*c.words} or _HISTORY & words)]
    ends = [c for c in moments if c.step in ("end", "terminate", "expire")]
    return (starts[0], ends[0]) if starts and ends else None


def _things(table: Judged, start: Seen) -> list[Seen]:
    """What the versions are versions of: a key that is there more than once."""
    found = [
        c
        for c in table.columns
        if c.kind in (NUMBER, TEXT)
        and c.key_like
        and not c.unique
        and c.filled
        and c.sql != start.sql
        and not c.origin
    ]
    nouns = set(table.nouns)
    named = [c for c in found if nouns & set(c.words) and c.distinct < table.rows]
    keys = [c for c in found if c.words[-1] != "code"]
    repeated = [c for c in keys if 1.05 * c.distinct < table.rows < 60 * c.distinct]
    return (named or repeated)[:1]


def _tells_versions(table: Judged, thing: Seen) -> bool:
    """Whether names say that rows are versions, not, say, a customer's coupons, which may overlap."""
    named = set(table.nouns) & set(thing.words) or _HISTORY & {*table.name.lower().split("_")}
    return bool(named) or any(CURRENT & set(flag.words) for flag in table.of_kind(FLAG))


def _versions(table: Judged, thing: Seen, start: Seen, end: Seen) -> Iterator[Claim]:
    key = table.key
    order = f"{start.sql}, {key.sql}" if key else start.sql
    source = (
        f"(SELECT *, lead({start.sql}) OVER w AS next_start, "
        f"count(*) FILTER (WHERE {end.sql} IS NULL) OVER (PARTITION BY {thing.sql}) AS open_ones "
        f"FROM {table.sql} WINDOW w AS (PARTITION BY {thing.sql} ORDER BY {order})) c"
    )
    shown = {**shown_of(table, thing, start, end), f"next {start.name}": "c.next_start"}
    name, group = plain(thing.name), "function: lead"
    rule = rule_text(
        table.name,
        end.name,
        f"rule: {{name: window, {group}, reference: {name}, column: {plain(start.name)}}}",
    )
    own, following = f"c.{end.sql}", "c.next_start"
    overlap = f"coalesce({own}, TIMESTAMP '2899-01-01') > {following}"
    told = _tells_versions(table, thing)
    kind, columns = "history", (thing.name, start.name, end.name)
    yield Claim(
        kind,
        table.name,
        columns,
        source,
        overlap,
        f"versions of one {thing.name} overlap: the next begins before {end.name}",
        shown,
        rule,
        most=1.0 if told else _MOST,
        least_rows=1 if told else LEAST_ROWS,
    )
    gap = (
        f"CASE WHEN {own} <= {following} THEN date_diff('day', CAST({own} AS DATE), "
        f"CAST({following} AS DATE)) > 1 END"
    )
    yield Claim(
        kind,
        table.name,
        columns,
        source,
        gap,
        f"versions of one {thing.name} leave a gap, where others leave none",
        shown,
        rule,
        most=_MOST,
        least_rows=50,
    )
    for flag in table.of_kind(FLAG):
        if CURRENT & set(flag.words):
            counted = (
                f"(SELECT *, count(*) FILTER (WHERE {flag.sql}) OVER (PARTITION BY {thing.sql}) "
                f"AS current_ones FROM {table.sql}) c"
            )
            yield Claim(
                kind,
                table.name,
                (thing.name, flag.name),
                counted,
                f"c.{flag.sql} AND c.current_ones > 1",
                f"more than one version of one {thing.name} is current",
                shown_of(table, thing, flag, start),
                rule_text(
                    table.name, flag.name, f"rule: {{name: expression, sql: {plain(f'{end.name} IS NULL')}}}"
                ),
            )


def keys_twice(seen: Evidence) -> Iterator[Claim]:
    """A table's first key, all of whose values differ but for a few."""
    for table in seen.tables:
        for column in table.columns[:1]:
            if column.nearly:
                source = f"(SELECT *, count(*) OVER (PARTITION BY {column.sql}) AS times FROM {table.sql}) c"
                yield Claim(
                    "key there twice",
                    table.name,
                    (column.name,),
                    source,
                    "c.times > 1",
                    f"{column.name} is a key, and is there more than once",
                    shown_of(table, column, *table.columns[1:3]),
                    f"tables:\n  {plain(table.name)}:\n    primary_key: [{plain(column.name)}]",
                    most=0.05,
                )


def balances(seen: Evidence) -> Iterator[Claim]:
    """Balances that run up by the amount of each row, but for a few."""
    for table in seen.tables:
        balance = next((c for c in table.of_kind(NUMBER) if _BALANCE & set(c.words)), None)
        moments = [c for c in table.of_kind(MOMENT) if not c.planned]
        if balance is None or not moments or not table.key or table.rows < LEAST_ROWS:
            continue
        amounts = [c for c in table.of_kind(NUMBER) if c is not balance and not c.key_like and not c.unique][
            :4
        ]
        for link in seen.of_child(table)[:3]:
            order = f"PARTITION BY {link.column.sql} ORDER BY {moments[0].sql}, {table.key.sql}"
            source = f"(SELECT *, lag({balance.sql}) OVER ({order}) AS former FROM {table.sql}) c"
            for amount in amounts:
                yield from _balance(seen, source, (table, balance, amount), link)


def _balance(seen: Evidence, source: str, columns: tuple[Judged, Seen, Seen], link: Tie) -> Iterator[Claim]:
    table, balance, amount = columns
    wrong = f"abs(c.{balance.sql} - c.former - c.{amount.sql}) > 0.011"
    rows = seen.bench.rows(
        f"SELECT avg(CASE WHEN {wrong} THEN 0 ELSE 1 END) FROM {source} WHERE former IS NOT NULL"
    )
    if rows and float(rows[0][0] or 0) > _RUNS:
        group = f"reference: {plain(link.column.name)}, column: {plain(amount.name)}"
        rule = f"rule: {{name: window, function: sum, {group}}}"
        yield Claim(
            "balance",
            table.name,
            (balance.name, amount.name),
            source,
            wrong,
            f"{balance.name} is not the one before it and {amount.name}, as it is in other rows",
            {**shown_of(table, link.column, amount, balance), f"{balance.name} before": "c.former"},
            rule_text(table.name, balance.name, rule),
            least_rows=LEAST_ROWS,
        )


# --- the present


def present_of(tables: Sequence[Judged]) -> str:
    """About the last moment of which tables know: where the greatest moments of most of them lie."""
    latest = []
    for table in tables:
        for column in table.of_kind(MOMENT):
            if (
                _past(column)
                and column.filled >= 50
                and column.step not in ("birth", "end")
                and column.greatest
            ):
                try:
                    latest.append(_moment(column.greatest))
                except ValueError:
                    continue
    if not latest:
        return ""
    near = {one: sum(abs(one - other) <= _AFTER for other in latest) for one in latest}
    best = max(near.values())
    return max(one for one, count in near.items() if count == best).isoformat(sep=" ")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("+00", "")).replace(tzinfo=None)


def _past(column: Seen) -> bool:
    loose = {"end", "expire", "due", "valid", "effective"} & {*column.words, column.step}
    return not (column.planned or column.origin or loose)


def after_the_present(seen: Evidence) -> Iterator[Claim]:
    """Things that are past by their names, after everything else that the tables know of."""
    if not seen.present:
        return
    known = datetime.fromisoformat(seen.present)
    for table in seen.tables:
        if {"date", "calendar", "kalender", "day"} & set(table.nouns):
            continue
        for column in table.of_kind(MOMENT):
            if not _past(column) or column.step not in PAST or table.rows < LEAST_ROWS or not column.greatest:
                continue
            limit = (known + _AFTER).isoformat(sep=" ")
            yield Claim(
                "after the present",
                table.name,
                (column.name,),
                f"{table.sql} c",
                f"c.{column.sql} > TIMESTAMP '{limit}'",
                f"{column.name} is after {known.date()}, the last day of which most tables know",
                shown_of(table, column),
                rule_text(table.name, column.name, f'date_end: "{known.date()}"'),
                most=_LATE_SHARE,
            )
