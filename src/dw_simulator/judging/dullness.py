"""What is not wrong, and not believable either: flat weekdays, even fan-out, filler. These are remarks."""

import math
import re
from collections.abc import Iterator, Sequence

from dw_simulator.judging.claims import Evidence, plain, rule_text
from dw_simulator.judging.findings import Complaint, Severity
from dw_simulator.judging.judged_tables import MOMENT, NUMBER, TEXT, Judged, Seen
from dw_simulator.judging.judged_words import CATEGORIES, HUMANS, MACHINES, MONEY, WORDY
from dw_simulator.judging.links import Tie

_ROWS = 2000
_AT_ONCE = 100
_WRITTEN = ("load", "update", "birth")
_FLAG = re.compile(r"^(is|has|fl|flg|kz|es)_|_(flag|flg|yn|kz|indicator)$", re.IGNORECASE)
_STEPS = (
    "order",
    "create",
    "book",
    "sell",
    "join",
    "list",
    "admit",
    "request",
    "submit",
    "pay",
    "quote",
    "",
    "open",
)
_CODES = frozenset("code id key number hash token sku abbr short icd cpt ref iso".split())


def _remark(
    kind: str, table: Judged, column: Seen, message: str, count: int, of: int, rule: str
) -> Complaint:
    return Complaint(
        kind,
        table.name,
        (column.name,),
        message,
        count,
        of,
        Severity.REMARK,
        {},
        rule_text(table.name, column.name, rule),
    )


def rhythms(seen: Evidence) -> Iterator[Complaint]:
    """Weekdays and hours of what people do."""
    for table in seen.tables:
        if table.rows < _ROWS or not HUMANS & set(table.nouns) or MACHINES & set(table.nouns):
            continue
        moments = [c for c in table.of_kind(MOMENT) if not (c.planned or c.origin or c.step in _WRITTEN)]
        for moment in [c for c in moments[:1] if c.step in _STEPS]:
            yield from _rhythm(seen, table, moment)


def _rhythm(seen: Evidence, table: Judged, moment: Seen) -> Iterator[Complaint]:
    own = moment.sql
    days = seen.bench.rows(
        f"SELECT isodow({own}), count(*) FROM {table.sql} WHERE {own} IS NOT NULL GROUP BY 1", table.name
    )
    counts = [int(row[1]) for row in days]
    if len(counts) == 7 and _even(counts):
        yield _remark(
            "flat weekdays",
            table,
            moment,
            f"{moment.name} falls on every weekday alike",
            sum(counts),
            sum(counts),
            "rule: {name: calendar}",
        )
    if moment.day_only:
        return
    hours = seen.bench.rows(
        f"SELECT hour({own}), count(*) FROM {table.sql} WHERE {own} IS NOT NULL GROUP BY 1", table.name
    )
    total = sum(int(row[1]) for row in hours)
    night = sum(int(row[1]) for row in hours if int(row[0]) < 6)
    if total >= _ROWS and night > 0.19 * total:
        yield _remark(
            "night",
            table,
            moment,
            f"{moment.name} falls between midnight and six as often as by day",
            night,
            total,
            "rule: {name: calendar}",
        )


def _even(counts: list[int]) -> bool:
    """Whether counts differ by no more than chance does."""
    total, mean = sum(counts), sum(counts) / len(counts)
    if total < _ROWS:
        return False
    return sum((count - mean) ** 2 / mean for count in counts) < 20


def even_fan_out(seen: Evidence) -> Iterator[Complaint]:
    """Children that are spread over their parents as dice would."""
    for link in seen.links:
        if link.parent.rows >= 100 and link.per_parent >= 5 and link.parent is not link.child:
            yield from _fan_out(seen, link)


def _fan_out(seen: Evidence, link: Tie) -> Iterator[Complaint]:
    key, column = link.key.sql, link.column.sql
    rows = seen.bench.rows(
        f"SELECT avg(n), var_pop(n) FROM (SELECT p.{key}, count(c.{column}) AS n FROM {link.parent.sql} p "
        f"LEFT JOIN {link.child.sql} c ON c.{column} = p.{key} GROUP BY 1)",
        link.child.name,
    )
    if rows and rows[0][0]:
        mean, variance = float(rows[0][0]), float(rows[0][1])
        spread = 4 * math.sqrt(2 / link.parent.rows)
        if abs(variance / mean - 1) < max(0.15, spread):
            yield _remark(
                "even fan-out",
                link.child,
                link.column,
                f"rows are spread over {link.parent.name} by chance alone: no row of it has many more "
                "than others",
                link.filled,
                link.filled,
                "foreign_key: {skew: {zipf: 0.8}}",
            )


def flat_money(seen: Evidence) -> Iterator[Complaint]:
    """Amounts of which every size is as frequent as any other."""
    for table in seen.tables:
        columns = [c for c in table.of_kind(NUMBER) if _is_money(c)]
        for start in range(0, len(columns), _AT_ONCE):
            some = columns[start : start + _AT_ONCE]
            deciles = ", ".join(f"{at / 10}" for at in range(11))
            wanted = ", ".join(f"approx_quantile(CAST({c.sql} AS DOUBLE), [{deciles}])" for c in some)
            for row in seen.bench.rows(f"SELECT {wanted} FROM {table.sql}", table.name):
                yield from (
                    _flat(table, c) for c, points in zip(some, row, strict=True) if _is_flat(c, points)
                )


def _is_money(column: Seen) -> bool:
    dull = {"rate", "percent", "ratio", "share", "count"} & set(column.words)
    enough = column.filled >= 500 and column.distinct >= 100 and not (column.unique and column.whole)
    return bool(MONEY & set(column.words)) and enough and not dull


def _is_flat(column: Seen, points: Sequence[float] | None) -> bool:
    width = points[-1] - points[0] if points else 0
    if not points or width <= 0:
        return False
    slack = max(0.025, 1.2 / math.sqrt(column.filled))
    return all(abs((point - points[0]) / width - at / 10) < slack for at, point in enumerate(points))


def _flat(table: Judged, column: Seen) -> Complaint:
    return _remark(
        "flat amounts",
        table,
        column,
        f"every size of {column.name} is as frequent as any other: no long tail",
        column.filled,
        column.filled,
        "distribution: {type: lognormal, parameters: {mean: 4.0, stddev: 0.9}}",
    )


# --- filler


def filler(seen: Evidence) -> Iterator[Complaint]:
    """Texts without a meaning, categories with a value for each row."""
    for table in seen.tables:
        for column in table.of_kind(TEXT):
            if column.origin or column.filled < 100 or _CODES & set(column.words):
                continue
            last = column.words[-1]
            if _FLAG.search(column.name) and column.distinct > 6:
                yield _remark(
                    "filler",
                    table,
                    column,
                    f"{column.name} is a flag by its name, and has about {column.distinct} values",
                    column.filled,
                    column.filled,
                    "rule: {name: choice, values: [Y, N]}",
                )
                continue
            if last in CATEGORIES and column.distinct > 100 and column.distinct > 0.3 * column.filled:
                yield _remark(
                    "filler",
                    table,
                    column,
                    f"{column.name} is a category by its name, and nearly every row has one of its own",
                    column.distinct,
                    column.filled,
                    "rule: {name: choice, values: [first, second, third]}",
                )
            elif last in ("status", "type", "category") and column.distinct == 1 and table.rows >= 500:
                yield _remark(
                    "filler",
                    table,
                    column,
                    f"{column.name} is the same in all rows",
                    column.filled,
                    column.filled,
                    "rule: {name: choice, values: [first, second, third]}",
                )
            elif last in WORDY or last in ("description", "comment", "city", "street", "note"):
                yield from _letters(seen, table, column)


def _letters(seen: Evidence, table: Judged, column: Seen) -> Iterator[Complaint]:
    rows = seen.bench.rows(
        f"SELECT CAST({column.sql} AS VARCHAR) FROM (SELECT DISTINCT {column.sql} FROM {table.sql} "
        f"WHERE {column.sql} IS NOT NULL) "
        f"ORDER BY hash({column.sql}) LIMIT 500",
        table.name,
    )
    texts = [str(row[0]) for row in rows]
    if len(texts) < 20:
        return
    words = [word for text in texts for word in re.findall(r"[A-Za-z]{5,}", text)]
    mixed = [text for text in texts if re.fullmatch(r"(?=.*[0-9])(?=.*[a-zA-Z])[A-Za-z0-9]{8,}", text)]
    letters = "".join(words).lower()
    vowels = sum(letters.count(vowel) for vowel in "aeiouy")
    odd = len(words) >= 20 and vowels < 0.29 * len(letters) and letters.isascii()
    if odd or len(mixed) > 0.8 * len(texts):
        yield _remark(
            "filler",
            table,
            column,
            f"{column.name} is letters without a meaning, such as {texts[0][:40]!r}",
            column.filled,
            column.filled,
            f"rule: {{name: table, of: {plain(table.name + '_' + column.name)}}}",
        )


def calendar_gaps(seen: Evidence) -> Iterator[Complaint]:
    """Days of a calendar that are there twice, or are left out."""
    for table in seen.tables:
        days = [c for c in table.of_kind(MOMENT) if c.day_only and not c.origin]
        if not {"date", "calendar", "kalender"} & set(table.nouns) or len(days) != 1 or table.rows < 28:
            continue
        own = days[0].sql
        rows = seen.bench.rows(
            f"SELECT count(DISTINCT {own}), date_diff('day', min({own}), max({own})) + 1 FROM {table.sql}",
            table.name,
        )
        for differ, span in rows:
            rule = rule_text(table.name, days[0].name, "rule: {name: date}")
            if differ < days[0].filled:
                message = f"{days[0].name} is there more than once in a table of days"
                yield Complaint(
                    "calendar",
                    table.name,
                    (days[0].name,),
                    message,
                    days[0].filled - differ,
                    days[0].filled,
                    rule=rule,
                )
            if differ < 0.995 * span and differ > 1:
                message = f"days are missing between the first and the last {days[0].name}"
                yield Complaint(
                    "calendar", table.name, (days[0].name,), message, span - differ, span, rule=rule
                )
