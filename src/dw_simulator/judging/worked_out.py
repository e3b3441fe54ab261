"""Sums, products and differences that nearly all rows keep: found in a sample, then asked of every row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dw_simulator.judging.claims import Claim, Evidence, plain, rule_text, shown_of
from dw_simulator.judging.judged_tables import MOMENT, NUMBER, Judged, Seen
from dw_simulator.judging.judged_words import MONEY, TOTALS

_SAMPLE = 1500
_MOST_NUMBERS = 18
_MOST_MOMENTS = 8
_HOLDS = 0.85
_TELLING = 25
"""Rows in which an equation must say something: none of its numbers is 0, none of its factors 1."""
_CHANCE = 0.35
"""The share in which it may hold when its result is shuffled."""
_MOST = 0.03
_CLOSE = 0.003
_UNRELATED = 0.2
"""The share of rows in which a result is far off where it has nothing to do with what it is named after."""
_UNITS = (("second", 1.0), ("minute", 60.0), ("hour", 3600.0), ("day", 86400.0))
_NO_NUMBERS = frozenset(
    """year month quarter week weekday latitude longitude version postal code lat lng zip phone
    sequence seq rank""".split()
)


@dataclass(frozen=True)
class WorkedOut:
    """What a column equals: words for readers, SQL over rows called c, how well it holds in the sample."""

    target: Seen
    parts: tuple[Seen, ...]
    text: str
    sql: str
    holds: float
    tolerance: str
    terms: int

    @property
    def columns(self) -> frozenset[str]:
        """All columns it speaks of."""
        return frozenset(part.sql for part in (self.target, *self.parts))


def equations(seen: Evidence) -> Iterator[Claim]:
    """Equations within the rows of a table."""
    for table in seen.tables:
        numbers = [c for c in table.of_kind(NUMBER) if _counts(table, c, seen)]
        numbers = sorted(numbers, key=lambda c: not (MONEY | TOTALS) & set(c.words))[:_MOST_NUMBERS]
        moments = [c for c in table.of_kind(MOMENT) if not c.origin][:_MOST_MOMENTS]
        if not numbers or len(numbers) + len(moments) < 3 or table.rows < 2 * _TELLING:
            continue
        seen.bench.tell(f"looking for sums in {table.name}")
        found = _mined(_sample(seen, table, [*numbers, *moments]), numbers, moments)
        for equation in _best(found):
            yield _claim(table, equation)
        yield from _unexplained(table, numbers, found)


def _counts(table: Judged, column: Seen, seen: Evidence) -> bool:
    """Whether a number counts or measures, rather than names."""
    linked = any(link.column is column for link in seen.of_child(table))
    named = set(column.words) & _NO_NUMBERS and not {"amount", "price", "total"} & set(column.words)
    return not (linked or named or column.key_like or column.unique) and column.distinct > 1


def _sample(seen: Evidence, table: Judged, columns: Sequence[Seen]) -> Mapping[str, Any]:
    shown = [c.sql for c in columns if c.kind == NUMBER]
    moments = [f"epoch({c.sql})" for c in columns if c.kind == MOMENT]
    mixed = ", ".join(c.sql for c in table.columns[:6] if c.kind not in ("other",) and not c.origin)
    order = f"ORDER BY hash({mixed}) LIMIT {_SAMPLE}" if mixed and table.rows > _SAMPLE else ""
    found = seen.bench.arrays([*shown, *moments], f"FROM {table.sql} {order}")
    return {name.removeprefix("epoch(").removesuffix(")"): values for name, values in found.items()}


def step_of(values: NDArray[Any]) -> float:
    """The unit in which numbers are written: 0.01 where they have two decimals."""
    there = values[~np.isnan(values)]
    for decimals in range(7):
        if np.mean(np.abs(there - np.round(there, decimals)) < 1e-7) > 0.97:
            return float(10.0**-decimals)
    return 1e-7


def _mined(sample: Mapping[str, Any], numbers: Sequence[Seen], moments: Sequence[Seen]) -> list[WorkedOut]:
    if not sample:
        return []
    found: list[WorkedOut] = []
    with np.errstate(all="ignore"):
        for target in numbers:
            tried = _Target(target, sample[target.sql])
            others = [c for c in numbers if c is not target]
            for a, b in combinations(others, 2):
                found += tried.pairs(a, sample[a.sql], b, sample[b.sql])
            for a, b in permutations(others, 2):
                found += tried.ratios(a, sample[a.sql], b, sample[b.sql])
            for a, b in combinations(others, 2):
                if len(others) <= 12:
                    found += tried.with_a_third((a, b), others, sample)
            found += tried.family(others, sample)
            for a, b in permutations(moments, 2):
                found += tried.spans(a, sample[a.sql], b, sample[b.sql])
    return found


class _Target:
    """One column that may be worked out of others."""

    def __init__(self, column: Seen, values: NDArray[Any]) -> None:
        self.column, self.values = column, values
        self.step = step_of(values)
        self._order = np.random.default_rng(1).permutation(len(values))
        self._slack = 1.01 * self.step + _CLOSE * np.abs(values)

    def _try(
        self,
        made: NDArray[Any],
        telling: NDArray[Any],
        parts: tuple[Seen, ...],
        text: str,
        sql: str,
        terms: int,
    ) -> list[WorkedOut]:
        known = ~np.isnan(made) & ~np.isnan(self.values)
        rows = known & telling & (self.values != 0)
        if rows.sum() < _TELLING:
            return []
        near = np.abs(made - self.values) <= self._slack
        if near[rows].mean() < _HOLDS:
            return []
        shuffled = self.values[rows][np.random.default_rng(1).permutation(int(rows.sum()))]
        chance = (np.abs(made[rows] - shuffled) <= 1.01 * self.step + _CLOSE * np.abs(shuffled)).mean()
        if chance > _CHANCE:
            return []
        tolerance = f"{1.01 * self.step:.8f} + {_CLOSE} * abs(c.{self.column.sql})"
        return [WorkedOut(self.column, parts, text, sql, float(near[known].mean()), tolerance, terms)]

    def pairs(self, a: Seen, x: NDArray[Any], b: Seen, y: NDArray[Any]) -> list[WorkedOut]:
        """The sum, the differences and the product of two."""
        telling = (x != 0) & (y != 0)
        found = self._try(x + y, telling, (a, b), f"{a.name} + {b.name}", f"c.{a.sql} + c.{b.sql}", 2)
        found += self._try(
            x * y, telling & (x != 1) & (y != 1), (a, b), f"{a.name} * {b.name}", f"c.{a.sql} * c.{b.sql}", 2
        )
        for one, other, left, right in ((a, b, x, y), (b, a, y, x)):
            made, text = left - right, f"{one.name} - {other.name}"
            found += self._try(made, telling, (one, other), text, f"c.{one.sql} - c.{other.sql}", 2)
        return found

    def ratios(self, a: Seen, x: NDArray[Any], b: Seen, y: NDArray[Any]) -> list[WorkedOut]:
        """A share, a percentage, what a discount leaves."""
        found = []
        telling = (x != 0) & (y != 0) & (y != 1)
        one, other = f"c.{a.sql}", f"c.{b.sql}"
        for factor, shown in ((1.0, ""), (100.0, "100 * ")):
            text, sql = f"{shown}{a.name} / {b.name}", f"{factor} * {one} / nullif({other}, 0)"
            found += self._try(factor * x / y, telling, (a, b), text, sql, 3)
        for factor, shown in ((1.0, ""), (0.01, " / 100")):
            for sign in (-1, 1):
                word = "+" if sign > 0 else "-"
                text = f"{a.name} * (1 {word} {b.name}{shown})"
                sql = f"{one} * (1 {word} {other}{shown}.0)" if shown else f"{one} * (1 {word} {other})"
                found += self._try(x * (1 + sign * factor * y), telling, (a, b), text, sql, 3)
        text, sql = f"{a.name} * {b.name} / 100", f"{one} * {other} / 100.0"
        return found + self._try(x * y / 100, telling, (a, b), text, sql, 3)

    def with_a_third(
        self, pair: tuple[Seen, Seen], others: Sequence[Seen], sample: Mapping[str, Any]
    ) -> list[WorkedOut]:
        """A product or a sum, with another column added or taken away."""
        (a, b), found = pair, []
        x, y = sample[a.sql], sample[b.sql]
        bases = [(x * y, "*"), (x + y, "+")]
        for third in others:
            if third in pair:
                continue
            z = sample[third.sql]
            plain_z = np.nan_to_num(z)
            for base, sign in bases:
                for word, made in (("-", base - plain_z), ("+", base + plain_z)):
                    if sign == "+" and word == "+" and third.sql < b.sql:
                        continue
                    text = f"{a.name} {sign} {b.name} {word} {third.name}"
                    sql = f"c.{a.sql} {sign} c.{b.sql} {word} coalesce(c.{third.sql}, 0)"
                    telling = (x != 0) & (y != 0) & (plain_z != 0)
                    found += self._try(made, telling, (a, b, third), text, sql, 4)
            for factor, shown in ((1.0, ""), (0.01, " / 100.0")):
                made = x * y * (1 - factor * plain_z)
                text = f"{a.name} * {b.name} * (1 - {third.name}{shown})"
                sql = f"c.{a.sql} * c.{b.sql} * (1 - coalesce(c.{third.sql}, 0){shown})"
                found += self._try(made, (plain_z != 0) & (x != 0) & (y != 0), (a, b, third), text, sql, 5)
        return found

    def family(self, others: Sequence[Seen], sample: Mapping[str, Any]) -> list[WorkedOut]:
        """The sum of all amounts but this one, or of all but one more."""
        found: list[WorkedOut] = []
        parts = [c for c in others if "amount" in c.words or MONEY & set(c.words)]
        if "total" not in self.column.words or not 3 <= len(parts) <= 8:
            return found
        for left_out in (None, *parts):
            kept = tuple(c for c in parts if c is not left_out)
            if len(kept) > 2:
                values = [np.nan_to_num(sample[c.sql]) for c in kept]
                made = np.sum(values, axis=0)
                telling = np.sum([value != 0 for value in values], axis=0) > 2
                sql = " + ".join(f"coalesce(c.{c.sql}, 0)" for c in kept)
                found += self._try(made, telling, kept, " + ".join(c.name for c in kept), sql, len(kept) + 1)
        return found

    def spans(self, a: Seen, x: NDArray[Any], b: Seen, y: NDArray[Any]) -> list[WorkedOut]:
        """The time from one moment to another, in some unit."""
        found: list[WorkedOut] = []
        if not {
            "duration",
            "day",
            "hour",
            "minute",
            "second",
            "night",
            "length",
            "age",
            "elapsed",
            "los",
            "time",
            "tag",
            "tage",
            "dauer",
            "verweildauer",
            "transit",
            "delay",
            "wait",
            "ms",
        } & set(self.column.words):
            return found
        for unit, seconds in _UNITS:
            made = np.floor(y / seconds) - np.floor(x / seconds) if unit == "day" else (y - x) / seconds
            sql = f"epoch(c.{b.sql}) - epoch(c.{a.sql})"
            exact = f"date_diff('day', c.{a.sql}, c.{b.sql})" if unit == "day" else f"({sql}) / {seconds}"
            for more in (0, 1):
                text = f"{b.name} - {a.name} in {unit}s" + (", both days counted" if more else "")
                found += self._try(made + more, made != 0, (a, b), text, f"{exact} + {more}", 2 + more)
                if unit != "day":
                    break
        return found


def _best(found: Sequence[WorkedOut]) -> Iterator[WorkedOut]:
    """The best equation of each set of columns, and of each target; what others imply is left out."""
    ranked = sorted(found, key=lambda e: (-round(e.holds, 2), e.terms, -len(set(e.target.words) & TOTALS)))
    targets: set[str] = set()
    used: list[frozenset[str]] = []
    for equation in ranked:
        if equation.target.sql in targets or any(equation.columns <= columns for columns in used):
            continue
        if equation.holds < 1 - 2 * _MOST:
            continue
        targets.add(equation.target.sql)
        used.append(equation.columns)
        yield equation


def _claim(table: Judged, equation: WorkedOut) -> Claim:
    target = f"c.{equation.target.sql}"
    return Claim(
        "equation",
        table.name,
        (equation.target.name, *(part.name for part in equation.parts)),
        f"{table.sql} c",
        f"abs({target} - ({equation.sql})) > {equation.tolerance}",
        f"{equation.target.name} is not {equation.text}, as it is in other rows",
        shown_of(table, equation.target, *equation.parts),
        _equation_rule(table, equation),
        most=_MOST,
        least_rows=50,
    )


def _equation_rule(table: Judged, equation: WorkedOut) -> str:
    sql = equation.sql
    for part in (equation.target, *equation.parts):
        sql = sql.replace(f"c.{part.sql})", f"{_in_sql(part.name)})").replace(
            f"c.{part.sql} ", f"{_in_sql(part.name)} "
        )
        sql = sql.replace(f"c.{part.sql},", f"{_in_sql(part.name)},")
        if sql.endswith(f"c.{part.sql}"):
            sql = sql[: -len(f"c.{part.sql}")] + _in_sql(part.name)
    return rule_text(table.name, equation.target.name, f"rule: {{name: expression, sql: {plain(sql)}}}")


def _in_sql(name: str) -> str:
    return name if name.isidentifier() else '"' + name.replace('"', '""') + '"'


# --- where names say an equation, and the rows know of none


_NAMED = (
    ("total extended", "quantity number", "*", "price"),
    ("net", "quantity", "*", "price"),
    ("amount", "quantity", "*", "price"),
    ("gross total", "net subtotal", "+", "tax"),
    ("margin profit", "net revenue sale", "-", "cog cost"),
    ("ctr", "click", "/", "impression"),
    ("cpc", "cost spend", "/", "click"),
    ("roas", "revenue", "/", "cost spend"),
)
"""What names say of a row: a result, and how it is worked out of two others."""


def _unexplained(table: Judged, numbers: Sequence[Seen], found: Sequence[WorkedOut]) -> Iterator[Claim]:
    yield from _unrelated_sum(table, numbers, found)
    explained = {equation.target.sql for equation in found}
    related = [equation.columns for equation in found]
    told: set[str] = set()
    for result, first, sign, second in _NAMED:
        target = _named(numbers, *result.split())
        one = _named([c for c in numbers if c is not target], *first.split())
        other = _named([c for c in numbers if c not in (target, one)], *second.split())
        if target is None or one is None or other is None or target.sql in explained | told:
            continue
        if "unit" in target.words or any({target.sql, one.sql} <= columns for columns in related):
            continue
        told.add(target.sql)
        yield _far(table, target, (one, other), sign)


def _unrelated_sum(table: Judged, numbers: Sequence[Seen], found: Sequence[WorkedOut]) -> Iterator[Claim]:
    """A total beside several amounts, of which it is neither the sum nor anything else."""
    total = next((c for c in numbers if {"total", "amount"} <= set(c.words)), None)
    parts = tuple(c for c in numbers if c is not total and "amount" in c.words)
    if total is None or len(parts) < 3 or any(total.sql in e.columns for e in found) or len(parts) > 6:
        return
    made = " + ".join(f"coalesce(c.{c.sql}, 0)" for c in parts)
    text = " + ".join(c.name for c in parts)
    yield Claim(
        "equation by name",
        table.name,
        (total.name, *(c.name for c in parts)),
        f"{table.sql} c",
        f"c.{total.sql} < greatest({', '.join(f'c.{c.sql}' for c in parts)})",
        f"{total.name} is less than one of the amounts beside it: it is not {text}",
        {**shown_of(table, total, *parts), "sum": made},
        rule_text(table.name, total.name, f"rule: {{name: expression, sql: {plain(text)}}}"),
        least_rows=50,
        fewest=_UNRELATED,
    )


def _named(numbers: Sequence[Seen], *words: str) -> Seen | None:
    rates = {"rate", "percent", "ratio", "share", "count", "discount"} | (
        {"tax", "fee", "commission", "cost"} - set(words)
    )
    return next((c for c in numbers if set(words) & set(c.words) and not rates & set(c.words)), None)


def _far(table: Judged, total: Seen, parts: tuple[Seen, Seen], sign: str) -> Claim:
    """No equation that fails by little, as unknown discounts do, but numbers that are far from it."""
    text = f"{parts[0].name} {sign} {parts[1].name}"
    sql = f"{_in_sql(parts[0].name)} {sign} {_in_sql(parts[1].name)}"
    left, right = f"c.{parts[0].sql}", f"c.{parts[1].sql}"
    made = f"CAST({left} AS DOUBLE) / nullif({right}, 0)" if sign == "/" else f"({left} {sign} {right})"
    if sign == "/":  # a percentage is as good as a share
        factor = f"CASE WHEN (SELECT median({total.sql}) FROM {table.sql}) > 1 THEN 100 ELSE 1 END"
        made = f"{made} * {factor}" if "ctr" in total.words else made
    return Claim(
        "equation by name",
        table.name,
        (total.name, parts[0].name, parts[1].name),
        f"{table.sql} c",
        f"CAST(c.{total.sql} AS DOUBLE) / nullif({made}, 0) NOT BETWEEN 0.33 AND 2",
        f"{total.name} has nothing to do with {text}",
        shown_of(table, total, *parts),
        rule_text(table.name, total.name, f"rule: {{name: expression, sql: {plain(sql)}}}"),
        least_rows=50,
        fewest=_UNRELATED,
    )
