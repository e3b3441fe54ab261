"""Names of things that no vocabulary knows: North Faculty, Faculté Nord. They say what the rows are."""

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.inference.words.tokens import plain_words, singular
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.types import Kind

_NAMES = frozenset({"name", "title", "label"})
_PEOPLE = frozenset(
    "person people user member customer client contact employee staff supplier vendor partner patient".split()
)
_REACHED = frozenset({"email", "phone", "mobile", "fax"})
"""What has one of these may be a person, or a company."""
_DULL = frozenset("dim fact stg tbl tb raw src d f t table master mst data ref lkp lookup list type".split())
_ADJECTIVES = (
    "North|South|East|West|Central|Prime|First|United|Royal|Modern|Classic|Open|Grand|Alpha|Delta|Nova"
)
_BEHIND = {
    "de": "Nord|Süd|Ost|West|Mitte|Eins|Zwei|Drei|Alpha|Neu",
    "nl": "Noord|Zuid|Oost|West|Midden|Een|Twee|Drie|Alfa|Nieuw",
    "fr": "Nord|Sud|Est|Ouest|Centre|Un|Deux|Trois|Alpha|Nouveau",
    "es": "Norte|Sur|Este|Oeste|Centro|Uno|Dos|Tres|Alfa|Nuevo",
    "it": "Nord|Sud|Est|Ovest|Centro|Uno|Due|Tre|Alfa|Nuovo",
    "pt": "Norte|Sul|Leste|Oeste|Centro|Um|Dois|Três|Alfa|Novo",
}
_LETTERS = "A|B|C|D|E|F|G|H|K|L|M|N|P|R|S|T"
_ROOM = 12
"""Characters beside the noun."""


def plain_names(sketch: Sketch) -> None:
    """The name of what a row is, where its name says no more than that it is one."""
    if not sketch.has("pattern"):
        return
    for table in sketch.tables.values():
        for column in table.columns.values():
            if column.open and column.found is None and column.kind is Kind.TEXT:
                found = _name(column, table)
                if found is not None:
                    column.says(found)


def _name(column: ColumnSketch, table: TableSketch) -> Found | None:
    words = column.words
    if {*table.noun} & _PEOPLE or any(_REACHED & {*one.words} for one in table.columns.values()):
        return None  # it may be a person's, or a company's
    own = {*table.noun, *map(singular, plain_words(table.name))}
    if not words or words[-1] not in _NAMES or not {*words[:-1]} <= own:
        return None
    said = [word for word in map(singular, plain_words(table.name)) if word not in _DULL]
    noun = said[-1].capitalize() if said else ""
    if len(noun) < 2 or len(noun) + _ROOM > column.column.type.length or not noun.isascii():
        return None
    if table.language in _BEHIND:
        pattern = f"{noun} {{choice:{_BEHIND[table.language]}}} {{choice:{_LETTERS}}}"
    else:
        pattern = f"{{choice:{_ADJECTIVES}}} {noun} {{choice:{_LETTERS}}}"
    if column.keyed:
        pattern += "{digits:4}"
    rule: JsonObject = {"name": "pattern", "pattern": pattern}
    return Found(f"the name of {noun.lower()}", {"rule": rule})
