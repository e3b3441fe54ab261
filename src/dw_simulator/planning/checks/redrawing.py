"""CHECKs that nothing else follows: their columns are drawn again, row by row, until they hold.

    CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT, total INT, CHECK (total <= 1000 OR id < 9))

total  is made by an expression over a and b: it is made again with them
a, b   are drawn: in rows where the CHECK is false both are drawn again, up to `_TRIES` times
id     stays as it is: keys, references, lookups and what is made of several rows are never drawn again

Columns that CHECKs have in common, or that follow from one another, are drawn together: each row has one
`Turn` for all of them (`engine.selectors.turns`). Where some rows are left that fail, it is told, with their
share; what an import has guessed of the columns gives way before.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.rows import BLOCK, Rows
from dw_simulator.engine.selectors.turns import Turn
from dw_simulator.engine.values.base import Event, Kernel
from dw_simulator.engine.values.turned import AtHome, InTurn, NullInTurn
from dw_simulator.errors import Refusal, RunError
from dw_simulator.planning.checks.settling import find_needs, own_column, settled_orders
from dw_simulator.planning.columns.rule_values import asked_of
from dw_simulator.planning.draft import Cell, Draft
from dw_simulator.ports.constraints import OpenCheck
from dw_simulator.ports.needs import Answer, Derived, Need, Noise
from dw_simulator.ports.plan import AskedCheck
from dw_simulator.schema.model import Column, Lookup, Table
from dw_simulator.types import Kind

_TRIES = 4000
_ENOUGH = 1000
"""Where most of some rows have no turn among so many, and no other found one late, they have none."""
_IN_VAIN = 64
"""So often where it does not help in many rows."""
_SAMPLE = 200
_MANY, _HOPELESS = 0.05, 0.9
_NULL = re.compile(r"null|coalesce|nvl|distinct", re.IGNORECASE)
_UNLIKELY = 1e-3
"""That so many rows of a table fail is taken for none."""


Ints = NDArray[np.int64]


class MakesColumns(Protocol):
    """Who makes kernels."""

    path: list[Cell]

    def kernel(self, table: Table, column: Column) -> Kernel | None:
        """The kernel of a column; None where it was refused."""

    def needed(self, table: Table, column: Column, need: Need) -> Answer | None:
        """What answers a need of a column; None where that was refused. Raises Refusal."""


@dataclass(eq=False)
class _Together:
    """Columns of a table that are drawn again together.

    checks   with their truth values
    columns  all that they are about, or that they are made from
    turned   of these, those that are drawn again; `made` are the ones that could be
    reason   why they are not
    asked    whether their conditions are being made
    nullable whether one of them is NULL in some rows
    holds    the truth values of the checks, where all of them can be asked
    """

    table: Table
    turn: Turn
    checks: list[tuple[OpenCheck, Derived]]
    columns: set[str]
    turned: set[str]
    made: set[str] = field(default_factory=set)
    reason: str = ""
    asked: bool = False
    nullable: bool = False
    holds: Sequence[Kernel] = ()

    def cells(self, names: Iterable[str]) -> set[Cell]:
        return {(self.table.name, name) for name in names}


@dataclass(eq=False)
class Redrawing:
    """Who is drawn again, in all tables of a draft."""

    draft: Draft
    maker: MakesColumns
    known: dict[str, list[_Together]] = field(default_factory=dict)

    # --- while kernels are made

    def wrapped(self, table: Table, column: Column, kernel: Kernel) -> Kernel:
        """The kernel of a row at its turn, where the column is drawn again."""
        for one in self._of(table):
            if column.name in one.turned and self._is_free((table.name, column.name)):
                one.made.add(column.name)
                return InTurn(one.turn, kernel)
        return kernel

    def beside(self, table: Table, name: str, kernel: Kernel) -> Kernel:
        """A column as others of its row see it: at all turns the same, where it is not drawn again."""
        if any(name in one.columns and name not in one.made for one in self._of(table)):
            return AtHome(kernel)
        return kernel

    def event(self, table: Table, column: Column, event: Event) -> Event:
        """When a column is NULL by itself: of a row at its turn, where that has to change, too."""
        for one in self._of(table):
            if column.name in one.turned and self._is_free((table.name, column.name)):
                one.nullable = True
                return NullInTurn(one.turn, event)
        return event

    def looked_up(self, table: Table, kernel: Kernel) -> Kernel:
        """What a row's columns look up elsewhere stays, whatever is drawn again."""
        return AtHome(kernel) if self._of(table) else kernel

    def _is_free(self, cell: Cell) -> bool:
        """Whether its draws may be asked at any row number."""
        return cell in self.draft.free or isinstance(self.draft.values.get(cell), Derived)

    # --- who goes with whom

    def _of(self, table: Table) -> list[_Together]:
        if table.name not in self.draft.open_checks:
            return []
        if table.name not in self.known:
            self.known[table.name] = []  # columns may be asked for meanwhile
            self.known[table.name] = self._found(table)
        return self.known[table.name]

    def _found(self, table: Table) -> list[_Together]:
        found: list[_Together] = []
        for check in self.draft.open_checks[table.name]:
            derived = asked_of(self.draft, table, check)
            if derived is None:
                continue
            names = {name for need in derived.needs if (name := own_column(self.draft, table, need))}
            columns = self._closed(table, names)
            if check in self.draft.kept_checks:  # when its column was made
                continue
            one = _Together(table, Turn(_TRIES), [(check, derived)], columns, self._turned(table, columns))
            for other in [other for other in found if other.turned & one.turned]:
                found.remove(other)
                one.checks[:0] = other.checks
                one.columns |= other.columns
                one.turned |= other.turned
            one.turn.make = partial(self._conditions, one)
            found.append(one)
        self._agree(table, found)
        return found

    def _agree(self, table: Table, found: list[_Together]) -> None:
        """What stays for the sake of one check stays for all."""
        staying, more = set[str](), True
        while more:
            for one in found:
                one.turned = self._turned(table, one.columns, staying)
            known = len(staying)
            staying |= {name for one in found for name in one.columns - one.turned}
            more = len(staying) > known

    def _closed(self, table: Table, names: Iterable[str]) -> set[str]:
        """Columns, and all of their row that they are made from or compared with, or that are one thing."""
        needs: dict[str, set[str]] = {}
        orders = settled_orders(self.draft, table)
        waiting, known = list(names), set[str]()
        while waiting:
            name = waiting.pop()
            if name in known:
                continue
            known.add(name)
            find_needs(self.draft, table, name, needs)
            waiting += needs.get(name, ())
            if orders is not None:
                waiting += [*orders.above.get(name, ()), *orders.below.get(name, ())]
            entity = self.draft.entities.get((table.name, name))
            waiting += [] if entity is None else [member.name for member in entity.members]
        return known

    def _turned(self, table: Table, columns: set[str], also: Collection[str] = ()) -> set[str]:
        """Of some columns those that may be drawn again: none from which one is made that stays.

        also  stay, whatever they are
        """
        needs: dict[str, set[str]] = {}
        for name in columns:
            find_needs(self.draft, table, name, needs)
        staying = {name for name in columns if name in also or not self._may_turn(table, name)}
        waiting = list(staying)
        while waiting:
            more = needs.get(waiting.pop(), set()) - staying
            staying |= more
            waiting += more
        return columns - staying

    def _may_turn(self, table: Table, name: str) -> bool:
        draft, cell = self.draft, (table.name, name)
        values, column = draft.values.get(cell), table.column(name)
        if values is None or column is None or cell in draft.selectors or cell in draft.nulls:
            return False
        if any(name in key for key in table.keys) or cell in draft.given_at or draft.sources_at(table, name):
            return False
        entity = draft.entities.get(cell)
        if entity is not None:
            members = {(table.name, member.name) for member in entity.members}
            return members.isdisjoint(draft.selectors)
        if not isinstance(values, Derived):
            return True
        plain = all(isinstance(need, str | Lookup | Noise) for need in values.needs)
        return plain and not (values.injective or values.differs or values.over_table)

    # --- conditions

    def _conditions(self, one: _Together) -> Sequence[Kernel] | None:
        """The truth values of the checks; None while some of the columns are being made."""
        cells = one.cells(one.columns)
        if one.asked or not cells.isdisjoint(self.maker.path):
            return None
        one.asked = True
        try:
            return self._made_conditions(one, cells)
        finally:
            one.asked = False

    def _made_conditions(self, one: _Together, cells: set[Cell]) -> Sequence[Kernel] | None:
        for name in sorted(one.columns):
            column = one.table.column(name)
            if column is not None and not self._asks_around((one.table.name, name)):
                self.maker.kernel(one.table, column)
        if not cells <= self.draft.kernels.keys():
            return None
        one.reason = self._circle(one)
        if one.reason:
            return ()
        found = [self._truth(one.table, derived) for _check, derived in one.checks]
        for cell in one.cells(one.made):
            self.draft.sources.setdefault(cell, set()).update(cells - {cell})
        one.holds = [truth for truth in found if truth is not None]
        return one.holds

    def _asks_around(self, cell: Cell) -> bool:
        """Whether it is made from rows that stand together, which may lead back to who is asking."""
        values = self.draft.values.get(cell)
        return isinstance(values, Derived) and not all(isinstance(need, str) for need in values.needs)

    def _truth(self, table: Table, derived: Derived) -> Kernel | None:
        try:
            answers = [self.maker.needed(table, table.columns[0], need) for need in derived.needs]
            return None if None in answers else derived.finish([one for one in answers if one is not None])
        except Refusal:
            return None

    def _circle(self, one: _Together) -> str:
        """Why columns cannot be drawn again: one that stays is made from them, by way of other rows."""
        waiting = list(one.cells(one.columns - one.made))
        known, turned = set(waiting), one.cells(one.made)
        while waiting:
            for source in self.draft.sources.get(waiting.pop(), set()) - known:
                if source in turned:
                    return f"what is made from {source[1]} is in it, too"
                known.add(source)
                waiting.append(source)
        return ""

    # --- when all kernels are there

    def settle(self) -> None:
        """Say of every row which conditions it is to meet, and tell of those that it does not."""
        for name, checks in self.draft.open_checks.items():
            table = self.draft.experiment.table(name)
            assert table is not None, "checks are of tables"
            wanted = self.draft.only in (None, name)
            if not wanted and name not in self.known:
                continue
            told = {check: check.left for check in checks if check not in self.draft.kept_checks}
            for one in self._of(table):
                known = len(self.draft.warnings)
                try:
                    self._settle_one(one, told, wanted=wanted)
                except RunError as error:
                    self._give_up(one, told, error)
                if wanted:
                    self._list(one, told, promised=len(self.draft.warnings) == known)
            if wanted:
                self.draft.warnings += [check.check.told(name, left) for check, left in told.items() if left]

    def _give_up(self, one: _Together, told: dict[OpenCheck, tuple[str, ...]], error: RunError) -> None:
        """What is made from the columns cannot be made for all that is drawn."""
        hinted = one.cells(one.columns) & self.draft.hinted
        for table, name in sorted(hinted):
            self.draft.refuse(f"{table}.{name}", str(error))
        one.turn.settle(())
        one.holds = ()
        told |= {check: (*check.left, str(error)) for check, _derived in one.checks}

    def _list(self, one: _Together, told: dict[OpenCheck, tuple[str, ...]], *, promised: bool) -> None:
        """Note what can be asked of the rows. promised: of those of which nothing is left."""
        for (check, _derived), holds in zip(one.checks, one.holds, strict=False):
            keeps = promised and not told[check]
            self.draft.asked_checks.append(AskedCheck(one.table.name, check.check.label, holds, keeps))

    def _settle_one(self, one: _Together, told: dict[OpenCheck, tuple[str, ...]], *, wanted: bool) -> None:
        """Look at some rows. told: what is left of each check, which is changed here."""
        if not one.cells(one.columns).isdisjoint(self.draft.failed):
            one.turn.settle(())
            return
        conditions, checks = one.turn.conditions, [check for check, _derived in one.checks]
        if len(conditions) < len(checks):
            one.turn.settle(())
            if one.reason and wanted:
                told |= {check: (*check.left, one.reason) for check in checks}
            return
        rows = self.draft.rows[one.table.name]
        if not one.made:
            self._look_at_all(one, told, rows)
            return
        found, lost = self._looked_at(one, rows)
        if lost > _MANY:
            one.turn.tries = _IN_VAIN
        if _is_safe(found, rows) and not lost:
            told |= dict.fromkeys(checks, ())
            return
        labels = " and ".join(check.check.label for check in checks)
        guesses = list(self._guesses(one)) if lost else []
        self._give_way(one, guesses)
        if wanted and not guesses and lost < _HOPELESS:
            told |= dict.fromkeys(checks, ())
            share = f"fails in about {lost:.1%} of the rows" if lost else "may fail in a few rows"
            self.draft.warnings.append(
                f"{one.table.name}: {labels} {share}, although these are drawn again and again; give "
                f"other values to {_listed(one.made)}, or change the CHECK"
            )

    def _give_way(self, one: _Together, guesses: Iterable[str]) -> None:
        """Give up what an import has guessed of columns."""
        labels = " and ".join(check.check.label for check, _derived in one.checks)
        for guess in guesses:
            words = f"{labels} seldom holds for what it makes"
            self.draft.refuse(f"{one.table.name}.{guess}", words, "choose another rule")

    def _look_at_all(self, one: _Together, told: dict[OpenCheck, tuple[str, ...]], rows: int) -> None:
        """Whether checks hold of whose columns none is drawn again: in all rows, where these are few."""
        one.turn.tries = 1
        failing = one.turn.turns(_spread(rows, BLOCK)) < 0
        if failing.any() and (hinted := list(self._hinted(one, one.columns))):
            self._give_way(one, hinted)
            return
        told |= dict.fromkeys((check for check, _derived in one.checks), ())
        labels = " and ".join(check.check.label for check, _derived in one.checks)
        if failing.any():
            share = "all" if failing.all() else f"about {failing.mean():.1%}"
            self.draft.warnings.append(
                f"{one.table.name}: {labels} fails in {share} of the rows: what keys, references and other "
                f"columns hang on is not drawn again; give other values to {_listed(one.columns)}, or change "
                "the CHECK"
            )
        elif rows > BLOCK:
            self.draft.warnings.append(
                f"{one.table.name}: {labels} holds for those rows that were looked at; that it does for all "
                "cannot be told beforehand"
            )

    def _looked_at(self, one: _Together, rows: int) -> tuple[Ints, float]:
        """(the turns of some rows, the share of those that have none).

        What is NULL stays so, unless a check speaks of NULL and some rows need it: NULL passes most checks,
        and would be everywhere in the end.
        """
        some = _spread(rows, _SAMPLE)
        one.turn.nulls_stay = _TRIES
        turns = _turns(one, some)
        if one.nullable and any(_NULL.search(check.check.text) for check, _derived in one.checks):
            stay = (turns >= 0).all()
            one.turn.nulls_stay = max(_IN_VAIN, 8 * int(turns.max(initial=0))) if stay else 0
            turns = _turns(one, some)
        if (turns >= 0).all():  # rows that fail may be few
            turns = one.turn.turns(_spread(rows, BLOCK))
        found = turns[turns >= 0]
        return found, 1 - len(found) / max(len(turns), 1)

    def _guesses(self, one: _Together) -> Iterator[str]:
        """The columns whose values an import has guessed, and that have others without that."""
        hinted = set(self._hinted(one, one.made))
        for name in sorted(one.made):
            column = one.table.column(name)
            if (
                column is not None
                and column.inferred
                and (name in hinted or column.type.kind is not Kind.TEXT)
            ):
                yield name

    def _hinted(self, one: _Together, names: Iterable[str]) -> Iterator[str]:
        """Of these, the columns that have been guessed, and whose checks say what to make instead."""
        said = {name for check, _ in one.checks for hint in check.check.hints for name in hint.names}
        for name in sorted(names):
            column = one.table.column(name)
            if column is not None and column.inferred and name in said:
                yield name


def _turns(one: _Together, some: Rows) -> Ints:
    """The turns of some rows, which are not looked for on and on where most have none."""
    tries, one.turn.tries = one.turn.tries, _ENOUGH
    turns = one.turn.turns(some)
    one.turn.tries = tries
    in_vain = turns.max(initial=-1) < _IN_VAIN and 2 * np.count_nonzero(turns < 0) > len(turns)
    return turns if in_vain or (turns >= 0).all() else one.turn.turns(some)


def _spread(rows: int, most: int) -> Rows:
    """Some rows, first, last and between them."""
    count = min(rows, most)
    return Rows.at(np.array([k * (rows - 1) // max(count - 1, 1) for k in range(count)], np.uint64))


def _listed(names: Iterable[str]) -> str:
    *others, last = sorted(names)
    return f"{', '.join(others)} or {last}" if others else last


def _is_safe(turns: Ints, rows: int) -> bool:
    """Whether hardly a row will be left that fails, by the turns that some rows have."""
    if not len(turns):
        return True
    share = len(turns) / float((turns + 1).sum())
    return rows * (1 - share) ** _TRIES < _UNLIKELY and int(turns.max()) < _TRIES // 2
