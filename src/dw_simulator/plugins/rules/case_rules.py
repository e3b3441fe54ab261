"""The rule of one case: a column as it would be if all rows were of that case."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Annotated, TypeAlias

from pydantic import JsonValue, SkipValidation, ValidationError, WithJsonSchema

from dw_simulator.engine.rows import Selector
from dw_simulator.engine.selectors.sampling import Chance, Shared, Uniform
from dw_simulator.engine.values.base import Domain, Drawn, Kernel, Nullable
from dw_simulator.errors import Refusal
from dw_simulator.planning.columns.rule_values import check_width
from dw_simulator.ports.needs import (
    Answer,
    Derived,
    RowsBelow,
    Siblings,
)
from dw_simulator.ports.rule import (
    ColumnSpec,
    Entity,
    EntityRule,
    Member,
    Rule,
)
from dw_simulator.schema.complaints import details_of, dotted, sentence
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.model import Column, RuleSpec

ANY_RULE = WithJsonSchema({"type": ["object", "null"], "additionalProperties": True})
Options: TypeAlias = Annotated[dict[str, Annotated[JsonValue, SkipValidation]] | None, ANY_RULE]
"""A rule and its options, or what tells it from the common one; null for NULL."""

_OF_COLUMN = ("min_value", "max_value", "date_start", "date_end", "null_fraction")


class Said:
    """What is said of a case: a rule, its options, and what tells the column in this case from itself."""

    def __init__(self, said: Mapping[str, Json]) -> None:
        self._said = said
        self.column = {name: said[name] for name in _OF_COLUMN if name in said}

    @cached_property
    def rule(self) -> RuleSpec:
        """The rule, read once for all columns that ask about the case. Raises Refusal, ValidationError."""
        options = {name: value for name, value in self._said.items() if name not in _OF_COLUMN}
        if not isinstance(options.get("name"), str):
            raise Refusal("it names no rule", 'say {"name": ...}')
        return RuleSpec.model_validate(options)


@dataclass(frozen=True)
class CaseColumns:
    """A column whose rule goes by cases, and the others of its table that go by the same ones.

    beside  those, and what each says of a case, by the case's name
    """

    spec: ColumnSpec
    beside: Sequence[tuple[Column, Mapping[str, Said | None]]]

    def derived(self, case: str, said: Said) -> Derived:
        """What a case's rule makes. Raises Refusal, with the case.

        case  its name, a JSON list of where its rule stands
        """
        try:
            return self._derived(case, said)
        except Refusal as refusal:
            raise _placed(case, refusal) from None

    def _derived(self, case: str, said: Said) -> Derived:
        spec, told, rule = self._read(self.spec.column, case, said)
        of_entity = rule.entity_rule
        made: Domain | Kernel | Derived
        if of_entity is None:
            made = rule.build(spec)
        else:
            selector, domain = self._of_entity(case, Member(spec, of_entity), told.name)
            made = Drawn(selector, domain)
        if isinstance(made, Derived):
            if any(isinstance(need, Siblings | RowsBelow) for need in made.needs):
                # who plans another table alone would not know that rows have to stand together
                raise Refusal(
                    "what looks at other rows is no case",
                    'make it a column, which may be hidden, and say {"name": "expression", "sql": its name}',
                )
            if made.over_table:
                raise Refusal(
                    "a sum or exact shares over all rows are none over those of a case",
                    "make it a column of its own, which all rows have",
                )
            inner = made
            return Derived(inner.needs, lambda found: _finished(case, spec, inner, found))
        check_width(spec.column, made)
        kernel = spec.kernel(made)
        return Derived((), lambda _: _with_nulls(kernel, spec))

    def _read(self, column: Column, case: str, said: Said) -> tuple[ColumnSpec, RuleSpec, Rule]:
        """A column in a case, and its rule there."""
        try:
            rule_spec = said.rule
            told = _narrowed(column, said.column)
        except ValidationError as error:
            words = "; ".join(
                f"{dotted(one['loc'])}: {sentence(one)}".removeprefix(": ") for one in details_of(error)
            )
            raise Refusal(words, "a case's bounds lie within those of the column") from None
        assert self.spec.rules is not None, "the planner gives every column the rules"
        made = told.changed(name=f"{column.name}{case}", rule=rule_spec)
        rule = self.spec.rules(rule_spec, made.type.kind)
        return replace(self.spec, column=made, key=False), rule_spec, rule

    def _of_entity(self, case: str, own: Member[EntityRule], name: str) -> tuple[Selector, Domain]:
        """What says which thing a row speaks of, and the values of a case that speaks of it.

        Columns that go by the same cases speak of the same thing, where their rules in a case do.
        """
        key = (name, own.rule.entity)
        if known := self.spec.entities.get(key):
            other = known.members[0].name
            raise Refusal(
                f"{other} speaks of the same {name} in all rows",
                f'give {other} the same cases, or say "entity", another name',
            )
        members = [own]
        for column, cases in self.beside:
            said = cases.get(case)
            with suppress(Refusal):  # which is told of that column
                if said is not None and said.rule.name == name:
                    spec, _, rule = self._read(column, case, said)
                    if rule.entity_rule is not None and rule.entity_rule.entity == own.rule.entity:
                        members.append(Member(spec, rule.entity_rule))
        order = [] if self.spec.owner is None else [f"{one.name}{case}" for one in self.spec.owner.columns]
        members.sort(key=lambda member: order.index(member.name) if member.name in order else 0)
        entity = Entity(self.spec.seed, self.spec.table, *key, tuple(members))
        return Shared(Uniform(entity.stream(), entity.world.natural)), entity.world.column(own.name)


def _finished(case: str, spec: ColumnSpec, inner: Derived, found: Sequence[Answer]) -> Kernel:
    try:
        kernel = inner.finish(found)
        check_width(spec.column, kernel)
    except Refusal as refusal:
        raise _placed(case, refusal) from None
    return _with_nulls(kernel, spec)


def _with_nulls(kernel: Kernel, spec: ColumnSpec) -> Kernel:
    share = spec.column.null_fraction
    return Nullable(kernel, Chance(spec.stream("null"), share)) if share else kernel


def _narrowed(column: Column, said: Mapping[str, Json]) -> Column:
    """A column as it would be in a case that says more of it. Raises ValidationError."""
    if not said and all(getattr(column, name) is None for name in _OF_COLUMN[:4]):
        return _plain(column.data_type, column.varchar_length, required=column.required)
    fields: dict[str, Json] = {
        "data_type": column.data_type,
        "required": column.required,
        "name": "value",
    }
    if column.varchar_length is not None:
        fields["varchar_length"] = column.varchar_length
    alone = Column.model_validate({**fields, **said})
    bounds = {name: _narrower(name, column, alone) for name in _OF_COLUMN[:4]}
    return Column.model_validate(alone.model_dump(exclude_none=True) | _present(bounds))


@lru_cache(maxsize=256)
def _plain(data_type: str, varchar_length: int | None, *, required: bool) -> Column:
    """A column of which nothing else is said."""
    return Column(name="value", data_type=data_type, varchar_length=varchar_length, required=required)


def _narrower(name: str, column: Column, alone: Column) -> Json:
    """The bound that holds in a case: the narrower one."""
    ends = [end for end in (getattr(column, name), getattr(alone, name)) if end is not None]
    if not ends:
        return None
    found = max(ends) if name in ("min_value", "date_start") else min(ends)
    return str(found)


def _present(bounds: Mapping[str, Json]) -> dict[str, Json]:
    return {name: end for name, end in bounds.items() if end is not None}


def _placed(case: str, refusal: Refusal) -> Refusal:
    """A refusal with the case it is of."""
    return Refusal(f"{'.'.join(json.loads(case))}: {refusal.message}", refusal.mend)
