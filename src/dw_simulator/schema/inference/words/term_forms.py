"""From the lines of an entry of the vocabulary to guesses: one for each form that a column may ask for.

What the lines are is in docs/vocabulary.md. `values` with `codes` is a choice among texts, among shorter ones
where the column is too short for these, and among whole numbers; `between` are numbers; `period` are moments.
"""

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from dw_simulator.schema.inference.guesses import DATES, LAST_YEARS, TEXTS, Fields, Guess
from dw_simulator.schema.json_data import Json, JsonObject, object_of
from dw_simulator.types import NUMERIC_KINDS, Kind

_FLAG = frozenset({Kind.BOOLEAN})
_WHOLE = frozenset({Kind.INTEGER, Kind.DECIMAL})
_FRACTIONS = frozenset({Kind.DECIMAL, Kind.FLOAT})
_NO_END = 1 << 30
_SAID = frozenset({"local", "unique", "beside", "flag", "others", "percent", "share"})
_PLACEHOLDER = re.compile(r"\{(\w+)(?::([^{}]*))?\}")
_ROW_PLACES = 10
_NUMERIC = frozenset({"numbers", "between", "whole"})


@dataclass(frozen=True)
class _Common:
    """What all forms of an entry share."""

    meaning: str
    part: tuple[str, str] | None
    words: frozenset[str]
    null: float | None

    def guess(self, kinds: frozenset[Kind], fields: Fields, key: str = "", length: int = 0) -> Guess:
        """A form. key: with the lengths of the column behind it, as `rule@12..36`."""
        least, most = _lengths(key, length)
        return Guess(
            "",
            kinds,
            self.meaning,
            fields,
            least,
            "unique" in self.words,
            self.part,
            "local" in self.words,
            most,
            "beside" not in self.words,
            others="others" in self.words,
            percent=True if "percent" in self.words else False if "share" in self.words else None,
            null=self.null,
        )


def _lengths(key: str, length: int) -> tuple[int, int]:
    _, _, said = key.partition("@")
    least, _, most = said.partition("..")
    return int(least or length), int(most or _NO_END)


def forms(lines: tuple[tuple[str, str], ...]) -> list[Guess]:
    """The guesses of an entry's lines. Raises ValueError for what no line says."""
    said = {key.partition("@")[0]: rest for key, rest in lines}
    if unknown := said.keys() - _KEYS:
        raise ValueError(f"{', '.join(sorted(unknown))}: no line of an entry is called so")
    words = frozenset(said.get("say", "").split())
    if words - _SAID:
        raise ValueError(f"say: {', '.join(sorted(words - _SAID))}")
    counts = {len(rest.split("|")) for key, rest in lines if key.partition("@")[0] == "values"}
    for key, rest in lines:
        if key.partition("@")[0] == "codes" and len(rest.split("|")) not in counts:
            raise ValueError(f"as many codes as no values: {rest}")
    rule, _, field = said.get("part", "").partition(".")
    null = float(said["null"]) if "null" in said else None
    common = _Common(said["as"], (rule, field) if field else None, words, null)
    made = [
        guess
        for key, rest in lines
        if (make := _MAKERS.get(key.partition("@")[0])) is not None
        for guess in make(common, key, rest, lines)
    ]
    # of several patterns, the one that fills the column comes first
    made.sort(key=lambda guess: guess.code)
    patterns = sum(key == "pattern" for key, _ in lines)
    return sorted(made, key=lambda guess: not _fills(guess)) if patterns > 1 else made


def _fills(guess: Guess) -> bool:
    rule = guess.fields.get("rule")
    return isinstance(rule, Mapping) and rule.get("name") == "pattern" and guess.length == guess.most


Lines = tuple[tuple[str, str], ...]


def weighted(text: str) -> tuple[list[str], list[float]]:
    """The values of a line, and their weights.

    >>> weighted("paid=60 | open")
    (['paid', 'open'], [60.0, 1.0])
    """
    values, weights = [], []
    for one in text.split("|"):
        value, equals, weight = one.strip().rpartition("=")
        is_weight = equals and re.fullmatch(r"[0-9.]+", weight)
        values.append(value if is_weight else one.strip())
        weights.append(float(weight) if is_weight else 1.0)
    return values, weights


def _choice(values: list[Json], weights: list[float]) -> Fields:
    rule: JsonObject = {"name": "choice", "values": values}
    if len(set(weights)) > 1:
        rule["weights"] = [int(weight) if weight == int(weight) else weight for weight in weights]
    return {"rule": rule}


def _values(common: _Common, key: str, rest: str, lines: Lines) -> Iterator[Guess]:
    values, weights = weighted(rest)
    long = common.guess(TEXTS, _choice([*values], weights), key, _longest(values))
    short = []
    for line, codes in lines:
        if line.partition("@")[0] == "codes":
            listed = [one.strip() for one in codes.split("|")]
            if len(listed) != len(values):
                continue  # of other values
            short.append(common.guess(TEXTS, _choice([*listed], weights), line, _longest(listed)))
    short.sort(key=lambda guess: -guess.length)
    yield long
    yield from (replace(guess, code=True) for guess in short)
    numbered = any(line in _NUMERIC for line, _ in lines)
    if short and not numbered:
        yield common.guess(_WHOLE, _choice([*range(1, len(values) + 1)], weights))


def _longest(texts: list[str]) -> int:
    return max(len(text.encode()) for text in texts)


def _numbers(common: _Common, key: str, rest: str, lines: Lines) -> Iterator[Guess]:
    if rest == "none":
        return
    if rest.endswith(".."):
        _, weights = weighted(next(text for name, text in lines if name.partition("@")[0] == "values"))
        first = int(rest.removesuffix(".."))
        values: list[Json] = [*range(first, first + len(weights))]
    else:
        texts, weights = weighted(rest)
        values = [float(text) if "." in text else int(text) for text in texts]
    yield common.guess(NUMERIC_KINDS, _choice(values, weights), key)


def _pattern(common: _Common, key: str, rest: str, _lines: Lines) -> Iterator[Guess]:
    width = pattern_width(rest)
    fields: Fields = {"rule": {"name": "pattern", "pattern": rest}}
    least, most = _lengths(key, width)
    if most == _NO_END:
        yield replace(common.guess(TEXTS, fields, "", width), most=width)
    yield replace(common.guess(TEXTS, fields, "", max(least, width)), most=most)


def pattern_width(pattern: str) -> int:
    """The characters of a pattern's longest text.

    >>> pattern_width("SKU-{digits:6}"), pattern_width("{choice:A|BB}{number:1-999}{check:iban}")
    (10, 7)
    """
    return sum(map(_width, _PLACEHOLDER.finditer(pattern))) + len(
        _PLACEHOLDER.sub("", pattern).replace("{{", "{").replace("}}", "}").encode()
    )


def _width(found: re.Match[str]) -> int:
    name, said = found[1], found[2] or ""
    if name == "choice":
        return max(len(one.encode()) for one in said.split("|"))
    if name == "check":
        return 2 if said in ("iban", "cpf", "cnpj", "nir", "nss", "niss") else 1
    if name == "row":
        return int(said or _ROW_PLACES)
    most = said.rpartition("-")[2]
    return len(most) if name == "number" else int(most)


def _rule(common: _Common, key: str, rest: str, _lines: Lines) -> Iterator[Guess]:
    name, *options = rest.split()
    yield common.guess(TEXTS, {"rule": {"name": name, **_options(options)}}, key, 1)


def _options(options: list[str]) -> JsonObject:
    found: JsonObject = {}
    for one in options:
        name, _, value = one.partition("=")
        try:
            found[name] = json.loads(value)
        except ValueError:
            found[name] = value
    return found


def _faker(common: _Common, key: str, rest: str, _lines: Lines) -> Iterator[Guess]:
    yield common.guess(TEXTS, {"faker_rule": rest}, key, 1)


def _between(common: _Common, key: str, rest: str, lines: Lines) -> Iterator[Guess]:
    bounds, *shape = rest.split()
    low, _, high = bounds.partition("..")
    fields: JsonObject = {"min_value": _number(low), "max_value": _number(high)}
    drawn: JsonObject = {}
    if shape:
        drawn = _options(shape[1:])
        if "median" in drawn:  # of a lognormal shape: easier to say than the mean of a logarithm
            drawn["mean"] = round(math.log(float(str(drawn.pop("median")))), 3)
    said = dict(lines)
    if "points" in said or "round" in said:
        price: JsonObject = {"name": "price"}
        if shape:
            price["rule"] = {"name": shape[0], **drawn}
        if "points" in said:
            points, weights = weighted(said["points"])
            price["points"] = [_number(one) for one in points]
            price |= {"weights": [*weights]} if len(set(weights)) > 1 else {}
        price |= {"round_to": _number(said["round"])} if "round" in said else {}
        fields["rule"] = price
    elif shape[:1] == ["geometric"] and fields["min_value"] == 0 and (listed := _from_none(fields, drawn)):
        fields["rule"] = listed
    elif shape:
        fields["distribution"] = {"type": shape[0], "parameters": drawn}
    name = key.partition("@")[0]
    kinds = {"between": NUMERIC_KINDS, "whole": _WHOLE, "fraction": _FRACTIONS}[name]
    yield replace(common.guess(kinds, fields, key), whole={"whole": True, "fraction": False}.get(name))


def _from_none(fields: JsonObject, drawn: JsonObject) -> JsonObject:
    """A number of failures, which may be none: the rule counts trials, of which there is one at least.

    >>> _from_none({"max_value": 2}, {"p": 0.5})
    {'name': 'choice', 'values': [0, 1, 2], 'weights': [50, 25, 12.5]}
    """
    share = float(str(drawn["p"]))
    seldom = math.ceil(math.log(_NEARLY_NONE) / math.log(1 - share))
    most = min(int(str(fields["max_value"])), seldom)
    if most > _MOST_LISTED:
        return {}
    weights = [round(100 * share * (1 - share) ** count, 4) for count in range(most + 1)]
    return dict(object_of(_choice([*range(most + 1)], weights)["rule"]))


_NEARLY_NONE, _MOST_LISTED = 0.0005, 60


def _number(text: str) -> int | float:
    return float(text) if "." in text else int(text)


def _share(common: _Common, key: str, rest: str, _lines: Lines) -> Iterator[Guess]:
    share = float(rest)
    yield common.guess(_FLAG, {"rule": {"name": "boolean", "true_share": share}}, key)
    for guess in written_flags(share, common.meaning, common.null):
        if guess.kinds == TEXTS or "flag" in common.words:
            yield guess


def written_flags(share: float, meaning: str, null: float | None = None) -> Iterator[Guess]:
    """Flags that are no BOOLEAN: Y and N in a text of one character, 1 and 0 in a number."""
    percent = [round(share * 100, 2), round(100 - share * 100, 2)]
    letters, numbers = _choice(["Y", "N"], percent), _choice([1, 0], percent)
    yield Guess("", TEXTS, meaning, letters, 1, local=True, most=1, null=null)
    yield Guess("", TEXTS, meaning, _choice(["Yes", "No"], percent), 3, most=3, null=null)
    yield Guess("", _WHOLE, meaning, numbers, whole=True, null=null)


def _period(common: _Common, key: str, rest: str, _lines: Lines) -> Iterator[Guess]:
    start, _, end = rest.partition("..")
    fields: Fields = LAST_YEARS
    if rest != "last":
        fields = {"date_start": str(date.fromisoformat(start)), "date_end": str(date.fromisoformat(end))}
    yield common.guess(DATES, fields, key)


_MAKERS: Mapping[str, Callable[[_Common, str, str, Lines], Iterator[Guess]]] = {
    "values": _values,
    "numbers": _numbers,
    "pattern": _pattern,
    "rule": _rule,
    "faker": _faker,
    "between": _between,
    "whole": _between,
    "fraction": _between,
    "share": _share,
    "period": _period,
}
_KEYS = {*_MAKERS, "codes", "of", "with", "as", "part", "say", "null", "points", "round"}
