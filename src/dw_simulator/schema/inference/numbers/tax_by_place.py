"""Rates of tax go by the country or the state of a row, or of one that it references.

The rates are data, `data/country_tax_rates.txt`. A column for the rate says it; where there is none, but a
tax of what is sold, the rate is in a column that nobody sees.
"""

from collections.abc import Iterator, Mapping
from functools import cache

from dw_simulator.schema.inference.alone.markets import forms_of, home_of
from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.numbers.measure_roles import NumberColumn, lines_of, said_by
from dw_simulator.schema.inference.numbers.row_numbers import Row
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, TableSketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import Kind

_SOLD = ("net", "subtotal", "amount", "unit_price", "nightly_rate", "gross", "base_fare")
_NOT_SOLD = ("gross_pay", "net_pay", "base_salary", "premium", "month_salary", "year_salary", "duty")
_NEAREST = (
    frozenset({"country"}),
    frozenset({"country", "ship"}),
    frozenset({"country", "deliver"}),
    frozenset({"country", "bill"}),
    frozenset({"country", "billing"}),
)
"""Words of the country in which something is taxed, the first one first."""
_DULL = frozenset({"code", "name", "iso", "shipping"})
_PLACES = """store shop branch outlet restaurant hotel property site office warehouse plant
    order invoice account company merchant seller customer client guest member user supplier vendor region
    country""".split()
"""Whose country it is, the first one first."""
_RATE = "DECIMAL(7,5)"
_INLAND = 7.0
"""What is usual in a country that has no rate of its own."""


def taxed(row: Row, rows: Mapping[str, Row]) -> None:
    """Say the rates of tax of a row. rows: those of all tables."""
    table = row.table
    if any("tax_rate" in rows[link.parent.name].by_role for link in table.links):
        return
    own = [one for one in row.by_role.get("tax_rate", ()) if may_be_said(one.column)]
    for one in own:
        fraction = not one.percent
        sql, told = _rate(table, one.column.required)
        if sql:
            _say(one.column, sql, told, fraction=fraction)
    taxes = [one for one in row.by_role.get("tax", ()) if not one.owner and may_be_said(one.column)]
    roles = row.by_role.keys()
    if not taxes or "tax_rate" in roles or roles & {*_NOT_SOLD} or not roles & {*_SOLD}:
        return
    sql, told = _rate(table, required=True)
    if sql:
        hidden = table.add_hidden("usual_tax_rate", _RATE, Found(told, {}))
        _say(hidden, sql, told, fraction=True)
        row.add(NumberColumn(hidden, "tax_rate", frozenset()))


def _say(column: ColumnSketch, sql: str, told: str, *, fraction: bool) -> None:
    most = max(rate for rate, _codes in _countries(0))
    scaled = f"({sql}) / 100" if fraction else sql
    rule: dict[str, Json] = expression(scaled)
    high = round(most / 100 + 0.01, 2) if fraction else int(most) + 1
    nulls: dict[str, Json] = {} if column.required else {"null_fraction": 0}
    column.says(Found(told, {"rule": rule, "min_value": 0, "max_value": high, **nulls}))


def _rate(table: TableSketch, required: bool) -> tuple[str, str]:
    """SQL for the rate where a row is, in percent, and what the user is told; empty for none."""
    sql = _here(table)
    if sql:
        return sql, "the usual rate of tax where it is"
    for link in sorted(_places(table), key=_nearness):
        if required and not link.required:
            continue
        above = _there(link)
        if above is not None:
            return quoted_name(link.name, above.name), f"the usual rate of tax of its {link.parent.name}"
    return "", ""


def _places(table: TableSketch) -> Iterator[Link]:
    for link in table.links:
        firsts = [one for one in table.links if one.name == link.name]
        if not link.to_itself and len(firsts) == 1 and not {*_PLACES}.isdisjoint(link.parent.noun[-1:]):
            yield link


def _nearness(link: Link) -> int:
    return _PLACES.index(link.parent.noun[-1])


def _there(link: Link) -> ColumnSketch | None:
    """The rate in a column of the referenced row that nobody sees."""
    parent = link.parent
    known = parent.columns.get("usual_tax_rate")
    if known is not None and known.hidden:
        return known
    sql = _here(parent)
    if not sql:
        return None
    hidden = parent.add_hidden("usual_tax_rate", _RATE, Found("the usual rate of tax there", {}))
    _say(hidden, sql, "the usual rate of tax there", fraction=False)
    return hidden


def _here(table: TableSketch) -> str:
    """SQL for the rate in a row's country or state; empty where it has none."""
    countries: dict[frozenset[str], ColumnSketch] = {}
    state = None
    for column in table.columns.values():
        if column.kind is not Kind.TEXT or column.hidden:
            continue
        countries.setdefault(said_by(column.words) - _DULL, column)
        if column.rule.get("field") == "state_code" and _may_be_american(column.rule.get("locale")):
            state = state or column
    country = next((countries[words] for words in _NEAREST if words in countries), None)
    if country is not None and (country.found is not None or not country.open):
        return _by_country(country, state)
    return _cases(state, _states(), f"{_INLAND:g}") if state is not None else ""


def _may_be_american(locale: Json) -> bool:
    """Whether states of a locale, or of several, may be those of the USA."""
    return locale in (None, "world", "en_US") or (isinstance(locale, Mapping) and "en_US" in locale)


def _by_country(country: ColumnSketch, state: ColumnSketch | None) -> str:
    length = country.column.type.length
    form = length - 2 if length in (2, 3) else 2
    other = f"{_other():g}"
    name = quoted_name(country.name)
    if state is None:
        home, abroad = _at_home(country.table.language), _cases(country, _countries(form), other)
        return f"CASE WHEN {name} IS NULL THEN {home:g} ELSE {abroad} END"
    usa = f"{name} IS NULL OR {name} IN ('US', 'USA', 'United States', 'United States of America')"
    inland = _cases(state, _states(), f"{_INLAND:g}")
    return f"CASE WHEN {usa} THEN {inland} ELSE {_cases(country, _countries(form), other)} END"


def _at_home(language: str) -> float:
    """The rate in the country that a schema is at home in, where a row names none."""
    home = forms_of(home_of(language))[0]
    return next((rate for rate, codes in _countries(0) if home in codes), _INLAND)


def _cases(column: ColumnSketch, rates: tuple[tuple[float, tuple[str, ...]], ...], other: str) -> str:
    name = quoted_name(column.name)
    cases = " ".join(
        f"WHEN {name} IN ({', '.join(map(quoted_text, codes))}) THEN {rate:g}" for rate, codes in rates
    )
    return f"CASE {cases} ELSE {other} END"


@cache
def _lines() -> tuple[tuple[str, str], ...]:
    found = (line.partition(":") for line in lines_of("country_tax_rates.txt"))
    return tuple((head, said) for head, _, said in found)


@cache
def _countries(form: int) -> tuple[tuple[float, tuple[str, ...]], ...]:
    """The countries of each rate. form: 0 and 1 for codes of two and three letters, 2 for any."""
    found = []
    for head, said in _lines():
        if head[0].isdigit():
            short, long, names = said.split("|")
            either = [*short.split(), *(name.strip() for name in names.split(","))]
            found.append((float(head), tuple((short.split(), long.split(), either)[form])))
    return tuple(found)


@cache
def _states() -> tuple[tuple[float, tuple[str, ...]], ...]:
    return tuple(
        (float(head.removeprefix("state ")), tuple(said.split()))
        for head, said in _lines()
        if head.startswith("state ")
    )


@cache
def _other() -> float:
    return next(float(said) for head, said in _lines() if head == "other")
