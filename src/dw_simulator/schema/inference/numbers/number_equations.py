"""What the numbers of a row have to do with each other: which are drawn, and which are made of these.

The equations are data, `data/equations.txt`. Of every table those are chosen whose roles it has, one for each
column, without a circle; then it is seen that all values have a place in their types. Where they have not,
what is drawn is made smaller, and an equation that still does not fit is left out.

    quantity INT, unit_price DECIMAL(8,2), discount DECIMAL(8,2), total DECIMAL(10,2)
    discount = a part of quantity * unit_price, in some rows
    total    = quantity * unit_price - discount
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.check_equations import equations_in
from dw_simulator.schema.inference.numbers.commissioned import commissioned
from dw_simulator.schema.inference.numbers.formulas import (
    FormulaTerm,
    FormulaWriter,
    NumberEquation,
    RoleMissing,
    equation,
    equations_of,
    is_whole,
)
from dw_simulator.schema.inference.numbers.free_measures import (
    ANY_AMOUNT,
    ANY_COUNT,
    LONGEST,
    NAMES,
    AsFound,
    Free,
    drawn_by,
    free_of,
    greatest,
    known_bounds,
    told_bounds,
)
from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.numbers.measure_roles import APART, NumberColumn, measures
from dw_simulator.schema.inference.numbers.row_numbers import (
    Place,
    RoleSource,
    Row,
    bare,
    mentioned,
    place_of,
    said_of,
    source_of,
    surely_there,
)
from dw_simulator.schema.inference.numbers.tax_by_place import taxed
from dw_simulator.schema.inference.numbers.told_by_names import likely_names, sure_names
from dw_simulator.schema.inference.numbers.twin_numbers import Twin
from dw_simulator.schema.inference.numbers.unit_rates import shares_of_parts, totals_of_units
from dw_simulator.schema.inference.numbers.within_parents import bound, short_chains, within_parents
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch
from dw_simulator.schema.inference.sql_rules import expressed
from dw_simulator.types import NUMERIC_KINDS, Kind

_EVEN = frozenset({"", "uniform"})
_SHAPES = {"price": {"lognormal"}, "share": {"beta", "lognormal", "triangular"}}
"""Rules that say less than how such numbers are drawn."""
_PRICES = frozenset({"price", "few"})
_SCALABLE = frozenset({"price", "amount", "count"})
_TRIES = 6
_ROWS = 20
"""About how many rows of a parent come to their greatest sum."""


@dataclass
class Solver:
    """Chooses the equations of a schema, and writes them."""

    sketch: Sketch
    rows: dict[str, Row] = field(default_factory=dict)
    made: dict[Place, tuple[NumberColumn, NumberEquation, dict[str, RoleSource]]] = field(
        default_factory=dict
    )
    needs: dict[Place, set[Place]] = field(default_factory=dict)
    drawn: dict[Place, tuple[NumberColumn, Free | AsFound]] = field(default_factory=dict)
    most: dict[Place, float] = field(default_factory=dict)
    capped: set[Place] = field(default_factory=set)
    summed: set[Place] = field(default_factory=set)
    within: dict[Place, Place] = field(default_factory=dict)
    terms: dict[tuple[Place, frozenset[Place]], FormulaTerm] = field(default_factory=dict)
    leaves: dict[tuple[Place, Place | None], set[Place]] = field(default_factory=dict)

    def solve(self) -> None:
        for table in self.sketch.tables.values():
            self.rows[table.name] = Row(table, measures(table))
        if self.sketch.has("rollup", "window", "target"):
            self._add_up()
        for row in self.rows.values():
            self._follow_sure(row)
        for row in self.rows.values():
            taxed(row, self.rows)
            commissioned(row, self.rows)
        for row in self.rows.values():
            self._choose(row)
        for row in self.rows.values():
            self._follow_rest(row)
        for one in [one for row in self.rows.values() for one in row.numbers]:
            self._draw(one)
        for place in list(self.made):
            self._fit(place)
        self._write()

    def _add_up(self) -> None:
        """What the rows of a parent come to together."""
        sums, parts = within_parents(self.sketch, {name: row.by_role for name, row in self.rows.items()})
        self.within = short_chains({place_of(one): place_of(other) for one, other in parts})
        for one in sums:
            if one.goal.hidden:
                self.rows[one.goal.table.name].add(NumberColumn(one.goal, "subtotal", frozenset()))
            if one.column is not None:
                self.summed.add(place_of(one.column))

    # --- which

    def _follow_sure(self, row: Row) -> None:
        """What is said by CHECKs, and by names that leave no doubt."""
        self._follow_checks(row)
        self._follow_names(row, sure_names(row))

    def _follow_rest(self, row: Row) -> None:
        """What is said by names where no equation of roles is."""
        self._follow_names(row, likely_names(row.table))
        self._follow_names(row, shares_of_parts(row.table, row.numbers, self._made_of))
        self._follow_names(row, totals_of_units(row.table, self._made_of))

    def _made_of(self, one: NumberColumn) -> tuple[NumberEquation, list[RoleSource]] | None:
        found = self.made.get(place_of(one.column))
        return (found[1], [*found[2].values()]) if found is not None else None

    def _follow_checks(self, row: Row) -> None:
        """What CHECKs say of a row as equations."""
        known = {one.name: one for one in row.numbers}
        columns = {name.lower(): one for name, one in row.table.columns.items() if one.kind in NUMERIC_KINDS}
        for said in (one for check in row.table.table.checks for one in equations_in(check)):
            goal = columns.get(said.target.lower())
            found = {name: columns.get(name.lower()) for name in said.sources}
            if goal is None or not may_be_said(goal) or place_of(goal) in self.made:
                continue
            sources = {}
            for name, column in found.items():
                if column is not None and not self._reaches(place_of(column), place_of(goal)):
                    number = known.setdefault(column.name, NumberColumn(column, "", frozenset()))
                    sources[name] = RoleSource(number)
            if len(sources) == len(found):
                row.numbers += [one.measure for one in sources.values() if one.measure not in row.numbers]
                here = known.get(goal.name, NumberColumn(goal, "", frozenset()))
                self._forget()
                self.made[place_of(goal)] = here, equation(f"{goal.name} = {said.formula}"), sources
                self.needs[place_of(goal)] = {one.place for one in sources.values()}

    def _choose(self, row: Row) -> None:
        tried = sorted(
            (found for role in row.by_role for found in equations_of(role)), key=lambda found: found[0]
        )
        for _place, one in tried:
            if not one.present <= row.by_role.keys() or not one.speaks_of(row.table.noun):
                continue
            for goal in row.by_role[one.target]:
                if any(row.has(goal, role) for role in one.absent):
                    continue
                if may_be_said(goal.column) and place_of(goal.column) not in self.made:
                    self._try(row, goal, one)

    def _follow_names(self, row: Row, found: Iterable[Twin]) -> None:
        """What follows from names that differ by one word, where nothing is known yet."""
        for twin in found:
            here = place_of(twin.goal.column)
            far = twin.found_in()
            places = {source.place for source in far.values()}
            if (
                not may_be_said(twin.goal.column)
                or here in self.made
                or any(self._reaches(one, here) for one in places)
            ):
                continue
            known = {place_of(one.column): one for one in row.numbers}
            sources = self._looked_up(far)
            for role, source in sources.items():
                named = known.get(source.place)
                if named is not None:
                    sources[role] = RoleSource(named)
                elif source.link is None:
                    row.numbers.append(source.measure)
                else:
                    self._known_there(source)
            self._forget()
            self.made[here] = known.get(here, twin.goal), equation(twin.line), sources
            self.needs[here] = {source.place for source in sources.values()}

    def _looked_up(self, far: Mapping[str, RoleSource]) -> dict[str, RoleSource]:
        """What formulas look at, each at hand in the nearest row that has or looks up its value."""
        near = {role: source.nearer() for role, source in far.items()}
        for role, source in near.items():
            if source.place != far[role].place:
                self.within[source.place] = far[role].place
                self.needs[source.place] = {far[role].place}
        return near

    def _known_there(self, source: RoleSource) -> None:
        """What another table's numbers are made of is drawn there."""
        numbers = self.rows[source.place[0]].numbers
        if all(one.column is not source.measure.column for one in numbers):
            numbers.append(source.measure)

    def _try(self, row: Row, goal: NumberColumn, one: NumberEquation) -> None:
        sources: dict[str, RoleSource] = {}

        def resolve(role: str) -> FormulaTerm:
            source = source_of(self.rows, row, goal, role, spare=one.spares(role))
            if source is None or self._reaches(source.place, place_of(goal.column)):
                raise RoleMissing(role)
            sources[role] = source
            return FormulaTerm(source.sql, source.told, 1, 1)

        writer = FormulaWriter(resolve)
        try:
            term = writer.term(one.formula)
        except RoleMissing:
            return
        if (one.optional and writer.optional < one.least) or not sources or term.zero:
            return
        here, near = place_of(goal.column), self._looked_up(sources)
        self._forget()
        self.made[here] = goal, one, near
        self.needs[here] = {source.place for source in near.values()}

    def _reaches(self, start: Place, end: Place) -> bool:
        """Whether a column is made of another."""
        seen, open_ = set(), [start]
        while open_:
            place = open_.pop()
            if place == end:
                return True
            if place not in seen:
                seen.add(place)
                open_ += self.needs.get(place) or self._other_needs(place)
        return False

    def _other_needs(self, place: Place) -> set[Place]:
        """What other passes have made a column of."""
        table, name = place
        column = self.sketch.tables[table].columns[name]
        added = self._added(place)
        if added:
            return added
        return {(table, other) for other in mentioned(column)}

    # --- how it is drawn

    def _draw(self, one: NumberColumn) -> None:
        """A number that nothing makes is drawn as it was found, or as its role has it if that says more."""
        column, place = one.column, place_of(one.column)
        done = place in self.made or place in self.drawn or column.kind not in NUMERIC_KINDS
        if done or not may_be_said(column):
            return
        used = place in self._used
        rule = drawn_by(column)
        free = free_of(one.role) if used or not one.owner & APART else None
        if column.found is None and free is None and used:
            type_ = column.column.type
            free = ANY_COUNT if is_whole(type_.kind, type_.scale) else ANY_AMOUNT
        better = (
            column.found is None or rule in _EVEN or (free is not None and rule in _SHAPES.get(free.kind, ()))
        )
        if free is not None and better and (used or column.found is None or free.kind in _PRICES):
            most = free.bounds(column)[1]
            if free.fields(column, most) is not None:
                self._forget()
                self.drawn[place], self.most[place] = (one, free), most
        elif used and column.found is not None:
            known = AsFound(column.fields, known_bounds(column))
            self._forget()
            self.drawn[place], self.most[place] = (one, known), known.between[1]

    @cached_property
    def _used(self) -> set[Place]:
        """What something is made of."""
        return {place for needs in self.needs.values() for place in needs}

    # --- whether it fits

    def _fit(self, place: Place) -> None:
        """Make what is drawn smaller until a number has a place in its type, or leave its equation out."""
        for _try in range(_TRIES):
            if place not in self.made:
                return
            goal, _one, _sources = self.made[place]
            term = self._term(place)
            most = greatest(goal.column.column.type)
            reach = max(abs(term.low), abs(term.high))
            if reach <= most:
                return
            if "ratio(" in ast.unparse(self.made[place][1].formula):
                self._forget()
                self.capped.add(place)
                return
            smaller = False
            for source in self._behind(place):
                if source not in self.drawn or self.drawn[source][1].kind not in _SCALABLE:
                    continue
                measure, free = self.drawn[source]
                least = self.most[source] * max(most / reach, 1e-4) * 0.95
                if free.fields(measure.column, least) is not None:
                    self._forget()
                    self.most[source], smaller = least, True
            if not smaller:
                break
        self._leave(place)

    def _forget(self) -> None:
        """What terms come to is worked out anew once anything of them has changed."""
        self.terms.clear()
        self.leaves.clear()

    def _leave(self, place: Place) -> None:
        self._forget()
        goal = self.made.pop(place)[0]
        self.needs.pop(place, None)
        self._draw(goal)

    def _behind(self, place: Place) -> Iterator[Place]:
        seen, open_ = set(), [*self.needs.get(place, ())]
        while open_:
            one = open_.pop()
            if one not in seen:
                seen.add(one)
                yield one
                open_ += self.needs.get(one) or self._added(one)

    def _added(self, place: Place) -> set[Place]:
        """What a column is the sum of, over the rows of another table."""
        rule = self.sketch.tables[place[0]].columns[place[1]].rule
        added = rule.get("column") if rule.get("name") == "rollup" else None
        return {(str(rule["table"]), str(added))} if added else set()

    def _term(self, place: Place, ones: frozenset[Place] = frozenset()) -> FormulaTerm:
        """What a column is made of, with the bounds of its sources. ones: those that are taken for 1."""
        known = self.terms.get((place, ones))
        if known is None:
            known = self.terms[place, ones] = self._made_term(place, ones)
        return known

    def _made_term(self, place: Place, ones: frozenset[Place]) -> FormulaTerm:
        goal, one, sources = self.made[place]
        type_ = goal.column.column.type

        def resolve(role: str) -> FormulaTerm:
            if role not in sources:
                raise RoleMissing(role)
            return self._source_term(sources[role], ones)

        def ratio(above: str, below: str) -> tuple[float, float] | None:
            if not {above, below} <= sources.keys():
                return None
            return self._ratio(sources[above].place, sources[below].place)

        writer = FormulaWriter(
            resolve,
            whole=is_whole(type_.kind, type_.scale),
            required=goal.column.required,
            percent=goal.percent,
            is_percent=lambda role: self._percent(sources[role]),
            ratio=ratio,
        )
        term = writer.term(one.formula)
        if place in self.capped:
            most = greatest(type_)
            sql = f"GREATEST(LEAST({term.sql}, {most}), {-most})"
            if term.nullable:  # both leave NULLs out
                sql = f"CASE WHEN {term.sql} IS NOT NULL THEN {sql} END"
            return replace(term, sql=sql, low=max(term.low, -most), high=min(term.high, most))
        return term

    def _percent(self, source: RoleSource) -> bool:
        """Whether a rate is written in hundredths: as it was found, unless it is made or drawn here."""
        drawn = self.drawn.get(source.place)
        own = source.place in self.made or (drawn is not None and isinstance(drawn[1], Free))
        return source.measure.percent if own else source.measure.found_percent

    def _ratio(self, above: Place, below: Place) -> tuple[float, float] | None:
        """Between which values a ratio lies where both parts are made of one number alone, which goes out."""
        for common in [below, *self._behind(below)]:
            if self._leaves(above, common) == self._leaves(below, common) == {common}:
                ones = frozenset({common})
                top, bottom = self._bounds(above, ones), self._bounds(below, ones)
                if bottom[0] > 0:
                    return top[0] / bottom[0], top[1] / bottom[0]
        leaves = self._leaves(above)
        ones = frozenset(leaves)
        top, bottom = self._bounds(above, ones), self._bounds(below, ones)
        if leaves == self._leaves(below) and bottom[0] > 0:
            return min(top[0], 0) / bottom[0], top[1] / bottom[0]
        return None

    def _leaves(self, place: Place, end: Place | None = None) -> set[Place]:
        """What a column is made of in the end, or `end`, where that is on the way."""
        known = self.leaves.get((place, end))
        if known is None:
            known = self.leaves[place, end] = self._found_leaves(place, end)
        return known

    def _found_leaves(self, place: Place, end: Place | None) -> set[Place]:
        needs = self.needs.get(place, set()) if place != end else set()
        return set().union(*(self._leaves(one, end) for one in needs)) if needs else {place}

    def _source_term(self, source: RoleSource, ones: frozenset[Place]) -> FormulaTerm:
        column = source.measure.column
        if column.kind not in NUMERIC_KINDS:
            return FormulaTerm(source.sql, source.told, 0, 0, nullable=True)
        if source.place in self.made and source.place not in ones:
            term = self._term(source.place, ones)  # asked once: chains of sums would ask ever more often
            low, high, nullable = term.low, term.high, term.nullable and not column.required
            nullable = nullable or (source.link is not None and not source.link.required)
        else:
            low, high = self._bounds(source.place, ones)
            nullable = self._nullable(source)
        type_ = column.column.type
        bits = type_.bits if type_.kind is Kind.INTEGER else 0
        return FormulaTerm(source.sql, source.told, low, high, nullable, bits)

    def _nullable(self, source: RoleSource) -> bool:
        if source.link is not None and not source.link.required:
            return True
        column, place = source.measure.column, source.place
        if column.required:
            return False
        if column.unless or "null_when" in column.fields:
            return True
        if column.hidden and place in self.within:
            table, name = self.within[place]
            origin = self.sketch.tables[table].columns[name]
            return not surely_there(column) or self._nullable(RoleSource(bare(origin)))
        if place in self.made:
            return self._term(place).nullable
        whole = column.rule.get("name") == "rollup" and column.rule.get("function") in ("sum", "count")
        return place not in self.drawn and not whole

    def _bounds(self, place: Place, ones: frozenset[Place] = frozenset()) -> tuple[float, float]:
        table, name = place
        column = self.sketch.tables[table].columns[name]
        if place in ones:
            return 1, 1
        if place in self.made:
            term = self._term(place, ones)
            return term.low, term.high
        if place in self.within:
            return self._bounds(self.within[place], ones)
        if column.rule.get("name") == "rollup":
            return self._sum_bounds(column, ones)
        if place in self.drawn:
            return self.drawn[place][1].bounds(column)[0], self.most[place]
        low, high = known_bounds(column)
        longest = self._longest.get(place, high)
        return (max(low, 0), longest) if longest < high else (low, high)

    @cached_property
    def _longest(self) -> dict[Place, float]:
        """How long what is told in minutes or hours lasts at the most."""
        numbers = (one for row in self.rows.values() for one in row.numbers)
        return {place_of(one.column): LONGEST[one.role] for one in numbers if one.role in LONGEST}

    def _sum_bounds(self, column: ColumnSketch, ones: frozenset[Place]) -> tuple[float, float]:
        """About how far a sum over rows reaches: not beyond its type, or it is given up."""
        added, most = column.rule.get("column"), greatest(column.column.type)
        low, high = self._bounds((str(column.rule["table"]), str(added)), ones) if added else (0.0, 1.0)
        return max(min(low * _ROWS, 0), -most), min(high * _ROWS, most)

    # --- what is said

    def _write(self) -> None:
        for place, (drawn, free) in self.drawn.items():
            fields = free.fields(drawn.column, self.most[place])
            if fields is not None:
                found = drawn.column.found
                told = found.meaning if found else NAMES.get(free.kind, "an amount")
                drawn.column.says(Found(told, fields))
        for place, (goal, one, sources) in self.made.items():
            term = self._term(place)
            told = said_of(one.told or term.told, sources)
            ends = told_bounds(term.low, term.high) if place in self.summed else {}
            goal.column.says(Found(told, {**expressed(term.sql), **ends}))
        for place in self.summed & (self.within.keys() - self.made.keys()):
            bound(self.sketch.tables[place[0]].columns[place[1]], told_bounds(*self._bounds(place)))


def equations(sketch: Sketch) -> None:
    """The numbers of each row agree: products, sums, differences, shares and parts."""
    if sketch.has("expression", "choice", "lognormal", "price", "triangular"):
        Solver(sketch).solve()
