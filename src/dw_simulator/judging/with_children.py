"""What a header says of its lines: sums, counts, and the most that a child may have of its parent's."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dw_simulator.judging.claims import LEAST_ROWS, Claim, Evidence, plain, rule_text, shown_of
from dw_simulator.judging.judged_tables import NUMBER, Judged, Seen
from dw_simulator.judging.judged_words import MONEY, TOTALS
from dw_simulator.judging.links import Tie
from dw_simulator.judging.worked_out import step_of

_PARENTS = 1500
_HOLDS = 0.85
_CHANCE = 0.35
_MOST = 0.03
_COLUMNS = 8
_PARTS = frozenset("tax discount fee ship commission tip rate percent cost".split())
_FAMILY = frozenset("quantity amount seat ticket unit weight".split())


def roll_ups(seen: Evidence) -> Iterator[Claim]:
    """Numbers of a parent that are the sum or the count of its children's."""
    for link in [*seen.links, *_beside(seen)]:
        if link.parent is link.child or link.parent.rows < 50 or not link.parent.key:
            continue
        heads = [c for c in _numbers(link.parent, seen) if (TOTALS | MONEY) & set(c.words)][:_COLUMNS]
        lines = [c for c in _numbers(link.child, seen) if (TOTALS | MONEY) & set(c.words)][:_COLUMNS]
        if heads:
            yield from _rolled(seen, link, heads, lines)


def _beside(seen: Evidence) -> Iterator[Tie]:
    """Lines and a bill of one order: each references the order, and the bill does so once."""
    for head in seen.links:
        if head.column.unique and head.parent is not head.child:
            for line in seen.links:
                if line.parent is head.parent and line.child is not head.child and not line.column.unique:
                    yield Tie(line.child, line.column, head.child, head.column)


def _numbers(table: Judged, seen: Evidence) -> list[Seen]:
    linked = {link.column.sql for link in seen.of_child(table)}
    return [c for c in table.of_kind(NUMBER) if c.sql not in linked and not c.unique and not c.key_like]


def _rolled(seen: Evidence, link: Tie, heads: Sequence[Seen], lines: Sequence[Seen]) -> Iterator[Claim]:
    seen.bench.tell(f"looking for sums of {link.child.name} in {link.parent.name}")
    key, column = link.key.sql, link.column.sql
    sums = ", ".join(f"sum({c.sql}) AS s{i}" for i, c in enumerate(lines))
    below = (
        f"(SELECT {column} AS k, count(*) AS n{', ' + sums if sums else ''} FROM {link.child.sql} "
        "GROUP BY 1) b"
    )
    source = f"{link.parent.sql} c JOIN {below} ON b.k = c.{key}"
    wanted = [*(f"c.{c.sql}" for c in heads), "b.n", *(f"b.s{i}" for i in range(len(lines)))]
    found = seen.bench.arrays(wanted, f"FROM {source} ORDER BY hash(c.{key}) LIMIT {_PARENTS}")
    if not found or len(found["b.n"]) < 50:
        return
    made = [("b.n", None), *((f"b.s{i}", line) for i, line in enumerate(lines))]
    with np.errstate(all="ignore"):
        for head in heads:
            values = found[f"c.{head.sql}"]
            shares = [(_agrees(values, found[sql], found["b.n"]), sql, line) for sql, line in made]
            best, sql, line = max(shares, key=lambda share: share[0])
            if best >= _HOLDS:
                yield _sum_claim(link, head, line, source, sql, step_of(values), most=_MOST)
    yield from _by_name(link, heads, lines, source, found)


def _agrees(head: NDArray[Any], made: NDArray[Any], counts: NDArray[Any]) -> float:
    rows = ~np.isnan(head) & ~np.isnan(made) & (made != 0)
    if rows.sum() < 50 or (counts[rows] > 1).sum() < 25:
        return 0.0
    head, made = head[rows], made[rows]
    slack = 1.01 * step_of(head) if step_of(head) < 1 else 0.01
    shuffled = head[np.random.default_rng(1).permutation(len(head))]
    if (np.abs(shuffled - made) <= slack).mean() > _CHANCE:
        return 0.0
    several = counts[rows] > 1
    near = np.abs(head - made) <= slack
    return float(min(near.mean(), near[several].mean()))


def _sum_claim(
    link: Tie, head: Seen, line: Seen | None, source: str, sql: str, step: float, most: float
) -> Claim:
    slack = 1.01 * step if step < 1 else 0.01
    what = (
        f"the sum of {link.child.name}.{line.name}"
        if line
        else f"the number of its rows in {link.child.name}"
    )
    function = f"function: sum, column: {plain(line.name)}" if line else "function: count"
    rule = (
        "rule: "
        f"{{name: rollup, {function}, table: {plain(link.child.name)}, reference: {plain(link.column.name)}}}"
    )
    return Claim(
        "sum of lines",
        link.parent.name,
        (head.name, f"{link.child.name}.{line.name if line else link.column.name}"),
        source,
        f"abs(c.{head.sql} - {sql}) > {slack:.8f}",
        f"{head.name} is not {what}, as it is in other rows",
        {**shown_of(link.parent, head), what: sql},
        rule_text(link.parent.name, head.name, rule),
        most=most,
        least_rows=50,
    )


def _by_name(
    link: Tie, heads: Sequence[Seen], lines: Sequence[Seen], source: str, found: dict[str, Any]
) -> Iterator[Claim]:
    """A total that has nothing to do with the totals of its lines."""
    if (
        link.child.nouns[-1] not in ("line", "item", "position", "detail", "leistung")
        or link.per_parent < 0.8
    ):
        return
    heads = [
        c
        for c in heads
        if {"total", "subtotal"} & set(c.words) and c.words[-1] in ("total", "subtotal", "amount")
    ]
    totals = [
        c for c in lines if {"total", "net", "gross", "amount"} & set(c.words) and "discount" not in c.words
    ]
    totals = [c for c in totals if not {"tax", "unit"} & set(c.words)]
    for head, line in [(h, li) for h in heads[:1] for li in totals[:1]]:
        made = found[f"b.s{list(lines).index(line)}"]
        with np.errstate(all="ignore"):
            ratio = found[f"c.{head.sql}"] / made
        ratio = ratio[~np.isnan(ratio)]
        if len(ratio) >= 50 and ((ratio < 0.33) | (ratio > 3)).mean() > 0.3:
            sql = f"b.s{list(lines).index(line)}"
            message = f"{head.name} has nothing to do with the sum of {link.child.name}.{line.name}"
            yield replace(_sum_claim(link, head, line, source, sql, 0.01, most=1.0), message=message)


def at_most_the_parents(seen: Evidence) -> Iterator[Claim]:
    """A part of what the parent has: a returned quantity, a refunded amount."""
    for link in seen.links:
        if link.parent is link.child:
            continue
        part = {"return", "refund", "retour"} & set(link.child.nouns)
        for ours in _numbers(link.child, seen)[:_COLUMNS]:
            for theirs in _numbers(link.parent, seen)[:_COLUMNS]:
                family = _FAMILY & set(ours.words) & set(theirs.words)
                if "sold" in ours.words and {"number", "quantity", "available"} & set(theirs.words):
                    family = frozenset(("quantity",))
                if _PARTS & (set(theirs.words) - set(ours.words)) or _PARTS & set(ours.words):
                    continue
                if not family or ours.whole != theirs.whole:
                    continue
                sure = bool(part or {"refund", "return"} & set(ours.words)) and link.per_parent < 0.9
                sure = sure or (link.parent.nouns[-1] in ("listing", "offer", "lot") and "sold" in ours.words)
                yield Claim(
                    "more than there was",
                    link.child.name,
                    (ours.name, f"{link.parent.name}.{theirs.name}"),
                    link.source,
                    f"c.{ours.sql} > p.{theirs.sql}",
                    f"{ours.name} is more than {theirs.name} of the row that {link.column.name} references",
                    {
                        **shown_of(link.child, link.column, ours),
                        **shown_of(link.parent, theirs, alias="p", prefix=f"{link.parent.name}."),
                    },
                    rule_text(
                        link.child.name,
                        ours.name,
                        f"lookup: {{reference: {plain(link.column.name)}, column: {plain(theirs.name)}}}",
                    ),
                    most=1.0 if sure else 0.01,
                    least_rows=LEAST_ROWS,
                    gap="" if sure else f"p.{theirs.sql} - c.{ours.sql}",
                )
