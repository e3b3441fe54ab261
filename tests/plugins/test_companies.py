"""Companies as entities: name, form, domain and industry of a row agree."""

import re
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from tests.support import column, generated, made, planned, table, to_list, views

from dw_simulator.errors import PlanError
from dw_simulator.plugins.rules.company_words import FORMS, TAX_NUMBERS, words_of
from dw_simulator.plugins.rules.gazetteer import LOCALES
from dw_simulator.plugins.rules.romanization import romanized

ROWS = 20_000
ALL = ("name", "legal_form", "domain", "email", "website", "industry", "tax_id")
HOMES = [locale for locale, country in LOCALES.items() if country in FORMS]


def company(field: str, data_type: str = "VARCHAR(90)", **more: Any) -> dict[str, Any]:
    options = {key: more.pop(key) for key in ("entity", "locale") if key in more}
    name = more.pop("column", field)
    return column(name, data_type, rule={"name": "company", "field": field, **options}, **more)


def companies(name: str, locale: str, key: str | None = None, rows: int = ROWS) -> dict[str, Any]:
    return table(name, rows, *(company(field, locale=locale, is_unique=field == key) for field in ALL))


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    both = [company("name", column=f"{who}_name", entity=who) for who in ("buyer", "seller")]
    tables = (
        companies("plain", "en_US"),
        companies("by_name", "de_DE", "name"),
        companies("by_domain", "fr_FR", "domain"),
    )
    return views(generated(planned(*tables, table("two", ROWS, *both)), tmp_path_factory.mktemp("companies")))


def none_of(found: duckdb.DuckDBPyConnection, relation: str, condition: str) -> None:
    assert found.execute(f"SELECT * FROM {relation} WHERE {condition} LIMIT 3").fetchall() == []


TABLES = {"plain": "en_US", "by_name": "de_DE", "by_domain": "fr_FR"}


@pytest.mark.parametrize(("relation", "locale"), TABLES.items())
def test_addresses_carry_the_name(seen: duckdb.DuckDBPyConnection, relation: str, locale: str) -> None:
    none_of(seen, relation, "email <> 'info@' || domain OR website <> 'https://www.' || domain")
    none_of(seen, relation, "NOT ends_with(name, ' ' || legal_form)")
    rows = seen.execute(f"SELECT name, legal_form, domain FROM {relation} LIMIT 4000").fetchall()
    for name, form, domain in rows:
        stem = name.removesuffix(f" {form}")
        assert romanized(stem, locale) == domain.removesuffix(".example").replace("-", ""), (name, domain)


@pytest.mark.parametrize(("relation", "locale"), TABLES.items())
def test_the_name_says_the_industry(seen: duckdb.DuckDBPyConnection, relation: str, locale: str) -> None:
    trades = dict(words_of(locale).trades)
    rows = seen.execute(f"SELECT name, legal_form, industry FROM {relation} LIMIT 4000").fetchall()
    for name, form, industry in rows:
        words = name.removesuffix(f" {form}").split()
        trade = words[0] if words_of(locale).first else words[-1]
        assert trades[trade] == industry, name
    assert len({industry for _, _, industry in rows}) == len(set(trades.values()))


def test_one_company_has_one_form_and_one_tax_number(seen: duckdb.DuckDBPyConnection) -> None:
    ask = (
        "SELECT domain FROM plain GROUP BY 1 HAVING count(DISTINCT (name, legal_form, tax_id, industry)) > 1"
    )
    assert seen.execute(ask).fetchall() == []
    none_of(seen, "plain", "NOT regexp_full_match(tax_id, '[0-9]{2}-[0-9]{7}')")


def test_keys_are_distinct_and_without_numbers_while_names_last(seen: duckdb.DuckDBPyConnection) -> None:
    for relation, key in (("by_name", "name"), ("by_domain", "domain")):
        assert seen.execute(f"SELECT count(DISTINCT {key}) FROM {relation}").fetchone() == (ROWS,)
        none_of(seen, relation, f"regexp_matches({key}, '[0-9]')")


def test_two_companies_of_a_row_are_independent(seen: duckdb.DuckDBPyConnection) -> None:
    assert seen.execute("SELECT count(*) < 20 FROM two WHERE buyer_name = seller_name").fetchone() == (True,)


@pytest.mark.parametrize("field", ["name", "domain", "email", "website"])
def test_the_names_of_all_indices_differ(field: str) -> None:
    """In a column so narrow that they can all be looked at."""
    length = {"name": 27, "domain": 30, "email": 36, "website": 44}[field]
    (plan,) = planned(table("t", 30_000, company(field, f"VARCHAR({length})", is_unique=True))).tables
    domain = plan.columns[0].kernel.domain
    assert 30_000 <= domain.size < 1_000_000
    values = to_list(domain.decode(np.arange(domain.size, dtype=np.uint64)))
    assert len(set(values)) == domain.size
    assert max(map(len, values)) <= length


@pytest.mark.parametrize("locale", HOMES)
def test_every_locale_has_companies(locale: str) -> None:
    words = words_of(locale)
    names = [word for word, _ in words.trades]
    assert len(set(names)) == len(names)
    assert len({romanized(name, locale) for name in names}) == len(names)
    assert all(" " not in word for word in (*names, *words.middles))
    plan = planned(companies("t", locale, "domain", rows=50))
    assert set(made(plan, "t", "legal_form")) <= set(FORMS[LOCALES[locale]])
    look = re.sub("#", "[0-9]", re.escape("".join(TAX_NUMBERS[LOCALES[locale]])).replace(r"\#", "#"))
    assert all(re.fullmatch(look, number.decode()) for number in made(plan, "t", "tax_id"))
    assert all(re.fullmatch(r"[a-z-]+\.example", name.decode()) for name in made(plan, "t", "domain"))


def test_nulls_tables_and_streams() -> None:
    plan = planned(
        table("t", 900, company("name"), company("industry", required=False, null_fraction=0.3)),
        table("u", 900, company("name")),
    )
    assert 200 < sum(value is None for value in made(plan, "t", "industry")) < 340
    assert made(plan, "t", "name") != made(plan, "u", "name")


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            [company("industry", is_unique=True)],
            "several companies may have the same industry.*name or domain",
        ),
        (
            [company("name", locale="ja_JP")],
            "no companies are known for the locale 'ja_JP'.*name one of.*en_US",
        ),
        ([company("name", "VARCHAR(9)")], "no company's name fits; widen it to"),
        ([company("name", "VARCHAR(9)"), company("domain")], "1 problem"),
        ([company("industry", "VARCHAR(5)")], "most values of industry do not fit, the longest has 13 bytes"),
        ([company("name"), company("domain", locale="de_DE")], "it has the locale en_US, but domain"),
        ([company("name", "INT")], "the rule company makes text, not integer"),
        ([company("owner")], "field: should be 'name'"),
    ],
)
def test_what_is_refused(columns: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(PlanError, match=message):
        planned(table("t", 9, *columns))


def test_a_width_that_is_recommended_is_enough(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="widen it to") as refusal:
        planned(table("t", 9, company("website", "VARCHAR(12)", is_unique=True)))
    (width,) = re.findall(r"widen it to (\d+)", str(refusal.value))
    assert (
        len(set(made(planned(table("t", 9, company("website", f"VARCHAR({width})", is_unique=True))), "t")))
        == 9
    )
