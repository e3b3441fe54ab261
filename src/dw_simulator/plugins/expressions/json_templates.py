"""From a template of rules to the parts of a document.

A mapping with `data_type` is a leaf, declared as a column is; {"array": element, "length": [least, most]} and
[element] are arrays of drawn length; {"column": name} is another column of the row; any other mapping is an
object, and {"object": {...}} is one whatever its members are called. Text, numbers, truth values and null are
themselves.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeGuard

from pydantic import ValidationError

from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Selector
from dw_simulator.engine.selectors.sampling import Chance, Shared, Uniform
from dw_simulator.engine.values.base import Drawn, Kernel, Nullable
from dw_simulator.errors import Refusal
from dw_simulator.planning.columns.rule_values import check_width
from dw_simulator.plugins.expressions.documents import (
    Array,
    CopiedColumn,
    Leaf,
    Node,
    Object,
    SameValue,
    Scalar,
)
from dw_simulator.ports.needs import (
    Answer,
    Derived,
    Need,
    RowsBelow,
    Siblings,
    Source,
)
from dw_simulator.ports.rule import (
    ColumnSpec,
    Entity,
    EntityKey,
    EntityRule,
    Member,
)
from dw_simulator.schema.complaints import details_of, dotted, sentence
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.schema.model import DEFAULT_NULL_FRACTION, MAX_ROWS, Column, RuleSpec
from dw_simulator.types import Kind, SqlType

MOST_ELEMENTS = 10_000
DEFAULT_LENGTH = (0, 5)
MOST_LEVELS = 100
_NOT_IN_LEAVES = {
    "is_unique": "values of documents are no keys",
    "foreign_key": 'put the reference into a column, and say {"column": its name}',
    "polymorphic": 'put the reference into a column, and say {"column": its name}',
    "lookup": 'put it into a column, and say {"column": its name}',
    "null_when": "say null_fraction, or take the value from an expression",
}

Answers = Mapping[Need, Answer]
Build = Callable[[Answers], Node]
"""What makes a part once the columns are known that it is made from."""


@dataclass(frozen=True)
class _At:
    """Where in the template.

    path      the steps from its top, None for an element of an array
    capacity  how many such parts a row may have
    """

    path: tuple[str | None, ...] = ()
    capacity: int = 1

    def member(self, name: str) -> "_At":
        return _At((*self.path, name), self.capacity)

    def element(self, most: int) -> "_At":
        return _At((*self.path, None), self.capacity * max(most, 1))

    @property
    def in_array(self) -> bool:
        return None in self.path

    def __str__(self) -> str:
        return "template" + "".join("[]" if step is None else f".{step}" for step in self.path)


class DocumentTemplate:
    """The parts of a template for a column, and what they need of its row."""

    def __init__(self, spec: ColumnSpec) -> None:
        self._spec = spec
        self.needs: dict[Need, None] = {}
        self.capacity = 1
        self._entities: dict[tuple[tuple[str | None, ...], EntityKey], Selector] = {}

    def part(self, value: Json, at: _At = _At()) -> Build:
        """A part of the document. Raises Refusal, with its path."""
        if len(at.path) > MOST_LEVELS:
            raise Refusal(
                f"template: more than {MOST_LEVELS} levels within each other", "make the documents flatter"
            )
        if isinstance(value, Mapping):
            return self._mapping(value, at)
        if isinstance(value, list | tuple):
            if len(value) != 1:
                raise Refusal(
                    f"{at}: a list has one element, from which its arrays are made, not {len(value)}",
                    'say [element], or {"array": element, "length": [least, most]}',
                )
            return self._array(value[0], DEFAULT_LENGTH, at)
        constant = SameValue(_constant(value, at))
        return lambda _: constant

    def _mapping(self, value: Mapping[str, Json], at: _At) -> Build:
        keys = set(value)
        if "data_type" in keys:
            return self._leaf(dict(value), at)
        if "array" in keys and keys <= {"array", "length"}:
            return self._array(value["array"], value.get("length", DEFAULT_LENGTH), at)
        if keys == {"column"} and isinstance(value["column"], str):
            return self._copy(value["column"], at)
        if keys == {"object"} and isinstance(value["object"], Mapping):
            return self._object(value["object"], at)
        return self._object(value, at)

    def _object(self, value: Mapping[str, Json], at: _At) -> Build:
        folded: dict[str, str] = {}
        for name in value:
            if not name or "\0" in name:
                raise Refusal(f"{at}: a member's name has at least one character, and no NUL", "name it")
            other = folded.setdefault(name.lower(), name)
            if other != name:
                raise Refusal(f"{at}: {other!r} and {name!r} differ by case alone", "rename one")
        members = [(name, self.part(part, at.member(name))) for name, part in value.items()]
        return lambda answers: Object(tuple((name, build(answers)) for name, build in members))

    def _array(self, element: Json, length: Json, at: _At) -> Build:
        least, most = _length(length, at)
        inner = at.element(most)
        if inner.capacity > MOST_ELEMENTS or self._spec.rows * inner.capacity > MAX_ROWS:
            raise Refusal(
                f"{at}: up to {inner.capacity:,} elements a row, {MOST_ELEMENTS:,} are possible",
                "make the arrays shorter",
            )
        self.capacity = max(self.capacity, inner.capacity)
        lengths = Uniform(self._stream(at, "length"), most - least + 1)
        build = self.part(element, inner)
        return lambda answers: Array(build(answers), lengths, least, max(most, 1))

    def _copy(self, name: str, at: _At) -> Build:
        self.needs[name] = None

        def build(answers: Answers) -> Node:
            source = answers[name]
            assert isinstance(source, Source), "a column answers with its values"
            _check_no_bytes(source.type, at)
            return CopiedColumn(source)

        return build

    # --- leaves

    def _leaf(self, declared: JsonObject, at: _At) -> Build:
        column = self._column(declared, at)
        spec = replace(
            self._spec,
            column=column.model_copy(update={"name": self._name(at)}),
            rows=self._spec.rows * at.capacity,
            key=False,
        )
        assert self._spec.rules is not None, "the planner gives every column the rules"
        said = column.rule_spec or RuleSpec(name=self._spec.rules.usual(column.type.kind))
        try:
            rule = self._spec.rules(said, column.type.kind)
            of_entity = rule.entity_rule
            values = self._of_entity(of_entity, said.name, spec, at) if of_entity else rule.build(spec)
            if isinstance(values, Derived):
                return self._derived(values, column, spec, at)
            check_width(column, values)
        except Refusal as refusal:
            raise Refusal(f"{at}: {refusal.message}", refusal.mend) from None
        kernel = spec.kernel(values)
        leaf = Leaf(column.type, self._with_nulls(kernel, column, spec))
        return lambda _: leaf

    def _derived(self, derived: Derived, column: Column, spec: ColumnSpec, at: _At) -> Build:
        if at.in_array:
            raise Refusal("the elements of an array are not made from the row's columns", "draw them")
        if any(isinstance(need, Siblings | RowsBelow) for need in derived.needs):
            # who plans another table alone would not know that rows have to stand together
            raise Refusal(
                "what looks at other rows is no part of a document",
                'make it a column, which may be hidden, and say {"column": its name}',
            )
        if derived.over_table:
            raise Refusal(
                "a sum or exact shares over all rows are no part of a document",
                'make it a column, which may be hidden, and say {"column": its name}',
            )
        self.needs.update(dict.fromkeys(derived.needs))

        def build(answers: Answers) -> Node:
            try:
                kernel = derived.finish([answers[need] for need in derived.needs])
                check_width(column, kernel)
            except Refusal as refusal:
                raise Refusal(f"{at}: {refusal.message}", refusal.mend) from None
            return Leaf(column.type, self._with_nulls(kernel, column, spec))

        return build

    def _column(self, declared: JsonObject, at: _At) -> Column:
        for name, mend in _NOT_IN_LEAVES.items():
            if declared.get(name):
                raise Refusal(f"{at}: {name} is not possible in a document", mend)
        if declared.get("null_fraction"):
            declared.setdefault("required", False)
        try:
            column = Column.model_validate({**declared, "name": "value"})
        except ValidationError as error:
            words = "; ".join(
                f"{dotted(one['loc'])}: {sentence(one)}".removeprefix(": ") for one in details_of(error)
            )
            raise Refusal(f"{at}: {words}", "declare it as a column is") from None
        _check_no_bytes(column.type, at)
        return column

    def _of_entity(self, rule: EntityRule, name: str, spec: ColumnSpec, at: _At) -> Kernel:
        """The values of a leaf that speaks of what columns of the row, and other leaves, speak of.

        Within an array each element has a thing of its own.
        """
        key = (name, rule.entity)
        known = self._spec.entities.get(key) or Entity(spec.seed, spec.table, *key)
        entity = known.joined_by(Member(spec, rule))
        domain = entity.values(spec)
        place = at.path[: len(at.path) - at.path[::-1].index(None)] if at.in_array else ()
        if (place, key) not in self._entities:
            stream = entity.stream(self._name(_At(place)) if place else "")
            self._entities[place, key] = Shared(Uniform(stream, entity.world.natural))
        return Drawn(self._entities[place, key], domain)

    def _with_nulls(self, kernel: Kernel, column: Column, spec: ColumnSpec) -> Kernel:
        share = column.null_fraction
        if share is None and not column.required and not kernel.facts.nullable:
            share = DEFAULT_NULL_FRACTION
        return Nullable(kernel, Chance(spec.stream("null"), share)) if share else kernel

    def _name(self, at: _At) -> str:
        """The name of a part's streams: no two paths have the same."""
        return self._spec.column.name + json.dumps(at.path, ensure_ascii=False)

    def _stream(self, at: _At, purpose: str) -> Stream:
        return Stream.named(self._spec.seed, self._spec.table, self._name(at), purpose)


def _check_no_bytes(type_: SqlType, at: _At) -> None:
    if type_.kind is Kind.BINARY:
        raise Refusal(f"{at}: JSON has no bytes", "make it text")


def _length(length: Json, at: _At) -> tuple[int, int]:
    ends = length if isinstance(length, list | tuple) else (length, length)
    least, most = ends if len(ends) == 2 else (None, None)
    if not _is_whole(least) or not _is_whole(most) or not 0 <= least <= most:
        raise Refusal(f"{at}: {length!r} is no length of an array", "say [least, most], such as [0, 5], or 3")
    return least, most


def _is_whole(value: Json) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _constant(value: Json, at: _At) -> Scalar:
    if not _is_scalar(value) or (_is_whole(value) and not -(1 << 63) <= value < 1 << 63):
        raise Refusal(
            f"{at}: {value!r} is not a value of JSON that is possible here",
            "say text, a number of up to 64 bits, true, false, null, an object or an array",
        )
    return value


def _is_scalar(value: Json) -> TypeGuard[Scalar]:
    """Whether JSON has it, which has no NaN, no half of a character, and no dates as YAML has."""
    try:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError):
        return False
    return True
