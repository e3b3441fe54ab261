"""References to a table of countries: most rows are at home, and those abroad are where people are known.

customer (country_id -> country (iso_code), first_name, city)      pick: the home country far more often
"""

from collections.abc import Iterator, Mapping

from dw_simulator.schema.inference.alone.markets import home_of, known_locales, locale_of, mixed
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch
from dw_simulator.schema.json_data import items_of, object_of
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import Kind

_RARE = 0.3
"""What a country weighs that is no usual market, where people of it are known."""
_COUNTRIES = frozenset({"country", "nation"})


def countries_referenced(sketch: Sketch, links: list[Link]) -> Iterator[tuple[Link, str, Mapping[str, str]]]:
    """References to lists of countries, the column that tells these apart, and the locales of its values."""
    for link in links:
        if link.to_itself or len(link.columns) > 1 or not _COUNTRIES & {*link.parent.noun}:
            continue
        for column in link.parent.columns.values():
            locales = _locales(sketch, column)
            if len(locales) > 1:
                yield link, column.name, locales
                break


def _locales(sketch: Sketch, column: ColumnSketch) -> Mapping[str, str]:
    rule = column.rule
    data = sketch.data.get(str(rule.get("of"))) if rule.get("name") == "table" else None
    if data is None or column.kind is not Kind.TEXT:
        return {}
    values = (str(object_of(row).get(str(rule.get("column")))) for row in items_of(data["rows"]))
    return {value: locale for value in values if (locale := locale_of(value))}


def at_home_mostly(link: Link, column: str, locales: Mapping[str, str], language: str) -> None:
    """Rows of the home country are far more than others."""
    said = {"skew", "childless"}
    stated = any(
        getattr(link.reference, name) for name in (*said, "children", "pick", "via", "tree", "distinct")
    )
    if stated or not link.said.keys() <= said or link.keyed:
        return
    shares = mixed(language, link.child.noun, codes=True) or {home_of(language): 100}
    weights = {one: shares.get(locale, _RARE) for one, locale in locales.items() if locale in known_locales()}
    cases = " ".join(f"WHEN {quoted_text(value)} THEN {weight:g}" for value, weight in weights.items())
    for name in said & link.said.keys():
        del link.said[name]
    link.reasons.clear()
    link.says(
        "most rows are at home", {"pick": {"weights": f"CASE {quoted_name(column)} {cases} ELSE 0 END"}}
    )
