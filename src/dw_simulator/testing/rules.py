"""What a rule keeps: the law, the column's type and bounds, and good manners towards users."""

import itertools
import json
import math
import pickle
from collections.abc import Collection, Sequence
from fractions import Fraction
from functools import cache
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from dw_simulator.engine.bounds import declared
from dw_simulator.engine.columns import FixedColumn
from dw_simulator.engine.rows import BLOCK, Rows
from dw_simulator.engine.storage import dtype_of
from dw_simulator.errors import PlanError, Refusal
from dw_simulator.registry.cards import Card, card
from dw_simulator.registry.json_schema import rule_schema
from dw_simulator.registry.manager import Registry, registry
from dw_simulator.registry.rulebook import Rulebook, options_of
from dw_simulator.schema.json_data import object_of
from dw_simulator.schema.model import RuleSpec
from dw_simulator.testing.example import SEED, Example, Made, examples
from dw_simulator.types import NUMERIC_KINDS, TEMPORAL_KINDS, Kind

_NULLS = 0.3
_SIGMAS = 6
_FEW = 12


@cache
def _made(example: Example, seed: int = SEED, *, only: bool = False) -> Made:
    return example.made(seed, only=only)


class RuleContract:
    """Inherit it and name your rules; their `examples` are what is tested.

    rules     their names
    seedless  those of them whose values no seed changes, such as `sequence`
    known     where they are registered; in this process's registry where it is None
    """

    rules: ClassVar[Sequence[str]] = ()
    seedless: ClassVar[Collection[str]] = ()
    known: ClassVar[Registry | None] = None

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Every test is for a rule, or for an example of one."""
        if "rule" in metafunc.fixturenames:
            metafunc.parametrize("rule", self.rules)
        if "example" in metafunc.fixturenames:
            found = [one for rule in self.rules for one in examples(rule, self.known)]
            metafunc.parametrize("example", found, ids=str)

    def card(self, rule: str) -> Card:
        """What is to be known of a rule."""
        return card(self.known or registry(), "rule", rule)

    # --- manners

    def test_it_says_what_it_does(self, rule: str) -> None:
        shown = self.card(rule)
        assert shown.description.partition("\n")[0].strip(), f"the class of {rule} needs a docstring"
        assert shown.kinds, f"{rule} makes no kind of value; set `kinds`"
        for option in shown.options:
            assert option.description, f'{rule}.{option.name} needs Field(description="...")'
        found = (self.known or registry()).rules.get(rule)
        assert "name" not in options_of(found), "`name` is the rule's own"

    def test_it_has_examples(self, rule: str) -> None:
        assert self.card(rule).examples, (
            f"the class of {rule} needs `examples`, with {rule} in the last column"
        )

    def test_its_options_are_json_schema(self, rule: str) -> None:
        known = self.known or registry()
        definitions = rule_schema(known, rule)
        assert json.loads(json.dumps(definitions)) == definitions
        names = list(options_of(known.rules.get(rule)))
        (own, *_parts) = map(object_of, definitions.values())
        assert list(object_of(own["properties"])) == ["name", *names]

    def test_an_unknown_option_is_refused(self, rule: str) -> None:
        known = self.known or registry()
        found = known.rules.get(rule)
        names = list(options_of(found))
        wrong = f"{names[0]}{names[0][-1]}" if names else "no_such_option"
        with pytest.raises(Refusal) as refused:
            Rulebook(known)(RuleSpec(name=rule, **{wrong: 1}), next(iter(found.kinds)))
        assert f"the rule {rule} has no option {wrong!r}" in refused.value.message
        assert not names or "did you mean" in refused.value.message
        assert refused.value.mend

    # --- the law

    def test_it_can_be_planned(self, example: Example) -> None:
        made = _made(example)
        assert len(made.whole) == min(made.rows, len(made.whole)) > 0

    def test_a_slice_of_rows_has_the_slice_of_values(self, example: Example) -> None:
        made = _made(example)
        whole, count = made.whole, len(made.whole)
        cuts = sorted(
            {min(cut, count) for cut in (0, 1, count // 3, BLOCK - 1, BLOCK, BLOCK + 5, 2 * BLOCK, count)}
        )
        for start, stop in itertools.pairwise(cuts):
            _same(made.run(start, stop), whole.slice(start, stop - start), f"rows {start} to {stop}")
        assert len(made.run(count // 2, count // 2)) == 0

    def test_rows_in_any_order_have_their_own_values(self, example: Example) -> None:
        made = _made(example)
        order = np.random.default_rng(SEED).integers(0, len(made.whole), 3000)
        _same(made.at(order), made.whole.take(pa.array(order)), "rows in any order, some of them twice")
        for row in order[:_FEW].tolist():
            _same(made.run(row, row + 1), made.whole.slice(row, 1), f"row {row} alone")
        everything = np.arange(len(made.whole))
        _same(made.at(everything), made.whole, "rows one after another, given one by one")

    def test_the_last_rows_are_there(self, example: Example) -> None:
        made = _made(example)
        first = max(made.rows - 100, 0)
        _same(made.at(np.arange(first, made.rows)), made.run(first, made.rows), "the last rows")

    def test_it_survives_pickling(self, example: Example) -> None:
        made = _made(example)
        again = Made(pickle.loads(pickle.dumps(made.table)))  # noqa: S301 - our own
        few = min(made.rows, 2000)
        _same(again.run(0, few), made.whole.slice(0, few), "after pickling")

    def test_a_plan_made_again_is_the_same(self, example: Example) -> None:
        made, again = _made(example), _made(example, only=True)
        few = min(made.rows, 2000)
        _same(again.run(0, few), made.whole.slice(0, few), "the table planned alone")

    def test_within_the_table_it_has_the_same_values(self, example: Example) -> None:
        made = _made(example)
        few = min(made.rows, 2000)
        batch = made.table.chunk(0, few)
        names = [column.name for column in made.table.columns]
        values = batch.columns[names.index(made.column.name)]
        _same(made.run(0, few), made.flat(values), "with the other columns of its row")

    def test_other_columns_do_not_matter(self, example: Example) -> None:
        made, company = _made(example), example.in_company().made()
        few = min(made.rows, 2000)
        _same(company.run(0, few), made.whole.slice(0, few), "beside other columns and tables")

    def test_columns_of_one_entity_agree(self, example: Example) -> None:
        """Of two columns that say the same about one entity, each row has one value."""
        spec, kind = example.column.rule_spec, example.column.type.kind
        if spec is None or Rulebook(example.known)(spec, kind).entity_rule is None:
            return
        table = example.twinned().plan().table(example.table.name)
        few = min(table.rows, 2000)
        own, twin = (Made(table, name).run(0, few).to_pylist() for name in ("", "stranger_twin"))
        apart = [pair for pair in zip(own, twin, strict=True) if None not in pair and pair[0] != pair[1]]
        assert not apart, f"two columns say {apart[0][0]!r} and {apart[0][1]!r} of the same entity"

    def test_the_seed_decides(self, example: Example) -> None:
        made = _made(example)
        if example.rule in self.seedless or _is_constant(made.whole):
            return  # there is nothing to decide
        few = min(made.rows, 2000)
        others = (example.made(seed).run(0, few) for seed in (SEED + 1, 2**53 + 1, 12_345))
        own = made.whole.slice(0, few)
        assert any(not other.equals(own) for other in others), "other seeds give the same values"

    # --- the column

    def test_values_are_of_the_type(self, example: Example) -> None:
        made = _made(example)
        kind, type_ = made.column.type.kind, made.column.type
        values = made.values(Rows.run(0, len(made.whole)))
        if isinstance(values, FixedColumn):
            shapes: dict[Kind, tuple[int, ...]] = {Kind.UUID: (16,)}
            shape = (2,) if type_.bits == 128 else shapes.get(kind, ())
            wanted = np.dtype(np.uint8) if kind is Kind.UUID else dtype_of(type_)
            assert (values.values.dtype, values.values.shape[1:]) == (wanted, shape), type_.declared
        made.batch(values).validate(full=True)
        assert made.column.nullable or not made.whole.null_count, "NULL in a column that is none"
        present = made.whole.drop_null()
        if kind in (Kind.TEXT, Kind.BINARY) and len(present):
            assert pc.max(pc.binary_length(present)).as_py() <= type_.length, f"longer than {type_.declared}"
        if kind is Kind.FLOAT:
            assert pc.all(pc.is_finite(present)).as_py() is not False, "not a number, or infinite"
        if kind is Kind.JSON:
            shape_of = {"object": dict, "array": list}.get(type_.shape, object)
            for text in present.slice(0, 500).to_pylist():
                assert isinstance(json.loads(text), shape_of), f"{text} is no {type_.shape} of JSON"

    def test_values_keep_to_the_bounds(self, example: Example) -> None:
        made, column = _made(example), example.column
        values = made.values(Rows.run(0, len(made.whole)))
        if isinstance(values, FixedColumn) and column.type.kind in NUMERIC_KINDS:
            ends = [end for end in pc.min_max(made.whole).as_py().values() if end is not None]
            for end in map(Fraction, ends):
                assert column.min_value is None or end >= Fraction(column.min_value), (
                    f"{float(end)} is too low"
                )
                assert column.max_value is None or end <= Fraction(column.max_value), (
                    f"{float(end)} is too high"
                )
        if isinstance(values, FixedColumn) and column.type.kind in TEMPORAL_KINDS - {Kind.TIME}:
            moments = values.values if values.valid is None else values.values[values.valid]
            own = declared(column)
            assert own.low is None or not len(moments) or moments.min() >= own.low, "before date_start"
            assert own.high is None or not len(moments) or moments.max() <= own.high, "after date_end"

    def test_a_key_has_no_value_twice(self, example: Example) -> None:
        made, name = _made(example), example.column.name
        if made.column.type.kind is Kind.NESTED:
            return  # lists and structs are no keys
        present = made.whole.drop_null()
        if (name,) in example.table.keys:
            assert len(present.unique()) == len(present), "a value is there twice"
        if made.column.distinct is not None:
            assert len(present.unique()) <= made.column.distinct, "more values than it says there are"

    def test_nulls_come_as_often_as_asked_and_change_nothing_else(self, example: Example) -> None:
        made, column = _made(example), example.column
        if made.column.nullable or any(column.name in key for key in example.table.keys):
            return  # the example has NULLs of its own, or can have none
        varied = example.varied(required=False, null_fraction=_NULLS)
        if self._refused(varied):
            return
        holed = varied.made().whole
        count, expected = len(holed), _NULLS * len(holed)
        slack = _SIGMAS * math.sqrt(count * _NULLS * (1 - _NULLS)) + 1
        assert abs(holed.null_count - expected) <= slack, f"{holed.null_count} NULLs of {count}"
        there = holed.is_valid()
        _same(holed.filter(there), made.whole.filter(there), "where there is no NULL")

    @staticmethod
    def _refused(holed: Example) -> bool:
        """Whether an example with NULLs is refused, as they would break what its rule promises."""
        try:
            holed.made()
        except PlanError as error:
            return all("leave null_fraction out" in problem.mend for problem in error.problems)
        return False


def _is_constant(array: pa.Array) -> bool:
    """Whether every value is that of the row before."""
    return len(array) < 2 or array[1:].equals(array[:-1])


def _same(found: pa.Array, expected: pa.Array, where: str) -> None:
    if found.equals(expected):
        return
    pairs = zip(found.to_pylist(), expected.to_pylist(), strict=True)
    row, (ours, theirs) = next((k, pair) for k, pair in enumerate(pairs) if pair[0] != pair[1])
    pytest.fail(f"{where}: value {row} is {ours!r}, elsewhere it is {theirs!r}")
