"""Who has passed, by the grade; what is given for it, and honours with a degree alone."""

from collections.abc import Iterator, Mapping

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.free_measures import greatest
from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.inference.words.tokens import singular
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import NUMERIC_KINDS, Kind

_GRADES = frozenset({"grade", "mark", "score"})
_NO_GRADES = frozenset({"max", "min", "average", "weight", "count", "rank", "level", "pay", "salary"})
_PASSED = ({"passed"}, {"pass"}, {"sufficient"}, {"bestanden"}, {"reussi"}, {"superato"}, {"approved"})
_BESIDE = frozenset({"exam", "test", "course", "is", "has", "was", "flag", "indicator", "yn"})
_GIVEN = frozenset({"awarded", "granted", "given", "earned", "obtained", "achieved", "received"})
_CREDITS = frozenset({"credit", "ects", "point"})
_HONOURS = frozenset({"honours", "honors", "honour", "honor", "laude", "distinction"})
_DEGREES = frozenset({"degree", "diploma", "graduated", "graduation", "graduate"})
_SCALES: Mapping[str, tuple[float, float, float, float, float]] = {
    "nl": (1, 10, 5.5, 6.6, 1.4),
    "de": (1, 5, 4, 2.7, 1),
    "fr": (0, 20, 10, 11.6, 3.2),
    "es": (0, 10, 5, 6.1, 1.9),
    "pt": (0, 20, 9.5, 12, 3.2),
}
"""The least grade, the greatest, and that with which one has passed, by the language of the names; about
what most get, and how far they are from it. In German the least is the best.
Sources: common scales of universities."""
_TOPS = {10: 5.5, 20: 10.0, 30: 18.0, 100: 60.0}
"""What is needed at the least where the language of the names says nothing, by the greatest grade."""


def grade_facts(sketch: Sketch) -> None:
    """Grades, and what goes by them in a row."""
    if not sketch.has("expression", "normal", "boolean"):
        return
    for table in sketch.tables.values():
        if table.hidden:
            continue
        flags = [one for one in table.columns.values() if _is_flag(one)]
        passed = next((one for one in flags if _says_passed(one)), None)
        if passed is not None:
            grade = _grade(table)
            if grade is not None:
                _pass(table, passed, grade)
            for given in list(_credits(table)):
                _give(passed, *given)
        _honour(flags)


def _is_flag(column: ColumnSketch) -> bool:
    told = column.unless or "null_when" in column.fields
    return column.kind is Kind.BOOLEAN and not column.hidden and not told and may_be_said(column)


def _words(column: ColumnSketch) -> set[str]:
    return {singular(word) for word in column.words}


def _says_passed(column: ColumnSketch) -> bool:
    return _words(column) - _BESIDE - set(column.table.noun) in _PASSED


def _grade(table: TableSketch) -> ColumnSketch | None:
    found = [
        one
        for one in table.columns.values()
        if one.kind in NUMERIC_KINDS
        and not (one.hidden or one.keyed)
        and _words(one) & _GRADES
        and not _words(one) & _NO_GRADES
    ]
    return found[0] if len(found) == 1 else None


def _pass(table: TableSketch, passed: ColumnSketch, grade: ColumnSketch) -> None:
    scale = _SCALES.get(table.language)
    whole = grade.column.type.scale == 0 and grade.kind is not Kind.FLOAT
    if scale is not None and may_be_said(grade) and not (whole and scale[2] % 1):
        least, most, _mark, mean, spread = scale
        if greatest(grade.column.type) >= most:
            rule: dict[str, Json] = {"name": "normal", "mean": mean, "stddev": spread}
            grade.says(Found("a grade", {"rule": rule, "min_value": least, "max_value": most}))
    _low, high = _ends(grade)
    if high is None:
        return
    german = table.language == "de" and high <= 6
    mark = scale[2] if scale is not None and (german or high == scale[1]) else _TOPS.get(int(high))
    if mark is None or (table.language == "de" and not german):
        return
    sql = f"{quoted_name(grade.name)} {'<=' if german else '>='} {mark:g}"
    if passed.required:
        sql = f"COALESCE({sql}, FALSE)"
    nulls: dict[str, Json] = {} if passed.required else {"null_fraction": 0}
    told = f"whether {grade.name} is {'at most' if german else 'at least'} {mark:g}"
    passed.says(Found(told, {"rule": expression(sql), **nulls}))


def _ends(column: ColumnSketch) -> tuple[float | None, float | None]:
    """Between which values a grade lies, as declared or found."""
    declared = column.column
    low = column.fields.get("min_value", declared.min_value)
    high = column.fields.get("max_value", declared.max_value)
    return (
        float(str(low)) if low is not None else None,
        float(str(high)) if high is not None else None,
    )


def _credits(table: TableSketch) -> Iterator[tuple[ColumnSketch, str, ColumnSketch]]:
    """Credits that are given, by which reference, and those that the referenced row is worth."""
    for one in table.columns.values():
        given = _words(one) - _GIVEN
        fits = one.kind in NUMERIC_KINDS and not one.hidden and may_be_said(one)
        if not fits or given == _words(one) or not given & _CREDITS:
            continue
        for link in table.links:
            for worth in link.parent.columns.values():
                alike = worth.kind in NUMERIC_KINDS and _words(worth) - set(link.parent.noun) == given
                room = _digits(one) >= _digits(worth) and one.column.type.scale >= worth.column.type.scale
                known = (worth.required and link.required) or not one.required
                if alike and room and known and not link.to_itself:
                    yield one, link.name, worth
                    break
            else:
                continue
            break


def _digits(column: ColumnSketch) -> int:
    type_ = column.column.type
    if type_.kind is Kind.FLOAT:
        return 300
    return type_.precision - type_.scale if type_.precision else type_.bits * 3 // 10


def _give(passed: ColumnSketch, given: ColumnSketch, link: str, worth: ColumnSketch) -> None:
    sql = f"CASE WHEN {quoted_name(passed.name)} THEN {quoted_name(link, worth.name)} ELSE 0 END"
    nulls: dict[str, Json] = {} if given.required else {"null_fraction": 0}
    told = f"{link}.{worth.name} where {passed.name} is true, else 0"
    given.says(Found(told, {"rule": expression(sql), **nulls}))


def _honour(flags: list[ColumnSketch]) -> None:
    if not flags:
        return
    honours = [one for one in flags if _words(one) & _HONOURS]
    degrees = [
        one
        for one in flags[0].table.columns.values()
        if one.kind is Kind.BOOLEAN and _words(one) & _DEGREES and one not in honours
    ]
    if len(honours) != 1 or len(degrees) != 1:
        return
    (one,), (degree,) = honours, degrees
    sql = f"COALESCE({quoted_name(degree.name)}, FALSE) AND noise('honours') < 0.12"
    nulls: dict[str, Json] = {} if one.required else {"null_fraction": 0}
    one.says(Found(f"few of those where {degree.name} is true", {"rule": expression(sql), **nulls}))
