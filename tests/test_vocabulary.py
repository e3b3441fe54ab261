"""The vocabulary is sound: each file parses, each phrase can be read from a name, each value has its code."""

from collections import defaultdict
from importlib.resources import files

import pytest

from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules.patterns import parsed
from dw_simulator.registry.manager import registry
from dw_simulator.registry.rulebook import Rulebook
from dw_simulator.schema import inference
from dw_simulator.schema.inference.candidates import rule_of
from dw_simulator.schema.inference.glossary import GlossaryEntry, all_guesses, plain_words, terms, terms_of
from dw_simulator.schema.inference.term_forms import pattern_width
from dw_simulator.schema.inference.tokens import read
from dw_simulator.schema.model import RuleSpec
from dw_simulator.types import Kind

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
