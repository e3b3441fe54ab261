"""Columns of rows of the user's own: category, subcategory and brand of one row of a catalog."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator, model_validator

from dw_simulator.engine.columns import Column
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Selector
from dw_simulator.engine.selectors.unique import Digit, RowNumber
from dw_simulator.engine.values.base import Domain, Drawn, Kernel
from dw_simulator.engine.values.given import (
    Cells,
    RowGroups,
    RowsBy,
    RowsShown,
    ShownBy,
    each_value_once,
    facts_of,
)
from dw_simulator.engine.values.known import Combinations
from dw_simulator.errors import Refusal, closest
from dw_simulator.plugins.rules.given_values import STORABLE, given_column
from dw_simulator.ports.needs import Answer, Derived, Source
from dw_simulator.ports.rule import (
    ColumnSpec,
    Examples,
    Member,
    RuleOptions,
)
from dw_simulator.schema.given_rows import Given, GivenRows
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.types import Kind

_MOST_NUMBERED = 200_000
_SHORTEST_NUMBERED = 6
"""Characters of a text that takes a number; shorter ones are codes."""
_ROWS: list[Json] = [
    {"category": "Tea", "kind": "green", "brand": "Kusmi", "price": 7.9, "share": 2},
    {"category": "Tea", "kind": "black", "brand": "Ahmad", "price": 3.5, "share": 6},
    {"category": "Tea", "kind": "black", "brand": "Twinings", "price": 4.2, "share": 3},
    {"category": "Coffee", "kind": "beans", "brand": "Illy", "price": 11, "share": 5},
    {"category": "Coffee", "kind": "ground", "brand": "Lavazza", "price": None, "share": 4},
]


def _sample(*columns: JsonObject, rows: int | None = None) -> JsonObject:
    """A table of these columns, with a catalog; of so many rows, each of them once."""
    catalog: JsonObject = {"rows": _ROWS} if rows else {"rows": _ROWS, "weights": "share"}
    table: JsonObject = {"name": "products", "columns": [*columns]}
    if rows:
        table["target_rows"] = rows
    return {"reference_data": {"catalog": catalog}, "tables": [table]}


def _column(name: str, type_name: str, column: str, **more: Json) -> JsonObject:
    rule: JsonObject = {"name": "table", "of": "catalog", "column": column}
    if "by" in more:
        rule["by"] = more.pop("by")
    return {"name": name, "data_type": type_name, **more, "rule": rule}


class OwnRows(RuleOptions):
    """A column of rows of your own, from `reference_data`: columns of one row are of one of its rows."""

    kinds: ClassVar[frozenset[Kind]] = STORABLE
    derives: ClassVar[bool] = True
    examples: ClassVar[Examples] = (
        _sample(_column("category", "VARCHAR(10)", "category"), _column("value", "VARCHAR(10)", "brand")),
        _sample(
            {
                "name": "family",
                "data_type": "VARCHAR(10)",
                "rule": {"name": "choice", "values": ["Coffee", "Tea"]},
            },
            _column("kind", "VARCHAR(10)", "kind", by={"family": "category"}),
            _column("value", "DECIMAL(6,2)", "price", by={"family": "category"}, required=False),
        ),
        _sample(_column("value", "VARCHAR(10)", "brand", is_unique=True), rows=len(_ROWS)),
        _sample(_column("value", "DECIMAL(6,2)", "price", required=False)),
    )

    of: str = Field(description="the name of reference data")
    column: str = Field(description="the column of its rows that is shown")
    entity: str = Field(
        default="row", description="which of several rows of the same data, where a row shows more than one"
    )
    by: Mapping[str, str] | str | None = Field(
        default=None,
        description="draw only among the rows that have the value of another column of the row: its name, or "
        '{"own column": "column of the data", ...}',
    )
    in_order: bool = Field(
        default=False, description="one row after another, from the first again after the last"
    )

    more: Literal["again", "numbered"] = Field(
        default="again",
        description="in_order, after the last row: the first again; numbered: its texts go on with numbers",
    )

    @field_validator("by")
    @classmethod
    def _some(cls, value: Mapping[str, str] | str | None) -> Mapping[str, str] | str | None:
        if value is not None and not value:
            raise ValueError("by: name a column")
        return value

    @model_validator(mode="after")
    def _one_way(self) -> "OwnRows":
        if self.by is not None and self.in_order:
            raise ValueError("in_order and by both say which row comes; keep one")
        return self

    @property
    def entity_rule(self) -> "_OwnRow | None":
        return None if self.by is not None or self.in_order else _OwnRow(self)

    @property
    def pairs(self) -> Mapping[str, str]:
        """From another column of the row to the data's."""
        if self.by is None:
            return {}
        return {self.by: self.by} if isinstance(self.by, str) else self.by

    def build(self, spec: ColumnSpec) -> Domain | Kernel | Derived:
        if self.in_order:
            return self._numbered(spec)
        if self.by is None:
            return _OwnRow(self).world([Member(spec, _OwnRow(self))]).column(spec.column.name)
        data = self.data(spec)
        if self.column not in data.names:
            raise self._unknown(data, self.column)
        for name in self.pairs.values():
            if name not in data.names:
                raise self._unknown(data, name)
        return Derived(tuple(self.pairs), lambda found: self._finish(spec, found))

    # --- the data

    def data(self, spec: ColumnSpec) -> GivenRows:
        """The rows that it names. Raises Refusal."""
        found = spec.given.get(self.of)
        if found is None:
            known = [name for name in spec.given if name]
            words = f"there is no reference data {self.of!r}{closest(self.of, known)}"
            raise Refusal(words, 'declare it: "reference_data": {"' + self.of + '": {"rows": [...]}}')
        return found

    def shown(self, spec: ColumnSpec, data: GivenRows) -> Column:
        """The column of the data, in the storage form of a table's column. Raises Refusal."""
        if self.column not in data.names:
            raise self._unknown(data, self.column)
        values = data.column(self.column)
        if spec.column.required and None in values:
            row = values.index(None)
            words = f"row {row} of {self._label} is NULL, which the column is not"
            raise Refusal(words, 'say "required": false, or give a value')
        return given_column(spec.type, values, self._label, spec)

    @property
    def _label(self) -> str:
        return f"{self.of}.{self.column}" if self.of else self.column

    def _unknown(self, data: GivenRows, name: str) -> Refusal:
        words = f"no row of {self.of} has a column {name!r}{closest(name, data.names)}"
        return Refusal(words, "name one of its columns")

    # --- one after another

    def _numbered(self, spec: ColumnSpec) -> Kernel:
        data = self.data(spec)
        if data.weights is not None:
            words = f"rows one after another come alike often, and {self.of} has weights"
            raise Refusal(words, "leave in_order out, or give the data without weights")
        column, rows = self.shown(spec, data), max(spec.rows, 1)
        selector: Selector = RowNumber(rows)
        if rows > data.count and self.more == "numbered" and (spec.key or spec.type.kind is Kind.TEXT):
            return Drawn(
                selector, RowsShown(given_column(spec.type, self._continued(spec, data), self._label, spec))
            )
        if rows > data.count:
            selector = Digit(selector, 1, data.count)
        return Drawn(selector, RowsShown(column))

    def _continued(self, spec: ColumnSpec, data: GivenRows) -> list[Given]:
        """The values of the rows, and more that differ from them. Raises Refusal where there are too many."""
        values: list[Given] = list(data.column(self.column))
        if spec.rows > _MOST_NUMBERED:
            raise Refusal(f"{spec.rows:,} rows are more than go on with numbers", "ask for fewer")
        if spec.type.kind is not Kind.TEXT:
            last = max((value for value in values if isinstance(value, int)), default=0)
            return [*values, *range(last + 1, last + 1 + spec.rows - len(values))]
        texts = [str(value) for value in values]
        return list(continued(texts, spec.rows, spec.type.length, apart=spec.key))

    # --- by another column

    def _finish(self, spec: ColumnSpec, found: Sequence[Answer]) -> Kernel:
        data = self.data(spec)
        sources = [one for one in found if isinstance(one, Source)]
        kept = self._kept(data)
        columns = [
            given_column(source.type, [data.column(name)[row] for row in kept], f"{self.of}.{name}", None)
            for source, name in zip(sources, self.pairs.values(), strict=True)
        ]
        try:
            known, places = Combinations.of(columns, [source.kernel for source in sources])
        except OverflowError:
            raise Refusal("by: these columns have too many combinations", "name fewer") from None
        order = np.argsort(places, kind="stable")  # rows of one combination stand together
        rows = np.array(kept, dtype=np.int64)[order]
        weights = np.array(data.weight_list)[rows] if data.weights is not None else None
        stream = Stream.named(spec.seed, spec.table, f"table {self.of} {self.entity}", "by")
        pick = RowsBy(
            stream,
            known,
            RowGroups.of(np.bincount(places), weights),
            (self.of, tuple(self.pairs.items())),
        )
        sure = self._check_found(spec, sources, known)
        return ShownBy(pick, self.shown(spec, data).at(rows), sure)

    def _kept(self, data: GivenRows) -> list[int]:
        """The rows that can be drawn: those that say what they are of, and have a weight. Raises Refusal."""
        keys = [data.column(name) for name in self.pairs.values()]
        weights = data.weight_list or (1.0,) * data.count
        kept = [
            row for row in range(data.count) if weights[row] > 0 and all(key[row] is not None for key in keys)
        ]
        if not kept:
            names = " and ".join(self.pairs.values())
            raise Refusal(f"no row of {self.of} says its {names}", "give it there")
        return kept

    def _check_found(self, spec: ColumnSpec, sources: Sequence[Source], known: Combinations) -> bool:
        """Whether there is a row for all that the sources can be. Raises Refusal where one has to be."""
        sure = not any(source.nullable for source in sources)
        for source, own, name in zip(sources, known.known, self.pairs.values(), strict=True):
            missing = own.missing(source.kernel.facts)
            if spec.column.required and (missing is None or missing):
                words = (
                    f"{source.name} can be {missing[0]!r}"
                    if missing
                    else f"what {source.name} can be is not known"
                )
                raise Refusal(
                    f"{words}, and each of its values needs a row of {self.of} with that {name}",
                    'add one, or say "required": false: it is NULL there',
                )
            sure = sure and missing is not None and not missing
        if not known.every and spec.column.required:
            names = " and ".join(self.pairs.values())
            words = f"not every combination of {names} has a row of {self.of}"
            raise Refusal(words, 'add them, or say "required": false: it is NULL there')
        return sure and known.every


# --- the row that several columns speak of


def continued(texts: Sequence[str], rows: int, length: int, *, apart: bool) -> list[str]:
    """So many texts: those that are given, then with a number behind them.

    apart  whether all must differ: short ones then go on with codes

    >>> continued(["North", "South"], 4, 20, apart=False), continued(["N", "S"], 4, 1, apart=True)
    (['North', 'South', 'North 2', 'South 2'], ['N', 'S', '0', '1'])
    >>> continued(["NRTH", "SOUT"], 4, 4, apart=True)
    ['NRTH', 'SOUT', 'NRT2', 'SOU2']
    """
    found, seen, counter = list(texts), set(texts), count()
    short = length < _SHORTEST_NUMBERED
    for row in range(len(texts), rows):
        whole = texts[row % len(texts)]
        number = f"{'' if apart and short else ' '}{row // len(texts) + 1}"
        kept = whole.encode()[: max(length - len(number), 0)].decode(errors="ignore")
        text = f"{kept}{number}" if len(number) < length else whole
        while apart and (text in seen or len(number) >= length):
            text = np.base_repr(next(counter), 36)
            if len(text) > length:
                raise Refusal(f"{rows:,} rows are more than codes of {length} characters", "ask for fewer")
            number = ""
        found.append(text)
        seen.add(text)
    return found


@dataclass(frozen=True)
class _OwnRow:
    """A row of reference data that columns of a table speak of."""

    rule: OwnRows

    @property
    def entity(self) -> str:
        return f"{self.rule.of} {self.rule.entity}"

    def world(self, members: Sequence[Member["_OwnRow"]]) -> "_GivenWorld":
        return _GivenWorld(members)


class _GivenWorld:
    """The rows of reference data."""

    def __init__(self, members: Sequence[Member[_OwnRow]]) -> None:
        self._members = {member.name: member for member in members}
        self._keyed = [member for member in members if member.spec.key]
        self._data = members[0].rule.rule.data(members[0].spec)

    @property
    def natural(self) -> int:
        return len(self._rows) if self._cells is None else self._cells.size

    def column(self, name: str) -> Domain:
        own = self._members[name]
        shown = self._shown(own)
        if own.spec.key:
            self._check_key(own, shown)
        return RowsShown(shown.at(self._rows), self._cells)

    @cached_property
    def _rows(self) -> NDArray[np.int64]:
        """The rows that can be drawn; of those with one value of a key that is alone, the first."""
        weights = self._data.weight_list
        rows = np.arange(self._data.count, dtype=np.int64)
        if weights:
            return rows[np.array(weights) > 0]
        if len(self._keyed) == 1 and len(self._members) == 1:
            column = self._shown(self._keyed[0])
            if column.valid is None:
                return each_value_once(column)
        return rows

    @cached_property
    def _cells(self) -> Cells | None:
        if self._data.weights is None or self._keyed:
            return None
        return Cells.of([self._data.weight_list[row] for row in self._rows])

    def _shown(self, member: Member[_OwnRow]) -> Column:
        return member.rule.rule.shown(member.spec, self._data)

    def _check_key(self, own: Member[_OwnRow], shown: Column) -> None:
        """Raise Refusal where a column is no key."""
        rule = own.rule.rule
        if self._data.weights is not None:
            raise Refusal(
                "weights mean nothing where no value may repeat",
                f"leave weights of {rule.of} out, or give the key reference data of its own",
            )
        if shown.valid is not None:
            row = int(np.flatnonzero(~shown.valid)[0])
            words = f"row {row} of {rule.of}.{rule.column} is NULL, and here no value may repeat"
            raise Refusal(words, "leave the row out")
        known = facts_of(shown.at(self._rows))
        if known.repeats:
            raise Refusal(
                f"{rule.of} has {known.distinct:,} different values of {rule.column} in "
                f"{self._data.count:,} rows, and here no value may repeat",
                "take it out of the key, or leave the rows out that repeat",
            )
