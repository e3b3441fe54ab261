"""Persons of a table of persons are told apart: no two have one login, or one e-mail address.

    visitor (visitor_id INT PRIMARY KEY, login VARCHAR(40), first_name, last_name, email)

Where the schema says so of none of these columns, a column that nobody sees does: a user name, or else an
e-mail address, of the same person. Where a row only speaks of a person, as an order does, the same one may
come again.
"""

from collections.abc import Iterator, Mapping

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.keys.reference_words import PERSON_NOUNS
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.inference.words.tokens import singular
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.types import Kind

_APART = ("user_name", "email")
"""What tells persons apart, the surest first."""
_PERSONS = PERSON_NOUNS | frozenset(
    """account buyer seller rider driver doctor physician nurse author applicant candidate lead prospect
    shopper subscriber insured policyholder tenant resident donor volunteer pupil instructor trainer professor
    cashier technician kunde klant cliente client paciente paziente patient alumno aluno eleve leerling
    student socio visitor attendee reader borrower citizen""".split()
)
_USERS = frozenset({"account"})
"""Of these one is a person's where it has a login alone."""
_WIDTH = "VARCHAR(80)"


def told_apart(sketch: Sketch) -> None:
    """No two rows of a table of persons have one login or one e-mail address."""
    if not sketch.has("person"):
        return
    for table in list(sketch.tables.values()):
        for entity, members in _persons(table).items():
            _tell(table, entity, members)


def _persons(table: TableSketch) -> dict[str, dict[str, ColumnSketch]]:
    """The persons that the rows of a table are, each with its columns by what they say."""
    words = table.noun[:-1] if table.hidden and table.noun[-1:] in (("thing",), ("things",)) else table.noun
    noun = singular(words[-1]) if words else ""
    if noun not in _PERSONS:
        return {}
    found: dict[str, dict[str, ColumnSketch]] = {}
    for column in table.columns.values():
        rule = _rule(column)
        if rule.get("name") == "person" and column.kind is Kind.TEXT:
            found.setdefault(str(rule.get("entity", "")), {}).setdefault(str(rule["field"]), column)
    own = "_".join(words)
    if not found and noun not in _USERS:
        alone = next((one for one in table.columns.values() if _is_email(one, table)), None)
        if alone is not None:
            alone.says(Found("an e-mail address", {**alone.fields, "rule": _person(own)}))
            found[own] = {"email": alone}
    return {
        entity: members
        for entity, members in found.items()
        if entity == own and (noun not in _USERS or "user_name" in members)
    }


def _is_email(column: ColumnSketch, table: TableSketch) -> bool:
    """Whether a column is the address of the person that a row is, of whom nothing else is told."""
    plain = column.open and not (column.hidden or _keyed(column)) and dict(column.rule) == {"name": "email"}
    return plain and {*column.words} <= {"email", "mail", "address", *table.noun}


def _person(entity: str) -> JsonObject:
    return {"name": "person", "field": "email", "entity": entity}


def _tell(table: TableSketch, entity: str, members: dict[str, ColumnSketch]) -> None:
    wanted = next((field for field in _APART if field in members), "")
    if not wanted or any(map(_keyed, _of_entity(table, entity))):
        return
    shown = members[wanted]
    if any(shown.name.lower() in check.lower() for check in table.table.checks):
        return  # what a CHECK forbids gives way, and so would this
    rule: dict[str, Json] = {**_rule(shown), "field": wanted}
    told = Found(f"what tells one {' '.join(table.noun)} from another", {"rule": rule, "is_unique": True})
    added = table.add_hidden(f"{shown.name}_apart", _WIDTH, told)
    added.keyed = True


def _of_entity(table: TableSketch, entity: str) -> Iterator[ColumnSketch]:
    for column in table.columns.values():
        if _rule(column).get("name") == "person" and _rule(column).get("entity") == entity:
            yield column


def _rule(column: ColumnSketch) -> Mapping[str, Json]:
    """Its rule: as it was found, or as a pass has declared it of a hidden table."""
    if column.found is not None or not column.table.hidden or column.column.rule is None:
        return column.rule
    declared: Mapping[str, Json] = column.column.rule.model_dump(mode="json", exclude_defaults=True)
    return declared


def _keyed(column: ColumnSketch) -> bool:
    """Whether its values are told apart: by the schema, or by a pass."""
    return column.keyed or bool(column.fields.get("is_unique"))
