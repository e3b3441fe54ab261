"""Persons and organisations in one table: who has a company's name, and who has a person's."""

from collections.abc import Iterator

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import Kind

_COMPANIES = frozenset({"company", "organization", "business", "firm", "corporation", "legal"})
_BUSINESS = _COMPANIES | {"commercial", "corporate", "b2b", "professional"}
_BESIDE = frozenset({"is", "flag", "indicator", "customer", "client", "account", "yn", "type"})
_PERSONS = frozenset(
    "i p individual person private consumer residential retail natural personal household".split()
)
"""Values of a type that say that somebody is a person."""
_PERSONAL = ({"first", "name"}, {"last", "name"}, {"middle", "name"}, {"gender"}, {"birth", "date"})


def party_facts(sketch: Sketch) -> None:
    """A company's name stands where the row is of one, by its flag or its type."""
    for table in sketch.tables.values():
        company = None if table.hidden else _company(table)
        if company is None:
            continue
        flag = _flag(table)
        if flag is not None:
            _only(company, f"NOT COALESCE({quoted_name(flag.name)}, FALSE)", f"where {flag.name} is true")
        elif any({*one.words} == {"last", "name"} and not one.required for one in table.columns.values()):
            _by_type(table, company)


def _company(table: TableSketch) -> ColumnSketch | None:
    for one in table.columns.values():
        named = (
            one.kind is Kind.TEXT
            and bool({*one.words} & _COMPANIES)
            and {*one.words} <= _COMPANIES | {"name"}
        )
        if named and not (one.required or one.hidden) and _free(one):
            return one
    return None


def _free(column: ColumnSketch) -> bool:
    told = column.unless or "null_when" in column.fields
    return column.found is not None and not told and may_be_said(column)


def _flag(table: TableSketch) -> ColumnSketch | None:
    """The flag that says whether somebody is a company."""
    for one in table.columns.values():
        words = {*one.words} - _BESIDE
        if one.kind is Kind.BOOLEAN and not one.hidden and words and words <= _BUSINESS:
            return one
    return None


def _by_type(table: TableSketch, company: ColumnSketch) -> None:
    for one in table.columns.values():
        values = one.rule.get("values")
        words = [word for word in one.words if word != "code"]
        of_row = words[-1:] in (["type"], ["kind"]) and {*words[:-1]} <= {*table.noun, "party"}
        if one.kind is not Kind.TEXT or not of_row or not isinstance(values, list) or not one.required:
            continue
        persons = [str(value) for value in values if str(value).lower() in _PERSONS]
        if not persons or len(persons) == len(values):
            continue
        listed = ", ".join(map(quoted_text, persons))
        person = f"{quoted_name(one.name)} IN ({listed})"
        _only(company, person, f"where {one.name} is no person's")
        for name in _names(table):
            _only(name, f"NOT ({person})", f"where {one.name} is a person's")
        return


def _names(table: TableSketch) -> Iterator[ColumnSketch]:
    for one in table.columns.values():
        if {*one.words} in _PERSONAL and not (one.required or one.hidden) and _free(one):
            yield one


def _only(column: ColumnSketch, null_when: str, told: str) -> None:
    assert column.found is not None, "it is free"
    fields: dict[str, Json] = {**column.found.fields, "null_when": null_when, "null_fraction": 0}
    column.says(Found(f"{column.found.meaning}, {told}", fields))
