"""From a schema to kernels and part boundaries.

`plan` runs the passes of PASSES over a draft. A pass adds what it finds wrong to the draft and goes on,
so that everything that can be known is reported together, before a byte is written.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

import numpy as np

from dw_simulator.engine.columns import FixedColumn
from dw_simulator.engine.kernels.base import Domain, Drawn, Kernel, Nullable, width_of
from dw_simulator.engine.kernels.integers import Integers
from dw_simulator.engine.keys import Dealt, Ordinal, Permuted, RowNumber, Shuffled, digits, radix_split
from dw_simulator.engine.permutation import Permutation
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.references import Reference
from dw_simulator.engine.rows import Rows, Selector
from dw_simulator.engine.rules import ColumnSpec, Refusal, Rule
from dw_simulator.engine.sampling import Chance, Uniform
from dw_simulator.engine.storage import dtype_of
from dw_simulator.errors import PlanError, Problem, closest
from dw_simulator.model import DEFAULT_NULL_FRACTION, Column, Experiment, ForeignKey, RuleSpec, Table
from dw_simulator.types import Kind, SqlType

PART_ROWS = 1 << 20
ROW_GROUP_ROWS = 1 << 18
_PART_ALIGNMENT = 1 << 15

Rules = Callable[[RuleSpec, Kind], Rule]
"""From a rule's name and options to the rule; raises Refusal. The service passes the registry's."""

DEFAULT_RULES: Mapping[Kind, RuleSpec] = {
    Kind.BOOLEAN: RuleSpec(name="boolean"),
    Kind.INTEGER: RuleSpec(name="uniform"),
    Kind.DECIMAL: RuleSpec(name="uniform"),
    Kind.FLOAT: RuleSpec(name="uniform"),
    Kind.TEXT: RuleSpec(name="text"),
    Kind.DATE: RuleSpec(name="uniform"),
    Kind.TIME: RuleSpec(name="uniform"),
    Kind.TIMESTAMP: RuleSpec(name="uniform"),
    Kind.BINARY: RuleSpec(name="bytes"),
    Kind.UUID: RuleSpec(name="uuid"),
    Kind.JSON: RuleSpec(name="json"),
}


@dataclass(frozen=True)
class Part:
    """A file of a table: the rows from start to stop."""

    table: str
    number: int
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True)
class ColumnPlan:
    """A column, ready to be made. `distinct` is an upper bound on its distinct values, if one is known."""

    name: str
    type: SqlType
    kernel: Kernel
    nullable: bool
    distinct: int | None


@dataclass(frozen=True)
class TablePlan:
    """A table, ready to be made: picklable, and all that a worker needs."""

    name: str
    rows: int
    columns: tuple[ColumnPlan, ...]
    parts: tuple[Part, ...]
    row_group_rows: int


@dataclass(frozen=True)
class Plan:
    """Every table of an experiment under one seed."""

    experiment: str
    seed: int
    tables: tuple[TablePlan, ...]
    warnings: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)

    def table(self, name: str) -> TablePlan:
        return next(table for table in self.tables if table.name == name)


Place = tuple[str, str]  # table name, column name


@dataclass(eq=False)
class _Relation:
    """A reference while it is planned."""

    table: Table
    declared: ForeignKey
    parent: Table
    parent_rows: int
    pick: Selector | None = None

    def optional(self, column: Column) -> bool:
        return self.declared.nullable or not column.required

    @property
    def label(self) -> str:
        return f"{self.table.name}({', '.join(self.declared.columns)})"


@dataclass(eq=False)
class _Draft:
    """What the passes know so far."""

    experiment: Experiment
    seed: int
    rules: Rules
    asked: Mapping[str, int]
    rows: dict[str, int] = field(default_factory=dict)
    relations: dict[Place, _Relation] = field(default_factory=dict)
    values: dict[Place, Domain | Kernel] = field(default_factory=dict)
    selectors: dict[Place, Selector] = field(default_factory=dict)
    kernels: dict[Place, Kernel] = field(default_factory=dict)
    failed: set[Place] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def refuse(self, place: str, message: str, mend: str = "") -> None:
        self.problems.append(Problem(place, message, mend))

    def stream(self, table: Table, name: str, purpose: str) -> Stream:
        return Stream.named(self.seed, table.name, name, purpose)

    def columns(self) -> Iterator[tuple[Table, Column]]:
        for table in self.experiment.tables:
            for column in table.columns:
                yield table, column


def plan(experiment: Experiment, seed: int, rules: Rules, rows: Mapping[str, int] | None = None) -> Plan:
    """Plan an experiment, with other row counts for the tables named in `rows`.

    Raises PlanError with everything that cannot be made.
    """
    draft = _Draft(experiment, seed, rules, rows or {})
    for step in PASSES:
        step(draft)
    if draft.problems:
        raise PlanError(dict.fromkeys(draft.problems))
    tables = tuple(_table_plan(draft, table) for table in experiment.tables)
    return Plan(experiment.name, seed, tables, tuple(draft.warnings))


# --- passes ----------------------------------------------------------------------------------------------


def _size_tables(draft: _Draft) -> None:
    names = [table.name for table in draft.experiment.tables]
    for name in draft.asked:
        if name not in names:
            draft.refuse(name, f"there is no table {name!r}{closest(name, names)}")
    for table in draft.experiment.tables:
        draft.rows[table.name] = draft.asked.get(table.name, table.target_rows)
        for check in table.checks:
            draft.warnings.append(f"{table.name}: CHECK ({check}) is kept, but values do not follow it yet")


def _relate_tables(draft: _Draft) -> None:
    for table in draft.experiment.tables:
        for declared in table.references:
            parent = draft.experiment.table(declared.references_table)
            assert parent is not None, "the model has checked references"
            relation = _Relation(table, declared, parent, draft.rows[parent.name])
            for name in declared.columns:
                draft.relations[table.name, name] = relation
            _check_parent(draft, relation)


def _check_parent(draft: _Draft, relation: _Relation) -> None:
    if relation.parent_rows == 0 and draft.rows[relation.table.name] > 0:
        columns = [relation.table.column(name) for name in relation.declared.columns]
        if not any(column and relation.optional(column) for column in columns):
            draft.refuse(
                relation.label,
                f"references {relation.parent.name}, which has 0 rows",
                f"give {relation.parent.name} rows, or let the reference be NULL",
            )


def _build_values(draft: _Draft) -> None:
    """Ask each column's rule for its values."""
    for table, column in draft.columns():
        place = (table.name, column.name)
        if place in draft.relations:
            continue
        key = any(column.name in key for key in table.keys)
        spec = ColumnSpec(draft.seed, table.name, column, draft.rows[table.name], key)
        rule = column.rule_spec or _default_rule(table, column)
        try:
            values = draft.rules(rule, column.type.kind).build(spec)
            _check_width(column, values)
        except Refusal as refusal:
            draft.refuse(f"{table.name}.{column.name}", f"{column.data_type}: {refusal.message}", refusal.mend)
            draft.failed.add(place)
        else:
            draft.values[place] = values


def _default_rule(table: Table, column: Column) -> RuleSpec:
    """Plain integer keys count from 1; everything else goes by its type."""
    if _is_plain_integer(column) and (column.name,) in table.keys:
        return RuleSpec(name="sequence")
    return DEFAULT_RULES[column.type.kind]


def _is_plain_integer(column: Column) -> bool:
    """A whole number about which nothing is declared."""
    whole = column.type.kind is Kind.INTEGER or (column.type.kind is Kind.DECIMAL and column.type.scale == 0)
    return whole and column.rule_spec is None and column.min_value is None and column.max_value is None


def _check_width(column: Column, values: Domain | Kernel) -> None:
    if column.type.kind in (Kind.TEXT, Kind.BINARY) and width_of(values) > column.type.length:
        raise Refusal(
            f"values of up to {width_of(values)} bytes do not fit",
            f"widen it to {width_of(values)}, or choose another rule",
        )


def _assign_keys(draft: _Draft) -> None:
    """Choose what carries each uniqueness: single columns first, then as few tuples as need be."""
    for table in draft.experiment.tables:
        carriers: list[frozenset[str]] = []
        for key in sorted(table.keys, key=len):
            if any((table.name, name) in draft.failed for name in key):
                continue
            if not any(carrier <= set(key) for carrier in carriers):
                carriers.append(_KeyPlanner(draft, table, key).assign())


@dataclass(eq=False)
class _Component:
    """A part of a key: a plain column, or the reference that one or more of its columns belong to."""

    names: list[str]
    size: int
    relation: _Relation | None = None
    open_ended: bool = False


class _KeyPlanner:
    """Gives the columns of one key selectors under which no two rows agree in all of them."""

    def __init__(self, draft: _Draft, table: Table, key: Sequence[str]) -> None:
        self.draft, self.table, self.key = draft, table, key
        self.rows = draft.rows[table.name]
        self.label = f"{table.name}.{key[0]}" if len(key) == 1 else f"{table.name}({', '.join(key)})"

    def assign(self) -> frozenset[str]:
        """The columns that carry the key from now on."""
        for name in self.key:
            values = self.draft.values.get((self.table.name, name))
            if isinstance(values, Drawn) and isinstance(values.selector, RowNumber):
                return frozenset({name})  # a sequence never repeats
        try:
            components = self._components()
            self._give_selectors(components)
        except Refusal as refusal:
            self.draft.refuse(self.label, refusal.message, refusal.mend)
        return frozenset(self.key)

    def _components(self) -> list[_Component]:
        components: list[_Component] = []
        for name in self.key:
            relation = self.draft.relations.get((self.table.name, name))
            if relation is None:
                components.append(self._plain(name))
            elif not any(component.relation is relation for component in components):
                components.append(self._reference(relation))
        taken = [name for part in components for name in part.names if self._is_taken(name)]
        if taken:
            raise Refusal(
                f"{taken[0]} already carries another unique constraint, and both cannot hold at once yet",
                "make one of the constraints contain the other, or drop one",
            )
        return components

    def _is_taken(self, name: str) -> bool:
        relation = self.draft.relations.get((self.table.name, name))
        if relation is not None:
            return relation.pick is not None
        return (self.table.name, name) in self.draft.selectors

    def _plain(self, name: str) -> _Component:
        column, values = self.table.column(name), self.draft.values[self.table.name, name]
        assert column is not None, "the model has checked key columns"
        if not hasattr(values, "decode"):
            raise Refusal(f"the rule of {name} cannot make values that differ", "choose another rule, or no rule")
        open_ended = len(self.key) > 1 and _is_plain_integer(column)
        return _Component([name], values.size, open_ended=open_ended)

    def _reference(self, relation: _Relation) -> _Component:
        inside = [(own, target) for own, target in _pairs(relation) if own in self.key]
        targets = {target for _own, target in inside}
        if not any(set(key) <= targets for key in relation.parent.keys):
            raise Refusal(
                f"only a part of the reference to {relation.parent.name} is in the key, and that part is "
                f"not unique in {relation.parent.name}",
                "put all columns of the reference into the key",
            )
        return _Component([own for own, _target in inside], relation.parent_rows, relation)

    def _give_selectors(self, components: list[_Component]) -> None:
        open_ended = [component for component in components if component.open_ended]
        others = [component for component in components if not component.open_ended]
        if open_ended and others and all(component.size for component in others):
            *free, ordinal = open_ended
            self._number_within(others, ordinal)
            return
        if open_ended and not others:  # nothing but plain integers: the first one counts
            self._set(open_ended[0], RowNumber(self.rows))
            return
        self._spread(components)

    def _number_within(self, others: list[_Component], ordinal: _Component) -> None:
        """Rows dealt evenly to the tuples of the other parts, and numbered 1, 2, ... within each."""
        chosen, tuples = radix_split([component.size for component in others], self.rows)
        dealt: Selector = Dealt(max(self.rows, 1), tuples)
        column = self.table.column(ordinal.names[0])
        assert column is not None
        if column.type.limits[1] < -(-self.rows // tuples):
            raise self._too_few(tuples * column.type.limits[1])
        self._set(ordinal, Ordinal(dealt))  # type: ignore[arg-type]
        if len(chosen) > 1:
            dealt = Shuffled(dealt, self._permutation(tuples))
        self._set_digits([others[k] for k in chosen], dealt)

    def _spread(self, components: list[_Component]) -> None:
        """Distinct tuples, scattered over all that are possible."""
        if any(component.size == 0 for component in components):
            if self.rows:
                raise self._too_few(0)
            return
        if len(components) == 1 and components[0].relation is None:
            self._set(components[0], self._single(components[0]))
            return
        chosen, capacity = radix_split([component.size for component in components], self.rows)
        if capacity < self.rows:
            raise self._too_few(capacity)
        self._set_digits([components[k] for k in chosen], Permuted(self._permutation(capacity), capacity))

    def _single(self, component: _Component) -> Selector:
        values = self.draft.values[self.table.name, component.names[0]]
        assert hasattr(values, "natural")
        if component.size < self.rows:
            raise self._too_few(component.size)
        return Permuted(self._permutation(values.natural), component.size)

    def _set_digits(self, components: list[_Component], whole: Selector) -> None:
        if len(components) == 1:
            self._set(components[0], whole)
            return
        for component, digit in zip(components, digits(whole, [c.size for c in components]), strict=True):
            self._set(component, digit)

    def _set(self, component: _Component, selector: Selector) -> None:
        if component.relation is not None:
            component.relation.pick = selector
        else:
            self.draft.selectors[self.table.name, component.names[0]] = selector

    def _permutation(self, size: int) -> Permutation:
        return Permutation(size, self.draft.stream(self.table, ",".join(self.key), "key"))

    def _too_few(self, capacity: int) -> Refusal:
        names = [self.table.column(name) for name in self.key]
        types = ", ".join(column.data_type for column in names if column)
        what = "unique" if len(self.key) == 1 else "unique together"
        return Refusal(
            f"{types}, {what}: {capacity:,} values fit, {self.rows:,} rows asked",
            "widen the column or lower the rows" if len(self.key) == 1 else "widen a column or lower the rows",
        )


def _pairs(relation: _Relation) -> list[tuple[str, str]]:
    return list(zip(relation.declared.columns, relation.declared.references_columns, strict=True))


def _pick_parents(draft: _Draft) -> None:
    """References that no key has spoken for pick their parents uniformly."""
    for relation in draft.relations.values():
        if relation.pick is None:
            stream = draft.stream(relation.table, ",".join(relation.declared.columns), "parent")
            relation.pick = Uniform(stream, max(relation.parent_rows, 1))


def _make_kernels(draft: _Draft) -> None:
    for table, column in draft.columns():
        _Resolver(draft).kernel(table, column)


class _Resolver:
    """Kernels of columns, following references from column to column."""

    def __init__(self, draft: _Draft) -> None:
        self.draft = draft
        self.path: list[Place] = []

    def kernel(self, table: Table, column: Column) -> Kernel | None:
        """The column's kernel, made once; None when it was refused."""
        place = (table.name, column.name)
        if place in self.draft.kernels or place in self.draft.failed:
            return self.draft.kernels.get(place)
        relation = self.draft.relations.get(place)
        kernel = self._follow(relation, table, column) if relation else self._plain(table, column)
        if kernel is None:
            self.draft.failed.add(place)
            return None
        chance = self._chance(relation, table, column)
        self.draft.kernels[place] = Nullable(kernel, chance) if chance else kernel
        return self.draft.kernels[place]

    def _plain(self, table: Table, column: Column) -> Kernel | None:
        values = self.draft.values.get((table.name, column.name))
        if values is None:
            return None
        if not hasattr(values, "decode"):
            return values
        selector = self.draft.selectors.get((table.name, column.name))
        stream = self.draft.stream(table, column.name, "value")
        return Drawn(selector or Uniform(stream, values.size), values)

    def _chance(self, relation: _Relation | None, table: Table, column: Column) -> Chance | None:
        if relation is None:
            if column.required:
                return None
            return Chance(self.draft.stream(table, column.name, "null"), _null_fraction(column))
        if not relation.optional(column):
            return None
        # one chance for all columns of the reference: they are NULL together
        return self._shared_chance(relation)

    def _shared_chance(self, relation: _Relation) -> Chance:
        known = self.draft.chances.get(id(relation))
        if known is None:
            columns = [relation.table.column(name) for name in relation.declared.columns]
            fractions = [column.null_fraction for column in columns if column and column.null_fraction is not None]
            share = max(fractions, default=DEFAULT_NULL_FRACTION) if relation.parent_rows else 1.0
            stream = self.draft.stream(relation.table, ",".join(relation.declared.columns), "null")
            known = self.draft.chances[id(relation)] = Chance(stream, share)
        return known

    def _follow(self, relation: _Relation, table: Table, column: Column) -> Kernel | None:
        place = (table.name, column.name)
        if place in self.path:
            loop = " -> ".join(f"{t}.{c}" for t, c in [*self.path[self.path.index(place) :], place])
            self.draft.refuse(
                f"{table.name}.{column.name}",
                f"its value comes from itself: {loop}",
                "drop one of these references",
            )
            return None
        target = dict(_pairs(relation))[column.name]
        parent_column = relation.parent.column(target)
        assert parent_column is not None and relation.pick is not None
        self.path.append(place)
        parent = self.kernel(relation.parent, parent_column)
        self.path.pop()
        if parent is None:
            return None
        return self._reference(relation, column, parent_column, parent)

    def _reference(self, relation: _Relation, column: Column, target: Column, parent: Kernel) -> Kernel | None:
        place = f"{relation.table.name}.{column.name}"
        goal = f"{relation.parent.name}.{target.name}"
        if _can_be_null(parent) and not relation.optional(column):
            self.draft.refuse(
                place, f"cannot be NULL, but {goal}, which it references, can", f"make {goal} required"
            )
            return None
        mismatch = _mismatch(column.type, target.type, parent)
        if mismatch:
            mend = f"declare it as {target.data_type}, like {goal}"
            self.draft.refuse(place, f"{column.data_type} references {goal} {target.data_type}: {mismatch}", mend)
            return None
        assert relation.pick is not None
        dtype = dtype_of(column.type)
        same = dtype == dtype_of(target.type)
        return Reference(relation.pick, parent, None if same else dtype)


def _can_be_null(kernel: Kernel) -> bool:
    if isinstance(kernel, Reference):
        return _can_be_null(kernel.parent)
    return isinstance(kernel, Nullable)


def _null_fraction(column: Column) -> float:
    return DEFAULT_NULL_FRACTION if column.null_fraction is None else column.null_fraction


_WHOLE = (Kind.INTEGER, Kind.DECIMAL)


def _mismatch(own: SqlType, target: SqlType, parent: Kernel) -> str:
    """Why a parent's values are no values of the child's type; empty when they are."""
    if own.kind in _WHOLE and target.kind in _WHOLE:
        if own.scale != target.scale or (own.bits == 128) != (target.bits == 128):
            return "the digits differ"
        low, high = own.limits
        least, greatest = _range(parent, target)
        return "" if low <= least and greatest <= high else f"values up to {greatest:,} do not fit"
    if own.kind is not target.kind:
        return "another kind of value"
    if own.kind in (Kind.TEXT, Kind.BINARY) and width_of(parent) > own.length:
        return f"values of up to {width_of(parent)} bytes do not fit"
    if (own.bits, own.unit, own.zoned) != (target.bits, target.unit, target.zoned):
        return "the precision differs"
    return ""


def _range(kernel: Kernel, type_: SqlType) -> tuple[int, int]:
    """Least and greatest stored integer a kernel can give, as far as is known."""
    if isinstance(kernel, Nullable):
        return _range(kernel.kernel, type_)
    if isinstance(kernel, Reference):
        return _range(kernel.parent, type_)
    if isinstance(kernel, Drawn) and isinstance(kernel.domain, Integers):
        ends = (kernel.domain.low, kernel.domain.low + kernel.domain.step * (kernel.domain.size - 1))
        return min(ends), max(ends)
    return type_.limits


PASSES: tuple[Callable[[_Draft], None], ...] = (
    _size_tables,
    _relate_tables,
    _build_values,
    _assign_keys,
    _pick_parents,
    _make_kernels,
)


# --- layout ----------------------------------------------------------------------------------------------


def _table_plan(draft: _Draft, table: Table) -> TablePlan:
    columns = []
    for column in table.columns:
        kernel = draft.kernels[table.name, column.name]
        columns.append(ColumnPlan(column.name, column.type, kernel, _can_be_null(kernel), kernel.distinct))
    rows = draft.rows[table.name]
    return TablePlan(table.name, rows, tuple(columns), part_boundaries(table.name, rows), ROW_GROUP_ROWS)


def part_boundaries(table: str, rows: int) -> tuple[Part, ...]:
    """Parts of nearly equal size, none above PART_ROWS; a table without rows has one empty part.

    The boundaries depend on the number of rows alone, never on who does the work.
    """
    count = max(-(-rows // PART_ROWS), 1)
    step = -(-rows // count)
    if count > 1:
        step = -(-step // _PART_ALIGNMENT) * _PART_ALIGNMENT
    return tuple(Part(table, k, min(k * step, rows), min((k + 1) * step, rows)) for k in range(count))
