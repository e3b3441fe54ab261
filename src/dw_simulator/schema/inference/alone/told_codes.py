"""Numbers that tell facts of their row, as sex and birth date in a French NIR, or the Land of a municipality.

    patient (gender, birth_date, num_secu)     num_secu: 2 85 06 ... for a woman who was born in June 1985

What each number tells, and how, is in `data/told_codes.txt`. A piece is made by a hidden column; what the row
does not say is drawn.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from dw_simulator.schema.inference.alone.listed_genders import female_of
from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import Json, JsonObject, fields_in, items_in
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import Kind

_FACT = re.compile(r"\{(birth|female|first|last|siren|state)\}")
_OF_CODES = frozenset(
    """national identity identification id number code social security fiscal tax insurance person personal
    nir bsn pesel niss nss ssn siren siret register citizen municipality ags""".split()
)
"""Words of a number's name that do not say whose it is."""
_FACT_WORDS: Mapping[str, frozenset[str]] = {
    "birth": frozenset({"birth", "born", "dob", "date", "day"}),
    "female": frozenset({"gender", "sex", "code"}),
    "first": frozenset({"first", "given", "name"}),
    "last": frozenset({"last", "family", "birth", "name"}),
    "siren": frozenset({"siren", "number", "code"}),
    "state": frozenset({"state", "name", "federal"}),
}
_SAYS: Mapping[str, tuple[frozenset[str], ...]] = {
    "birth": (frozenset({"birth"}), frozenset({"born"}), frozenset({"dob"})),
    "female": (frozenset({"gender"}), frozenset({"sex"})),
    "first": (frozenset({"first", "name"}), frozenset({"given", "name"})),
    "last": (frozenset({"last", "name"}), frozenset({"family", "name"})),
    "siren": (frozenset({"siren"}),),
    "state": (frozenset({"state"}),),
}
"""The words of which a column that says a fact has some together."""
_DRAWN: Mapping[str, str] = {
    "birth": "(DATE '1945-01-01' + CAST(floor(noise('born') * 22000) AS INTEGER))",
    "female": "(noise('sex') < 0.5)",
    "first": "''",
    "last": "''",
}


@dataclass(frozen=True)
class ToldPiece:
    """A piece of a code.

    loose  whether it is left free where numbers must be told apart
    free   the pattern where nothing is known
    shown  how many signs of what kind: digits:4
    """

    name: str
    loose: bool
    free: str
    shown: str
    sql: str

    @property
    def facts(self) -> list[str]:
        return list(dict.fromkeys(_FACT.findall(self.sql)))


@dataclass(frozen=True)
class ToldCode:
    """A code that tells facts. find: what its pattern has; text: a pattern with <pieces>."""

    name: str
    find: str
    text: str
    pieces: Sequence[ToldPiece]


@cache
def told_code_list() -> Sequence[ToldCode]:
    """The codes of `data/told_codes.txt`."""
    path = files("dw_simulator.schema.inference") / "data" / "told_codes.txt"
    found: list[ToldCode] = []
    name, said, pieces = "", dict[str, str](), list[ToldPiece]()
    for line in [*path.read_text(encoding="utf-8").splitlines(), "[]"]:
        if line.startswith("["):
            if name:
                found.append(ToldCode(name, said["find"], said["text"], tuple(pieces)))
            name, said, pieces = line.strip("[]"), {}, []
        elif line.startswith(("find: ", "text: ")):
            _, _, said[line[:4]] = line.partition(": ")
        elif line and not line.startswith("#"):
            head, free, shown, sql = (part.strip() for part in line.split(" | ", 3))
            pieces.append(ToldPiece(head.lstrip("~"), head.startswith("~"), free, shown, sql))
    return tuple(found)


def told_codes(sketch: Sketch) -> None:
    """Numbers of people show the sex, the birth date and the names of their row."""
    if not sketch.has("coded", "expression", "pattern"):
        return
    for table in list(sketch.tables.values()):
        if table.hidden:
            continue
        for column in list(table.columns.values()):
            pattern = str(column.rule.get("pattern", ""))
            if not column.open or column.kind is not Kind.TEXT or column.rule.get("name") != "pattern":
                continue
            code = next((one for one in told_code_list() if one.find in pattern), None)
            if code is not None:
                _tell(table, column, code)


def _tell(table: TableSketch, column: ColumnSketch, code: ToldCode) -> None:
    """Let a column show what its row says."""
    known = dict(_known(table, column))
    told = [piece for piece in code.pieces if known.keys() & {*piece.facts}]
    if not told or column.found is None:
        return
    shown = {piece.name: _shown(table, column, piece, known) for piece in told}
    firm = {piece.name: shown[piece.name] for piece in told if not piece.loose}
    names = [
        one.name
        for one in dict.fromkeys(known[fact] for piece in told for fact in piece.facts if fact in known)
    ]
    said = f"{column.found.meaning} that tells {' and '.join(names)}"
    plain = column.found
    if column.keyed and firm and len(firm) < len(shown):
        column.alone = Found(said, {**plain.fields, "rule": _rule(code, firm)})
    column.says(Found(said, {**plain.fields, "rule": _rule(code, shown)}))


def _rule(code: ToldCode, shown: Mapping[str, str]) -> JsonObject:
    """The rule of a column that shows some pieces of a code. shown: their placeholders."""
    pattern = code.text
    for piece in code.pieces:
        pattern = pattern.replace(f"<{piece.name}>", shown.get(piece.name, piece.free))
    return {"name": "coded", "pattern": pattern}


def _shown(
    table: TableSketch, column: ColumnSketch, piece: ToldPiece, known: Mapping[str, ColumnSketch]
) -> str:
    """The placeholder of a piece, whose text a hidden column makes."""
    sql = _FACT.sub(lambda found: _sql(found[1], known.get(found[1])), piece.sql)
    rule: dict[str, Json] = expression(sql)
    width = int(piece.shown.partition(":")[2])
    reason = f"{column.name} shows it"
    hidden = table.add_hidden(
        f"shown_{piece.name}",  # a pattern names it, in which braces of a column's name would mean something
        f"VARCHAR({width})",
        Found("a part of a number", {"rule": rule}, reason),
    )
    return f"{{{piece.shown}={hidden.name}}}"


def _sql(fact: str, column: ColumnSketch | None) -> str:
    """The SQL of a fact; of one that a row does not have a draw."""
    drawn = _DRAWN.get(fact, "''")
    if column is None:
        return drawn
    name = quoted_name(column.name)
    if fact == "birth":
        return f"COALESCE(CAST({name} AS DATE), {drawn})"
    if fact == "female":
        return f"COALESCE({_is_female(column)}, {drawn})"
    return f"COALESCE({name}, {drawn})"


def _is_female(column: ColumnSketch) -> str:
    """The condition under which a column of genders says a woman."""
    name, rule = quoted_name(column.name), column.rule
    female = _female(fields_in(rule.get("rule")) if rule.get("name") == "cases" else rule)
    if female is True or female is False:
        return name if female else f"NOT {name}"
    if female in (None, ""):
        return f"lower(left(CAST({name} AS VARCHAR), 1)) = 'f'"
    return f"{name} = {quoted_text(female) if isinstance(female, str) else female}"


def _female(rule: Mapping[str, Json]) -> Json:
    """What stands for a woman, where the rule of a column says it."""
    said = rule.get("values")
    listed = items_in(said)
    wanted = female_of([str(one) for one in listed])
    return next((one for one in listed if str(one) == wanted), fields_in(said).get("female"))


def _known(table: TableSketch, column: ColumnSketch) -> Iterator[tuple[str, ColumnSketch]]:
    """The columns of a row that say facts of whom a number is of."""
    whose = {*column.words} - _OF_CODES - {*table.noun}
    for fact, words in _FACT_WORDS.items():
        for one in table.columns.values():
            if one is column or one.hidden or not _may_say(fact, one):
                continue
            own = {*one.words}
            other = own - words - {*table.noun, "person"}
            if other == whose and any(some <= own for some in _SAYS[fact]):
                yield fact, one
                break


def _may_say(fact: str, column: ColumnSketch) -> bool:
    if fact == "birth":
        return column.kind in (Kind.DATE, Kind.TIMESTAMP)
    if fact == "female":
        return column.rule.get("name") in ("person", "choice", "cases")
    return column.kind is Kind.TEXT
