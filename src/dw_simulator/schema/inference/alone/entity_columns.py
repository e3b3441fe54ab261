"""Columns of a row that speak of one person, place or company: they get one entity, so that they agree."""

from collections.abc import Iterator
from dataclasses import replace

from dw_simulator.schema.inference.alone.markets import mixed
from dw_simulator.schema.inference.candidates import Found, KnownRules, Match, OpenColumn, Words, has_room
from dw_simulator.schema.inference.words.glossary import part
from dw_simulator.schema.inference.words.lexicon import LOCALES
from dw_simulator.schema.inference.words.tokens import noun
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.model import Table

_KEYS = frozenset({("person", "email"), ("person", "user_name"), ("person", "full_name")})
"""What can be told apart by a number where names are used up."""
_COUNTRIES = frozenset({("place", "country"), ("place", "country_code")})
"""Where these are columns, a place may be in any country."""

_TITLE = ("person", "title")
_OF_A_COMPANY = frozenset({"company", "organization", "business", "firm", "legal", "corporate"})
"""What does not say whose company it is: the company's name and the domain are of one."""

Entity = tuple[str, Words]
"""The rule, and whose it is; nobody's where it is what the table's rows are."""
Members = dict[str, tuple[OpenColumn, Match]]
"""The columns of an entity by their names, and what each says of it."""


def together(table: Table, columns: list[OpenColumn], language: str, rules: KnownRules) -> dict[str, Found]:
    """The columns that stand with others for one thing, with the rule of the entity."""
    found: dict[str, Found] = {}
    for (rule, owner), all_members in _entities(columns).items():
        members = _with_room(all_members, LOCALES[language][0] if language in LOCALES else "")
        if len(members) < 2 or rule not in rules:
            continue
        entity = "_".join(owner or noun(table.name))
        told = {match.guess.part for _, match in members.values()}
        numbered = any({"house", "number"} <= {*column.words} for column in columns)
        anywhere = len(_with_room(members, "world")) == len(members)
        for name, (column, match) in members.items():
            assert match.guess.part is not None, "members are parts"
            options: JsonObject = {"name": rule, "field": match.guess.part[1], "entity": entity}
            if numbered and match.guess.part == ("place", "street_address"):
                options["field"] = "street"  # its number stands beside it
            said = ""
            if language in LOCALES:
                options["locale"], called = LOCALES[language]
                said = f", {called} like the names of the columns"
            if rule == "place" and told & _COUNTRIES:
                abroad = mixed(language, noun(table.name), codes=("place", "country") not in told)
                if abroad and (anywhere or len({locale[:2] for locale in abroad}) == 1):
                    options["locale"] = dict(abroad)
                    said += ", most of them at home and a few abroad"
            others = _listed([other for other in members if other != name])
            meaning = f"{match.guess.meaning}{column.said}, of the same {rule} as {others}{said}"
            found[name] = Found(meaning, {"rule": options})
    return found


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _with_room(members: Members, locale: str) -> Members:
    """Those whose columns hold what there is in a locale."""
    return {
        name: (column, match)
        for name, (column, match) in members.items()
        if has_room(column.column, match.guess, locale)
    }


def _entities(columns: list[OpenColumn]) -> dict[Entity, Members]:
    """The columns of each entity; of two that say the same about it, the first."""
    found: dict[Entity, Members] = {}
    for column in columns:
        match = next(_parts(column), None)
        if match is None or match.guess.part is None:
            continue
        rule, field = match.guess.part
        owner = match.owner if {*match.owner} - _OF_A_COMPANY or rule != "company" else ()
        members = found.setdefault((rule, owner), {})
        told = {other.guess.part for _, other in members.values()}
        if (rule, field) not in told and not (column.keyed and (rule, field) not in _KEYS):
            members[column.column.name] = (column, match)
    for members in found.values():
        _settle(members)
    return found


def _settle(members: Members) -> None:
    """A title without a name may be that of a book; a name beside a last name is the first name."""
    told = {match.guess.part: name for name, (_, match) in members.items()}
    halves = {field for field in ("first_name", "last_name") if ("person", field) in told}
    whole = told.get(("person", "full_name"))
    if whole is not None and not halves and not members[whole][1].guess.alone:
        del members[whole]  # what has a name and an e-mail may be a hotel
        whole = None
    if whole is None and not halves:
        for name in [name for name, (_, match) in members.items() if match.guess.part == _TITLE]:
            del members[name]
    if whole is None or len(halves) != 1:
        return
    column, match = members[whole]
    if column.words[-1:] == ("name",) and not column.keyed and "full" not in column.words:
        other = part("person", "first_name" if "last_name" in halves else "last_name")
        members[whole] = (column, replace(match, guess=other))


def _parts(column: OpenColumn) -> Iterator[Match]:
    """The best guess, if it is a part of an entity, or one that is believed only as such."""
    for match in column.matches:
        if match.guess.part is not None:
            yield match
        if match.guess.alone:
            return
