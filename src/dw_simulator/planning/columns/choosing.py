"""How a reference picks parents by what they are, where it declares a `pick`.

    sales (city VARCHAR(20), store_id INT REFERENCES stores
           {"pick": {"weights": "size", "where": "closed_on IS NULL", "match": {"city": "city"}}})

What parents are is known once their columns are made, and so after picks: a reference with a `pick` has an
`Awaited` one, which is made here when something first asks where it leads, at the latest when all columns are
there. The columns of up to `AT_HAND` parents are looked at then, once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import Column as Values
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import BLOCK, Rows, Selector
from dw_simulator.engine.selectors.alias_tables import steady
from dw_simulator.engine.selectors.chosen import (
    AT_HAND,
    AnyValid,
    Chosen,
    Ticks,
    Valid,
    ValidAmong,
    Weighed,
    units_of,
)
from dw_simulator.engine.selectors.sampling import multiply_high
from dw_simulator.engine.selectors.tried import Tried, TriedValid
from dw_simulator.engine.storage import ticks_per_second
from dw_simulator.engine.values.base import Kernel, fixed
from dw_simulator.engine.values.known import Combinations
from dw_simulator.engine.values.merging import merged
from dw_simulator.errors import Refusal
from dw_simulator.planning.columns.likeness import mismatch
from dw_simulator.planning.columns.rule_values import spec_of
from dw_simulator.planning.draft import Draft
from dw_simulator.planning.relations.dealing import pickable_rows
from dw_simulator.planning.relations.picks import pick_of
from dw_simulator.planning.relations.relation import Relation
from dw_simulator.planning.relations.standing import standing
from dw_simulator.ports.needs import (
    Answer,
    Derived,
    Need,
    Source,
)
from dw_simulator.ports.rule import RuleRole
from dw_simulator.schema.declared import SqlText
from dw_simulator.schema.model import Column, Lookup, RuleSpec, Table
from dw_simulator.schema.references import Pick
from dw_simulator.types import Kind

_DAY = 86_400
_SAMPLE = 1 << 15
_LOOKED_AT = 1 << 27
"""So many parents are looked at for the greatest weight: some seconds of planning."""
_LEAST_SHARE = 0.01
"""Of more parents than are looked at, at least such a share of draws has to be taken."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class _Told(Refusal):
    """What has been told at the pick that cannot be made, and is no fault of those that ask it."""


class KernelMaker(Protocol):
    """Who makes kernels."""

    def needed(self, table: Table, column: Column, need: Need) -> Answer | None:
        """What answers a need of a column; None where that was refused. Raises Refusal."""

    def derived(
        self, table: Table, column: Column, derived: Derived, asked: str, place: str
    ) -> Kernel | None:
        """A kernel from what it derives from; None where that was refused."""


def await_picks(draft: Draft, maker: KernelMaker) -> None:
    """Say how each pick that is awaited is made."""
    for relation, pick in draft.awaited.items():
        pick.make = partial(_chosen, draft, maker, relation)


def settle_picks(draft: Draft) -> None:
    """Make every pick that nothing has asked yet, and tell of those that do not always find a parent."""
    found: dict[Relation, Chosen] = {}
    refused = False
    for relation, pick in draft.awaited.items():
        try:
            made = pick.made
        except Refusal:  # it has told its own place
            refused = True
            continue
        if isinstance(made, Chosen) and not draft.null_columns(relation):
            found[relation] = made
    if refused:
        return  # rows of one pick may lead to those of another
    for relation, chosen in found.items():
        _tell_missing(draft, relation, chosen)


def _tell_missing(draft: Draft, relation: Relation, made: Chosen) -> None:
    rows = draft.rows[relation.table.name]
    sample = Rows.run(0, min(rows, _SAMPLE))
    missing = 1.0 - float(np.mean(made.found(sample)))
    if missing:
        share = f"about {missing:.1%}" if missing >= 0.001 else "less than 0.1%"
        draft.warnings.append(
            f"{relation.label}: pick finds no row of {relation.parent.name} for {share} of the "
            "rows, which reference another one, as it cannot be NULL"
        )


def _chosen(draft: Draft, maker: KernelMaker, relation: Relation) -> Selector:
    """The pick of a relation. Raises Refusal."""
    pick = relation.declared.pick
    assert pick is not None, "it is awaited because of that"
    if relation in draft.making:
        raise Refusal(
            "which row it references comes from itself", "let weights and conditions ask for other columns"
        )
    draft.making.add(relation)
    try:
        choice = _Choice(draft, maker, relation, pick)
        if relation.parent_rows > AT_HAND:
            return choice.among_many()
        return choice.valid() if pick.at is not None else choice.weighed()
    except _Told:
        raise
    except Refusal as refusal:
        draft.refuse(relation.label, f"pick: {refusal.message}", refusal.mend)
        raise _Told(refusal.message, refusal.mend) from None
    finally:
        draft.making.remove(relation)


@dataclass
class _Choice:
    """A pick in the making."""

    draft: Draft
    maker: KernelMaker
    relation: Relation
    pick: Pick

    # --- of parents that are looked at

    def weighed(self) -> Weighed:
        """By weight, within a group where there is one."""
        weights = self._weights()
        groups, own = self._groups()
        kept = np.flatnonzero(weights > 0)
        if own is not None:
            kept = kept[own[kept] >= 0]
        if not len(kept):
            raise self._nobody()
        order = kept if own is None else kept[np.argsort(own[kept], kind="stable")]
        first = np.array([0, len(order)])
        if own is not None and groups is not None:
            first = np.searchsorted(own[order], np.arange(groups.count + 1))
        ends = np.cumsum(units_of(weights[order], first), dtype=np.uint64)
        begins = np.append(np.uint64(0), ends)[first]
        stream = self.draft.stream(self.relation.table, self.relation.columns, "parent")
        return Weighed(stream, self.relation.parent_rows, order.astype(np.uint64), ends, begins, groups)

    def valid(self) -> Valid | AnyValid:
        """By when parents are valid, within a group where there is one."""
        at, since, until = self._moments()
        begins, there = self._stored(since)
        groups, own = self._groups()
        weights = self._weights()
        good = there & (weights > 0)
        if own is not None:
            good &= own >= 0
        kept = np.flatnonzero(good)
        if not len(kept):
            raise self._nobody()
        moments = begins.astype(np.int64, copy=False)
        group = np.zeros(len(begins), dtype=np.int64) if own is None else own
        order = kept[np.lexsort((moments[kept], group[kept]))]
        known = np.unique(moments[kept])
        rank = np.searchsorted(known, moments[order], side="right")
        count = 1 if groups is None else groups.count
        first = np.searchsorted(group[order], np.arange(count + 1))
        ends, ending = None, Ticks()
        if until is not None:
            over, some = self._stored(until)
            ends = np.where(some, over.astype(np.int64), np.iinfo(np.int64).max)[order]
            ending = _ticks(at, until, up=True)
        keys = group[order] * np.int64(len(known) + 1) + rank
        last = Valid(
            self.relation.parent_rows,
            at.kernel,
            _ticks(at, since),
            order.astype(np.uint64),
            keys,
            known,
            first,
            groups,
            ends,
            ending,
        )
        if not self.pick.any:
            return last
        stream = self.draft.stream(self.relation.table, self.relation.columns, "parent")
        return AnyValid(last, stream, np.cumsum(units_of(weights[order], first), dtype=np.uint64))

    def _nobody(self) -> Refusal:
        what = f"where {self.pick.where}" if self.pick.where else "weights, match and since leave"
        rows, parent = self.relation.parent_rows, self.relation.parent.name
        return Refusal(
            f"{what}: not one of the {rows:,} rows of {parent} may be picked",
            "widen the condition, or give one of them a weight above 0",
        )

    def _weights(self) -> Floats:
        """The weight of each parent, 0 where none may pick it: float64[parents]."""
        parents = self.relation.parent_rows
        weights = np.ones(parents)
        if self.pick.weights is not None:
            weights = self._checked(*self._stored(self._expression(self.pick.weights, "DOUBLE", "weights")))
        if self.pick.where is not None:
            truth, there = self._stored(self._expression(self.pick.where, "BOOLEAN", "where"))
            weights[~(there & truth.astype(np.bool_))] = 0.0
        weights[pickable_rows(self.draft, self.relation) :] = 0.0
        return weights

    def _checked(self, weights: NDArray[np.generic], there: NDArray[np.bool_], start: int = 0) -> Floats:
        numbers = np.where(there, weights.astype(np.float64), 0.0)
        wrong = np.flatnonzero(~np.isfinite(numbers) | (numbers < 0))
        if len(wrong):
            row = int(wrong[0])
            raise Refusal(
                f"weights {self.pick.weights}: row {start + row:,} of {self.relation.parent.name} weighs "
                f"{numbers[row]}",
                "let weights be 0 or more, by greatest(..., 0), say",
            )
        return steady(numbers)

    def _groups(self) -> tuple[Combinations | None, Ints | None]:
        """(the groups that rows look up, the group of each parent: int64[parents], -1 for none)."""
        if not self.pick.match:
            return None, None
        sources, columns = list[Kernel](), list[Values]()
        for name, need in self.pick.match.items():
            target, own = self._of_parent(name), self._own(need)
            reason = mismatch(own.type, target.type, target.kernel)
            if target.type.kind is Kind.BINARY:
                reason = "they hold bytes"
            if reason:
                raise Refusal(
                    f"match: {own.name} {own.type.declared} and {target.name} {target.type.declared} are not "
                    f"compared: {reason}",
                    "match columns of one type",
                )
            columns.append(_whole(target.kernel, self.relation.parent_rows))
            sources.append(own.kernel)
        try:
            groups, places = Combinations.of(columns, sources)
        except OverflowError:
            raise Refusal("match: too many columns of too many values", "match fewer columns") from None
        if not groups.count:
            raise self._nobody()
        return groups, np.where(places < groups.count, places, -1)

    def _stored(self, source: Source) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
        """What all parents store in a column of fixed width, and where that is not NULL."""
        column = fixed(_whole(source.kernel, self.relation.parent_rows))
        there = np.ones(len(column), dtype=np.bool_) if column.valid is None else column.valid
        return column.values, there

    # --- what it asks for

    def _own(self, need: str | Lookup) -> Source:
        """A column of the row, or of one that it references."""
        table = self.relation.table
        column = table.column(self.relation.columns[0])
        assert column is not None, "the model has checked references"
        source = self._source(lambda: self.maker.needed(table, column, need))
        if self.draft.rows[table.name]:
            source.kernel.values(
                Rows.run(0, 1)
            )  # which asks other picks: one that comes from this is refused
        return source

    def _of_parent(self, name: str) -> Source:
        parent = self.relation.parent
        column = parent.column(self.relation.declared.references_columns[0])
        assert column is not None, "the model has checked references"
        return self._source(lambda: self.maker.needed(parent, column, name))

    def _expression(self, sql: SqlText, data_type: str, what: str) -> Source:
        """An expression over the columns of the parent."""
        draft, parent = self.draft, self.relation.parent
        place = f"{self.relation.label}.pick"
        column = Column(name=f"{self.relation.label} {what}", data_type=data_type, required=False)
        rule = draft.rules(
            RuleSpec(name=draft.rules.usual(RuleRole.CONDITION), **sql.options), column.type.kind
        )
        derived = rule.build(spec_of(draft, parent, column))
        assert isinstance(derived, Derived), "expressions are made from columns"
        kernel = self.maker.derived(parent, column, derived, f"{what} {sql}", place)
        return self._source(lambda: None if kernel is None else Source(what, column.type, kernel))

    def _source(self, ask: Callable[[], Answer | None]) -> Source:
        found = ask()
        if found is None:
            raise _Told("a column that it asks for cannot be made", "mend that first")
        assert isinstance(found, Source), "it has asked for values"
        return found

    def _moments(self) -> tuple[Source, Source, Source | None]:
        pick = self.pick
        assert pick.at is not None, "the model has checked"
        assert pick.since is not None, "the model has checked"
        found = (
            self._own(pick.at),
            self._of_parent(pick.since),
            None if pick.until is None else self._of_parent(pick.until),
        )
        for word, source in zip(("at", "since", "until"), found, strict=True):
            if source is not None and source.type.kind not in (Kind.DATE, Kind.TIMESTAMP):
                raise Refusal(
                    f"{word}: {source.name} is {source.type.declared}", "name a DATE or a TIMESTAMP"
                )
        return found

    # --- of more parents than that

    def among_many(self) -> Selector:
        """Of any number of parents, in constant memory. Raises Refusal where that cannot be."""
        pick, relation = self.pick, self.relation
        if pick.any and not pick.match:
            return self._tried_valid()
        if pick.at is not None and len(pick.match) == 1 and not (pick.until or pick.where or pick.any):
            return self._valid_among(*next(iter(pick.match.items())))
        if pick.may_fail:
            raise Refusal(
                f"{relation.parent.name} has {relation.parent_rows:,} rows; match, at and until look at up "
                f"to {AT_HAND:,}",
                "give it fewer rows, or match one reference by which its rows stand together, with at and "
                "since alone",
            )
        return self._tried()

    def _valid_among(self, name: str, need: str | Lookup) -> ValidAmong:
        parent, table = self.relation.parent, self.relation.table
        grouping = standing(self.draft, parent, name)
        above = {(r.parent.name, r.pairs[name]) for r in self.draft.declared_at(parent, name)}
        own = self.draft.declared_at(table, need) if isinstance(need, str) else []
        same = [r for r in own if (r.parent.name, r.pairs[str(need)]) in above]
        if not same:
            goals = " or ".join(f"{table}.{column}" for table, column in sorted(above))
            raise Refusal(
                f"match: {relation_text(need)} does not reference {goals}, as {parent.name}.{name} does",
                "match it with a reference of the row to the same column",
            )
        at, since, _ = self._moments()
        self._check_all_pickable()
        made = ValidAmong(
            grouping,
            pick_of(self.draft, same[0]),
            self.draft.nulls.get(same[0]),
            at.kernel,
            _ticks(at, since),
            since.kernel,
            self.relation.parent_rows,
        )
        sample = Rows.run(0, min(grouping.rows, _SAMPLE))
        parents, moments = grouping.located(sample)[0], fixed(since.kernel.values(sample)).values
        if ((np.diff(moments) < 0) & (np.diff(parents.view(np.int64)) == 0)).any() or since.nullable:
            raise Refusal(
                f"since: {since.name} does not rise among the rows of one {name}, or is NULL in some",
                'let it rise: {"name": "after", "reference": ..., "ordered": true}',
            )
        return made

    def _check_all_pickable(self) -> None:
        pickable, parent = pickable_rows(self.draft, self.relation), self.relation.parent
        if pickable < self.relation.parent_rows:
            raise Refusal(
                f"a reference that has to agree leaves {pickable:,} of {self.relation.parent_rows:,} rows of "
                f"{parent.name} to pick; of more than {AT_HAND:,} rows all have to be there",
                "give the other reference's table more rows",
            )

    def _tried_valid(self) -> TriedValid:
        """Any of them that is valid at the moment of the row."""
        relation, pick = self.relation, self.pick
        at, since, until = self._moments()
        pickable, (draws, takes) = pickable_rows(self.draft, relation), self._streams()
        weights, most = None, 1.0
        if pick.weights or pick.where:
            weights = self._expression(self._weights_sql(), "DOUBLE", "weights").kernel
            most = self._heaviest(weights, pickable)[0] if pick.weights else 1.0
        return TriedValid(
            draws,
            takes,
            relation.parent_rows,
            pickable,
            at.kernel,
            since.kernel,
            _ticks(at, since),
            None if until is None else until.kernel,
            None if until is None else _ticks(at, until, up=True),
            weights,
            most,
        )

    def _streams(self) -> tuple[Stream, Stream]:
        """Those from which parents are drawn, and by which they are taken."""
        table, columns = self.relation.table, self.relation.columns
        return self.draft.stream(table, columns, "parent"), self.draft.stream(table, columns, "parent taken")

    def _weights_sql(self) -> SqlText:
        """The weight of a parent, 0 where the condition does not hold."""
        weights, where = self.pick.weights or SqlText(sql="1"), self.pick.where
        if where is None:
            return weights
        sql = f"CASE WHEN {where} THEN {weights} ELSE 0 END"
        return SqlText(sql=sql, dialect=where.dialect or weights.dialect)

    def _tried(self) -> Tried:
        relation, pick = self.relation, self.pick
        pickable = pickable_rows(self.draft, relation)
        source = self._expression(self._weights_sql(), "DOUBLE", "weights")
        draws, takes = self._streams()
        if pick.weights is None:  # a condition: some parents tell how many meet it
            some = multiply_high(draws.bits(Rows.run(0, _SAMPLE)), pickable)
            most, mean = 1.0, float(self._weighed_at(source.kernel, Rows.at(some)).mean())
        else:
            most, mean = self._heaviest(source.kernel, pickable)
        share = mean / most if most else 0.0
        if share < _LEAST_SHARE:
            rows, parent = relation.parent_rows, relation.parent.name
            raise Refusal(
                f"of {rows:,} rows of {parent} about {share:.2%} would be taken when they are drawn; it "
                f"takes {_LEAST_SHARE:.0%}",
                f"let weights be more alike, or give it up to {AT_HAND:,} rows",
            )
        return Tried(draws, takes, relation.parent_rows, pickable, source.kernel, most)

    def _heaviest(self, weights: Kernel, pickable: int) -> tuple[float, float]:
        """(the greatest weight, the mean) of parents, all of which are looked at once. Raises Refusal."""
        if pickable > _LOOKED_AT:
            raise Refusal(
                f"{self.relation.parent.name} has {pickable:,} rows; up to {_LOOKED_AT:,} are weighed",
                "give it fewer rows",
            )
        most, total = 0.0, 0.0
        for start in range(0, pickable, BLOCK):
            some = self._weighed_at(weights, Rows.run(start, min(start + BLOCK, pickable)))
            most, total = max(most, float(some.max())), total + float(some.sum())
        return most, total / pickable

    def _weighed_at(self, weights: Kernel, parents: Rows) -> Floats:
        """The weights of some parents. Raises Refusal."""
        column = fixed(weights.values(parents))
        there = np.ones(len(column), dtype=np.bool_) if column.valid is None else column.valid
        return self._checked(column.values, there, parents.start)


def relation_text(need: str | Lookup) -> str:
    """What a pick names, as users wrote it."""
    return need if isinstance(need, str) else f"{'.'.join(need.reference)}.{need.column}"


def _ticks(at: Source, other: Source, *, up: bool = False) -> Ticks:
    """From the moments of rows to what another column stores."""
    mine, theirs = (
        1 if source.type.kind is Kind.DATE else _DAY * ticks_per_second(source.type) for source in (at, other)
    )
    return Ticks(max(theirs // mine, 1), max(mine // theirs, 1), up)


def _whole(kernel: Kernel, rows: int) -> Values:
    """All values of a column that has few rows."""
    parts = [Rows.run(start, min(start + BLOCK, rows)) for start in range(0, rows, BLOCK)]
    columns = [kernel.values(part) for part in parts]
    return columns[0] if len(columns) == 1 else merged(columns, [np.arange(p.start, p.stop) for p in parts])
