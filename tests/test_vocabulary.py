"""The vocabulary is sound: each file parses, each phrase can be read from a name, each value has its code."""

import re
from collections import defaultdict
from importlib.resources import files
from pathlib import Path
from time import process_time

import pytest
from tests.support import column, made, planned, table

from dw_simulator import planning
from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules.patterns import parsed
from dw_simulator.registry.manager import registry
from dw_simulator.registry.rulebook import Rulebook
from dw_simulator.schema import inference, reading
from dw_simulator.schema.inference import infer
from dw_simulator.schema.inference.candidates import alone, open_columns, rule_of
from dw_simulator.schema.inference.words.glossary import (
    GlossaryEntry,
    all_guesses,
    by_phrase,
    plain_words,
    terms,
    terms_of,
)
from dw_simulator.schema.inference.words.lexicon import LOCALES, english, lexicon
from dw_simulator.schema.inference.words.term_forms import pattern_width
from dw_simulator.schema.inference.words.tokens import read
from dw_simulator.schema.model import Column, RuleSpec
from dw_simulator.schema.undeclared_parts import BY_TYPE_ALONE
from dw_simulator.types import Kind, sql_type

VOCABULARY = files(inference) / "data" / "vocabulary"
LEXICON = files(inference) / "data" / "lexicon"
ALL_RULES = Rulebook(registry())
SHORTEST_MEANING = 4


def test_each_file_names_its_sources() -> None:
    for folder in (VOCABULARY, LEXICON):
        for file in folder.iterdir():
            head = file.read_text(encoding="utf-8").split("\n\n")[0]
            assert "# Sources: " in head, file.name


@pytest.mark.parametrize("file", sorted(file.name for file in VOCABULARY.iterdir()))
def test_each_entry_says_something(file: str) -> None:
    for entry in terms_of((VOCABULARY / file).read_text(encoding="utf-8"), file):
        try:
            guesses = entry.guesses
        except (ValueError, KeyError) as error:
            raise AssertionError(f"{entry.place}: {error}") from error
        assert guesses, entry.place
        for guess in guesses:
            assert len(guess.meaning) >= SHORTEST_MEANING, entry.place
            assert "\n" not in guess.meaning


def test_each_phrase_is_what_a_name_is_read_as() -> None:
    wrong = set()
    for entry in terms():
        phrases = [text.strip(" =") for text in entry.phrases.split("|")]
        said = [noun for key, text in entry.lines if key == "of" for noun in text.split(",")]
        for text in (*phrases, *said):
            words = read("_".join(text.split())).words
            if words != plain_words(text):
                wrong.add(f"{entry.place}: {text!r} is read as {' '.join(words)!r}")
    assert not wrong, "\n".join(sorted(wrong))


def kinds_of(entry: GlossaryEntry) -> list[tuple[str, str]]:
    """Which types the lines of an entry are for, and of which lengths."""
    found = []
    for key, _ in entry.lines:
        name, _, lengths = key.partition("@")
        lengths = lengths or next((word for word in ("percent", "share") if ("say", word) in entry.lines), "")
        if name in {"values", "pattern", "rule", "faker"}:
            found.append(("text", lengths))
        elif name in {"numbers", "between", "whole", "fraction", "share", "period"}:
            found.append((name, lengths))
    return found


def test_no_phrase_stands_twice_for_the_same_noun() -> None:
    """But for other types or lengths."""
    places: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for entry in terms():
        for text in (text.strip() for text in entry.phrases.split("|")):
            phrase = text[:1].strip("abcdefghijklmnopqrstuvwxyz") + " ".join(plain_words(text.strip("=")))
            for noun in entry.nouns or ((),):
                for kind, lengths in dict.fromkeys(kinds_of(entry)):
                    whose = " ".join((*noun, *sorted(entry.beside)))
                    places[phrase, whose, kind, lengths].append(entry.place)
    twice = {key: found for key, found in places.items() if len({*found}) > 1 and not key[3]}
    assert not twice, "\n".join(f"{key}: {found}" for key, found in sorted(twice.items()))


def test_values_fit_their_codes() -> None:
    for entry in terms():
        for guess in entry.guesses:
            rule = rule_of(guess.fields)
            if rule.get("name") == "choice":
                values = rule["values"]
                assert isinstance(values, list)
                assert len({*map(str, values)}) == len(values), (entry.place, values)
                if Kind.TEXT in guess.kinds:
                    assert all(len(str(value).encode()) <= max(guess.length, 1) for value in values)


def test_every_rule_is_one_that_there_is() -> None:
    for guess in all_guesses():
        rule = rule_of(guess.fields)
        shape = guess.fields.get("distribution")
        if isinstance(shape, dict):
            rule = {"name": shape["type"], **shape["parameters"]}
        if rule:
            try:
                ALL_RULES(RuleSpec.model_validate(rule), min(guess.kinds))
            except Refusal as error:
                raise AssertionError(f"{guess.phrases}: {rule}: {error}") from error


def test_the_width_of_a_pattern_is_that_of_its_longest_text() -> None:
    for guess in all_guesses():
        rule = rule_of(guess.fields)
        if rule.get("name") == "pattern":
            pattern = str(rule["pattern"])
            assert pattern_width(pattern) >= parsed(pattern).longest - 8 * ("{row}" in pattern), pattern


def test_what_is_no_entry_is_told_with_its_place() -> None:
    with pytest.raises(ValueError, match=r"x\.txt, line 2: 'nothing' is no line of an entry"):
        list(terms_of("status\n  nothing\n", "x.txt"))
    (entry,) = terms_of("status\n  as: a status\n  value: a | b\n")
    with pytest.raises(ValueError, match="value: no line of an entry is called so"):
        _ = entry.guesses
    (entry,) = terms_of("status\n  as: a status\n  values: a | b\n  codes: A\n")
    with pytest.raises(ValueError, match="as many codes as no values: A"):
        _ = entry.guesses


# --- what columns alone are taken for

CASES = [
    [field.strip() for field in line.split("|", 4)]
    for line in (Path(__file__).parent / "vocabulary_cases.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def found_alone(owner: str, name: str, data_type: str) -> Column:
    own = table(owner, 60, column(name, data_type, required=False), column("x", "BINARY"))
    experiment = reading.parse({"name": "x", "tables": [own]}, strict_names=False)
    chosen = infer(experiment, ALL_RULES).tables[0].column(name)
    assert chosen is not None
    return chosen


def test_there_are_cases_in_seven_languages() -> None:
    assert len(CASES) >= 250
    spoken = {language for case in CASES for one in read(case[1]).languages for language in one}
    assert spoken == set(LOCALES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}.{case[1]}")
def test_what_a_column_means(case: list[str]) -> None:
    owner, name, data_type, meaning, _values = case
    told = found_alone(owner, name, data_type).inferred or ""
    told = "" if told.startswith(BY_TYPE_ALONE) else told
    assert told.removeprefix(f"{name} looks like ").split(" (")[0] == meaning


def test_the_values_are_such_as_they_mean() -> None:
    """Each column in a table of its own; lists are not even, and nothing is constant."""
    tables = []
    for place, (owner, name, data_type, _meaning, _values) in enumerate(CASES):
        chosen = found_alone(owner, name, data_type)
        own = chosen.model_dump(mode="json", exclude_defaults=True)
        tables.append(table(f"t{place}", 200, {**own, "required": True, "null_fraction": None}))
    the_plan = planned(*tables)
    for place, (_owner, name, data_type, meaning, expected) in enumerate(CASES):
        values = made(the_plan, f"t{place}", name)
        assert len({*map(str, values)}) > 1, (name, values[0])
        bounds = re.fullmatch(r"(-?[\d.]+?)\.\.(-?[\d.]+)", expected)
        if bounds:
            low, high = map(float, bounds.groups())
            unit = 10 ** sql_type(data_type).scale
            assert low * unit <= min(values) <= max(values) <= high * unit, (name, min(values), max(values))
        elif expected and meaning:
            texts = [value.decode() if isinstance(value, bytes) else str(value) for value in values]
            assert all(re.fullmatch(expected, text) for text in texts), (name, texts[:5])


def test_ten_thousand_columns_are_looked_up_in_a_second() -> None:
    ends = "status type amount date code name count rate price at flag number kg pct reason".split()
    types = ("INT", "VARCHAR(40)", "DECIMAL(10,2)", "DATE", "CHAR(1)", "BOOLEAN", "VARCHAR(200)")
    words = sorted(english())
    own = [
        table(
            f"{words[k * 3]}_{words[k * 4 + 1]}",
            5,
            *(
                column(f"{words[k + i * 7]}_{words[k * 2 + i]}_{ends[i % 15]}{i}", types[i % 7])
                for i in range(20)
            ),
        )
        for k in range(500)
    ]
    experiment = reading.parse({"name": "x", "tables": own}, strict_names=False)
    terms.cache_clear()
    by_phrase.cache_clear()
    lexicon()
    start = process_time()
    assert by_phrase()
    loaded = process_time()
    found = sum(
        alone(one, "") is not None for own in experiment.tables for one in open_columns(own, ALL_RULES)
    )
    assert found > 3000
    assert process_time() - loaded < 6, "about half a second on a machine of one's own"
    assert loaded - start < 1, "about 40 ms"


def test_a_code_and_its_label_agree() -> None:
    names = {"severity_code": "CHAR(1)", "severity_name": "VARCHAR(20)", "currency": "CHAR(3)"}
    names |= {"currency_name": "VARCHAR(30)", "priority": "INT", "priority_label": "VARCHAR(10)"}
    own = table("tickets", 300, *(column(name, data_type) for name, data_type in names.items()))
    experiment = infer(reading.parse({"name": "x", "tables": [own]}), ALL_RULES)
    the_plan = planning.plan(experiment, 1, ALL_RULES)
    for code, label in (
        ("severity_code", "severity_name"),
        ("currency", "currency_name"),
        ("priority", "priority_label"),
    ):
        both = {*zip(made(the_plan, "tickets", code), made(the_plan, "tickets", label), strict=True)}
        assert 1 < len(both) == len({one for one, _ in both}), both
    pairs = zip(
        made(the_plan, "tickets", "severity_code"), made(the_plan, "tickets", "severity_name"), strict=True
    )
    assert all(label[:1].upper() == code for code, label in pairs if code is not None)
