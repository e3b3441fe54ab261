"""Regular expressions: every text matches, keys hold, and what is not supported is refused with its place."""

import re
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.support import column, made, planned, table, to_list

from dw_simulator.engine.rows import Rows
from dw_simulator.engine.values.base import is_domain
from dw_simulator.errors import DwSimError, Refusal
from dw_simulator.plugins.rules.regexes import Regex, parsed
from dw_simulator.ports.rule import ColumnSpec
from dw_simulator.schema.model import Column

V = "VARCHAR(500)"


def values(pattern: str, rows: int = 400, data_type: str = V, **fields: Any) -> list[str]:
    rule = {"name": "regex", "pattern": pattern}
    found = made(planned(table("t", rows, column("v", data_type, rule=rule, **fields))), "t")
    return [value.decode() for value in found]


@pytest.mark.parametrize(
    "pattern",
    [
        r"[A-Z]{2}\d{4}-[a-f]{3}",
        r"(AC|BX|Q)-\d{2,5}[a-f]?",
        r"[A-Z][a-z]{3,12}(_[a-z]{2,6})*",
        r"^\+49 (?:1[5-7]\d|30) [^\D0]\d{6}$",
        r"(?P<word>\w+\.){1,3}\w{2}",
        r".{20,30}|\S+\s\W{,3}",
        r"[äöü]{2,3}é+",
        r"a{3}b{2,}c{,2}d??e*?f+?",
        r"\(\[\{\\\^\$\.\|\?\*\+\)\]\}",
        r"[]\-\\a^]{4}[^]a]{3}[a-]{2}",
        r"((ab|c)?x(y|z){0,2}){1,4}",
        r"\d{100}",
        r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}",
    ],
)
def test_every_text_matches(pattern: str) -> None:
    found = values(pattern)
    assert all(re.fullmatch(pattern, text) for text in found)
    assert len(set(found)) > 1 or parsed(pattern).size == 1


@pytest.mark.parametrize(
    "pattern",
    [
        r"[A-Z]{2}\d{4}-[a-f]{3}",
        r"[A-Z][a-z]{3,12}(_[a-z]{2,6})*",
        r"(x|yy){0,40}",
        r"(AC|BX|Q)-\d{2,5}[a-f]?",
        r"[a-z]{20,30}",
        r"\d{1,20}[a-z]\d{1,20}",
        r"([a-z]{2,4},){2,5}[A-Z]+",
    ],
)
def test_a_key_never_repeats(pattern: str) -> None:
    found = values(pattern, 20_000, is_unique=True)
    assert len(set(found)) == 20_000
    assert all(re.fullmatch(pattern, text) for text in found)


def test_a_key_has_every_text_of_a_small_expression() -> None:
    expected = {a + b for a in ("a", "aa") for b in ("", "a", "b")}
    assert set(values("(a|aa)[ab]?", len(expected), is_unique=True)) == expected
    with pytest.raises(DwSimError, match=f"{len(expected)} values fit, 7 rows asked"):
        values("(a|aa)[ab]?", 7, is_unique=True)


def test_every_choice_is_even_where_values_may_repeat() -> None:
    found = values(r"(A|B\d{6}|C{1,3})", 9000)
    assert abs(found.count("A") - 3000) < 300
    assert abs(sum(text[0] == "B" for text in found) - 3000) < 300
    assert all(abs(found.count("C" * n) - 1000) < 200 for n in (1, 2, 3))


# --- expressions that are drawn

_classes = st.sampled_from(["[a-c]", "[^ -z]", r"\d", r"\w", ".", r"[\d_]", r"\s", "[xy-]", "é", "[é-í]"])
_atoms = st.one_of(_classes, st.sampled_from(["a", "b", "ab", r"\.", r"\\", "-"]))
_repeats = st.sampled_from(["", "", "?", "*", "+", "{2}", "{1,3}", "{,2}", "{2,}"])


def _more(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    repeated = st.builds("({}){}".format, inner, _repeats)
    return st.one_of(
        repeated, st.builds("{}{}".format, inner, inner), st.builds("(?:{}|{})".format, inner, inner)
    )


expressions = st.recursive(st.builds("{}{}".format, _classes, _repeats) | _atoms, _more, max_leaves=6)


def spec(*, key: bool = False, seed: int = 1) -> ColumnSpec:
    return ColumnSpec(seed, "t", Column(name="v", data_type="VARCHAR(9000)"), 1 << 40, key=key)


def _small(pattern: str) -> Regex:
    try:
        return Regex(pattern=pattern)
    except ValueError as error:
        assume("bytes, 1,000 are possible" not in str(error))
        raise


@given(pattern=expressions, seed=st.integers(0, 1000))
@settings(max_examples=150, deadline=None)
def test_texts_of_any_expression_match_it(pattern: str, seed: int) -> None:
    built = _small(pattern).build(spec(seed=seed))
    index = np.arange(64, dtype=np.uint64)
    if is_domain(built):
        column_ = built.decode(index % np.uint64(built.size))
    else:
        column_ = built.values(Rows.at(index))
    for text in to_list(column_):
        assert re.fullmatch(pattern, text.decode())


@given(pattern=expressions, data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_key_of_any_expression_tells_indices_apart_or_is_refused(pattern: str, data: st.DataObject) -> None:
    rule = _small(pattern)
    if rule._node.is_ambiguous and rule._node.size > 4096:
        with pytest.raises(Refusal, match="several ways"):
            rule.build(spec(key=True))
        return
    domain = rule.build(spec(key=True))
    assert is_domain(domain)
    index = data.draw(st.lists(st.integers(0, domain.size - 1), min_size=1, max_size=40, unique=True))
    found = to_list(domain.decode(np.array(index, dtype=np.uint64)))
    assert len(set(found)) == len(index)
    assert all(re.fullmatch(pattern, text.decode()) for text in found)


@given(pattern=expressions)
@settings(max_examples=200, deadline=None)
def test_an_expression_is_ambiguous_when_two_derivations_give_one_text(pattern: str) -> None:
    node = _small(pattern)._node
    assume(node.size <= 20_000)
    found = list(node.listed())
    assert len(found) == node.size
    assert node.is_ambiguous == (len(set(found)) < len(found))


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        (r"(a)\1", "position 4: a backreference is not supported"),
        (r"a(?=b)", "position 2: groups"),
        (r"(?i)a", "position 1: groups"),
        (r"a\b", r"position 2: \\b is not supported"),
        (r"a++", "position 3: possessive"),
        (r"a{2}{3}", "position 5: a repetition of a repetition"),
        (r"*a", r"position 1: there is nothing that '\*' could repeat"),
        (r"(ab", "position 1: this group is never closed"),
        (r"ab)", "position 3: this group was never opened"),
        (r"[ab", "position 1: this class is never closed"),
        (r"[b-a]", "position 2: this range ends before it begins"),
        (r"[^ -~]", "position 1: no printable character is left"),
        (r"[[a]", r"position 2: write \\\["),
        (r"a{4,2}", "position 2: at least 4 and at most 2"),
        (r"a$b", r"position 2: '\$' stands for the start or the end"),
        (r"a]", r"position 2: '\]' stands alone; write \\\]"),
        (r"\d{1001}", "up to 1,001 bytes, 1,000 are possible"),
        (r"(\w{900}){900}", "bytes, 1,000 are possible"),
        ("(" * 60 + "a" + ")" * 60, "groups stand more than 40 deep"),
        (r"(?P<a>x)(?P<a>y)", "Python does not take it"),
        (r"\d{600}", "up to 600 bytes do not fit"),
        (r"(ab|c){0,200}", "a group that is repeated 0 to 200 times has too many forms"),
    ],
)
def test_what_is_not_supported_is_refused_with_its_place(pattern: str, message: str) -> None:
    with pytest.raises(DwSimError) as refused:
        values(pattern)
    assert re.search(message, str(refused.value))


@pytest.mark.parametrize("pattern", [r"(\w+|\d+)x", r"\d{1,6}\d{1,6}", r"(a?){2,9}\d{6}"])
def test_an_ambiguous_key_is_refused(pattern: str) -> None:
    with pytest.raises(DwSimError, match=r"several ways, so that rows could not be told apart"):
        values(pattern, is_unique=True)
    assert all(re.fullmatch(pattern, text) for text in values(pattern))


@pytest.mark.parametrize(
    ("pattern", "ambiguous"),
    [
        ("".join(f"{chr(97 + k % 26)}?" for k in range(400)), True),
        ("".join(f"[{chr(0x4E00 + k)}]?" for k in range(200)), False),
        (r"[a-z]{0,450}[a-z]{0,450}", True),
        (r"[a-z]{0,450}-[a-z]{0,450}", False),
        (r"(x[a-z]{0,9}-){0,90}", False),
        (r"\w{1,900}", False),
    ],
)
def test_long_expressions_are_looked_through_at_once(pattern: str, ambiguous: bool) -> None:
    began = time.process_time()
    assert parsed(pattern).is_ambiguous == ambiguous
    assert time.process_time() - began < 2
