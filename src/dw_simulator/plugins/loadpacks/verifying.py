"""verify.sql: one query that compares a warehouse's tables with the manifest, a row for every check.

Every table is read once for all its facts, every reference once more: what is counted stands in one row, and
the list of checks is laid over it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlglot import exp

from dw_simulator.plugins.dialects.ddl.declared_keys import column_pairs
from dw_simulator.plugins.dialects.ddl.type_names import is_narrower, same_values
from dw_simulator.plugins.loadpacks.shipment import Cargo, Shipment
from dw_simulator.ports.manifest import ColumnFacts, Value
from dw_simulator.schema.model import Column, ForeignKey, Table
from dw_simulator.types import NUMERIC_KINDS, TEMPORAL_KINDS, Kind, SqlType

_MOST_MEASURES = 100
"""In one SELECT; PostgreSQL takes 1,664 columns, and long lists are slow to plan everywhere."""
_ENDED = frozenset({*NUMERIC_KINDS, Kind.DATE, Kind.TIMESTAMP})
_SUM_LIMIT = 10**38

_NULL = "NULL"


@dataclass(frozen=True)
class ExpectedFact:
    """A fact of the manifest, as the warehouse has to find it.

    expected  as text; None for NULL
    type      that the expected value has in the warehouse; empty for a count
    """

    name: str
    measure: exp.Expr
    expected: str | None
    type: str = ""


@dataclass(frozen=True)
class FactGroup:
    """Facts that one row of measures answers: what its SELECT reads from, and reads."""

    checks: Sequence[ExpectedFact]
    source: exp.Select


def verify_sql(shipment: Shipment, total: str) -> str:
    """The query, without its semicolon. total: the type of exact sums."""
    number, parts = 0, []
    for group in _groups(shipment, total):
        parts.append(_answered(shipment, group, number))
        number += len(group.checks)
    checks = "\n\nUNION ALL\n\n".join(parts)
    head = "SELECT check_name, expected, actual, ok"
    return f"{head} FROM (\n\n{checks}\n\n) AS checks ORDER BY check_number"


def _groups(shipment: Shipment, total: str) -> Iterator[FactGroup]:
    for cargo in shipment.cargoes:
        checks = iter([*_of_rows(cargo), *_of_columns(shipment, cargo, total)])
        while some := list(islice(checks, _MOST_MEASURES)):
            yield FactGroup(some, exp.select().from_(_table(shipment, cargo.table.name)))
        for key in cargo.table.keys:
            if len(key) > 1:  # of one column, its distinct values tell
                yield _of_key(shipment, cargo.table, key)
        for reference in cargo.table.references:
            yield _of_reference(shipment, cargo, reference)


def _answered(shipment: Shipment, group: FactGroup, first: int) -> str:
    """A SELECT of a group's checks: one row of measures, and the list of checks laid over it."""
    numbered = list(enumerate(group.checks, first + 1))
    measures = group.source.select(*(exp.alias_(check.measure, f"m{k}") for k, check in numbered))
    text = shipment.sql(exp.DataType.build("VARCHAR"))
    texts = [f"WHEN {k} THEN CAST(m{k} AS {text})" for k, _check in numbered]
    tests = [f"WHEN {k} THEN {_test(check, f'm{k}')}" for k, check in numbered]
    listed = [_listed(shipment, check, k, named=k == first + 1) for k, check in numbered]
    return "\n".join(
        (
            "SELECT check_number, check_name, expected,",
            *("COALESCE(CASE check_number", *texts, f"END, '{_NULL}') AS actual,"),
            *("COALESCE(CASE check_number", *tests, "END, FALSE) AS ok"),
            f"FROM (\n{shipment.sql(measures, pretty=True)}\n) AS measured CROSS JOIN (",
            " UNION ALL\n".join(listed),
            ") AS listed",
        )
    )


def _listed(shipment: Shipment, check: ExpectedFact, number: int, *, named: bool) -> str:
    """A row of the list of checks, the first with the names of its columns."""
    values = (str(number), shipment.text(check.name), shipment.text(check.expected or _NULL))
    names = ("check_number", "check_name", "expected")
    items = [f"{value} AS {name}" for value, name in zip(values, names, strict=True)] if named else values
    return f"SELECT {', '.join(items)}"


def _test(check: ExpectedFact, measure: str) -> str:
    """Facts are digits and dates: nothing in them has to be escaped."""
    if check.expected is None:
        return f"{measure} IS NULL"
    expected = f"CAST('{check.expected}' AS {check.type})" if check.type else check.expected
    return f"{measure} = {expected}"


# --- the facts of a table and its columns


def _of_rows(cargo: Cargo) -> Iterator[ExpectedFact]:
    yield ExpectedFact(f"{cargo.table.name}: rows", exp.Count(this=exp.Star()), str(cargo.entry.rows))


def _of_columns(shipment: Shipment, cargo: Cargo, total: str) -> Iterator[ExpectedFact]:
    for column in cargo.table.columns:
        facts = cargo.entry.columns[column.name]
        place, this = f"{cargo.table.name}.{column.name}", _column(shipment, column.name)
        name = shipment.type(column.type)
        exact = not is_narrower(name, column.type)
        yield ExpectedFact(f"{place}: not NULL", exp.Count(this=this), str(cargo.entry.rows - facts.nulls))
        if _has_distinct(column.type, facts, exact=exact):
            distinct = exp.Count(this=exp.Distinct(expressions=[this]))
            yield ExpectedFact(f"{place}: distinct", distinct, str(facts.distinct))
        if exact and column.type.kind in _ENDED:
            yield ExpectedFact(f"{place}: min", exp.Min(this=this), _literal(facts.min), name)
            yield ExpectedFact(f"{place}: max", exp.Max(this=this), _literal(facts.max), name)
        if exact and _has_sum(facts, cargo.entry.rows):
            wide = total.format(scale=column.type.scale)
            expected = None if cargo.entry.rows == facts.nulls else str(facts.sum)
            yield ExpectedFact(f"{place}: sum", exp.Sum(this=_cast(this, wide)), expected, wide)


_NOT_COMPARED = frozenset({Kind.JSON, Kind.NOTATION, Kind.NESTED})


def _has_distinct(type_: SqlType, facts: ColumnFacts, *, exact: bool) -> bool:
    """Documents do not compare everywhere, and times that lose digits may fall together."""
    told = facts.distinct is not None and type_.kind not in _NOT_COMPARED
    return told and (exact or type_.kind not in TEMPORAL_KINDS)


def _has_sum(facts: ColumnFacts, rows: int) -> bool:
    """Whether there is a sum, which no order of adding up takes beyond 38 digits."""
    ends = [str(end) for end in (facts.min, facts.max) if end is not None]
    largest = max((abs(int(end.replace(".", ""))) for end in ends if facts.sum is not None), default=0)
    return facts.sum is not None and rows * largest < _SUM_LIMIT


def _literal(value: Value) -> str | None:
    """A value of the manifest as SQL casts it from text: instants with their offset."""
    if value is None:
        return None
    text = str(value)
    return f"{text[:-1]}+00:00" if text.endswith("Z") else text


# --- keys and references


def _of_key(shipment: Shipment, table: Table, key: tuple[str, ...]) -> FactGroup:
    columns = [_column(shipment, name) for name in key]
    twice = exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(1))
    repeated = (
        exp.select("1 AS one")
        .from_(_table(shipment, table.name))
        .where(*(_present(column) for column in columns))
        .group_by(*columns)
        .having(twice)
    )
    name = f"{table.name} ({', '.join(key)}): duplicates"
    check = ExpectedFact(name, exp.Count(this=exp.Star()), "0")
    return FactGroup([check], exp.select().from_(repeated.subquery("repeated")))


def _of_reference(shipment: Shipment, cargo: Cargo, reference: ForeignKey) -> FactGroup:
    """Each row that references joins with one row of the parent."""
    child = cargo.table
    parent = shipment.experiment.table(reference.references_table)
    assert parent is not None, "references have been checked"
    pairs = list(column_pairs(child, parent, reference))
    theirs = [_column(shipment, column.name) for _, column in pairs]
    aliased = [exp.alias_(column, f"k{k}") for k, column in enumerate(theirs, 1)]
    parents = (
        exp.select(*aliased, "COUNT(*) AS matches")
        .from_(_table(shipment, parent.name))
        .where(*(_present(column) for column in theirs))
        .group_by(*theirs)
    )
    match = [_equal(shipment, *pair, k) for k, pair in enumerate(pairs, 1)]
    source = (
        exp.select()
        .from_(exp.alias_(_table(shipment, child.name), "c", table=True))
        .join(parents.subquery("p"), on=exp.and_(*match), join_type="left")
        .where(*(_present(_column(shipment, name, "c")) for name in reference.columns))
    )
    place = f"{child.name} ({', '.join(reference.columns)})"
    goal = f"{parent.name} ({', '.join(reference.references_columns)})"
    return FactGroup(list(_of_join(f"{place} -> {goal}", _referencing(cargo, reference))), source)


def _of_join(name: str, referencing: int | None) -> Iterator[ExpectedFact]:
    all_, matched = exp.Count(this=exp.Star()), exp.Count(this=exp.column("matches", "p"))
    total = exp.Sum(this=exp.column("matches", "p"))
    joined = exp.Coalesce(this=total, expressions=[exp.Literal.number(0)])
    yield ExpectedFact(f"{name}: orphans", exp.Sub(this=all_, expression=matched), "0")
    yield ExpectedFact(
        f"{name}: matched more than once", exp.Sub(this=joined, expression=matched.copy()), "0"
    )
    if referencing is not None:
        yield ExpectedFact(f"{name}: joined rows", joined.copy(), str(referencing))


def _referencing(cargo: Cargo, reference: ForeignKey) -> int | None:
    """How many rows have all columns of a reference, where that follows from the manifest."""
    nulls = [count for name in reference.columns if (count := cargo.entry.columns[name].nulls)]
    return cargo.entry.rows - sum(nulls) if len(nulls) < 2 else None


def _equal(shipment: Shipment, ours: Column, theirs: Column, k: int) -> exp.Expr:
    """A column of the child's equals that of the parent's; types that do not compare are compared as text."""
    both: list[exp.Expr] = [exp.column(f"k{k}", "p"), _column(shipment, ours.name, "c")]
    if ours.type.kind is not theirs.type.kind and {ours.type.kind, theirs.type.kind} <= TEMPORAL_KINDS:
        moment = shipment.type(SqlType(Kind.TIMESTAMP, ""))
        both = [_cast(side, moment) for side in both]
    elif not same_values(ours.type, theirs.type) and not same_values(theirs.type, ours.type):
        both = [exp.cast(side, "VARCHAR") for side in both]
    return exp.EQ(this=both[0], expression=both[1])


# --- words


def _table(shipment: Shipment, name: str) -> exp.Table:
    return exp.Table(this=shipment.identifier(name))


def _column(shipment: Shipment, name: str, table: str | None = None) -> exp.Column:
    return exp.Column(this=shipment.identifier(name), table=exp.to_identifier(table))


def _present(column: exp.Expr) -> exp.Expr:
    return exp.Not(this=exp.Is(this=column, expression=exp.Null()))


def _cast(value: exp.Expr, name: str) -> exp.Cast:
    return exp.Cast(this=value, to=exp.DataType(this=exp.DataType.Type.USERDEFINED, kind=name))
