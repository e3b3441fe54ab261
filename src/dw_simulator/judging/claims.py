"""What should hold of every row, as SQL: many claims over the same rows are asked in one query."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dw_simulator.judging.bench import Bench
from dw_simulator.judging.findings import Complaint, Severity
from dw_simulator.judging.judged_tables import Judged, Seen
from dw_simulator.judging.links import Tie

_AT_ONCE = 100
_EDGE = 0.02
_LEAST_ROWS = 100


@dataclass(frozen=True)
class Claim:
    """A condition that every row should keep to.

    source    what stands after FROM
    violated  true of the rows that contradict it; NULL where it cannot be told
    message   what is wrong where it is violated
    shown     the columns of an example, by the names that readers know
    most      the largest share of violations that counts: one for what names say for sure, little for what
              only the rows say
    gap       a number that is below 0 where it is violated. What only the rows say must have an edge there:
              many rows just above it, and none just below
    fewest    the least share of violations that counts, where a few rows may be exceptions
    """

    kind: str
    table: str
    columns: tuple[str, ...]
    source: str
    violated: str
    message: str
    shown: Mapping[str, str]
    rule: str = ""
    most: float = 1.0
    least_rows: int = 1
    gap: str = ""
    fewest: float = 0.0
    severity: Severity = Severity.CONTRADICTION


@dataclass
class Evidence:
    """What the finders look at.

    present  about the last moment of which the tables know anything, as text; empty where there is none
    """

    bench: Bench
    tables: Sequence[Judged]
    links: Sequence[Tie]
    present: str = ""
    asked: dict[str, bool] = field(default_factory=dict)

    def of_child(self, table: Judged) -> list[Tie]:
        """The references of a table."""
        return [link for link in self.links if link.child is table]


Finder = Callable[[Evidence], Iterable["Claim | Complaint"]]


def examined(bench: Bench, claims: Sequence[Claim]) -> Iterator[Complaint]:
    """The claims that do not hold."""
    by_source: dict[str, list[Claim]] = {}
    for claim in claims:
        by_source.setdefault(claim.source, []).append(claim)
    for source, same in by_source.items():
        for start in range(0, len(same), _AT_ONCE):
            yield from _examined(bench, source, same[start : start + _AT_ONCE])


def _examined(bench: Bench, source: str, claims: Sequence[Claim]) -> Iterator[Complaint]:
    counts = ", ".join(
        f"count(*) FILTER (WHERE {claim.violated}), count(*) FILTER (WHERE ({claim.violated}) IS NOT NULL)"
        for claim in claims
    )
    rows = bench.rows(f"SELECT {counts} FROM {source}", claims[0].table)
    if not rows and len(claims) > 1 and not bench.late:  # one of them cannot be asked: the others can
        for claim in claims:
            yield from _examined(bench, source, [claim])
        return
    for row in rows:
        for at, claim in enumerate(claims):
            count, of = int(row[2 * at]), int(row[2 * at + 1])
            if _counts(claim, count, of) and _has_edge(bench, claim):
                example = _example(bench, claim)
                yield Complaint(
                    claim.kind,
                    claim.table,
                    claim.columns,
                    claim.message,
                    count,
                    of,
                    claim.severity,
                    example,
                    claim.rule,
                )


def _counts(claim: Claim, count: int, of: int) -> bool:
    return count > 0 and of >= claim.least_rows and claim.fewest * of <= count <= claim.most * of


def _has_edge(bench: Bench, claim: Claim) -> bool:
    if not claim.gap:
        return True
    near = bench.rows(
        f"WITH gaps AS (SELECT CAST({claim.gap} AS DOUBLE) AS gap FROM {claim.source}), "
        f"edge AS (SELECT quantile_cont(gap, {_EDGE}) FILTER (WHERE gap > 0) AS width FROM gaps) "
        "SELECT count(*) FILTER (WHERE gap >= 0 AND gap <= width), "
        "count(*) FILTER (WHERE gap < 0 AND gap >= -width), count(*) FILTER (WHERE gap < 0) FROM gaps, edge",
        claim.table,
    )
    if not near:
        return False
    above, below, all_below = (int(value or 0) for value in near[0])
    return above >= 3 and (below <= 0.05 * above or below <= 0.3 * all_below)


def _example(bench: Bench, claim: Claim) -> dict[str, str | None]:
    shown = ", ".join(f"CAST({sql} AS VARCHAR)" for sql in claim.shown.values())
    if not shown:
        return {}
    order = ", ".join(str(at + 1) for at in range(len(claim.shown)))
    rows = bench.rows(
        f"SELECT {shown} FROM {claim.source} WHERE {claim.violated} ORDER BY {order} LIMIT 1", claim.table
    )
    return dict(zip(claim.shown, rows[0], strict=True)) if rows else {}


# --- how a claim is written


def shown_of(table: Judged, *columns: Seen, alias: str = "c", prefix: str = "") -> dict[str, str]:
    """The key of a row, and some of its columns, for an example."""
    keys = table.shown() if alias == "c" else []
    return {f"{prefix}{column.name}": f"{alias}.{column.sql}" for column in (*keys, *columns)}


def later(first: str, second: str, *columns: Seen) -> str:
    """SQL: that one moment is after another; by days where one of them is a day."""
    if any(column.day_only for column in columns):
        return f"CAST({first} AS DATE) > CAST({second} AS DATE)"
    return f"{first} > {second}"


def seconds_between(first: str, second: str, *columns: Seen) -> str:
    """SQL: how many seconds there are from one moment to another."""
    if any(column.day_only for column in columns):
        first, second = f"CAST({first} AS DATE)", f"CAST({second} AS DATE)"
        return f"86400 * date_diff('day', {first}, {second})"
    return f"(epoch({second}) - epoch({first}))"


def rule_text(table: str, column: str, rule: str) -> str:
    """What a rules file says of a column."""
    return f"tables:\n  {_plain(table)}:\n    columns:\n      {_plain(column)}: {{{rule}}}"


def _plain(name: str) -> str:
    """A name as YAML has it."""
    if name.isidentifier() and name.lower() not in (
        "null",
        "true",
        "false",
        "yes",
        "no",
        "on",
        "off",
        "y",
        "n",
    ):
        return name
    return (
        '"' + name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'
    )


def plain(name: str) -> str:
    """A name as YAML has it, quoted where it has to be."""
    return _plain(name)


LEAST_ROWS = _LEAST_ROWS
