"""What things go through, as `data/lives.txt` tells it: an order is placed, paid, shipped, delivered."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Literal

from dw_simulator.schema.inference.moments.stage_reading import stage_of_word, tokens_of
from dw_simulator.schema.inference.words.tokens import plain_words, read, singular
from dw_simulator.schema.json_data import Json, JsonObject

Words = tuple[str, ...]
LifeKind = Literal["course", "period", "ends", "marks"]

_DATA = resources.files("dw_simulator.schema.inference") / "data" / "lives.txt"
_STATE = re.compile(
    r"(?P<name>[a-z ]+) = (?P<letter>[A-Z])(?:: (?P<ways>[^(]+?))?(?: \((?P<reasons>[^)]+)\))?"
)
_WAY = re.compile(
    r"(?P<state>[a-z ]+) (?P<share>\d+)(?: >(?P<least>\w+))? <(?P<most>\w+)(?: ~(?P<mean>\w+))?"
)
_WEIGHED = re.compile(r"(?P<value>.+) (?P<weight>\d+)")
_MARK = re.compile(
    r"(?:(?P<when>before|during|after|never|on|off) )?(?P<name>[a-z ]+) (?P<letter>[A-Z])(?: (?P<share>\d+))?"
)
_PARTS = frozenset(
    {"item", "line", "detail", "position", "header", "head", "master", "record", "entry", "row"}
)
"""A line of an order goes through what the order does."""
_ENDINGS = frozenset(
    """e ed d s es ing er r ment al ation lation ion tion ition sion ssion y ies ied led ling ped ping pment
    ted t tting ution ve ved ication ry ery rred ure ance ant""".split()
) | {""}
_SHORTEST_STEM = 3
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True)
class LifeState:
    """A state of a life.

    letter   what stands for it in a column of one character
    ways     of a course: the next states, each with its share and the time that it takes
    reasons  why it was entered, with weights
    when     of a period or a life that ends: when it is so; share: how often, in percent, 0 for the usual
    """

    name: str
    letter: str
    ways: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    when: str = ""
    share: int = 0


@dataclass(frozen=True)
class Life:
    """What a thing goes through: its states, the first one first.

    near  words of which one is told of the thing: an order at a restaurant is cooked, and not shipped
    """

    kind: LifeKind
    states: tuple[LifeState, ...]
    near: frozenset[str] = frozenset()

    def named(self, name: str) -> LifeState:
        return next(state for state in self.states if state.name == name)

    def at(self, when: str) -> list[LifeState]:
        """The states of a time of a period, or of a life that ends; the usual one first."""
        return sorted((state for state in self.states if state.when == when), key=lambda one: one.share > 0)


def among(life: Life, values: Sequence[str]) -> tuple[Life, dict[str, str]] | None:
    """A life in the states that a CHECK lists, and how it writes each; None where it lists other things.

    States that are not listed are passed over: where they lead, leads who led to them.
    """
    names = _called(life, values)
    if len(names) < 2 or 2 * len(names) < len(values):
        return None
    states = {one.name: one for one in life.states}
    if life.kind == "course":
        for gone in [name for name in states if name not in names]:
            states = _without(states, gone)
        if not any(one.ways for one in states.values()):
            return None
    kept = tuple(states[name] for name in states if name in names)
    if life.kind == "course" and not any(one.ways for one in kept):
        return None  # where all are last ones
    if life.kind == "period" and not {"during", "after"} <= {one.when for one in kept}:
        return None
    if life.kind == "ends" and {one.when for one in kept} != {"on", "off"}:
        return None
    return Life(life.kind, kept), names


def _called(life: Life, values: Sequence[str]) -> dict[str, str]:
    """The states that values are called by, each with its value."""
    names: dict[str, str] = {}
    for value in values:
        words = _words_of(value)
        free = [one for one in life.states if one.name not in names]
        called = [one for one in free if _is_called(one, words)]
        state = next(iter(called or [one for one in free if _is_of_stage(one, words)]), None)
        begins = value is values[0] and _is_at_first(words) and state is not life.states[0]
        if begins and life.kind == "course" and not _is_named(life.states[0], values):
            state = life.states[0]  # what is received first is an order, and no parcel
        if state is not None:
            names[state.name] = value
        elif life.kind == "course" and life.states[0].name not in names and _is_at_first(words):
            names[life.states[0].name] = value  # a pending offer is one that waits for its answer
    left = [value for value in values if value not in names.values()]
    if life.kind == "course" and left == [values[0]] and names and life.states[0].name not in names:
        names[life.states[0].name] = values[0]  # a list begins with what comes first
    if life.kind == "course" and (last := usual_last(life)) not in names:
        over = [value for value in values if value not in names.values() and _is_over(value)]
        names |= {last: over[0]} if over else {}
    return names


def _is_named(state: LifeState, values: Sequence[str]) -> bool:
    return any(_is_called(state, _words_of(value)) for value in values)


def _words_of(value: str) -> str:
    """A value as words.

    >>> _words_of("in_transit"), _words_of("pickedUp"), _words_of("NO-SHOW")
    ('in transit', 'picked up', 'no show')
    """
    return _HUMP.sub(" ", value).lower().replace("_", " ").replace("-", " ").strip()


def usual_last(life: Life) -> str:
    """The state in which most rows of a course end."""
    states = {one.name: one for one in life.states}
    name, seen = life.states[0].name, set[str]()
    while _goes_on(states[name]) and name not in seen:
        seen.add(name)
        ways = states[name].ways
        name = max(ways, key=lambda one: float(str(ways[one]["share"])))
    return name


def _goes_on(state: LifeState) -> bool:
    """Whether most rows leave a state: few of what was delivered are returned."""
    return sum(float(str(way["share"])) for way in state.ways.values()) >= _MOST_GO


_MOST_GO = 0.5


def _is_over(value: str) -> bool:
    """Whether a status says that all is done: completed, erledigt, cerrado."""
    words = _words_of(value)
    return " " not in words and stage_of_word(words) in ("complete", "close", "end", "resolve")


def _is_called(state: LifeState, words: str) -> bool:
    meant = " ".join(read(words).words)  # genehmigt is approved
    said = {words, meant}
    if said & {state.name, state.letter.lower()} or any(is_entered(state, one) for one in said):
        return True
    return meant.startswith("in ") and is_entered(state, meant.removeprefix("in "))  # in preparation


def _is_of_stage(state: LifeState, words: str) -> bool:
    """Whether a word of any language says that a state is entered: annulee is cancelled."""
    stage = stage_of_word(words) if " " not in words else ""
    return bool(stage) and stage == stage_entered(state)


def stage_entered(state: LifeState) -> str:
    """The stage of the moment at which a state is entered, whatever the language of its word."""
    words = tokens_of(state.name.replace(" ", "_"))
    return stage_of_word(words[0]) if len(words) == 1 else ""


def _is_at_first(words: str) -> bool:
    if " " not in words and stage_of_word(words) in ("receive", "receipt", "create"):
        return True  # recibido, eingegangen
    return bool({words, " ".join(read(words).words)} & {*_sections()["at first"]})


def _without(states: Mapping[str, LifeState], gone: str) -> dict[str, LifeState]:
    """The states of a course without one of them.

    Who would have ended there goes the other ways: where no trial expires, all are followed by something.
    """
    passed = states[gone].ways
    found = {}
    for name, state in states.items():
        if name == gone:
            continue
        ways = {target: way for target, way in state.ways.items() if target != gone}
        if gone in state.ways:
            for target, way in passed.items():
                if target not in (name, *ways):
                    share = float(str(way["share"])) * float(str(state.ways[gone]["share"]))
                    ways[target] = {**way, "share": round(share, 4)}
            left = sum(float(str(way["share"])) for way in ways.values())
            if not passed and left:
                whole = left + float(str(state.ways[gone]["share"]))
                ways = {
                    target: {**way, "share": round(float(str(way["share"])) / left * whole, 4)}
                    for target, way in ways.items()
                }
        found[name] = replace(state, ways=ways)
    return found


def alike(one: str, other: str) -> bool:
    """Whether two words are forms of one verb.

    >>> [alike("ship", word) for word in ("shipped", "shipment", "shopping")]
    [True, True, False]
    >>> alike("submit", "submission"), alike("resolve", "resolution"), alike("canceled", "cancellation")
    (True, True, True)
    """
    if one[:1] != other[:1] or one == other:
        return one == other
    shared = 0
    while shared < min(len(one), len(other)) and one[shared] == other[shared]:
        shared += 1
    return shared >= _SHORTEST_STEM and {one[shared:], other[shared:]} <= _ENDINGS


@cache
def _sections() -> Mapping[str, Sequence[str]]:
    """The blocks of the data file: the line in brackets, and the lines below it."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in _DATA.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            lines = found.setdefault(line.strip("[]"), [])
        elif line.strip() and not line.startswith("#"):
            lines.append(line.strip())
    return found


@cache
def _synonyms() -> Mapping[str, tuple[str, ...]]:
    """Of some states the other words for the moment at which they are entered."""
    lines = (line.partition(":") for line in _sections()["synonyms"])
    return {state: tuple(words.split()) for state, _, words in lines}


def is_entered(state: LifeState, word: str) -> bool:
    """Whether a word says that a state is entered: shipped, shipment and dispatched do of what is shipped."""
    own = (state.name,) if " " not in state.name else ()
    return any(alike(word, other) for other in (*own, *_synonyms().get(state.name, ())))


@cache
def _by_noun() -> Mapping[Words, tuple[Life, ...]]:
    found: dict[Words, tuple[Life, ...]] = {}
    for head, lines in _sections().items():
        if head not in ("synonyms", "at first") and not head.startswith("usual "):
            nouns, _, near = head.partition("/")
            life = replace(_life(lines), near=frozenset(near.split()))
            for phrase in nouns.split(","):
                noun = tuple(map(singular, phrase.split()))
                found[noun] = (*found.get(noun, ()), life)
    return found


def life_of(noun: Words, name: str = "") -> Life | None:
    """The life of what a row of a table is: that of the longest phrase that ends the noun.

    name  of the table: its own words go before the common ones, which say `ship` for a shipment
    """
    return next((life for life in lives_of(noun, name) if not life.near), None)


def lives_of(noun: Words, name: str = "") -> tuple[Life, ...]:
    """The same, and what else such a thing may go through; the usual life first."""
    own = _longest(tuple(map(singular, plain_words(name)))) if name else ()
    return own or _longest(noun)


def most_told(
    lives: Sequence[Life], near: Collection[str], values: Sequence[str], stages: Sequence[str]
) -> Life | None:
    """Of several lives the one of which most is told: its states are listed, or have moments.

    near    words of the row's columns and of what it references
    values  those that a CHECK lists for the status; stages: words for what happens at the row's moments
    """

    def told(life: Life) -> int:
        named = among(life, values) if values else None
        stamped = sum(any(is_entered(state, one) for state in life.states[1:]) for one in stages)
        return (2 * len(named[1]) if named is not None else 0) + stamped + 3 * bool(life.near)

    able = [life for life in lives if not life.near or not life.near.isdisjoint(near)]
    return max(able, key=told, default=None)  # the first of those of which as much is told


def thing_of(noun: Words) -> Words:
    """The noun without the words for a row of it: an order of order header."""
    while len(noun) > 1 and noun[-1] in _PARTS:
        noun = noun[:-1]
    return noun


def _longest(noun: Words) -> tuple[Life, ...]:
    noun = thing_of(noun)
    return next((_by_noun()[noun[start:]] for start in range(len(noun)) if noun[start:] in _by_noun()), ())


def usual_life(kind: LifeKind) -> Life:
    """The life of what no block is for."""
    return _life(_sections()[f"usual {kind}"])


def all_lives() -> tuple[Life, ...]:
    """All of them."""
    return tuple({id(one): one for some in _by_noun().values() for one in some}.values())


def _life(lines: Sequence[str]) -> Life:
    kind, *rest = lines
    if kind == "course":
        return Life("course", tuple(map(_state, rest)))
    marks = [_mark(text.strip()) for line in rest for text in line.split("|")]
    assert kind in ("period", "ends", "marks"), f"lives.txt: {kind!r} is no kind of life"
    return Life(kind, tuple(marks))  # type: ignore[arg-type]


def _state(line: str) -> LifeState:
    found = _STATE.fullmatch(line)
    assert found is not None, f"lives.txt: {line!r} is no state"
    ways: dict[str, Mapping[str, Json]] = {}
    for text in filter(None, (found["ways"] or "").split(";")):
        way = _WAY.fullmatch(text.strip())
        assert way is not None, f"lives.txt: {text!r} is no way"
        dwell: JsonObject = {"within": way["most"]}
        if way["least"]:
            dwell["at_least"] = way["least"]
        if way["mean"]:
            dwell["mean"] = way["mean"]
        ways[str(way["state"])] = {"share": int(way["share"]) / 100, "after": dwell}
    reasons = [_WEIGHED.fullmatch(text.strip()) for text in filter(None, (found["reasons"] or "").split(";"))]
    weighed = {one["value"]: int(one["weight"]) for one in reasons if one is not None}
    return LifeState(found["name"], found["letter"], ways, weighed)


def _mark(text: str) -> LifeState:
    found = _MARK.fullmatch(text)
    assert found is not None, f"lives.txt: {text!r} is no state"
    return LifeState(found["name"], found["letter"], when=found["when"] or "", share=int(found["share"] or 0))
