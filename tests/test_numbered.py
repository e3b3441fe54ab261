"""The rule `numbered`: no two rows have the same text, and foreign keys find it."""

import itertools
import re
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.sql import SQL
from tests import postgres
from tests.engine.kernels_zoo import EXAMPLES
from tests.support import column, generated, made, planned, reference, scattered, table, to_list, views

from dw_simulator.engine.rows import Rows
from dw_simulator.engine.values.base import fixed
from dw_simulator.engine.values.facts import stored_numbers
from dw_simulator.errors import PlanError
from dw_simulator.schema import reading

ROWS = 1_000_000
Json = dict[str, Any]


def numbered(text: str, name: str = "no", length: int = 150, **options: Any) -> Json:
    fields = {key: options.pop(key) for key in ("is_unique", "required") if key in options}
    own = {"name": "numbered", "format": text, **options}
    return column(name, f"VARCHAR({length})", **{"is_unique": True, **fields}, rule=own)


def moments(data_type: str = "TIMESTAMP", **options: Any) -> Json:
    ordered = {"name": "calendar", "order": "sorted", "weekends": False, **options}
    return column("at", data_type, date_start="2019-03-01", date_end="2024-12-31", rule=ordered)


ACCOUNTS = table(
    "accounts",
    300,
    column("id", "INT", is_unique=True),
    column("domain", "VARCHAR(60)", rule={"name": "company", "field": "domain"}),
    column("code", "CHAR(4)"),
)
FIRST = column("first", "VARCHAR(40)", rule={"name": "person", "field": "first_name", "locale": "de_DE"})
LAST = column("last", "VARCHAR(40)", rule={"name": "person", "field": "last_name", "locale": "de_DE"})


def invoices(rows: int, *columns: Json, **fields: Any) -> Json:
    return table(
        "invoices", rows, column("account_id", "INT", **reference("accounts.id")), *columns, **fields
    )


def test_a_million_invoices_by_year_and_mails_at_the_accounts_domain(tmp_path: Path) -> None:
    parents = invoices(
        ROWS,
        moments(),
        numbered("INV-{at:%Y}-{number:06}", within="year"),
        FIRST,
        LAST,
        numbered("{first:slug}.{last:slug}{number}@{account_id.domain}", "mail"),
    )
    one = {"columns": ["no"], "references_table": "invoices", "references_columns": ["no"]}
    lines = table(
        "lines",
        ROWS,
        column("no", "VARCHAR(150)"),
        column("mail", "VARCHAR(150)", **reference("invoices.mail")),
        foreign_keys=[one],
    )
    db = views(generated(planned(ACCOUNTS, parents, lines), tmp_path / "out"))
    counted = "SELECT count(*), count(DISTINCT no), count(DISTINCT mail) FROM invoices"
    assert db.execute(counted).fetchone() == (ROWS, ROWS, ROWS)
    for name in ("no", "mail"):
        lost = db.execute(f"SELECT count(*) FROM lines ANTI JOIN invoices USING ({name})").fetchone()
        assert lost == (0,)
    # 1, 2, 3, ... within each year, in the order of the moments
    db.execute('CREATE VIEW dated AS SELECT no, "at" AS moment, year("at") AS y FROM invoices')
    wrong = db.execute(
        "SELECT count(*) FROM "
        "(SELECT *, row_number() OVER (PARTITION BY y ORDER BY moment, no) AS n FROM dated) "
        "WHERE no <> printf('INV-%d-%06d', y, n)"
    ).fetchone()
    assert wrong == (0,)
    strange = db.execute(
        "SELECT count(*) FROM invoices JOIN accounts ON account_id = id "
        "WHERE NOT regexp_full_match(split_part(mail, '@', 1), '[a-z]*[.][a-z]*[0-9]+') "
        "OR split_part(mail, '@', 2) <> domain"
    ).fetchone()
    assert strange == (0,)


def test_postgres_takes_it_with_all_constraints_on(database: psycopg.Connection, tmp_path: Path) -> None:
    key = numbered("INV-{at:%Y}-{number:06}", within="year", is_unique=False)
    mail = numbered("{first:slug}{number}@{account_id.domain}", "mail")
    together = [{"columns": ["amount", "days"], "rank": 0.6}]
    amounts = column("amount", "DECIMAL(8,2)", min_value=0, max_value=900), column("days", "INT", min_value=0)
    parents = invoices(20_000, moments(), key, FIRST, mail, primary_key=["no"])
    billed = column("mail", "VARCHAR(150)", **reference("invoices.mail"))
    lines = table(
        "lines",
        40_000,
        column("no", "VARCHAR(150)", **reference("invoices.no")),
        billed,
        *amounts,
        correlate=together,
    )
    tables = [ACCOUNTS, parents, lines]
    plan, experiment = planned(*tables), reading.parse({"name": "billing", "tables": tables})
    postgres.create(database, "billing", experiment)
    postgres.load(database, "billing", experiment, plan, generated(plan, tmp_path))
    ranks = "SELECT rank() OVER (ORDER BY amount) AS a, rank() OVER (ORDER BY days) AS b FROM lines"
    found = database.execute(SQL(f"SELECT count(*), corr(a, b) FROM ({ranks}) AS ranked")).fetchone()
    assert found is not None
    assert found[0] == 40_000
    assert found[1] == pytest.approx(0.6, abs=0.02)


def test_letters_are_without_accents_and_small() -> None:
    odd = [
        "Zoë",
        "Jürgen-Peter",
        "ŁUKASZ",
        "Øyvind",
        "O'Neil",
        "李",
        "",
        "a very long name that is no slug é",
    ]
    listed = column("name", "VARCHAR(60)", rule={"name": "choice", "values": odd})
    plan = planned(table("t", 200, listed, numbered("{name:slug}-{number}")))
    expected = {"Zoë": "zoe", "Jürgen-Peter": "jurgenpeter", "ŁUKASZ": "ukasz", "Øyvind": "yvind"}
    expected |= {"O'Neil": "oneil", "李": "", "": "", odd[-1]: "averylongnamethatisnosluge"}
    for row, (name, text) in enumerate(zip(made(plan, "t", "name"), made(plan, "t", "no"), strict=True)):
        assert text.decode() == f"{expected[name]}-{row + 1}"


def test_a_text_is_copied_whatever_shape_it_comes_in() -> None:
    notes = column("note", "VARCHAR(200)")
    codes = column("code", "CHAR(5)")
    plan = planned(table("t", 20_000, notes, codes, numbered("{number}/{note}/{code}", length=260)))
    rows = zip(made(plan, "t", "note"), made(plan, "t", "code"), made(plan, "t", "no"), strict=True)
    for row, (note, code, text) in enumerate(rows):
        parts = [part if isinstance(part, str) else part.decode() for part in (note, code)]
        assert text.decode() == "/".join([str(row + 1), *parts])


@pytest.mark.parametrize(("within", "shown"), [("year", "%Y"), ("month", "%Y%m"), ("day", "%Y-%m-%d")])
@pytest.mark.parametrize("data_type", ["DATE", "TIMESTAMP", "TIMESTAMP_NTZ"])
def test_numbers_begin_anew_in_each_period(within: str, shown: str, data_type: str) -> None:
    plan = planned(
        table("t", 20_000, moments(data_type), numbered(f"{{at:{shown}}}/{{number:4}}", within=within))
    )
    counts: Counter[str] = Counter()
    for text in made(plan, "t", "no"):
        period, number = text.decode().split("/")
        counts[period] += 1
        assert int(number) == counts[period]
        assert len(number) == 4
    assert len(counts) > {"year": 5, "month": 60, "day": 1400}[within]


def test_times_of_day_and_whole_numbers_are_shown() -> None:
    stores = column("store", "INT", min_value=0, max_value=999)
    plan = planned(
        table("t", 500, moments(), stores, numbered("{at:%d.%m.%y %H:%M:%S} {store:03} {number:5}"))
    )
    for row, text in enumerate(made(plan, "t", "no")):
        at, store = made(plan, "t", "at")[row], made(plan, "t", "store")[row]
        seconds = at // 1_000_000
        moment = re.fullmatch(r"\d\d\.\d\d\.\d\d (\d\d):(\d\d):(\d\d) (\d{3}) (\d{5})", text.decode())
        assert moment is not None
        hour, minute, second, shown, number = map(int, moment.groups())
        assert (hour * 60 + minute) * 60 + second == seconds % 86_400
        assert (shown, number) == (store, row + 1)


@pytest.mark.parametrize("data_type", ["NUMBER(9,0)", "DECIMAL(18)", "BIGINT"])
def test_a_whole_number_is_shown_whatever_its_type_is_called(data_type: str) -> None:
    stores = column("store", data_type, min_value=0, max_value=999)
    plan = planned(table("t", 500, stores, numbered("{store:03}-{number}")))
    shown = [f"{store:03}-{row + 1}".encode() for row, store in enumerate(made(plan, "t", "store"))]
    assert made(plan, "t", "no") == shown


@given(data=st.data())
@settings(max_examples=15)
def test_any_rows_in_any_split_have_their_own_texts(data: st.DataObject) -> None:
    text = "{at:%Y}-{number:06}-{account_id.code}-{last}"
    plan = planned(ACCOUNTS, invoices(3000, moments(), LAST, numbered(text, within="year")))
    kernel = next(one.kernel for one in plan.table("invoices").columns if one.name == "no")
    whole = to_list(kernel.values(Rows.run(0, 3000)))
    numbers = data.draw(st.lists(st.integers(0, 2999), max_size=40))
    assert to_list(kernel.values(scattered(numbers))) == [whole[n] for n in numbers]
    start = data.draw(st.integers(0, 2999))
    assert to_list(kernel.values(Rows.run(start, 3000))) == whole[start:]
    alone = planned(ACCOUNTS, invoices(3000, moments(), LAST, numbered(text, within="year")), only="invoices")
    assert made(alone, "invoices", "no") == whole


_PIECES = ["-", "1", "x", "{number}", "{few}", "{few:slug}", "{n}", "{n:3}", "{at:%Y}", "{at:%m}"]


@given(parts=st.lists(st.sampled_from(_PIECES), min_size=1, max_size=5), seed=st.integers(0, 99))
@settings(max_examples=60)
def test_whatever_the_format_no_two_rows_are_alike_or_it_is_refused(parts: list[str], seed: int) -> None:
    text = "".join(parts)
    if text.count("{number") != 1:
        return
    few = column(
        "few", "VARCHAR(6)", rule={"name": "choice", "values": ["", "1", "11", "a1", "-1", "1-1", "ab"]}
    )
    n = column("n", "INT", min_value=0, max_value=120)
    try:
        plan = planned(table("t", 3000, few, n, moments("DATE"), numbered(text)), seed=seed)
    except PlanError as error:
        assert "cannot be told from the text" in str(error)  # noqa: PT017 - either is right
        return
    texts = made(plan, "t", "no")
    assert len({*texts}) == len(texts)


def test_a_part_of_a_composite_key_and_a_primary_key() -> None:
    key = numbered("A{number}", is_unique=False)
    plan = planned(table("t", 1000, key, column("x", "INT"), primary_key=["no"], unique=[["no", "x"]]))
    assert len({*made(plan, "t", "no")}) == 1000


def test_a_table_without_rows() -> None:
    plan = planned(table("t", 0, moments(), numbered("{at:%Y}-{number:6}", within="year")))
    assert made(plan, "t", "no") == []


def test_null_where_a_part_is_null() -> None:
    note = column("code", "CHAR(3)", required=False, null_fraction=0.5)
    plan = planned(table("t", 1000, note, numbered("{number}-{code}", is_unique=False, required=False)))
    for code, text in zip(made(plan, "t", "code"), made(plan, "t", "no"), strict=True):
        assert (code is None) == (text is None)


@pytest.mark.parametrize("name", [name for name, one in EXAMPLES.items() if one.facts.rising])
def test_what_is_said_to_rise_does(name: str) -> None:
    values = stored_numbers(fixed(EXAMPLES[name].values(Rows.run(1 << 30, (1 << 30) + 50_000))))
    assert values is not None
    assert all(one <= later for one, later in itertools.pairwise(values))


def test_null_notes_leave_others_alone() -> None:
    notes = column("note", "VARCHAR(200)", required=False, null_fraction=0.4)
    looked = column("name", "VARCHAR(60)", lookup={"reference": "account_id", "column": "domain"})
    text = numbered("{number}/{note}/{name:slug}", length=300, required=False, is_unique=False)
    plan = planned(ACCOUNTS, invoices(3000, notes, looked, text))
    kernel = next(one.kernel for one in plan.table("invoices").columns if one.name == "no")
    assert to_list(kernel.values(Rows.run(5, 5))) == []
    shown = zip(*(made(plan, "invoices", name) for name in ("note", "name", "no")), strict=True)
    for row, (note, name, found) in enumerate(shown):
        if note is None:
            assert found is None
        else:
            letters = re.sub("[^a-z]", "", name.decode())
            assert found.decode() == f"{row + 1}/{note.decode()}/{letters}"


def refused(*columns: Json) -> str:
    with pytest.raises(PlanError) as error:
        planned(ACCOUNTS, invoices(5000, *columns))
    return str(error.value)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ([FIRST, numbered("{first}{number}")], "cannot be told from the text"),
        ([FIRST, numbered("{first}-{number}-{first}")], "put a sign such as -"),
        ([numbered("INV-")], "{number} stands in it once"),
        ([numbered("{number}{number}")], "{number} stands in it once"),
        ([numbered("{number")], "a brace is not closed"),
        ([numbered("{number:x}")], "no number of digits"),
        ([numbered("{number}", within="year")], "the format shows no date"),
        ([moments(), numbered("{at:%m}-{number}", within="year")], "the text does not tell which"),
        ([moments(), numbered("{at:%Y}-{number}", within="month")], "show {at:%Y%m}"),
        ([moments(order=None), numbered("{at:%Y}-{number}", within="year")], "rows are not sorted by it"),
        ([moments(order="nearly"), numbered("{at:%Y}-{number}", within="year")], "rows are not sorted by it"),
        ([moments(), numbered("{at:%Q}-{number}")], "%Q says nothing of TIMESTAMP"),
        ([moments("DATE"), numbered("{at:%H}-{number}")], "%H says nothing of DATE"),
        ([FIRST, numbered("{fist}-{number}")], "did you mean 'first'"),
        ([numbered("{account_id.domian}-{number}")], "did you mean 'domain'"),
        ([FIRST, numbered("{first:upper}-{number}")], "a text has no such form"),
        ([column("x", "DOUBLE"), numbered("{x}-{number}")], "which a format does not show"),
        ([column("x", "DECIMAL(8,2)"), numbered("{x}-{number}")], "which a format does not show"),
        ([column("x", "DECIMAL(30)"), numbered("{x}-{number}")], "which a format does not show"),
        ([column("x", "INT", min_value=-5, max_value=5), numbered("{x}-{number}")], "may be negative"),
        ([numbered("INV-{number:06}", length=9)], "widen it to 10"),
        ([column("x", "CHAR(3)", required=False), numbered("{x}-{number}")], "cannot be NULL, but what"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(columns: list[Json], words: str) -> None:
    found = refused(*columns)
    assert words in found
    assert "invoices.no" in found
