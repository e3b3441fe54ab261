"""Texts put together from parts, against the same texts derived one by one in Python."""

from functools import singledispatch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import to_list

from dw_simulator.engine.columns import ViewColumn
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.values.text import (
    HEX_DIGITS,
    Alternatives,
    AnyOf,
    Assembled,
    Characters,
    Codes,
    Fragment,
    Number,
    spelled,
    texts,
)

WORDS = (
    "",
    "a",
    "Zoë",
    "seven",
    "exactly8",
    "nine chars",
    "thirteen or so",
    "a text of more than 24 bytes ☃",
)


def fillers(count: int) -> tuple[Stream, ...]:
    return tuple(Stream.named(1, "fillers", str(k)) for k in range(count))


def decoded(domain: Assembled | Codes, index: list[int]) -> list[str]:
    return [text.decode() for text in to_list(domain.decode(np.array(index, dtype=np.uint64)))]


def in_base(number: int, alphabet: bytes, least: int) -> str:
    digits = ""
    while number or len(digits) < max(least, 1):
        number, digit = divmod(number, len(alphabet))
        digits = chr(alphabet[digit]) + digits
    return digits


@singledispatch
def form(part: Fragment, digit: int) -> str:
    """What a part writes for a digit, by its description."""
    raise TypeError(part)


@form.register
def _(part: AnyOf, digit: int) -> str:
    return part.texts()[digit].decode()


@form.register
def _(part: Number, digit: int) -> str:
    if part.omit_first and digit == 0:
        return ""
    return part.prefix + in_base(digit + part.first, part.alphabet, part.places)


@form.register
def _(part: Characters, digit: int) -> str:
    if part.even:
        number, more = divmod(digit, part.most - part.least + 1)
        length = part.least + more
        return in_base(number, part.alphabet, part.most)[part.most - length :]
    for length in range(part.least, part.most + 1):
        if digit < len(part.alphabet) ** length:
            return in_base(digit, part.alphabet, length) if length else ""
        digit -= len(part.alphabet) ** length
    raise IndexError(digit)


@form.register
def _(part: Alternatives, digit: int) -> str:
    for one in part.parts:
        if digit < one.radix:
            return form(one, digit)
        digit -= one.radix
    raise IndexError(digit)


def assembled(domain: Assembled, index: int) -> str:
    counters = [isinstance(part, Number) and part.omit_first for part in domain.parts]
    digits = {}
    for k in sorted(range(len(domain.parts)), key=counters.__getitem__):
        index, digits[k] = divmod(index, domain.parts[k].radix)
    return "".join(form(part, digits[k]) for k, part in enumerate(domain.parts))


words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6, unique=True).map(
    lambda some: AnyOf.of(*some)
)
alphabets = st.sampled_from([b"x", b"01", HEX_DIGITS, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", bytes(range(32, 127))])
lengths = st.tuples(st.integers(0, 8), st.integers(0, 8)).map(sorted)
characters = st.builds(
    lambda alphabet, span, even: Characters(alphabet, span[0], max(span[1], 1), even),
    alphabets,
    lengths,
    st.booleans(),
)
numbers = st.builds(
    Number,
    st.integers(1, 1 << 40),
    st.integers(0, 1 << 40),
    prefix=st.sampled_from(["", ":", " No. "]),
    alphabet=st.sampled_from([b"0123456789", HEX_DIGITS]),
    places=st.integers(1, 12),
)
counters = st.builds(
    Number, st.integers(1, 1000), st.just(1), st.just(True), st.sampled_from(["", "-", " Flat "])
)
simple = st.one_of(words, characters, numbers)
alternatives = st.lists(simple, min_size=1, max_size=4).map(lambda parts: Alternatives(tuple(parts)))
some_parts = st.lists(st.one_of(simple, alternatives, counters), min_size=1, max_size=5)


@given(parts=some_parts, data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_text_is_the_forms_of_its_digits(parts: list[Fragment], data: st.DataObject) -> None:
    domain = Assembled(tuple(parts))
    if domain.is_crowded:
        return
    index = data.draw(st.lists(st.integers(0, domain.size - 1), max_size=20))
    index += [0, domain.size - 1]
    expected = [assembled(domain, i) for i in index]
    assert decoded(domain, index) == expected
    for text in expected:
        assert domain.least <= len(text.encode()) <= domain.width


@given(alphabet=alphabets, count=st.integers(0, 8), data=st.data())
def test_a_number_is_spelled_by_its_digits(alphabet: bytes, count: int, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(alphabet) ** count - 1))
    word = int(spelled(np.array([number], dtype=np.uint64), alphabet, count)[0])
    text = word.to_bytes(8, "little")
    assert text[count:] == bytes(8 - count)
    assert text[:count].decode() == ("" if not count else in_base(number, alphabet, count))


@pytest.mark.parametrize("length", [1, 2, 7, 8, 9, 12, 13, 20])
def test_codes_count_in_base_36(length: int) -> None:
    codes = Codes(length)
    index = [0, 1, 35, 36, codes.size // 3, codes.size - 1]
    alphabet = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    found = decoded(codes, [i for i in index if i < codes.size])
    assert found == [in_base(i, alphabet, length) for i in index if i < codes.size]


def test_texts_of_many_steps_and_of_mixed_lengths_keep_their_places() -> None:
    domain = Assembled((AnyOf.of(*WORDS), Number(10**6, prefix="/"), AnyOf.of(*WORDS)))
    index = np.arange(40_000, dtype=np.uint64) * np.uint64(1_597)
    column = domain.decode(index.copy())
    assert isinstance(column, ViewColumn)
    found = [text.decode() for text in to_list(column)]
    assert found[::997] == [assembled(domain, int(i)) for i in index[::997]]
    assert len(set(found)) == len(found)


def test_short_texts_bring_no_buffer_along() -> None:
    column = texts(Codes(12), np.arange(20_000, dtype=np.uint64))
    assert len(column.data) == 0


def crowded() -> Assembled:
    word = Characters(b"abcdefghijklmnopqrstuvwxyz", 8, 8)
    return Assembled((word, word, AnyOf.of("-"), word), fillers(4))


@given(first=st.integers(0, (1 << 63) - 1), second=st.integers(0, (1 << 63) - 1))
@settings(max_examples=200, deadline=None)
def test_a_crowded_text_tells_every_two_indices_apart(first: int, second: int) -> None:
    domain = crowded()
    assert domain.size == 1 << 63
    one, other = decoded(domain, [first, second])
    assert (one == other) == (first == second)


def test_the_digits_that_tell_crowded_texts_apart_can_be_read_back() -> None:
    domain, radix = crowded(), 26**8
    index = [0, 1, radix - 1, radix, radix + 1, 12 * radix + 5, domain.size - 1, domain.size - radix]
    for i, text in zip(index, decoded(domain, index), strict=True):
        low = sum((ord(c) - 97) * 26**k for k, c in enumerate(text[7::-1]))
        shown = sum((ord(c) - 97) * 26**k for k, c in enumerate(text[15:7:-1]))
        # the second word is shifted by a number that only the first one decides
        start = decoded(domain, [low])[0]
        shift = sum((ord(c) - 97) * 26**k for k, c in enumerate(start[15:7:-1]))
        assert low + (shown - shift) % radix * radix == i


def test_every_place_of_a_crowded_text_takes_every_letter() -> None:
    index = np.random.default_rng(7).integers(0, 1 << 63, 20_000, dtype=np.uint64)
    found = np.array([list(text) for text in to_list(crowded().decode(index))])
    for place in [*range(16), *range(17, 25)]:
        counts = np.bincount(found[:, place] - ord("a"), minlength=26)
        # chi-square with 25 degrees of freedom: above 80 once in ten million
        assert ((counts - 20_000 / 26) ** 2 / (20_000 / 26)).sum() < 80


def test_even_alternatives_are_as_frequent_as_their_shares() -> None:
    parts = (AnyOf.of("x"), Characters(b"abcdefgh", 8, 8), AnyOf.of("y", "z"))
    several = Assembled((Alternatives(parts, (5, 3, 2), fillers(1)[0]),))
    index = np.random.default_rng(3).integers(0, several.size, 50_000, dtype=np.uint64)
    found = [text.decode() for text in to_list(several.decode(index))]
    for share, mine in ((0.5, "x"), (0.1, "y"), (0.1, "z")):
        assert abs(found.count(mine) / 50_000 - share) < 0.011  # five sigma and more
    long = [text for text in found if len(text) == 8]
    assert len(set(long)) > 0.99 * len(long)


def test_short_and_long_texts_side_by_side() -> None:
    """A view holds up to twelve bytes itself, and points to what is longer, whatever its neighbours are."""
    forms = ["", *("abcdefghijklmnopqrst"[:length] for length in (1, 4, 7, 8, 9, 11, 12, 13, 14, 16, 20))]
    index = np.arange(30_000, dtype=np.uint64) % np.uint64(len(forms) ** 2)
    found = to_list(texts(Assembled((AnyOf.of(*forms), AnyOf.of(*forms))), index))
    assert found == [(forms[k % len(forms)] + forms[k // len(forms)]).encode() for k in index.tolist()]
