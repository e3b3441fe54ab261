"""Persons as entities: what the columns of a row say of one person agrees."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from faker import Faker
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import column, generated, made, planned, reference, table, to_list, views

from dw_simulator.engine.rows import Rows
from dw_simulator.errors import PlanError
from dw_simulator.plugins.rules.population import Family, Given, Names, Room, _told_apart
from dw_simulator.plugins.rules.romanization import romanized
from dw_simulator.service import ExperimentService, GenerateRequest

ROWS = 20_000


def person(
    field: str, data_type: str = "VARCHAR(80)", name: str | None = None, **more: Any
) -> dict[str, Any]:
    options = {key: more.pop(key) for key in ("entity", "locale", "values", "color") if key in more}
    return column(name or field, data_type, rule={"name": "person", "field": field, **options}, **more)


ALL = ("first_name", "last_name", "full_name", "email", "user_name", "gender", "title", "initials")


def people(rows: int, locale: str, key: str | None = None) -> dict[str, Any]:
    fields = [person(field, locale=locale, is_unique=field == key) for field in ALL]
    return table("people", rows, *fields)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """Tables of people: plain, and told apart by each field that may be a key; buyers and sellers."""
    told_apart = [
        {**people(ROWS, "es_ES", key), "name": f"by_{key}"} for key in ("email", "user_name", "full_name")
    ]
    tables = [{**people(ROWS, "fr_FR"), "name": "plain"}, *told_apart]
    both = [
        person(field, name=f"{who}_{field}", entity=who)
        for who in ("buyer", "seller")
        for field in ("first_name", "last_name", "gender", "email")
    ]
    tables.append(table("deals", ROWS, *both))
    return views(generated(planned(*tables), tmp_path_factory.mktemp("people")))


def none_of(found: duckdb.DuckDBPyConnection, relation: str, condition: str) -> None:
    assert found.execute(f"SELECT * FROM {relation} WHERE {condition} LIMIT 3").fetchall() == []


def plain(name: str) -> str:
    """In SQL: a Latin name in small letters without marks."""
    return f"regexp_replace(lower(strip_accents({name})), '[^a-z]', '', 'g')"


TABLES = ("plain", "by_email", "by_user_name", "by_full_name")


@pytest.mark.parametrize("relation", TABLES)
def test_addresses_carry_the_names_of_the_row(seen: duckdb.DuckDBPyConnection, relation: str) -> None:
    number = "" if relation == "plain" else "[0-9]*"
    local = f"{plain('first_name')} || '[.]' || {plain('last_name')} || '{number}@example[.](com|org|net)'"
    none_of(seen, relation, f"NOT regexp_full_match(email, {local})")
    user = f"{plain('first_name')} || '_' || {plain('last_name')} || '{number}'"
    none_of(seen, relation, f"NOT regexp_full_match(user_name, {user})")


@pytest.mark.parametrize("relation", TABLES)
def test_names_initials_and_titles_agree(seen: duckdb.DuckDBPyConnection, relation: str) -> None:
    number = "( [0-9]+)?" if relation == "by_full_name" else ""
    none_of(seen, relation, f"NOT regexp_full_match(full_name, first_name || ' ' || last_name || '{number}')")
    none_of(seen, relation, "initials <> left(first_name, 1) || left(last_name, 1)")
    titles = (
        {("male", "M."), ("female", "Mme")} if relation == "plain" else {("male", "Sr."), ("female", "Sra.")}
    )
    assert set(seen.execute(f"SELECT DISTINCT gender, title FROM {relation}").fetchall()) == titles


@pytest.mark.parametrize("relation", TABLES)
def test_gender_agrees_with_the_first_name(seen: duckdb.DuckDBPyConnection, relation: str) -> None:
    provider = Faker("fr_FR" if relation == "plain" else "es_ES").factories[0].providers
    (names,) = [p for p in provider if ".person." in type(p).__module__]
    only = {
        "male": set(names.first_names_male) - set(names.first_names_female),
        "female": set(names.first_names_female) - set(names.first_names_male),
    }
    found = seen.execute(f"SELECT DISTINCT first_name, gender FROM {relation}").fetchall()
    assert len(found) > 150
    for name, gender in found:
        assert name not in only["female" if gender == "male" else "male"], (name, gender)


@pytest.mark.parametrize("key", ["email", "user_name", "full_name"])
def test_keys_are_distinct_and_without_numbers_while_names_last(
    seen: duckdb.DuckDBPyConnection, key: str
) -> None:
    assert seen.execute(f"SELECT count(DISTINCT {key}) FROM by_{key}").fetchone() == (ROWS,)
    none_of(seen, f"by_{key}", f"regexp_matches({key}, '[0-9]')")


def test_there_are_as_many_women_as_men_and_common_names_are_common(seen: duckdb.DuckDBPyConnection) -> None:
    women, everybody = seen.execute(
        "SELECT count(*) FILTER (buyer_gender = 'female'), count(*) FROM deals"
    ).fetchone()
    assert abs(women / everybody - 0.5) < 0.02  # five standard deviations
    # by Faker's own weights, drawn otherwise than the pool was
    faker = Faker("en_US")
    faker.seed_instance(99)
    wanted = Counter(faker.last_name() for _ in range(ROWS))
    got = dict(seen.execute("SELECT buyer_last_name, count(*) FROM deals GROUP BY 1").fetchall())
    top = [name for name, _ in wanted.most_common(10)]
    assert 0.8 < sum(got[name] for name in top) / sum(wanted[name] for name in top) < 1.25
    assert sum(got[name] for name in top) > 8 * ROWS * 10 / 1000, "eight times an even share"


def test_two_persons_of_a_row_are_independent(seen: duckdb.DuckDBPyConnection) -> None:
    both = "corr((buyer_gender = 'male')::INT, (seller_gender = 'male')::INT)"
    ask = f"SELECT {both}, avg((buyer_email = seller_email)::INT) FROM deals"
    correlation, same = seen.execute(ask).fetchone()
    assert abs(correlation) < 0.035
    assert same < 0.001


def test_addresses_stay_distinct_when_names_are_used_up() -> None:
    for field in ("email", "user_name", "full_name"):
        length = {"email": 24, "user_name": 12, "full_name": 14}[field]
        rows = 60_000
        values = made(planned(table("t", rows, person(field, f"VARCHAR({length})", is_unique=True))), "t")
        assert len(set(values)) == rows
        numbered = sum(bool(re.search(rb"\d", value)) for value in values)
        assert 0 < numbered < rows
        assert max(map(len, values)) <= length


def test_one_hundred_million_addresses_do_not_repeat() -> None:
    """The first, the last and some between; that the index never repeats is shown elsewhere."""
    rows = 100_000_000
    (plan,) = planned(table("t", rows, person("email", is_unique=True))).tables
    kernel = plan.columns[0].kernel
    some = np.concatenate([np.arange(k, k + 60_000) for k in (0, rows // 2, rows - 60_000)]).astype(np.uint64)
    values = to_list(kernel.values(Rows.at(some)))
    assert len(set(values)) == len(values)
    numbers = [int(found[0]) for found in (re.findall(rb"\d+", value) for value in values[-60_000:]) if found]
    natural = kernel.domain.natural
    assert max(numbers) == -(-rows // natural), "numbers are as low as they can be"


def test_the_addresses_of_all_indices_differ() -> None:
    (plan,) = planned(table("t", 200_000, person("email", "VARCHAR(27)", is_unique=True))).tables
    domain = plan.columns[0].kernel.domain
    assert domain.size < 3_000_000
    values = to_list(domain.decode(np.arange(domain.size, dtype=np.uint64)))
    assert len(set(values)) == domain.size


def test_a_name_with_a_space_makes_no_two_persons_alike() -> None:
    given = tuple(Given(name, romanized(name, "en"), "female") for name in ("Mary", "Mary Ann", "Zoe", "Zoë"))
    family = tuple(Family(name, romanized(name, "en")) for name in ("Lee", "Ann Lee", "Li"))
    first, (last, _) = _told_apart(Names(given, (family, family)), Room(), written=True)
    full = [f"{a.name} {b.name}" for a in first for b in last]
    assert len(set(full)) == len(full) >= 4
    plain_forms = [f"{a.plain}.{b.plain}" for a in first for b in last]
    assert len(set(plain_forms)) == len(full)


def test_people_of_a_table_are_not_those_of_another_and_keep_when_columns_join() -> None:
    def names(*columns: dict[str, Any], name: str = "t") -> list[Any]:
        return made(planned(table(name, 500, *columns)), name, "first_name")

    first = names(person("first_name"))
    assert names(person("email"), person("first_name"), person("gender")) == first
    assert names(person("first_name"), name="u") != first
    assert names(person("first_name", entity="other")) != first


def test_nulls_are_the_column_s_own() -> None:
    optional = person("email", required=False, null_fraction=0.3)
    plan = planned(table("t", 5000, person("first_name"), optional))
    names, addresses = made(plan, "t", "first_name"), made(plan, "t", "email")
    assert 0.25 < sum(address is None for address in addresses) / 5000 < 0.35
    for name, address in zip(names, addresses, strict=True):
        assert address is None or address.decode().startswith(romanized(name, "en_US") + ".")


def test_other_tables_look_up_a_person(tmp_path: Path) -> None:
    owner = table(
        "customers",
        300,
        column("id", "INT"),
        person("email", is_unique=True),
        person("first_name"),
        primary_key=["id"],
    )
    copied = [
        column(f"c_{f}", "VARCHAR(80)", lookup={"reference": "customer", "column": f})
        for f in ("email", "first_name")
    ]
    orders = table("orders", 4000, column("customer", "INT", **reference("customers.id")), *copied)
    by_mail = table("mails", 999, column("address", "VARCHAR(80)", **reference("customers.email")))
    found = views(generated(planned(owner, orders, by_mail), tmp_path))
    joined = "orders JOIN customers ON customer = id"
    none_of(found, joined, "c_email <> email OR c_first_name <> first_name")
    none_of(found, "mails", "address NOT IN (SELECT email FROM customers)")


def test_a_preview_shows_the_people_of_a_run(service: ExperimentService) -> None:
    service.create({"name": "crm", "tables": [people(3000, "pl_PL", "email")]})
    summary = service.generate("crm", GenerateRequest(seed=5))
    written = views(Path(summary.output_dir))
    found = service.preview("crm", "people", offset=1234, count=9, seed=5)
    rows = written.execute("SELECT * FROM people LIMIT 9 OFFSET 1234").fetchall()
    assert [tuple(row.values()) for row in found.rows] == rows


def test_several_keys_of_one_person() -> None:
    plan = planned(table("t", 5000, person("email", is_unique=True), person("user_name", is_unique=True)))
    addresses, users = made(plan, "t", "email"), made(plan, "t", "user_name")
    assert len(set(addresses)) == len(set(users)) == 5000
    assert all(a.split(b"@")[0] == u.replace(b"_", b".") for a, u in zip(addresses, users, strict=True))


def test_an_address_in_a_key_of_several_columns_has_no_numbers_it_does_not_need() -> None:
    tenants = column("tenant", "INT", min_value=1, max_value=5)
    key = table("t", 4000, tenants, person("email"), person("last_name"), primary_key=["tenant", "email"])
    plan = planned(key)
    rows = list(zip(made(plan, "t", "tenant"), made(plan, "t", "email"), strict=True))
    assert len(set(rows)) == 4000
    assert not any(re.search(rb"\d", address) for _, address in rows)
    for name, (_, address) in zip(made(plan, "t", "last_name"), rows, strict=True):
        assert f".{romanized(name, 'en_US')}@" in address.decode()


@pytest.mark.parametrize(
    ("data_type", "options", "values"),
    [
        ("CHAR(1)", {}, {"F", "M"}),
        ("VARCHAR(5)", {}, {"F", "M"}),
        ("VARCHAR(6)", {}, {"female", "male"}),
        ("VARCHAR(6)", {"values": {"female": "w", "male": "m"}}, {"w", "m"}),
        ("BOOLEAN", {"values": {"female": True, "male": False}}, {True, False}),
        ("SMALLINT", {"values": {"female": 2, "male": 1}}, {1, 2}),
    ],
)
def test_gender_in_the_words_of_the_column(data_type: str, options: dict[str, Any], values: set[Any]) -> None:
    assert set(made(planned(table("t", 200, person("gender", data_type, **options))), "t")) == values


@pytest.mark.parametrize("rule", ["email", "full_name"])
def test_a_column_of_its_own_person(rule: str) -> None:
    alone = column("x", "VARCHAR(60)", rule={"name": rule, "locale": "fr_FR"})
    values = made(planned(table("t", 2000, alone, person("first_name", locale="fr_FR"))), "t", "x")
    form = rb"[a-z]+\.[a-z]+@example\.(com|org|net)" if rule == "email" else rb"[^\d]+ [^\d]+"
    assert all(re.fullmatch(form, value) for value in values)
    unique = made(planned(table("t", 2000, {**alone, "is_unique": True})), "t")
    assert len(set(unique)) == 2000


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            [person("first_name", is_unique=True)],
            "several persons may have the same first_name.*e-mail address",
        ),
        ([person("gender", "BOOLEAN")], "gender is text, not boolean; say .values."),
        ([person("email", "INT")], "email is text, not integer; use a text column"),
        ([person("email", values={"female": "a", "male": "b"})], "email shows none; leave them out"),
        ([person("gender", values={"male": "b"})], "one gender only"),
        ([person("gender", values={"male": "b", "female": "b"})], "is there twice"),
        ([person("gender", "CHAR(1)", values={"male": "man", "female": "w"})], "3 bytes do not fit"),
        ([person("title", locale="ja_JP")], "how people are addressed in ja_JP is not known; say .values."),
        ([person("email", "VARCHAR(10)")], "no name of en_US fits; widen it to 40"),
        ([person("email", "VARCHAR(10)"), person("last_name")], "1 problem"),
        ([person("email", locale="de_XX")], "Faker has no locale 'de_XX'"),
        (
            [person("email", locale="de_DE"), person("first_name")],
            "it has the locale en_US, but email.*de_DE",
        ),
        ([person("shoe_size")], "field: should be 'first_name'"),
        ([person("first_name", color="red")], "no option 'color'"),
    ],
)
def test_what_is_refused(columns: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(PlanError, match=message):
        planned(table("t", 9, *columns))


@pytest.mark.parametrize(
    ("name", "locale", "spelt"),
    [
        ("Zoë", "fr_FR", "zoe"),
        ("Søren Bjørnson", "da_DK", "sorenbjornson"),
        ("Weiß", "de_DE", "weiss"),
        ("Müller-Röhrig", "de_CH", "muellerroehrig"),
        ("Ju\u0308rgen", "de_DE", "juergen"),
        ("Agüero", "es_ES", "aguero"),
        ("Łukasz", "pl_PL", "lukasz"),
        ("Þór", "is_IS", "thor"),
        ("Юлия", "ru_RU", "yuliya"),
        ("Щербак", "uk_UA", "shcherbak"),
        ("Γιώργος", "el_GR", "giorgos"),
        ("გიორგი", "ka_GE", "giorgi"),
        ("Արամ", "hy_AM", "aram"),
        ("משה", "he_IL", "mshh"),
        ("محمد", "ar_SA", "mhmd"),
        ("राम", "hi_IN", "raama"),
        ("지훈", "ko_KR", "jihun"),
        ("桂英", "zh_CN", "guiying"),
        ("山本", "ja_JP", "yamamoto"),
        ("さゆり", "ja_JP", "sayuri"),
        ("O'Brien-Smith", "en_US", "obriensmith"),
    ],
)
def test_names_in_the_letters_of_an_address(name: str, locale: str, spelt: str) -> None:
    assert romanized(name, locale) == spelt


@given(st.text(min_size=1, max_size=12))
@settings(max_examples=60)
def test_whatever_a_name_is_an_address_can_carry_it(name: str) -> None:
    assert re.fullmatch("[a-z]+", romanized(name, "en_US"))


@pytest.mark.parametrize("key", [None, "email", "full_name"])
def test_last_names_are_a_woman_s_or_a_man_s(key: str | None) -> None:
    (names,) = [p for p in Faker("cs_CZ").factories[0].providers if ".person." in type(p).__module__]
    only = {
        "male": set(names.last_names_male) - set(names.last_names_female),
        "female": set(names.last_names_female) - set(names.last_names_male),
    }
    plan = planned(people(3000, "cs_CZ", key))
    columns = [
        made(plan, "people", field) for field in ("last_name", "gender", "email", "initials", "full_name")
    ]
    for last, gender, address, initials, full in zip(*columns, strict=True):
        assert last in only[gender]
        assert re.fullmatch(
            rf"[a-z]+[.]{romanized(last, 'cs_CZ')}[0-9]*@example[.](com|org|net)", address.decode()
        )
        assert initials[1] == last[0]
        assert last in full.decode()
    assert len(set(columns[2 if key == "email" else 4])) == 3000 or key is None


def test_columns_of_a_person_that_no_name_fits_together() -> None:
    """Written and in an address, different names are short."""
    short = (Given("Щщ", "shchshch", "male"), Given("Aaaaaa", "aaaaaa", "female"))
    assert Room(first=4).fits(short[0])
    assert Room(plain=6).fits(short[1])
    assert not any(Room(first=4).within(Room(plain=6)).fits(one) for one in short)


@pytest.mark.parametrize("locale", ["ja_JP", "ar_AA", "vi_VN", "th_TH", "en_NG", "cs_CZ"])
def test_locales_of_any_script(locale: str) -> None:
    plan = (
        planned(people(400, locale, "email"))
        if locale in ("cs_CZ", "vi_VN", "en_NG")
        else planned(
            table(
                "people",
                400,
                *(
                    person(f, locale=locale, is_unique=f == "email")
                    for f in ("first_name", "last_name", "email")
                ),
            )
        )
    )
    columns = [made(plan, "people", field) for field in ("first_name", "last_name", "email")]
    for first, last, address in zip(*columns, strict=True):
        assert re.fullmatch(
            f"{romanized(first, locale)}[.]{romanized(last, locale)}[0-9]*@example[.](com|org|net)",
            address.decode(),
        )


@pytest.mark.parametrize(
    ("locale", "between"), [("ja_JP", " "), ("hu_HU", " "), ("vi_VN", " "), ("zh_CN", ""), ("ko_KR", "")]
)
def test_last_names_come_first_where_they_do(locale: str, between: str) -> None:
    fields = "first_name", "last_name", "full_name", "initials"
    plan = planned(table("t", 300, *(person(field, locale=locale) for field in fields)))
    for first, last, full, initials in zip(*(made(plan, "t", field) for field in fields), strict=True):
        assert full.decode() == f"{last}{between}{first}"
        assert initials == last[0] + first[0]
    unique = made(planned(table("t", 20_000, person("full_name", locale=locale, is_unique=True))), "t")
    assert len(set(unique)) == 20_000


@pytest.mark.parametrize("locale", ["nl_NL", "pt_BR"])
def test_a_particle_is_no_initial(locale: str) -> None:
    plan = planned(table("t", 2000, *(person(field, locale=locale) for field in ("last_name", "initials"))))
    pairs = list(zip(made(plan, "t", "last_name"), made(plan, "t", "initials"), strict=True))
    assert any(last[0].islower() for last, _ in pairs)
    assert all(initials.isupper() and initials[1] in last for last, initials in pairs)
