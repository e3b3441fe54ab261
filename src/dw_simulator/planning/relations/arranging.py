"""The pass that arranges tables: who leads among references that share columns, and who is dealt out.

References of a table that share columns, directly or through others, are a *component*: one of them leads,
the others agree with it (`agreement`). What they demand of other tables may change who has to lead there. So
this is a search: every component takes the candidate that leaves least open, demands are met by whoever they
are made to, who chooses again among the candidates that meet them; and since a demand that was made stands,
this ends. Tables come in the order of their names, so that where they stand in a schema does not matter.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from dw_simulator.planning.draft import Cell, Draft
from dw_simulator.planning.relations.agreement import Agreement, agreement
from dw_simulator.planning.relations.hidden import counting_column, held, uncounted
from dw_simulator.planning.relations.relation import Relation, Role, is_tree, meant
from dw_simulator.ports.needs import Asked, Derived
from dw_simulator.schema.model import Table

T = TypeVar("T")


def arrange_tables(draft: Draft) -> None:
    """Give every relation its role, and say which are dealt out."""
    search = _Search(draft)
    search.run()
    for found in search.chosen.values():
        draft.roles |= found.roles
        draft.wanted |= {demand: draft.wanted.get(demand, False) for demand in found.demands}
        draft.wanted |= dict.fromkeys(found.tight, True)
        _tell(draft, found)
    for relation, role in draft.roles.items():
        _check_ways(draft, relation, role)
    for table in draft.experiment.tables:
        if draft.rows[table.name]:
            draft.dealt[table.name] = tuple(dict.fromkeys(search.dealt(table)))


def connected(parts: Iterable[T], overlap: Callable[[T, T], bool]) -> Iterator[list[T]]:
    """The parts that overlap, directly or through others, together."""
    left = list(parts)
    while left:
        family = [left.pop(0)]
        for member in family:
            for other in [other for other in left if overlap(member, other)]:
                left.remove(other)
                family.append(other)
        yield family


class _Search:
    """Components of relations, and what is chosen for each.

    firm       relations that have to lead, as `children` are counted or as others pick among their rows; and
               whether the rows have to stand together by them
    preferred  the relation by which a table's keys would have its rows stand together
    """

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.components: list[list[Relation]] = []
        self.of: dict[Relation, int] = {}
        self.firm: dict[Relation, bool] = {}
        self.preferred: dict[str, Relation] = {}
        self.chosen: dict[int, Agreement] = {}
        self.origins: dict[Cell, Cell] = {}
        self.asked = defaultdict[str, list[tuple[str, Table | None]]](list)
        self.asked_from_above = defaultdict[str, list[tuple[str, Table | None]]](list)
        self._note_asked()
        tables = sorted(draft.experiment.tables, key=lambda table: table.name)
        for table in (table for table in tables if draft.rows[table.name]):
            # a reference into an empty table is NULL, and agrees with any other
            filled = [r for r in draft.relations[table.name] if r.parent_rows and r not in draft.told]
            for component in connected(filled, Relation.shares):
                self.of |= dict.fromkeys(component, len(self.components))
                self.components.append(component)
            self._prefer(table)

    # --- what tables would like

    def _prefer(self, table: Table) -> None:
        """By whom rows stand together: as `children` or siblings say, or as a key would have it."""
        counted = [r for r in self.draft.relations[table.name] if r.declared.children is not None]
        asked = [] if counted else self._asked_by_siblings(table)
        for relation in [*counted, *asked]:
            led = self.draft.looped[relation] or self.draft.via(relation)
            if relation in self.of and not (led or self._rivals(relation)):
                self.firm[relation] = not any(r.table is table for r in self.firm)
        for key in table.least_keys if not (counted or asked) else ():
            wanted = self._wanted(table, key)
            if wanted is not None and wanted in self.of:
                self.preferred[table.name] = wanted
                return

    def _asked_by_siblings(self, table: Table) -> list[Relation]:
        """Rows whose values ask for their siblings stand together, where nothing else says how they stand."""
        asked = [*self.asked[table.name], *self.asked_from_above[table.name]]
        found = [meant(self.draft.declared_at(table, name), name, parent)[:1] for name, parent in asked]
        return [relation for one in found for relation in one if not is_tree(relation)][:1]

    def _note_asked(self) -> None:
        """By which references rows are asked to stand together, by their own columns and by those above."""
        tables = self.draft.experiment.tables
        cells = [(table, (table.name, column.name)) for table in tables for column in table.columns]
        for table, values in ((table, self.draft.values.get(cell)) for table, cell in cells):
            for need in values.needs if isinstance(values, Derived) else ():
                owner, reference = need.together if isinstance(need, Asked) else (None, None)
                if reference is not None and owner is None:
                    self.asked[table.name].append((reference, None))
                elif reference is not None and owner is not None:
                    self.asked_from_above[owner].append((reference, table))

    def _wanted(self, table: Table, key: tuple[str, ...]) -> Relation | None:
        """The relation that a key would have rows stand together by, if any."""
        found = list(uncounted(self.draft, table, key))
        if counting_column(self.draft, table, key) is not None:
            return found[0] if found else None
        uneven = [r for r in found if r.declared.skew or r.declared.childless]
        if uneven and len(key) > 1:
            return uneven[0]
        tied = [r for r in found if any(r.shares(other) for other in found)]
        # by what most keys have in common, if anything
        return max(tied, key=self._keys_of, default=None)

    def _keys_of(self, relation: Relation) -> int:
        """How many keys determine a relation."""
        keys = (self.draft.closure(relation.table, key) for key in relation.table.least_keys)
        return sum(relation.determined_by(key) for key in keys)

    # --- the search

    def run(self) -> None:
        """Choose for every component; again where another one demands something of it."""
        waiting, asked = list(range(len(self.components))), set[Relation]()
        while waiting:
            k = waiting.pop(0)
            former = self.chosen.pop(k, None)
            for cell in former.origins() if former is not None else ():
                self.origins.pop(cell, None)
            found = self.chosen[k] = self._best(self.components[k])
            self.origins |= found.origins()
            for demand, together in found.demands.items():
                self.firm[demand] = self.firm.get(demand, False) or together
                other = self.of[demand]
                if other in self.chosen and not self._leads(demand) and demand not in asked:
                    asked.add(demand)
                    waiting += [other] if other not in waiting else []

    def _leads(self, relation: Relation) -> bool:
        found = self.chosen.get(self.of.get(relation, -1))
        return found is not None and relation in found.roles and found.roles[relation].leads

    def _best(self, component: list[Relation]) -> Agreement:
        """The way that leaves least open, then asks least of other tables."""
        # a reference that comes back to its own row agrees with that, and leads nothing
        leading = [r for r in component if not (self.draft.looped[r] or self.draft.via(r) or r.is_own_row)]
        bound = [relation for relation in leading if relation in self.firm]
        liked = [relation for relation in leading if self.preferred.get(relation.table.name) is relation]
        for leaders in (bound, liked):
            if leaders:
                found = agreement(self.draft, component, leaders[0], self._may_deal)
                if leaders is bound or not (found.stuck or self._loops(found)):
                    return found
        table = component[0].table
        keyed = [r for key in table.least_keys for r in held(self.draft, table, key) if r in component]
        declared = sorted((r for r in component if not r.implied), key=lambda r: -len(r.columns))
        homes = [r for r in component if r.implied and r not in keyed]
        leaders = [r for r in dict.fromkeys([*keyed, *declared, *homes]) if r in leading]
        alone = [None] if any(r.parent is r.table for r in component) else []
        options: list[Relation | None] = [*leaders, *alone] or [None]
        best: tuple[tuple[int, ...], Agreement] | None = None
        for leader in options:
            way = agreement(self.draft, component, leader, self._may_deal)
            cost = self._cost(way, keyed, component)
            if best is None or cost < best[0]:
                best = (cost, way)
            if not any(cost[:-1]):  # nothing is left open; that others have to be dealt out is no fault
                break
        assert best is not None, "there is an option"
        return best[1]

    def _cost(self, found: Agreement, keyed: list[Relation], component: list[Relation]) -> tuple[int, ...]:
        # what a key determines had better lead: what follows has no choice left that a key could use
        led_by_key = not keyed or any(relation in keyed for relation in list(found.roles)[:1])
        news = sum(demand not in self.firm for demand in found.demands)
        starved = self._starved(found, component[0].table)
        unheard = sum(r.is_special and not (role.leads or role.path) for r, role in found.roles.items())
        return len(found.stuck), self._loops(found), starved, len(found.itself), unheard, not led_by_key, news

    def _starved(self, found: Agreement, table: Table) -> int:
        """How many keys have no part left that is free to differ from row to row."""
        return sum(not self._is_free(found, table, key) for key in table.least_keys)

    def _is_free(self, found: Agreement, table: Table, key: tuple[str, ...]) -> bool:
        columns = self.draft.closure(table, key)
        if any(not self.draft.sources_at(table, name) for name in key):
            return True
        determined = [r for r in self.draft.relations[table.name] if r.determined_by(columns)]
        return any(r not in found.roles or found.roles[r].leads or found.roles[r].path for r in determined)

    def _loops(self, found: Agreement) -> bool:
        """Whether a value would come from itself."""
        own = found.origins()
        for start in own:
            at, seen = start, {start}
            while (onward := own.get(at) or self.origins.get(at)) is not None:
                if onward in seen:
                    return True
                at = onward
                seen.add(at)
        return False

    def _may_deal(self, relation: Relation, together: bool) -> bool:
        rivals = [other for other in self.firm if other.table is relation.table and other is not relation]
        return relation in self.of and not any(
            (together and self.firm[other]) or self.of.get(other) == self.of[relation] for other in rivals
        )

    def _rivals(self, relation: Relation) -> bool:
        return any(self.of.get(other) == self.of[relation] for other in self.firm)

    def dealt(self, table: Table) -> Iterator[Relation]:
        """The relations of a table that are dealt out, the one by which its rows stand together first."""
        mine = [relation for relation in self.firm if relation.table is table and self._leads(relation)]
        yield from (relation for relation in mine if self.firm[relation])
        preferred = self.preferred.get(table.name)
        if preferred is not None and self._leads(preferred):
            yield preferred
        yield from mine


def _check_ways(draft: Draft, relation: Relation, role: Role) -> None:
    """An implied relation that agrees with nothing is not needed, but then no other may go by it.

    And whoever picks among rows that belong together needs them dealt out by who leads there.
    """
    for step in (*(role.base or ()), *role.path):
        missing = step.implied and step not in draft.roles
        if missing or (step in role.path and step in draft.roles and not draft.roles[step].leads):
            _refuse_stuck(draft, relation, step)
            return


def _tell(draft: Draft, found: Agreement) -> None:
    """What is left open."""
    for one, other in found.same:
        draft.warnings.append(
            f"{one.label} and {other.label} share columns that come from no one table, so both always "
            f"reference the same row of {one.parent.name}"
        )
    for relation in found.stuck:
        settled = [other for other in found.roles if relation.shares(other)] or found.stuck
        other = next((member for member in settled if member is not relation), relation)
        _refuse_stuck(draft, relation, other)


def _refuse_stuck(draft: Draft, relation: Relation, other: Relation) -> None:
    shared = ", ".join([name for name in relation.columns if name in other.columns] or relation.columns)
    draft.refuse(
        relation.label,
        f"shares {shared} with the reference {other.label} to {other.parent.name}, but nothing makes "
        f"{relation.parent.name} and {other.parent.name} agree there: their values come from no common "
        "row by which the rows of one of them could stand together",
        f"let {shared} of both follow from a reference to one table, or drop one of the two references",
    )
