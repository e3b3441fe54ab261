"""How columns write the states of a life: as words, as codes, as numbers; and how often rows are in each."""

from collections.abc import Sequence

from dw_simulator.schema.inference.lives.life_words import Life, LifeState
from dw_simulator.schema.inference.sketch import ColumnSketch
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.schema.quoting import quoted_text
from dw_simulator.types import Kind

NEVER = "what never takes place"
"""What a hidden column holds that says which rows come to nothing."""
_NAMING = frozenset({"text", "name", "description"})
_WHOLE = frozenset({Kind.INTEGER, Kind.DECIMAL})


def value_of(text: str, status: ColumnSketch) -> Json:
    return int(text) if status.kind in _WHOLE else text


def states_in(life: Life, status: ColumnSketch, *, quoted: bool = True) -> dict[str, str]:
    """How a column writes each state. quoted: as SQL has it."""
    names = [one.name for one in life.states]
    if status.kind in _WHOLE:
        return {name: str(number) for number, name in enumerate(names, 1)}
    room = status.column.type.length
    coded = "code" in status.words and not _NAMING & {*status.words}
    longest = max(map(len, names))
    if longest <= room:
        made = [name.replace(" ", "_") for name in names]
        made = [name.upper() for name in made] if coded else made
    elif room == 1:
        made = [one.letter for one in life.states]
    else:
        made = _shortened(names, min(room, 3))
    return {name: quoted_text(text) if quoted else text for name, text in zip(names, made, strict=True)}


def _shortened(names: Sequence[str], room: int) -> list[str]:
    """Codes of so many letters, each name's own: the first letters of its words, else of it."""
    found: list[str] = []
    for name in names:
        words = name.split()
        heads = "".join(word[0] for word in words)
        consonants = name[0] + "".join(letter for letter in name[1:] if letter not in "aeiou ")
        plain = name.replace(" ", "")
        forms = [heads + words[-1][1:]] * (len(words) > 1) + [consonants, plain]
        codes = [form[:room].upper() for form in forms]
        codes += [(plain[: room - 1] + letter).upper() for letter in plain[room:]]
        codes += [f"{plain[0]}{number}".upper()[:room] for number in range(10)]
        found.append(next(code for code in codes if code not in found and len(code) <= room))
    return found


def by_chance(states: Sequence[LifeState], names: dict[str, str]) -> str:
    """One of some states by chance: the first is the usual one."""
    usual, *others = states
    if not others:
        return names[usual.name]
    cases, total = [], 0.0
    for one in others:
        total += one.share / 100
        cases.append(f"WHEN noise('state') < {total:g} THEN {names[one.name]}")
    return f"CASE {' '.join(cases)} ELSE {names[usual.name]} END"


def settled(life: Life) -> dict[str, float]:
    """How many of a hundred rows are in each state when all is over, and some on the way."""
    here = {one.name: 0.0 for one in life.states}
    found = dict(here)
    here[life.states[0].name] = 1.0
    for _step in range(24):
        then = dict.fromkeys(here, 0.0)
        for one in life.states:
            moved = 0.0
            for target, way in one.ways.items():
                share = way["share"]
                assert isinstance(share, float)
                then[target] += here[one.name] * share
                moved += share
            found[one.name] += here[one.name] * max(1 - moved, 0.02)
        here = then
    total = sum(found.values())
    return {name: round(100 * share / total, 2) for name, share in found.items()}


def declared_life(starts: str, life: Life, names: dict[str, str], reasons: Sequence[LifeState]) -> JsonObject:
    """The life as a table declares it."""
    states: JsonObject = {
        names[one.name]: {names[target]: dict(way) for target, way in one.ways.items()}
        for one in life.states
        if one.ways
    }
    told: JsonObject = {"starts": starts, "first": names[life.states[0].name], "states": states}
    if reasons:
        told["reasons"] = {names[one.name]: dict(one.reasons) for one in reasons}
    return told
