"""Accounts of the country that the row says: a seller in France has a French IBAN, and a bank there.

    seller (country_code, iban NOT NULL)        iban: cases by country; and all countries have IBANs
    bank_account (customer_id -> customer (country), iban, bic)

Where nothing says a country, the bank is where the account is.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib.resources import files

from dw_simulator.schema.inference.alone.by_country import RowCountry, countries_shown, row_countries
from dw_simulator.schema.inference.alone.markets import home_of, locale_of
from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.inference.words.term_forms import pattern_width
from dw_simulator.schema.json_data import Json, JsonObject, fields_in, items_in
from dw_simulator.types import Kind

_IBAN = "{check:iban}"
_BANKS = re.compile(r"^(\{letters:4\})\{choice:[A-Z|]+\}")
"""How the pattern of a bank's code begins: behind its letters is the country."""
_FEWEST = 2


@cache
def _behind() -> Mapping[str, str]:
    """What IBANs of a country have behind their check digits."""
    text = (files("dw_simulator.schema.inference") / "data" / "country_ibans.txt").read_text(encoding="utf-8")
    lines = (line.split("|", 1) for line in text.splitlines() if line and not line.startswith("#"))
    return {country.strip(): pattern.strip() for country, pattern in lines}


def country_ibans(sketch: Sketch) -> None:
    """IBANs and banks are in the country of their row."""
    if not sketch.has("pattern", "cases"):
        return
    for table in sketch.tables.values():
        ibans = [one for one in table.columns.values() if _IBAN in _pattern(one)]
        banks = [one for one in table.columns.values() if _BANKS.match(_pattern(one))]
        if table.hidden or not ibans:
            continue
        country = next(row_countries(sketch, table, ibans[0].words), None)
        if country is None:
            home = _pattern(ibans[0])[:2]
            for bank in banks:
                _says(bank, {"name": "pattern", "pattern": _of_bank(bank, home)}, ibans[0].name)
            continue
        if any(one.required for one in ibans):
            _only_with_ibans(country.column)
        for column in ibans:
            _go_by(column, country, table.language, _iban)
        for bank in banks:
            _go_by(bank, country, table.language, partial(_of_bank, bank))


def _pattern(column: ColumnSketch) -> str:
    free = column.open and not column.keyed and column.kind is Kind.TEXT
    return str(column.rule.get("pattern", "")) if free and column.rule.get("name") == "pattern" else ""


def _iban(country: str) -> str:
    return country + _IBAN + _behind()[country]


def _of_bank(bank: ColumnSketch, country: str) -> str:
    return _BANKS.sub(rf"\g<1>{country}", _pattern(bank))


def _says(column: ColumnSketch, rule: JsonObject, country: str) -> None:
    assert column.found is not None, "it has a rule"
    told = f"{column.found.meaning}, of the country that {country} says"
    column.says(Found(told, {**column.found.fields, "rule": rule}))


def _go_by(column: ColumnSketch, country: RowCountry, language: str, made: Callable[[str], str]) -> None:
    """Let a column go by the country of its row; it is NULL where a country has no IBANs, if it may be."""
    room = column.column.type.length
    codes = {value: code for value in _values(country.column) if (code := _code(value)) in _behind()}
    cases: dict[str, Json] = {
        value: {"pattern": pattern}
        for value, code in codes.items()
        if pattern_width(pattern := made(code)) <= room
    }
    if not cases:
        return
    home = home_of(language)[-2:]
    other = made(home) if home in _behind() and pattern_width(made(home)) <= room else _pattern(column)
    rule: JsonObject = {
        "name": "cases",
        "given": country.given,
        "rule": {"name": "pattern"},
        "cases": cases,
        "spare": True,
        "otherwise": {"pattern": other} if column.required else None,
    }
    _says(column, rule, country.told)


def _code(value: str) -> str:
    """The code of a country, however it is called; empty where it is not known."""
    locale = locale_of(value)
    return locale[-2:] if locale else value if value in _behind() else ""


def _values(column: ColumnSketch) -> list[str]:
    """What a column of countries can show."""
    listed = items_in(column.rule.get("values"))
    return [str(value) for value in listed] if listed else countries_shown(column)


def _only_with_ibans(column: ColumnSketch) -> None:
    """Whoever must have an IBAN is where there are some."""
    rule = column.rule
    if not column.open or column.found is None or column.keyed:
        return
    listed, weights, shares = (
        items_in(rule.get("values")),
        items_in(rule.get("weights")),
        fields_in(rule.get("locale")),
    )
    if listed and rule.get("name") == "choice":
        kept = [at for at, value in enumerate(listed) if _code(str(value)) in _behind()]
        if len(kept) < _FEWEST:
            return
        narrow: dict[str, Json] = {**rule, "values": [listed[at] for at in kept]}
        if weights:
            narrow["weights"] = [weights[at] for at in kept]
        column.says(Found(column.found.meaning, {**column.found.fields, "rule": narrow}))
    elif shares and rule.get("name") == "place":
        _only_places(column.table, rule, shares)


def _only_places(table: TableSketch, rule: Mapping[str, Json], shares: Mapping[str, Json]) -> None:
    kept: dict[str, Json] = {one: share for one, share in shares.items() if one[-2:] in _behind()}
    if len(kept) < _FEWEST:
        return
    for column in table.columns.values():
        same = column.rule.get("name") == "place" and column.rule.get("entity") == rule.get("entity")
        if same and column.found is not None and column.rule.get("locale") == shares:
            fields = {**column.found.fields, "rule": {**column.rule, "locale": kept}}
            column.says(Found(column.found.meaning, fields, column.found.reason))
