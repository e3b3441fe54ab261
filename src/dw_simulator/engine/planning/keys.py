"""The pass that makes keys unique: it chooses what carries each uniqueness."""

from collections.abc import Sequence
from dataclasses import dataclass

from dw_simulator.engine.kernels.base import Drawn, is_domain
from dw_simulator.engine.keys import Dealt, Ordinal, Permuted, RowNumber, Shuffled, digits, radix_split
from dw_simulator.engine.permutation import Permutation
from dw_simulator.engine.planning.draft import Draft, Relation
from dw_simulator.engine.planning.values import is_plain_integer
from dw_simulator.engine.rows import Selector
from dw_simulator.engine.rules import Refusal
from dw_simulator.model import Column, Table


def assign_keys(draft: Draft) -> None:
    """Single columns first, then as few tuples as need be: a tuple is unique as soon as a part of it is."""
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
    relation: Relation | None = None
    open_ended: bool = False


class _KeyPlanner:
    """Gives the columns of one key selectors under which no two rows agree in all of them."""

    def __init__(self, draft: Draft, table: Table, key: Sequence[str]) -> None:
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
        column, values = self._column(name), self.draft.values[self.table.name, name]
        if not is_domain(values):
            raise Refusal(
                f"the rule of {name} cannot make values that differ", "choose another rule, or no rule"
            )
        open_ended = len(self.key) > 1 and is_plain_integer(column)
        return _Component([name], values.size, open_ended=open_ended)

    def _reference(self, relation: Relation) -> _Component:
        inside = [(own, target) for own, target in relation.pairs if own in self.key]
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
            self._number_within(others, open_ended[-1])
            return
        roomy = [component for component in open_ended if component.size >= self.rows]
        if roomy and not others:  # nothing but plain integers: the first one with room for it counts
            self._set(roomy[0], RowNumber(self.rows))
            return
        self._spread(components)

    def _number_within(self, others: list[_Component], ordinal: _Component) -> None:
        """Rows dealt evenly to the tuples of the other parts, and numbered 1, 2, ... within each."""
        chosen, tuples = radix_split([component.size for component in others], self.rows)
        dealt = Dealt(max(self.rows, 1), tuples)
        greatest = self._column(ordinal.names[0]).type.limits[1]
        if greatest < -(-self.rows // tuples):
            raise self._too_few(tuples * greatest)
        self._set(ordinal, Ordinal(dealt))
        one = len(chosen) == 1
        whole: Selector = dealt if one else Shuffled(dealt, self._permutation(tuples))
        self._set_digits([others[k] for k in chosen], whole)

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
        assert is_domain(values)
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

    def _column(self, name: str) -> Column:
        column = self.table.column(name)
        assert column is not None, "the model has checked key columns"
        return column

    def _permutation(self, size: int) -> Permutation:
        return Permutation(size, self.draft.stream(self.table, tuple(self.key), "key"))

    def _too_few(self, capacity: int) -> Refusal:
        types = ", ".join(self._column(name).data_type for name in self.key)
        what = "unique" if len(self.key) == 1 else "unique together"
        return Refusal(
            f"{types}, {what}: {capacity:,} values fit, {self.rows:,} rows asked",
            "widen the column or lower the rows"
            if len(self.key) == 1
            else "widen a column or lower the rows",
        )
