"""What a row says of its parent is what stands there: its currency, its country, the name of its customer."""

from collections.abc import Iterator, Mapping
from functools import cache

from dw_simulator.schema.inference.alone.markets import forms_of, home_of
from dw_simulator.schema.inference.candidates import Found, Words
from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.numbers.measure_roles import lines_of
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch, never_null
from dw_simulator.schema.inference.sql_rules import expressed, expression
from dw_simulator.schema.inference.words.tokens import singular
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import Kind

_FOLLOWING = frozenset(
    """currency country language locale tenant timezone brand category subcategory department
    segment genre specialty""".split()
)
"""Words of what rows have in common with their parents where both have it."""
_TAILS = frozenset({"code", "name", "iso"})
_ELSEWHERE = frozenset("birth origin destination citizenship nationality issue manufacture tax".split())
"""Words of countries in which nothing is paid."""
_PLACES = """store shop branch outlet market site office warehouse plant account company merchant seller
    vendor supplier advertiser customer client holder cardholder member user subscriber patient
    guest""".split()
"""Whose country says in which currency is paid, the first one first; those that say none come last."""
_ENTITIES = frozenset({"person", "company", "place"})


def parent_copies(sketch: Sketch) -> None:
    """Columns that repeat what the referenced row says, and currencies that go by a country."""
    for table in list(sketch.tables.values()):
        if not table.hidden:
            _copied(table)
    if sketch.has("expression"):
        for table in list(sketch.tables.values()):
            if not table.hidden:
                _currencies(table)


def _copied(table: TableSketch) -> None:
    found: dict[str, tuple[Link, ColumnSketch]] = {}
    for column in table.columns.values():
        if column.kind is Kind.TEXT and may_be_said(column) and not column.hidden:
            source = next(_sources(table, column), None)
            if source is not None:
                found[column.name] = source
            elif _said(column.words) == {"currency"}:
                _from_above(table, column)
    for name, (link, origin) in found.items():
        column = table.columns[name]
        if _entity(column) and not all(other in found for other in _same_entity(table, column)):
            continue
        lookup: dict[str, Json] = {"reference": link.name, "column": origin.name}
        column.says(Found(f"{origin.name} of {link.parent.name}", {"lookup": lookup}))


def _from_above(table: TableSketch, column: ColumnSketch) -> None:
    """The currency of what a parent is of: a salary is paid in that of the employee's company."""
    ways = [
        (link, step, source)
        for link in _followed(table, column)
        for step in link.parent.links
        if len(step.columns) == 1 and not step.to_itself and step.parent is not table and step.required
        for source in step.parent.columns.values()
        if source.kind is Kind.TEXT and not source.hidden and _said(source.words) == {"currency"}
        if _fits(column, source)
    ]
    if len({step.parent.name for _link, step, _source in ways}) == 1:
        link, step, source = ways[0]
        lookup: dict[str, Json] = {"reference": [link.name, step.name], "column": source.name}
        told = f"{source.name} of the {step.parent.name} of its {link.parent.name}"
        column.says(Found(told, {"lookup": lookup}))


def _sources(table: TableSketch, column: ColumnSketch) -> Iterator[tuple[Link, ColumnSketch]]:
    """The columns of referenced rows that a column repeats, that of the nearest parent first."""
    words = _said(column.words)
    for link in _followed(table, column):
        things = {singular(word) for word in link.parent.noun}
        for source in link.parent.columns.values():
            if source.kind is not Kind.TEXT or source.hidden or not _fits(column, source):
                continue
            theirs = _said(source.words)
            owned = bool(words & things) and words - things == theirs - things != frozenset()
            shared = words == theirs and bool(words & _FOLLOWING)
            if owned or shared:
                yield link, source


def _followed(table: TableSketch, column: ColumnSketch) -> list[Link]:
    """The references that may say what a column is."""
    return [
        link
        for link in table.links
        if not link.to_itself
        and (link.required or not column.required)
        and not any(back.parent is table for back in link.parent.links)
    ]


def _said(words: Words) -> frozenset[str]:
    bare = frozenset(map(singular, words))
    return bare - _TAILS if bare & _FOLLOWING else bare


def _fits(column: ColumnSketch, source: ColumnSketch) -> bool:
    room = column.column.type.length >= source.column.type.length
    known = source.found is not None or not source.open
    return room and known and not source.keyed and (source.required or not column.required)


def _entity(column: ColumnSketch) -> str:
    """Which person, company or place a column is of; empty for none."""
    rule = column.rule
    return f"{rule['name']} {rule.get('entity', '')}" if rule.get("name") in _ENTITIES else ""


def _same_entity(table: TableSketch, column: ColumnSketch) -> list[str]:
    return [one.name for one in table.columns.values() if _entity(one) == _entity(column)]


def _currencies(table: TableSketch) -> None:
    """A currency that nothing says goes by the country of its row, or of the place that is referenced."""
    for column in list(table.columns.values()):
        if column.kind is not Kind.TEXT or not column.words or not may_be_said(column) or column.hidden:
            continue
        if _said(column.words) != {"currency"} or not column.column.type.length >= 3:
            continue
        sql = _by_country(table, column.required)
        if sql:
            column.says(Found("the currency of its country", {"rule": expression(sql), **never_null(column)}))
            continue
        links = [link for link in _followed(table, column) if _place(link) is not None]
        if not links:
            continue
        link = min(links, key=lambda one: (not _by_country(one.parent, required=True), _place(one) or 0))
        above = hidden_currency(link.parent, column)
        lookup: dict[str, Json] = {"reference": link.name, "column": above.name}
        column.says(Found(f"the currency of its {link.parent.name}", {"lookup": lookup}))


def hidden_currency(parent: TableSketch, column: ColumnSketch) -> ColumnSketch:
    """A hidden column of a parent with the currency of its country."""
    known = parent.columns.get("own_currency")
    if known is not None:
        return known
    sql = _by_country(parent, required=True)
    fields: Mapping[str, Json] = expressed(sql) if sql else {}
    if not sql and column.found is not None:
        fields = {name: said for name, said in column.found.fields.items() if name != "null_fraction"}
    return parent.add_hidden("own_currency", column.column.data_type, Found("the currency there", fields))


def has_country(table: TableSketch) -> bool:
    """Whether a row says in which country it is."""
    return bool(_by_country(table, required=True))


def _place(link: Link) -> int | None:
    """How near the place that is referenced says the currency; None where it does not."""
    found = [place for place, word in enumerate(_PLACES) if word in link.parent.noun]
    return found[0] if found else None


def _by_country(table: TableSketch, required: bool) -> str:
    """SQL for the currency of a row's country; empty where the row has none."""
    for column in sorted(table.columns.values(), key=lambda one: len(_said(one.words))):
        words = _said(column.words)
        if column.kind is not Kind.TEXT or "country" not in words or words & _ELSEWHERE or column.hidden:
            continue
        if required and not column.required and column.rule.get("name") == "expression":
            continue
        length = column.column.type.length
        form = length - 2 if length in (2, 3) else 2
        name = quoted_name(column.name)
        cases = " ".join(
            f"WHEN {name} IN ({', '.join(map(quoted_text, countries))}) THEN '{currency}'"
            for currency, countries in _countries(form)
        )
        return f"CASE {cases} ELSE {quoted_text(at_home(table.language))} END"
    return ""


def at_home(language: str) -> str:
    """The currency that a schema is at home in."""
    home = forms_of(home_of(language))[0]
    return next((currency for currency, countries in _countries(0) if home in countries), "USD")


@cache
def _countries(form: int) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The countries of each currency. form: 0 and 1 for codes of two and three letters, 2 for any."""
    found = []
    for line in lines_of("country_currencies.txt"):
        currency, _, said = line.partition(":")
        short, long, names = said.split("|")
        forms = (short.split(), long.split(), [*short.split(), *(name.strip() for name in names.split(","))])
        found.append((currency, tuple(forms[form])))
    return tuple(found)
