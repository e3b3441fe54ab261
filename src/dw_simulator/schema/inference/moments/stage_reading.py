"""From the name of a moment to its stage: whose it is, what happens then, and whether it is only planned.

>>> read_moment("dt_shpd_act", ("parcel",)).stage
'ship'
>>> moment = read_moment("contract_start_date", ("employee",))
>>> moment.stage, moment.owner
('start', ('contract',))
>>> read_moment("onsaleenddate", ("concert",)).stage
'offsale'
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from dw_simulator.schema.inference.moments.moment_phrases import FOREIGN_PHRASES, FOREIGN_SENSES
from dw_simulator.schema.inference.moments.stage_senses import COMPOUNDS, PHRASES, SENSES
from dw_simulator.schema.inference.moments.stages import (
    ACTUAL,
    LASTING,
    ORDINALS,
    PLANNED,
    STAGES,
    TAILS,
    UNITS,
)
from dw_simulator.schema.inference.words.letters import in_plain_letters
from dw_simulator.schema.inference.words.lexicon import english, lexicon
from dw_simulator.schema.inference.words.shorthand import Shorthand
from dw_simulator.schema.inference.words.tokens import PIECES, read, singular, unglued

_PHRASES = {**PHRASES, **FOREIGN_PHRASES}
_IN_SHORT = frozenset({"eta", "etd"})
"""Short for what is planned, and for what: `etd` is a departure."""
_SHORTEST = 3
_STEM = 3
"""Letters by which words that begin alike are found."""
_ALIKE = 6
"""Letters that the forms of a word have in common: `vertrags` and `vertraege`."""


@dataclass(frozen=True)
class MomentStage:
    """A line of the table of stages.

    least, mean, most  the span from what came before it
    nulls              the share of rows without it
    """

    name: str
    rank: int
    least: str
    mean: str
    most: str
    nulls: float
    kinds: frozenset[str]


@dataclass(frozen=True)
class MomentReading:
    """What a name says of a moment.

    stage    none where the name says only that it is a moment
    owner    whose it is, where it is not the row's own
    ordinal  first, last, next
    planned  whether it was meant to be; actual: whether the name says that it came
    word     by which the stage is told
    noun     whether that word may be a noun, too
    """

    stage: str = ""
    owner: tuple[str, ...] = ()
    ordinal: str = ""
    planned: bool = False
    actual: bool = False
    word: str = ""


@cache
def stages() -> Mapping[str, MomentStage]:
    """All stages by their names."""
    found = {}
    for name, rank, _words, span, nulls, kinds in _lines():
        least, mean, most = span.split()
        found[name] = MomentStage(
            name, int(rank), least, mean, most, float(nulls), frozenset(kinds.split()) - {"-"}
        )
    return found


def _lines() -> Iterator[list[str]]:
    for line in STAGES.splitlines():
        if line and not line.startswith("#"):
            yield [part.strip() for part in line.split("|")]


@cache
def _words() -> tuple[Mapping[str, str], Mapping[str, list[tuple[str, str]]], frozenset[str]]:
    """Words with their stages; what words begin with, by the first letters; those that are nouns as well."""
    whole: dict[str, str] = {}
    begun: dict[str, list[tuple[str, str]]] = {}
    nouns = set()
    for name, _rank, words, *_ in _lines():
        for written in words.split():
            word = written.strip("*")
            if written.startswith("*"):
                nouns.add(word)
            if written.endswith("*"):
                begun.setdefault(word[:_STEM], []).append((word, name))
            if not word.endswith("_") and word != "-":
                whole.setdefault(word, name)
    for some in begun.values():
        some.sort(key=lambda one: -len(one[0]))
    return whole, begun, frozenset(nouns)


@cache
def _senses() -> Mapping[str, list[tuple[frozenset[str], str]]]:
    found: dict[str, list[tuple[frozenset[str], str]]] = {}
    for line in (FOREIGN_SENSES + SENSES).splitlines():
        if line and not line.startswith("#"):
            word, where, stage = (part.strip() for part in line.split("|"))
            found.setdefault(word, []).append((frozenset(where.split()), stage))
    return found


def stage_of(word: str) -> str:
    """The stage that a word says; empty for none."""
    whole, begun, _nouns = _words()
    if word in whole:
        return whole[word]
    return next((name for start, name in begun.get(word[:_STEM], ()) if word.startswith(start)), "")


def stage_of_word(word: str) -> str:
    """The stage that a word says by itself, as the value of a status or the name of a flag does.

    >>> stage_of_word("annulee"), stage_of_word("bezahlt"), stage_of_word("green")
    ('cancel', 'pay', '')
    """
    forms = [word] + [word[:-1]] * word.endswith(("ee", "es"))
    forms += read(word).words if len(read(word).words) == 1 else ()
    return next((stage for form in forms if (stage := stage_of(form))), "")


@cache
def tokens_of(name: str) -> tuple[str, ...]:
    """The words of a name as they are written, phrases as one, glued words apart."""
    found = [word for piece in written(name) for word in _apart(piece)]
    joined: list[str] = []
    place = 0
    while place < len(found):
        for length in (3, 2):
            phrase = _PHRASES.get(" ".join(found[place : place + length]))
            if phrase is not None and len(found) - place >= length:
                joined.append(phrase)
                place += length
                break
        else:
            joined.append(found[place])
            place += 1
    return tuple(_periods(joined))


def _periods(words: list[str]) -> list[str]:
    """The words with the first and the last day of a period as one: `prd_strt`, `zeitraumVon`."""
    for place, (one, other) in enumerate(pairwise(words)):
        for period, edge in ((one, other), (other, one)):
            stage = stage_of(_spelled_out(edge)) if _alone(period) == ("period",) else ""
            if stage in ("start", "end"):
                return [*words[:place], f"period{stage}", *words[place + 2 :]]
    return words


def written(name: str) -> Iterator[str]:
    """The parts of a name, in lower case without accents: `endetDatum`, `fällig_am`."""
    return (match[0].lower() for match in PIECES.finditer(in_plain_letters(name)))


def _is_known(word: str) -> bool:
    whole, _begun, _nouns = _words()
    known = word in whole or word in _senses() or word in PLANNED or word in ACTUAL or word in ORDINALS
    return known or word in english() or word in _GLUED or word in LASTING or word in UNITS


_GLUED = frozenset(
    """onsale date time datum zeit tijd stamp ts until from contract order fecha data ora hora heure uhrzeit
    entrata ingresso entrada ingreso entree eintritt eingang einfahrt ausfahrt ausgang ingang uitgang uscita
    salida saida sortie""".split()
)
_HEADS = ("dt", "dh", "hr", "ts")
"""Short words for a moment that others are glued to: `dtinicio`."""


@cache
def _apart(piece: str) -> tuple[str, ...]:
    """The words that a piece is glued together from; the piece itself where it is one, or is not known."""
    if _is_known(piece) or piece in TAILS:
        return (piece,)
    best: dict[int, tuple[str, ...]] = {0: ()}
    for end in range(_SHORTEST, len(piece) + 1):
        for start in range(end - _SHORTEST + 1):
            word = piece[start:end]
            if start in best and _is_known(word):
                made = (*best[start], word)
                if end not in best or len(made) < len(best[end]):
                    best[end] = made
    for tail in ("at", "on", "dt", "ts", "am"):
        head = piece.removesuffix(tail)
        if head != piece and (len(head) in best and best[len(head)]) and len(piece) not in best:
            return (*best[len(head)], tail)
    return best.get(len(piece)) or _behind_head(piece) or _compound(piece)


def _behind_head(piece: str) -> tuple[str, ...]:
    """`dtinicio`: a word behind a short one for a moment."""
    for head in _HEADS:
        if piece.startswith(head) and piece.removeprefix(head) in _words()[0]:
            return head, piece.removeprefix(head)
    return ()


def _compound(piece: str) -> tuple[str, ...]:
    """The two words of a compound of which only the last is known: `vertragsende`."""
    if len(words := unglued(piece)) > 1 and any(map(_is_kept, words)):
        return words  # begintijd
    for tail in _COMPOUND_TAILS:
        head = piece.removesuffix(tail)
        if head != piece and len(head) >= _SHORTEST and not stage_of(piece):
            return (head, tail)
    return (piece,)


def _is_kept(word: str) -> bool:
    """Whether a word says that it is about a moment."""
    return bool(word in TAILS or stage_of(word) or _translated(word))


_COMPOUND_TAILS = (
    "beginn",
    "anfang",
    "ende",
    "einde",
    "start",
    "begin",
    "eingang",
    "ausgang",
    "datum",
    "zeit",
    "tijd",
)


@cache
def _spelled_out(piece: str) -> str:
    """The word that an abbreviation, or one of another language, stands for, where that says a stage."""
    if stage_of(piece) or _is_a_way(piece) or piece in _senses():
        return piece
    short = _shorthand().word(piece)
    meant = [one for word in (short, *_alone(piece)) if word for one in (word, f"{word}ed", f"{word}d")]
    return next((word for word in meant if stage_of(word) or _is_a_way(word)), piece)


def _is_a_way(word: str) -> bool:
    return word in PLANNED or word in ACTUAL or word in ORDINALS or word in TAILS


def _alone(piece: str) -> tuple[str, ...]:
    words = read(piece).words
    return words if len(words) == 1 else ()


@cache
def _shorthand() -> Shorthand:
    """Abbreviations of the English words for stages."""
    words = {word for word in _words()[0] if word in english()} | {
        word for word in PLANNED if len(word) > _STEM
    }
    return Shorthand(words, words)


@cache
def read_moment(name: str, things: tuple[str, ...], beside: frozenset[str] = frozenset()) -> MomentReading:
    """What a name says.

    things  words of the table's name: what the rows are
    beside  stages of the other columns of the table
    """
    planned = actual = False
    ordinal = ""
    said: list[tuple[str, str]] = []
    rest: list[str] = []
    meant: list[str] = []
    for piece in map(_spelled_out, tokens_of(name)):
        if piece in ORDINALS:
            ordinal = ORDINALS[piece]
        elif piece in PLANNED and piece != "required":
            planned = True
            meant.append(piece)
            said += [
                (piece, stage) for stage in [_sense(piece, things, beside)] if piece in _IN_SHORT and stage
            ]
        elif piece in ACTUAL:
            actual = True
        elif stage := _sense(piece, things, beside):
            said.append((piece, stage))
        elif piece not in TAILS and not piece.isdigit() and len(piece) > 1:
            rest.append(piece)
    stage, word, others = _chosen(said)
    if not stage and planned:
        own = next((one for one in meant if stage_of(one)), "")
        stage, word = (stage_of(own), own) if own else ("due", meant[0])
        planned = not own
    owner = _owner([*rest, *others], things)
    if ordinal == "next":
        stage, planned = "next", True
    return MomentReading(stage, owner, ordinal, planned, actual, word)


def _sense(token: str, things: Collection[str], beside: frozenset[str]) -> str:
    for where, stage in _senses().get(token, ()):
        if "*" in where or where & set(things) or any("+" + one in where for one in beside):
            return stage
    return stage_of(token) or _translated(token)


@cache
def _translated(token: str) -> str:
    """The stage that a word of another language says by what it means: `nagekeken` is marked."""
    meant, spoken = lexicon().get(token, ((), frozenset()))
    said = [word for word in meant if word not in TAILS]
    return stage_of(said[0]) if spoken and token not in TAILS and len(said) == 1 else ""


def _chosen(said: list[tuple[str, str]]) -> tuple[str, str, list[str]]:
    """(the stage that counts, its word, the other words)."""
    if len(said) < 2:
        return (said[0][1], said[0][0], []) if said else ("", "", [])
    together = {stage for _word, stage in said}
    for (one, other), stage in COMPOUNDS.items():
        if {one, other} <= together:
            return stage, said[-1][0], []
    nouns = _words()[2]
    ends = [one for one in said if stages()[one[1]].kinds & {"start", "end"} and one[0] not in nouns]
    strong = [one for one in said if one[0] not in nouns and one[1] != "list"]
    chosen = (ends or strong or said)[-1]
    return chosen[1], chosen[0], [word for word, stage in said if stage != chosen[1]]


def _owner(words: list[str], things: tuple[str, ...]) -> tuple[str, ...]:
    words = [word for word in words if not any(word[:_ALIKE] == thing[:_ALIKE] for thing in things)]
    english = [one for word in words for one in (read(word).words or (word,))]
    known = {*things, *map(singular, things)}
    own = [word for word in english if singular(word) not in known and word not in TAILS]
    return tuple(sorted(dict.fromkeys(map(singular, own))))
