"""Texts of whole words, codes, products and streets."""

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.support import column, made, planned, table, to_list

from dw_simulator.engine.columns import ViewColumn
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.values.base import Drawn
from dw_simulator.engine.values.facts import texts_of
from dw_simulator.engine.values.text import Assembled, Slices
from dw_simulator.errors import DwSimError, Refusal
from dw_simulator.plugins.rules import vocabulary
from dw_simulator.plugins.rules.corpus import KINDS
from dw_simulator.plugins.rules.free_text import Text
from dw_simulator.plugins.rules.products import Product
from dw_simulator.plugins.rules.streets import Street
from dw_simulator.ports.rule import ColumnSpec
from dw_simulator.schema.model import Column


def values(
    rule: str, rows: int = 3000, data_type: str = "VARCHAR(255)", unique: bool = False, **options: Any
) -> list[str]:
    columns = column("v", data_type, rule={"name": rule, **options}, is_unique=unique)
    return [text.decode() for text in made(planned(table("t", rows, columns)), "t")]


def spec(data_type: str, *, key: bool = False) -> ColumnSpec:
    return ColumnSpec(1, "t", Column(name="v", data_type=data_type), 10**6, key=key)


def slices(kernel: object) -> Slices:
    assert isinstance(kernel, Drawn)
    assert isinstance(kernel.domain, Slices)
    return kernel.domain


WORDS = {word for kind in KINDS for text in KINDS[kind] for word in re.findall(r"\S+", text)}


@given(low=st.integers(1, 3000), more=st.integers(0, 3000), kind=st.sampled_from(sorted(KINDS)))
@settings(max_examples=40, deadline=None)
def test_texts_are_whole_words_of_the_lengths_asked(low: int, more: int, kind: str) -> None:
    try:
        kernel = Text(min_length=low, max_length=low + more, kind=kind).build(spec("VARCHAR(65535)"))
    except Refusal:
        assume(False)
    domain = slices(kernel)
    index = np.arange(min(domain.size, 2000), dtype=np.uint64)
    found = texts_of(domain.decode(index))
    assert len(set(found)) == len(found)
    for text in found[:: max(len(found) // 40, 1)]:
        assert low <= len(text) <= low + more
        assert set(text.replace(".", "").split()) <= {word.replace(".", "") for word in WORDS}
        assert text[0].isupper()


@pytest.mark.parametrize(("low", "high"), [(20, 120), (100, 1000), (10, 4000), (2000, 2500)])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_lengths_are_spread_over_the_range(low: int, high: int, kind: str) -> None:
    lengths = [
        len(t) for t in values("text", 8000, "VARCHAR(4000)", min_length=low, max_length=high, kind=kind)
    ]
    shares = np.histogram(lengths, bins=5, range=(low, high + 1))[0] / len(lengths)
    assert shares.min() > 0.1
    assert shares.max() < 0.33


def test_texts_are_views_of_one_corpus() -> None:
    domain = slices(Text(max_length=4000).build(spec("VARCHAR(4000)")))
    column_ = domain.decode(np.arange(100, dtype=np.uint64))
    assert isinstance(column_, ViewColumn)
    assert column_.data is domain.data
    assert len(domain.data) < 400_000


def test_a_text_beyond_the_usual_length_needs_only_its_least_length() -> None:
    assert all(200 <= len(text) <= 400 for text in values("text", data_type="VARCHAR(1000)", min_length=200))


@pytest.mark.parametrize(
    ("options", "low", "high"),
    [
        ({}, 10, 10),
        ({"min_length": 60}, 60, 120),
        ({"min_length": 13, "max_length": 40}, 13, 40),
    ],
)
def test_unique_texts_keep_their_lengths(options: dict[str, int], low: int, high: int) -> None:
    found = values("text", 20_000, unique=True, **options)
    assert len(set(found)) == 20_000
    assert all(low <= len(text) <= high for text in found)


@pytest.mark.parametrize(
    ("rule", "options", "message"),
    [
        ("text", {"min_length": 9, "max_length": 5}, "exchange them"),
        ("text", {"max_length": 300}, "texts of up to 300 bytes do not fit"),
        ("text", {"min_length": 300}, "no text has 300 to 255 characters"),
        ("text", {"max_length": 70_000}, "max_length"),
        ("text", {"kind": "poem"}, "kind"),
        ("product", {"data_type": "VARCHAR(8)"}, "most names do not fit, the longest by"),
        ("street", {"data_type": "VARCHAR(8)"}, "most names do not fit"),
        ("street", {"data_type": "VARCHAR(20)", "unique": True, "numbered": True}, "most names do not fit"),
        ("code", {"length": 12, "data_type": "VARCHAR(4)"}, "values of up to 12 bytes do not fit"),
    ],
)
def test_what_cannot_be_is_refused(rule: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(DwSimError) as refused:
        values(rule, **options)
    assert message in str(refused.value)


# --- products and streets


@pytest.mark.parametrize("name", [name for name in vars(vocabulary) if name.isupper() and name[0] != "_"])
def test_words_are_listed_once(name: str) -> None:
    listed = getattr(vocabulary, name)
    assert len(set(listed)) == len(listed)


def test_names_are_of_their_words() -> None:
    things = "|".join(vocabulary.PRODUCT_THINGS)
    product = re.compile(rf"({'|'.join(vocabulary.PRODUCT_QUALITIES)}) ({things})")
    found = values("product", 5000)
    assert all(product.fullmatch(text) for text in found)
    assert len(set(found)) > 3500
    assert all(text in vocabulary.PRODUCT_THINGS for text in values("product", data_type="VARCHAR(20)"))
    street = rf"({'|'.join(vocabulary.STREET_NAMES)}) ({'|'.join(vocabulary.STREET_KINDS)})"
    assert all(re.fullmatch(street, text) for text in values("street"))
    houses = values("street", 5000, numbered=True)
    assert all(re.fullmatch(rf"[1-9]\d{{,2}} {street}", text) for text in houses)
    assert {int(text.split()[0]) for text in houses} == set(range(1, 200))


@pytest.mark.parametrize(
    ("rule", "number"),
    [(Product(), r" \d+$"), (Street(), r" \d+$"), (Street(numbered=True), r", Flat \d+$")],
)
def test_a_number_follows_only_when_all_names_are_taken(rule: Product | Street, number: str) -> None:
    domain = rule.build(spec("VARCHAR(100)", key=True))
    natural = domain.natural
    index = np.array([0, natural - 1, natural, 5 * natural + 3, domain.size - 1], dtype=np.uint64)
    found = texts_of(domain.decode(index))
    assert [re.search(number, text) is not None for text in found] == [False, False, True, True, True]


@pytest.mark.parametrize("rule", [Product(), Street(), Street(numbered=True)])
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_names_can_be_read_back(rule: Product | Street, data: st.DataObject) -> None:
    domain = rule.build(spec("VARCHAR(100)", key=True))
    index = data.draw(st.lists(st.integers(0, domain.size - 1), min_size=1, max_size=10))
    for i, text in zip(index, to_list(domain.decode(np.array(index, dtype=np.uint64))), strict=True):
        assert _index(domain, rule, text.decode()) == i


def _index(domain: Assembled, rule: Product | Street, text: str) -> int:
    """The inverse: from a name to its number."""
    found = re.fullmatch(r"(.*?)(?:(?:, Flat)? (\d+))?", text)
    assert found is not None
    streets = [f"{n} {k}" for n in vocabulary.STREET_NAMES for k in vocabulary.STREET_KINDS]
    if isinstance(rule, Product):
        quality, thing = found[1].split(" ", 1)
        place = vocabulary.PRODUCT_QUALITIES.index(quality)
        place += len(vocabulary.PRODUCT_QUALITIES) * vocabulary.PRODUCT_THINGS.index(thing)
    elif rule.numbered:
        house, street = found[1].split(" ", 1)
        place = int(house) - 1 + 199 * streets.index(street)
    else:
        place = streets.index(found[1])
    return place + domain.natural * (int(found[2]) - 1 if found[2] else 0)


def test_a_unique_column_draws_from_its_domain() -> None:
    plan = planned(table("t", 5, column("v", "VARCHAR(80)", rule={"name": "product"}, is_unique=True)))
    kernel = plan.table("t").columns[0].kernel
    assert isinstance(kernel, Drawn)
    assert len(set(to_list(kernel.values(Rows.run(0, 5))))) == 5
