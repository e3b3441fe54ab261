"""Texts of several shapes: no two indices give one text, and each shape has its share."""

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import to_list

from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.selectors.sampling import Slots
from dw_simulator.engine.values.base import Drawn
from dw_simulator.engine.values.pooled import Pooled, Sampled
from dw_simulator.engine.values.templates import Template, Templates, capacity

# literals of capital letters, pieces of digits of one length: a text has one reading
_LITERALS = st.text("ABCÄ", max_size=20)
_PIECES = st.integers(1, 3).flatmap(
    lambda length: st.lists(
        st.text("0123456789", min_size=length, max_size=length), min_size=1, max_size=8, unique=True
    ).map(tuple)
)


@st.composite
def _templates(draw: st.DrawFn) -> list[Template]:
    shapes = draw(
        st.dictionaries(
            st.lists(_LITERALS.filter(bool), min_size=1, max_size=4).map(tuple),
            st.none(),
            min_size=1,
            max_size=5,
        )
    )
    made = []
    for literals in shapes:
        pieces = tuple(draw(_PIECES) for _ in literals[1:])
        template = Template(literals, pieces)
        made.append(Template(literals, pieces, min(draw(st.integers(1, 5)), template.size)))
    return made


def decoded(domain: Templates, numbers: list[int]) -> list[str]:
    index = np.array(numbers, dtype=np.uint64)
    return [value.decode() for value in to_list(domain.decode(index))]


@settings(max_examples=60, deadline=None)
@given(templates=_templates())
def test_every_index_has_a_text_of_its_own(templates: list[Template]) -> None:
    domain = Templates.of(templates)
    texts = decoded(domain, list(range(min(domain.size, 3000))))
    assert len(set(texts)) == len(texts)
    assert max(len(text.encode()) for text in texts) <= domain.width
    assert domain.size == capacity(templates)


@settings(max_examples=30, deadline=None)
@given(templates=_templates(), numbers=st.lists(st.integers(0, 1 << 62), min_size=1, max_size=50))
def test_texts_are_those_of_their_templates(templates: list[Template], numbers: list[int]) -> None:
    """By an independent reading: a walk over literals and forms."""
    domain = Templates.of(templates)
    for text in decoded(domain, [number % domain.size for number in numbers]):
        assert any(_reads(text, template.literals, template.pieces) for template in templates)


def _reads(text: str, literals: tuple[str, ...], pieces: tuple[tuple[str, ...], ...]) -> bool:
    if not text.startswith(literals[0]):
        return False
    rest = text[len(literals[0]) :]
    if not pieces:
        return not rest
    return any(
        rest.startswith(form) and _reads(rest[len(form) :], literals[1:], pieces[1:]) for form in pieces[0]
    )


def test_shapes_have_their_shares_and_all_their_places_vary() -> None:
    digits = tuple("0123456789")
    few = Template(("a", *[""] * 6), (digits,) * 6, weight=3)
    many = Template(("b", *[""] * 12), (digits,) * 12, weight=1)
    beyond = Template(("c", *[""] * 30), (digits,) * 30, weight=1)
    domain = Templates.of([few, many, beyond])
    assert domain.size == 5 * (10**6 // 3)
    texts = decoded(domain, list(range(0, domain.size, 97)))
    shares = Counter(text[0] for text in texts)
    assert abs(shares["a"] / len(texts) - 0.6) < 0.01
    for kind in "abc":  # no place stays at its first form, however many texts there could be
        mine = [text for text in texts if text[0] == kind]
        assert all(len({text[k] for text in mine}) == 10 for k in range(1, len(mine[0])))


def test_the_last_index_of_a_domain_of_2_to_the_62_is_unlike_its_neighbours() -> None:
    hexadecimal = tuple(f"{number:02x}" for number in range(256))
    domain = Templates.of([Template(("",) * 17, (hexadecimal,) * 16)])
    last = decoded(domain, [domain.size - 1, domain.size - 2, domain.size // 2, 1, 0])
    assert len(set(last)) == 5
    assert {len(text) for text in last} == {32}
    rows = np.random.default_rng(1).integers(0, domain.size, 100_000, dtype=np.uint64)
    assert len(set(decoded(domain, rows.tolist()))) == len(set(rows.tolist()))


def test_samples_are_what_slots_of_a_pool_are() -> None:
    stream = Stream.named(3, "t", "c", "value")
    values = ["red", "green", "blue"]
    for draws in ([0, 0, 1, 2, 1, 0], [k * k % 3 for k in range(66_000)]):
        slow = Drawn(Slots(stream, np.array(draws, dtype=np.uint64), 3), Pooled.of(values))
        fast = Sampled.of(stream, draws, values)
        for rows in (Rows.run(5, 4000), Rows.at(np.array([2**40, 3, 3, 2**63], dtype=np.uint64))):
            assert to_list(fast.values(rows)) == to_list(slow.values(rows))
