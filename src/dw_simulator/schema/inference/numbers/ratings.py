"""What something is rated on average, and by how many: by the reviews that reference it.

product (avg_rating, review_count);  review (product_id -> product, stars)
    avg_rating    the average of stars in its reviews
    review_count  how many reviews it has
"""

from collections.abc import Iterator

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.header_sums import HeaderSum, may_be_said, may_stand_by
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expressed
from dw_simulator.schema.inference.words.tokens import singular
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import NUMERIC_KINDS, Kind

_RATED = frozenset("rating review star score grade vote evaluation feedback note".split())
_BESIDE = frozenset({"customer", "user", "guest"})
_REVIEWS = frozenset({"review", "rating", "feedback", "evaluation", "vote", "testimonial"})
_AVERAGE = frozenset({"average", "schnitt", "overall"})
_COUNTED = frozenset({"count", "number", "quantity", "total"})
_OTHERS = frozenset("id code max min maximum minimum weight external google class".split())


def ratings(sketch: Sketch, stands: dict[str, Link]) -> None:
    """Say the averages and numbers of ratings. stands: by which reference a table's rows stand together."""
    if not sketch.has("rollup", "expression"):
        return
    for table in list(sketch.tables.values()):
        if table.hidden or not {*table.noun[-1:]} & _REVIEWS:
            continue
        rating = _rating(table)
        for link in table.links if rating is not None else ():
            averages, counts = list(_averages(link.parent)), list(_counts(link.parent))
            free = stands.get(table.name) in (None, link) and may_stand_by(link)
            if not (free and (averages or counts) and rating is not None):
                continue
            stands[table.name] = link
            _say(link, rating, averages, counts)
            break


def is_rated(link: Link) -> bool:
    """Whether the rows of a table are the reviews by which the row that they reference is rated."""
    reviews = {*link.child.noun[-1:]} & _REVIEWS and not link.one_to_one and _rating(link.child) is not None
    return bool(reviews) and any((*_averages(link.parent), *_counts(link.parent)))


def _rating(table: TableSketch) -> ColumnSketch | None:
    """The stars that a review gives."""
    for one in table.columns.values():
        words = {*map(singular, one.words)}
        linked = any(one.name in link.columns for link in table.links)
        number = one.kind in NUMERIC_KINDS and not (one.hidden or one.keyed or linked)
        if number and words & _RATED and not words & (_OTHERS | _COUNTED | _AVERAGE):
            return one
    return None


def _averages(table: TableSketch) -> Iterator[ColumnSketch]:
    for one in table.columns.values():
        words = {*map(singular, one.words)} - {*table.noun}
        scaled = one.kind is Kind.FLOAT or (one.kind is Kind.DECIMAL and one.column.type.scale > 0)
        told = words & _RATED and (
            words & _AVERAGE or words <= {"rating", "star", "customer", "user", "review"}
        )
        if scaled and told and not words & (_OTHERS | _COUNTED) and may_be_said(one):
            yield one


def _counts(table: TableSketch) -> Iterator[ColumnSketch]:
    for one in table.columns.values():
        words = {*map(singular, one.words)} - {*table.noun}
        whole = one.kind is Kind.INTEGER or (one.kind is Kind.DECIMAL and not one.column.type.scale)
        known = one.rule.get("name") == "rollup" or may_be_said(one)
        if whole and words & (_REVIEWS | {"star"}) and words & _COUNTED and known and not words & _OTHERS:
            yield one


def _say(link: Link, rating: ColumnSketch, averages: list[ColumnSketch], counts: list[ColumnSketch]) -> None:
    table = link.parent
    for one in counts:
        if may_be_said(one):
            HeaderSum(one, link, None).say()
            one.filled = True
    if not averages:
        return
    scale = rating.column.type.scale if rating.kind is Kind.DECIMAL else 0
    type_ = "DOUBLE" if rating.kind is Kind.FLOAT else f"DECIMAL(18,{scale})" if scale else "BIGINT"
    total = table.add_hidden("ratings_total", type_, Found("what its ratings come to", {}))
    HeaderSum(total, link, rating).say()
    count = table.add_hidden("ratings_given", "BIGINT", Found("how many ratings it has", {}))
    HeaderSum(count, link, None).say()
    if not rating.required:  # those without stars are none
        rule: dict[str, Json] = {**count.rule, "where": f"{rating.name} IS NOT NULL"}
        count.says(Found("how many ratings it has", {"rule": rule}))
    few, all_ = quoted_name(count.name), quoted_name(total.name)
    for one in averages:
        other = "0" if one.required else "NULL"
        sql = f"CASE WHEN {few} > 0 THEN CAST({all_} AS DOUBLE) / {few} ELSE {other} END"
        made: dict[str, Json] = expressed(sql)
        nulls: dict[str, Json] = {} if one.required else {"null_fraction": 0}
        one.says(Found(f"the average of {rating.name} in its {link.child.name}", {**made, **nulls}))
