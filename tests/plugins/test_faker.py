"""The rule `faker`: providers of others, arguments, a stopped clock, and values that never repeat."""

import datetime
import json
import re
import sys
import time
import types
from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
import pytest
from faker import Faker
from faker.providers import BaseProvider
from tests.support import column, made, planned, table, to_list

from dw_simulator.engine.rows import Rows
from dw_simulator.engine.values.base import Drawn
from dw_simulator.errors import PlanError
from dw_simulator.planning import plan
from dw_simulator.plugins.rules import faker_draws
from dw_simulator.plugins.rules.faker_uniques import counted, learned
from dw_simulator.plugins.rules.shipped_pools import shipped
from dw_simulator.ports.kept_pools import Pools
from dw_simulator.registry.manager import PluginWarning, Registry
from dw_simulator.registry.rulebook import Rulebook
from dw_simulator.schema import reading

MANY = 100_000_000


def values(provider: str, rows: int = 300, data_type: str = "VARCHAR(200)", **fields: Any) -> list[Any]:
    options = fields.pop("options", {})
    rule = {"name": "faker", "provider": provider, **options}
    found = made(planned(table("t", rows, column("v", data_type, rule=rule, **fields))), "t")
    return [value.decode() if isinstance(value, bytes) else value for value in found]


def pooled(provider: str, locale: str = "en_US") -> tuple[str, ...]:
    return shipped(provider, locale) or faker_draws.samples(faker_draws.MethodOrigin(provider), locale, 2000)


def refusal(provider: str, rows: int = 300, **fields: Any) -> str:
    with pytest.raises(PlanError) as caught:
        values(provider, rows, **fields)
    return str(caught.value)


# --- providers of others

HOME = "strange_package.providers"


class Ports(BaseProvider):
    """As a stranger writes it: a method of its own, one that Faker has, one that uses others of its own."""

    formats: ClassVar = ("{{port}} {{city}}",)

    def port(self) -> str:
        return self.random_element(["Rotterdam", "Antwerp", "Hamburg"])

    def city(self) -> str:
        return f"harbour of {self.random_element(['A', 'B'])}"

    def place(self) -> str:
        return str(self.generator.parse(self.random_element(self.formats)))

    def name(self) -> str:
        return self.random_element(["Ada", "Bo"])

    def berth(self) -> dict[str, Any]:
        return {"port": self.port(), "number": self.random_int(1, 9)}


class Docks(BaseProvider):
    def port(self) -> str:
        return "dock"


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """From providers by name to a rulebook that knows them and no others."""
    module = types.ModuleType(HOME)
    module.__dict__.update(Ports=Ports, Docks=Docks)
    monkeypatch.setitem(sys.modules, HOME, module)

    def of(**providers: str) -> Rulebook:
        registry = Registry()
        shelf = types.SimpleNamespace(
            names=tuple(providers), get=lambda name: _loaded(providers[name], module)
        )
        monkeypatch.setattr(registry, "faker_providers", shelf)
        return Rulebook(registry)

    return of


def _loaded(name: str, module: types.ModuleType) -> Any:
    if not hasattr(module, name):
        raise ImportError(f"no {name} there")
    return getattr(module, name)


def drawn(rulebook: Rulebook, provider: str, locale: str = "en_US", pools: Pools | None = None) -> set[str]:
    rule = {"name": "faker", "provider": provider, "locale": locale}
    tables = [table("t", 200, column("v", "VARCHAR(90)", rule=rule))]
    found = plan(reading.parse({"name": "test", "tables": tables}), 1, rulebook, pools=pools)
    return {value.decode() if isinstance(value, bytes) else value for value in made(found, "t")}


def test_a_registered_provider_is_known_by_its_methods_and_by_its_name(rules: Any) -> None:
    known = rules(ports="Ports", docks="Docks")
    assert drawn(known, "berth.port") == {"Rotterdam", "Antwerp", "Hamburg"}
    assert drawn(known, "ports.port") == {"Rotterdam", "Antwerp", "Hamburg"}
    assert drawn(known, "ports.berth.number") == set("123456789")
    assert drawn(known, "port") == {"dock"}, "the first name in the alphabet has it"
    assert {place.split()[0] for place in drawn(known, "place")} == {"Rotterdam", "Antwerp", "Hamburg"}
    assert all("harbour of" in place for place in drawn(known, "place")), (
        "its own methods, in its own templates"
    )
    assert drawn(known, "port", "de_DE") == {"dock"}


def test_a_provider_changes_no_other_column(rules: Any) -> None:
    """Not even one of its own name: Faker's methods are Faker's."""
    alone, beside = rules(), rules(ports="Ports", docks="Docks")
    for provider in ("city", "address", "name"):
        assert drawn(alone, provider) == drawn(beside, provider)
    assert drawn(beside, "ports.city") == {"harbour of A", "harbour of B"}


def test_a_field_called_name_is_no_persons_name(rules: Any) -> None:
    rule = {"name": "faker", "provider": "ports.name"}
    tables = [table("t", 50, column("v", "VARCHAR(90)", is_unique=True, rule=rule))]
    found = plan(reading.parse({"name": "test", "tables": tables}), 1, rules(ports="Ports"))
    assert {value.decode().rstrip("0123456789") for value in made(found, "t")} == {"Ada", "Bo"}


def test_unknown_providers_offer_those_of_others_too(rules: Any) -> None:
    for asked, near in (
        ("prot", "port"),
        ("bert", "berth"),
        ("first_nam", "first_name"),
        ("prots.x", "ports"),
    ):
        with pytest.raises(PlanError, match=f"no provider '{asked}'; did you mean .*{near}"):
            drawn(rules(ports="Ports"), asked)
    with pytest.raises(PlanError, match=r"no provider 'first'"):
        drawn(rules(ports="Ports"), "ports.first")
    with pytest.raises(PlanError, match=r"berth has no field 'prot'; did you mean 'port'"):
        drawn(rules(ports="Ports"), "berth.prot")


def test_a_broken_provider_is_named_and_left_out(rules: Any) -> None:
    with pytest.warns(PluginWarning, match="the Faker provider 'broken' is left out: no Nothing there"):
        assert drawn(rules(broken="Nothing", ports="Ports"), "ports.port")
    assert drawn(rules(broken="Nothing"), "first_name"), "nobody asked for it, so nobody is told"


def test_a_pool_says_who_has_made_it(rules: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    versions = {"faker": "41.2", "strange-dist": "7.8"}
    fixed = types.SimpleNamespace(
        version=versions.__getitem__, packages_distributions=lambda: {"strange_package": ["strange-dist"]}
    )
    monkeypatch.setattr(faker_draws, "metadata", fixed)
    monkeypatch.setattr(Ports, "__module__", HOME)
    for provider, made_by in (("place", "Faker 41.2, strange-dist 7.8"), ("license_plate", "Faker 41.2")):
        pools = Pools()
        drawn(rules(ports="Ports"), provider, pools=pools)
        assert {name: pool.made_by for name, pool in pools.used.items()} == {
            f"faker {provider} en_US 2000": made_by
        }


# --- arguments, fields, the clock


def test_arguments_are_the_methods() -> None:
    within = {"arguments": {"min_value": 5, "max_value": 7}}
    assert set(values("pyint", data_type="INT", options=within)) == {5, 6, 7}
    assert set(values("random_element", options={"arguments": {"elements": ["x", "y"]}})) == {"x", "y"}
    days = values("date_between", data_type="DATE", options={"arguments": {"start_date": "-3d"}})
    assert {datetime.date(1970, 1, 1) + datetime.timedelta(day) for day in days} <= {
        datetime.date(2026, 1, 1) - datetime.timedelta(back) for back in range(4)
    }


@pytest.mark.parametrize(
    ("provider", "options", "words"),
    [
        (
            "pyint",
            {"arguments": {"min_valeu": 5}},
            "pyint fails: TypeError.*min_valeu.*look at its arguments",
        ),
        ("first_name", {"locale": "en_UK"}, "no locale 'en_UK'; did you mean"),
        ("profile.mial", {}, "has no field 'mial'; did you mean 'mail'"),
        ("first_name.x", {}, "first_name gives no fields"),
        ("binary", {"arguments": {"length": 8}}, "it gives bytes, which are no text"),
        ("time_series", {}, "generator objects, which are no values"),
        ("add_provider", {}, "no provider 'add_provider'"),
        ("unique", {}, "no provider 'unique'"),
        ("__class__", {}, "no provider '__class__'"),
        ("", {}, "provider"),
    ],
)
def test_what_cannot_be_drawn_is_refused(provider: str, options: Any, words: str) -> None:
    with pytest.raises(Exception, match=words):
        values(provider, options=options)


_UUIDS = {"faker": {"name": "faker", "provider": "uuid4"}, "uuid": {"name": "uuid"}}


def test_uuids_are_those_of_the_rule_uuid() -> None:
    given = {name: column("v", "UUID", is_unique=True, rule=rule) for name, rule in _UUIDS.items()}
    faker, own = (made(planned(table("t", 300, one)), "t") for one in given.values())
    assert len({bytes(one) for one in faker}) == 300
    assert [bytes(one) for one in faker] == [bytes(one) for one in own]
    with pytest.raises(PlanError, match="Faker's name gives no UUID; choose the rule uuid"):
        values("name", data_type="UUID")


def test_documents_are_json_of_their_type() -> None:
    assert all(isinstance(json.loads(one), str) for one in values("first_name", data_type="SUPER"))
    assert all(isinstance(json.loads(one), list) for one in values("pylist", data_type="ARRAY"))
    with pytest.raises(PlanError, match="no value of Faker's first_name fits"):
        values("first_name", data_type="OBJECT")


@pytest.mark.parametrize("text", ["NaN", "-Infinity", "[NaN]"])
def test_what_only_python_takes_for_json_is_text(text: str) -> None:
    rule = {"name": "choice", "values": [text]}
    found = made(planned(table("t", 3, column("v", "SUPER", rule=rule))), "t")
    assert found == [json.dumps(text)] * 3


class Clock(BaseProvider):
    """Tells the time in every way."""

    def now(self) -> str:
        today = datetime.date.today()  # noqa: DTZ011 - as strangers do
        return f"{time.time()} {time.time_ns()} {datetime.datetime.now()} {today}"  # noqa: DTZ005


def test_the_clock_stands_still_in_providers_of_others_too() -> None:
    (told,) = set(faker_draws.samples(faker_draws.MethodOrigin("now", Clock), "en_US", 30))
    assert told == "1767225600.0 1767225600000000000 2026-01-01 00:00:00 2026-01-01"
    assert time.time() > 1767225600.0, "and goes on behind them"
    assert Clock.now(None).endswith("2026-01-01") is False  # type: ignore[arg-type]


# --- values that never repeat

SHAPED = {
    "phone_number": r"(\+1-|001-|1-)?\(?\d{3}[).-]?\d{3}[.-]?\d{4}(x\d{3,5})?",
    "ssn": r"(?!000|666|9)\d{3}-(?!00)\d\d-\d{4}",
    "ein": r"\d\d-\d{7}",
    "ipv4": r"((25[0-5]|2[0-4]\d|1\d\d|\d?\d)(\.|$)){4}",
    "ipv4_private": r"10(\.\d{1,3}){3}",
    "ipv6": r"[0-9a-f]{1,4}(:[0-9a-f]{1,4}){7}",
    "mac_address": r"[0-9a-f]{2}(:[0-9a-f]{2}){5}",
    "uuid4": r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
    "sha1": r"[0-9a-f]{40}",
    "hex_color": r"#[0-9a-f]{6}",
    "license_plate": r"[0-9A-Z •-]{4,9}",
    "postcode": r"\d{5}",
    "domain_name": r"[a-z-]+\d*\.(com|net|org|biz|info)",
    "street_address": r"(\d+ .*|[^0-9]* .*)",
    "name": r"[A-Z][\w']+ [A-Z][\w' ]+",
    "building_number": r"\d{1,5}",
    "port_number": r"\d{1,5}",
}


@pytest.mark.parametrize("provider", SHAPED)
def test_unique_values_look_like_those_of_the_pool(provider: str) -> None:
    """20,000 of them, ten times as many as the pool has, without a number behind any."""
    found = values(provider, 20_000, is_unique=True)
    assert len(set(found)) == 20_000
    shape = re.compile(SHAPED[provider])
    assert [value for value in found if not shape.fullmatch(value)] == []


MULTITUDES = ("phone_number", "street_address", "name", "email", "first_name", "company", "city", "user_name")


@pytest.mark.parametrize("provider", MULTITUDES)
def test_values_are_distinct_up_to_the_last_row_of_a_hundred_million(provider: str) -> None:
    rule = {"name": "faker", "provider": provider}
    found = planned(table("t", MANY, column("v", "VARCHAR(120)", is_unique=True, rule=rule)))
    kernel = found.tables[0].columns[0].kernel
    assert isinstance(kernel, Drawn)
    assert kernel.domain.size >= MANY
    shown = [
        value
        for run in (0, MANY // 2, MANY - 5000)
        for value in to_list(kernel.values(Rows.run(run, run + 5000)))
    ]
    assert len(set(shown)) == 15_000
    assert kernel.selector.size >= MANY


@pytest.mark.parametrize("provider", ["phone_number", "street_address", "postcode", "name", "word"])
@pytest.mark.parametrize("locale", ["en_US", "de_DE", "ja_JP"])
def test_domains_have_no_value_twice(provider: str, locale: str) -> None:
    """By decoding stretches of indices from all over the domain, in order."""
    rule = {"name": "faker", "provider": provider, "locale": locale}
    found = planned(table("t", 5000, column("v", "VARCHAR(120)", is_unique=True, rule=rule)))
    kernel = found.tables[0].columns[0].kernel
    assert isinstance(kernel, Drawn)
    size = kernel.domain.size
    numbers = sorted({min(start + k, size - 1) for start in range(0, size, size // 7) for k in range(6000)})
    decoded = to_list(kernel.domain.decode(Rows.at(np.array(numbers, dtype=np.uint64)).numbers))
    assert len(set(decoded)) == len(numbers)


@pytest.mark.parametrize(
    ("provider", "mend"),
    [
        ("iban", "raise pool_size"),
        ("ean13", "raise pool_size"),
        ("credit_card_number", "raise pool_size"),
        ("date", "raise pool_size"),
        ("country", "take it out of the key"),
        ("currency_code", "take it out of the key"),
        ("month_name", "take it out of the key"),
        ("secondary_address", "take it out of the key"),
    ],
)
def test_values_that_have_no_others_like_them_are_refused(provider: str, mend: str) -> None:
    words = refusal(provider, 20_000, is_unique=True)
    assert f"Faker's {provider} has " in words
    assert "different values, 20,000 rows are asked" in words
    assert mend in words


def test_a_greater_pool_is_a_mend() -> None:
    options = {"pool_size": 9000}
    found = values("ean13", 6000, is_unique=True, options=options)
    assert len(set(found)) == 6000
    for code in found[:200]:
        digits = [int(digit) for digit in code]
        assert (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0, "still with its check digit"


def test_fields_are_of_the_kind_that_their_name_says() -> None:
    few = {"pool_size": 100}
    mails = values("profile.mail", 3000, is_unique=True, options=few)
    assert all(re.fullmatch(r"[a-z.]+\d*@example\.(com|org|net)", mail) for mail in mails)
    assert "profile.birthdate has" in refusal("profile.birthdate", 20_000, is_unique=True, options=few)
    assert not [
        name for name in values("profile.name", 20_000, is_unique=True, options=few) if re.search(r"\d", name)
    ]


def test_numbers_of_a_type_are_those_of_the_pool() -> None:
    assert "pyint has" in refusal("pyint", 20_000, data_type="INT", is_unique=True)
    assert len(set(values("pyint", 1500, data_type="INT", is_unique=True))) == 1500


def test_names_are_told_apart_by_other_names_before_numbers() -> None:
    found = values("name", 100_000, is_unique=True)
    assert len(set(found)) == 100_000
    assert not [name for name in found if re.search(r"\d", name)]
    firsts, lasts = (set(pooled(half)) for half in ("first_name", "last_name"))
    assert {name.split(" ", 1)[0] for name in found} <= firsts
    assert {name.split(" ", 1)[1] for name in found} <= lasts


@pytest.mark.parametrize(
    ("locale", "order"), [("ja_JP", "last"), ("hu_HU", "last"), ("zh_CN", "last"), ("fr_FR", "first")]
)
def test_names_are_in_the_order_of_their_locale(locale: str, order: str) -> None:
    options = {"locale": locale}
    found = values("name", 1000, is_unique=True, options=options)
    heads = tuple(pooled(f"{order}_name", locale))
    assert all(name.startswith(heads) for name in found)
    assert len(set(found)) == 1000


def test_a_growing_table_keeps_its_first_rows() -> None:
    small, large = (values("phone_number", rows, is_unique=True) for rows in (100, 5000))
    assert large[:100] == small


def test_short_columns_get_what_fits() -> None:
    found = values("phone_number", 5000, data_type="VARCHAR(17)", is_unique=True)
    assert len(set(found)) == 5000
    assert max(map(len, found)) <= 17
    assert "do not fit" in refusal("phone_number", 10, data_type="VARCHAR(9)", is_unique=True)


def test_shapes_are_learned_from_draws() -> None:
    draws = ["AB-12", "AB-47", "CX-13", "7", "no digits"]
    shapes = learned(draws, re.compile("[0-9]+"), 20)
    assert {(shape.literals, shape.pieces) for shape in shapes} == {
        (("AB-", ""), (("12", "13", "47"),)),
        (("CX-", ""), (("12", "13", "47"),)),
        (("", ""), (("7",),)),
    }


def test_counted_values_of_several_words_have_a_blank_before_the_number() -> None:
    def last(names: list[str]) -> bytes:
        domain = counted(names, 30)
        return bytes(to_list(domain.decode(Rows.run(len(names), len(names) + 1).numbers.copy()))[0])

    assert last(["Ann", "Bob"]) == b"Ann2"
    assert last(["North Ann", "South Bob"]) == b"North Ann 2"
    assert last(["Route 66", "Old Way"]) == b"Route 66-2"


def test_pools_are_what_faker_draws() -> None:
    faker = Faker("de_DE")
    faker.seed_instance("last_name/de_DE")
    assert faker_draws.samples(faker_draws.MethodOrigin("last_name"), "de_DE", 50) == tuple(
        faker.last_name() for _ in range(50)
    )
