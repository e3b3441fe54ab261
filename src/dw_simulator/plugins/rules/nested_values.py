"""Lists, structs, maps and vectors, whose parts are columns of their own.

    lines  STRUCT<sku VARCHAR(8), quantity INT>[]
           {"name": "nested", "length": [1, 4], "parts": {"[].quantity": {"min_value": 1, "max_value": 9}}}

A part has a path: `[]` is the element of a list, `.name` a field of a struct, `{}` the value of a map. What
is said of it is what a column says; parts of which nothing is said go by their types.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

import numpy as np
from pydantic import (
    AfterValidator,
    Field,
    JsonValue,
    NonNegativeInt,
    SkipValidation,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
)

from dw_simulator.engine.columns import Column as Values
from dw_simulator.engine.columns import FixedColumn
from dw_simulator.engine.rows import Selector
from dw_simulator.engine.selectors.sampling import Chance, Shared, Uniform
from dw_simulator.engine.storage import dtype_of
from dw_simulator.engine.values.base import Domain, Drawn, Kernel, Nullable
from dw_simulator.engine.values.nested import Lists, Maps, Structs
from dw_simulator.engine.values.pooled import Pooled
from dw_simulator.errors import Refusal, closest
from dw_simulator.planning.columns.rule_values import check_width
from dw_simulator.ports.needs import Derived
from dw_simulator.ports.rule import (
    ColumnSpec,
    Entity,
    EntityKey,
    EntityRule,
    Examples,
    Member,
    RuleOptions,
    RuleRole,
)
from dw_simulator.schema.complaints import details_of, dotted, sentence
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.schema.model import MAX_ROWS, Column, RuleSpec
from dw_simulator.types import NUMERIC_KINDS, Kind, SqlType

MOST_ELEMENTS = 10_000
_USUAL_LENGTH = (0, 5)
_CODE = 6
_KEYS = ("color", "size", "source", "region", "channel", "campaign", "unit", "note", "grade", "batch")
_NOT_IN_PARTS = ("is_unique", "foreign_key", "polymorphic", "lookup", "null_when", "default", "data_type")


def _rises(length: tuple[int, int]) -> tuple[int, int]:
    if length[0] > length[1]:
        raise ValueError("say [least, most], such as [0, 5]")
    return length


Length = Annotated[tuple[NonNegativeInt, NonNegativeInt], AfterValidator(_rises)]
_LENGTH = TypeAdapter[tuple[int, int]](Length)


class Nested(RuleOptions):
    """Lists, structs, maps and vectors; of `parts` something may be said, as of columns."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.NESTED})
    examples: ClassVar[Examples] = (
        {"name": "value", "data_type": "ARRAY<INT>", "rule": {"name": "nested"}},
        {
            "name": "value",
            "data_type": "VARCHAR(10)[]",
            "rule": {
                "name": "nested",
                "length": [1, 3],
                "parts": {"[]": {"rule": {"name": "choice", "values": ["new", "sale", "gift"]}}},
            },
        },
        {
            "name": "value",
            "data_type": "STRUCT<city VARCHAR(30), since DATE, score DECIMAL(20,2), tags TEXT[]>",
            "rule": {
                "name": "nested",
                "parts": {
                    "city": {"faker_rule": "city"},
                    "score": {"null_fraction": 0.2},
                    "tags": {"length": [2, 2]},
                },
            },
        },
        {
            "name": "value",
            "data_type": "ARRAY<STRUCT<sku VARCHAR(8), quantity INT, at TIMESTAMP, id UUID>>",
            "rule": {"name": "nested", "parts": {"[].quantity": {"min_value": 1, "max_value": 9}}},
        },
        {"name": "value", "data_type": "MAP<VARCHAR, DOUBLE>", "rule": {"name": "nested"}},
        {"name": "value", "data_type": "VECTOR(FLOAT, 16)", "rule": {"name": "nested"}},
    )

    length: Length | None = Field(
        default=None, description="the least and the greatest number of elements of a list or a map"
    )
    parts: Annotated[dict[str, JsonValue], SkipValidation, WithJsonSchema({"type": "object"})] = Field(
        default_factory=dict, description="what columns would say of parts, by their paths"
    )

    def build(self, spec: ColumnSpec) -> Kernel:
        if spec.key:
            raise Refusal("lists, structs and maps are no keys", "take it out of the key")
        said = {path.lstrip("."): one for path, one in self.parts.items()}
        if self.length is not None:
            said = {"": {"length": [*self.length]}, **said}
        parts = _Parts(spec, said)
        kernel = parts.kernel(_At("", 1), spec.type)
        if unknown := [path for path in said if path not in parts.paths]:
            hint = closest(unknown[0], [path for path in parts.paths if path])
            raise Refusal(f"parts: there is no {unknown[0]!r}{hint}", "correct the path")
        return kernel


@dataclass(frozen=True)
class _At:
    """Where a part is: its path, and how many of it a row may have."""

    path: str
    capacity: int

    def field(self, name: str) -> "_At":
        return replace(self, path=f"{self.path}.{name}" if self.path else name)

    def each(self, mark: str, most: int) -> "_At":
        return _At(self.path + mark, self.capacity * max(most, 1))


class _Parts:
    """The kernels of a column's parts."""

    def __init__(self, spec: ColumnSpec, said: Mapping[str, Json]) -> None:
        self._spec, self._said = spec, said
        self.paths: dict[str, None] = {}
        self._entities: dict[tuple[str, EntityKey], Selector] = {}

    def kernel(self, at: _At, type_: SqlType) -> Kernel:
        """What makes a part. Raises Refusal, with its path."""
        self.paths[at.path] = None
        if type_.kind is not Kind.NESTED:
            return self._leaf(at, type_)
        return _SHAPES[type_.shape](self, at, type_)

    # --- shapes

    def list(self, at: _At, type_: SqlType) -> Kernel:
        least, most = self._length(at)
        element = self.kernel(self._below(at, "[]", most), type_.fields[0].type)
        lengths = Uniform(self._spec_at(at).stream("length"), most - least + 1)
        return Lists(element, least, max(most, 1), lengths)

    def vector(self, at: _At, type_: SqlType) -> Kernel:
        """Fractions lie from -1 to 1 unless somebody says otherwise."""
        inner, element = self._below(at, "[]", type_.length), type_.fields[0].type
        if element.kind is Kind.FLOAT:
            self._said = {inner.path: {"min_value": -1, "max_value": 1}, **self._said}
        return Lists(self.kernel(inner, element), type_.length, type_.length)

    def struct(self, at: _At, type_: SqlType) -> Kernel:
        return Structs(tuple(self.kernel(at.field(field.name), field.type) for field in type_.fields))

    def map(self, at: _At, type_: SqlType) -> Kernel:
        least, most = self._length(at)
        key, value = (field.type for field in type_.fields)
        keys = _keys_of(key, max(most, 1))
        inner, rules = self._below(at, "{}", most), self._spec.rules
        if value.kind is Kind.TEXT and not value.values and rules is not None:  # a word, not prose
            code: JsonObject = {"name": rules.usual(RuleRole.CODE), "length": min(value.length, _CODE)}
            self._said = {inner.path: {"rule": code}, **self._said}
        kernel = self.kernel(inner, value)
        lengths = Uniform(self._spec_at(at).stream("length"), most - least + 1)
        return Maps(keys, kernel, least, lengths)

    def _below(self, at: _At, mark: str, most: int) -> _At:
        inner = at.each(mark, most)
        if inner.capacity > MOST_ELEMENTS or self._spec.rows * inner.capacity > MAX_ROWS:
            raise Refusal(
                f"{inner.path}: up to {inner.capacity:,} elements a row, {MOST_ELEMENTS:,} are possible",
                "make the lists shorter",
            )
        return inner

    def _length(self, at: _At) -> tuple[int, int]:
        said = self._fields(at).get("length", [*_USUAL_LENGTH])
        try:
            return _LENGTH.validate_python(said)
        except ValidationError:
            wrong = f"{at.path}: {said!r} is no length"
            raise Refusal(wrong, "say [least, most], such as [0, 5]") from None

    # --- flat parts

    def _leaf(self, at: _At, type_: SqlType) -> Kernel:
        spec = self._spec_at(at, self._column(at, type_))
        rules = spec.rules
        assert rules is not None, "the planner gives every column the rules"
        usual = RuleSpec(name=rules.usual(type_.kind))
        if type_.values:
            usual = RuleSpec(name=rules.usual(RuleRole.LISTING), values=list(type_.values))
        said = spec.column.rule_spec or usual
        try:
            rule = rules(said, type_.kind)
            entity = rule.entity_rule
            kernel = (
                self._shown(at, entity, said.name, spec) if entity else spec.kernel(_drawn(rule.build(spec)))
            )
            check_width(spec.column, kernel)
        except Refusal as refusal:
            raise Refusal(f"{at.path or 'the value'}: {refusal.message}", refusal.mend) from None
        share = spec.column.null_fraction
        return Nullable(kernel, Chance(spec.stream("null"), float(share))) if share else kernel

    def _shown(self, at: _At, rule: EntityRule, name: str, spec: ColumnSpec) -> Kernel:
        """What a part shows of a person or a place: parts that stand together show the same one."""
        key, place = (name, rule.entity), at.path[: max(at.path.rfind("]"), at.path.rfind("}")) + 1]
        entity = Entity(spec.seed, spec.table, *key).joined_by(Member(spec, rule))
        values = entity.values(spec)
        if (place, key) not in self._entities:
            stream = entity.stream(f"{self._spec.column.name}/{place}")
            self._entities[place, key] = Shared(Uniform(stream, entity.world.natural))
        return Drawn(self._entities[place, key], values)

    def _column(self, at: _At, type_: SqlType) -> Column:
        fields = self._fields(at)
        for name in _NOT_IN_PARTS:
            if name in fields:
                raise Refusal(f"{at.path}: {name} is not possible there", "leave it out")
        if fields.get("null_fraction"):
            fields["required"] = False
        try:
            return Column.model_validate({**fields, "name": "value", "data_type": type_.declared})
        except ValidationError as error:
            words = "; ".join(
                f"{dotted(one['loc'])}: {sentence(one)}".removeprefix(": ") for one in details_of(error)
            )
            raise Refusal(f"{at.path}: {words}", "declare it as a column is") from None

    def _fields(self, at: _At) -> JsonObject:
        said = self._said.get(at.path, {})
        if not isinstance(said, Mapping):
            raise Refusal(f"parts: {said!r} says nothing of {at.path}", "say what a column would")
        return dict(said)

    def _spec_at(self, at: _At, column: Column | None = None) -> ColumnSpec:
        """The part as a rule sees it; its streams have its path for a name."""
        name = f"{self._spec.column.name}/{at.path}"
        named = (column or self._spec.column).model_copy(update={"name": name})
        return replace(self._spec, column=named, rows=self._spec.rows * at.capacity, key=False)


_SHAPES: Mapping[str, Callable[[_Parts, _At, SqlType], Kernel]] = {
    "list": _Parts.list,
    "vector": _Parts.vector,
    "struct": _Parts.struct,
    "map": _Parts.map,
}


def _drawn(values: Domain | Kernel | Derived) -> Domain | Kernel:
    if isinstance(values, Derived):
        raise Refusal("parts are not made from the row's columns", "draw them")
    return values


def _keys_of(type_: SqlType, count: int) -> Values:
    """The keys of maps, the most common first."""
    if type_.kind in NUMERIC_KINDS and type_.bits <= 64:
        if count * 10**type_.scale > type_.limits[1]:
            raise Refusal(f"{type_.declared} has no {count} keys", "make the maps shorter")
        numbers = np.arange(1, count + 1) * 10**type_.scale
        return FixedColumn(numbers.astype(dtype_of(type_)))
    if type_.kind is not Kind.TEXT:
        raise Refusal(f"the keys of a map are texts or numbers, not {type_.declared}", "choose another type")
    keys = [key for key in _names(count) if len(key) <= type_.length]
    if len(keys) < count:
        raise Refusal(f"{type_.declared} is too short for the keys of a map", "widen it")
    return Pooled.of(keys).decode(np.arange(count, dtype=np.uint64))


def _names(count: int) -> Sequence[str]:
    return [*_KEYS, *(f"k{k}" for k in range(len(_KEYS) + 1, count + 1))][:count]
