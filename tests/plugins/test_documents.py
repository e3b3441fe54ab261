"""Documents from templates: valid JSON, each leaf by its own rule, arrays as long as they may be."""

import json
import math
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import Remainders, column, generated, made, planned, table, views

from dw_simulator.errors import PlanError
from dw_simulator.planning import plan
from dw_simulator.schema import reading
from dw_simulator.schema.model import RuleSpec
from dw_simulator.service import ExperimentService
from dw_simulator.types import Kind

INTEGER = {"data_type": "INT", "min_value": 10, "max_value": 99}
WORD = {
    "data_type": "VARCHAR(20)",
    "rule": {"name": "choice", "values": ["new", 'a "quote"\\\n', "Zoë €", ""]},
}
COLUMNS = [
    column("id", "INT", rule={"name": "sequence"}),
    column("amount", "DECIMAL(38,2)", min_value=1, max_value=500),
    column(
        "name",
        "VARCHAR(20)",
        required=False,
        null_fraction=0.3,
        rule={"name": "choice", "values": ["Ann", "Zoë"]},
    ),
    column("long", "VARCHAR(60)"),
    column("at", "TIMESTAMP_NTZ"),
    column("raw", "SUPER"),
    column("photo", "VARBYTE(4)"),
]


def nested(levels: int) -> Any:
    """Objects within arrays within objects."""
    found: Any = 1
    for level in range(levels):
        found = {"array": found, "length": 1} if level % 2 else {"a": found}
    return found


def documents(template: Any, rows: int = 200, data_type: str = "SUPER", **fields: Any) -> list[Any]:
    doc = column("doc", data_type, rule={"name": "json", "template": template}, **fields)
    texts = made(planned(table("t", rows, *COLUMNS, doc)), "t", "doc")
    return [json.loads(text) for text in texts]


def test_a_document_of_every_kind_of_part() -> None:
    template = {
        "id": {"column": "id"},
        "sequence": {"data_type": "INT", "rule": {"name": "sequence", "start": 5}},
        "tags": {"array": WORD, "length": [0, 4]},
        "shipping": {"day": {"data_type": "DATE", "date_start": "2024-01-01", "date_end": "2024-12-31"},
                     "to": {"city": WORD}},
        "amount": {"column": "amount"},
        "price": {"data_type": "DECIMAL(12,3)", "min_value": 1, "max_value": 2},
        "rate": {"data_type": "DOUBLE", "min_value": 0, "max_value": 1},
        "moment": {"data_type": "TIMESTAMP(3)"},
        "flag": {"data_type": "BOOLEAN"},
        "uuid": {"data_type": "UUID"},
        "note": {"data_type": "VARCHAR(30)", "null_fraction": 0.2},
        "maybe": {"data_type": "INT", "required": False, "null_fraction": 0},
        "mail": {"data_type": "VARCHAR(60)", "faker_rule": "company"},
        "shape": {"data_type": "INT", "min_value": 0, "max_value": 50,
                  "distribution": {"type": "normal", "parameters": {"mean": 25, "stddev": 4}}},
        "kind": 'constant "text"',
        "one": 1, "half": 0.5, "yes": True, "nothing": None, "empty": {},
        "double": {"data_type": "INT", "rule": {"name": "expression", "sql": "id * 2"}},
        "name": {"column": "name"},
        "lines": [{"n": INTEGER, "of": {"column": "id"}, "name": {"column": "name"}, "raw": {"column": "raw"},
                   "long": {"column": "long"}, "sub": {"array": INTEGER, "length": 2}}],
        "words": {"object": {"array": 1, "column": "x", "data_type": INTEGER,
                             "object": {"object": {"a": 1}}}},
        "raw": {"data_type": "SUPER"},
        "": 1,
    }  # fmt: skip
    del template[""]
    found = documents(template)
    for row, one in enumerate(found):
        assert list(one) == list(template)
        assert (one["id"], one["double"], one["sequence"]) == (row + 1, 2 * row + 2, row + 5)
        assert len(one["tags"]) <= 4
        assert set(one["tags"]) <= set(WORD["rule"]["values"])
        assert date(2024, 1, 1) <= date.fromisoformat(one["shipping"]["day"]) <= date(2024, 12, 31)
        assert 1 <= one["price"] <= 2
        assert 0 <= one["rate"] <= 1
        assert datetime.fromisoformat(one["moment"])
        assert (one["kind"], one["one"], one["half"], one["yes"]) == ('constant "text"', 1, 0.5, True)
        assert (one["nothing"], one["empty"]) == (None, {})
        assert one["maybe"] is not None
        for line in one["lines"]:
            assert 10 <= line["n"] <= 99
            assert (line["of"], line["name"]) == (one["id"], one["name"])
            assert len(line["sub"]) == 2
            assert isinstance(line["raw"], dict)
        assert one["words"] == {
            "array": 1,
            "column": "x",
            "data_type": one["words"]["data_type"],
            "object": {"a": 1},
        }
        assert set(one["raw"]) == {"id", "channel", "tags", "score"}
    lengths = Counter(len(one["lines"]) for one in found)
    assert set(lengths) == set(range(6)), "a list of one element is an array of up to five"
    assert 20 <= sum(one["note"] is None for one in found) <= 65
    assert 30 <= sum(one["name"] is None for one in found) <= 90
    assert len({one["uuid"] for one in found}) == 200
    assert len({line["n"] for one in found for line in one["lines"]}) > 60
    assert 0.2 < sum(one["flag"] for one in found) / 200 < 0.8


def test_a_document_of_a_hundred_levels() -> None:
    (text,) = made(
        planned(table("t", 1, column("doc", "SUPER", rule={"name": "json", "template": nested(100)}))),
        "t",
        "doc",
    )
    assert text.decode() == '[{"a":' * 50 + "1" + "}]" * 50


def test_lengths_are_drawn_evenly() -> None:
    counts = Counter(len(one) for one in documents({"array": INTEGER, "length": [2, 5]}, 4000, "ARRAY"))
    assert set(counts) == {2, 3, 4, 5}
    assert sum((count - 1000) ** 2 / 1000 for count in counts.values()) < 16.3, "chi squared of 3, to 0.1 %"


def test_duckdb_reads_the_documents_of_the_files(tmp_path: Path) -> None:
    template = {"amount": {"column": "amount"}, "lines": {"array": {"n": INTEGER}, "length": [1, 3]}}
    doc = column("doc", "SUPER", rule={"name": "json", "template": template})
    output = generated(planned(table("t", 3000, *COLUMNS, doc)), tmp_path / "out")
    with views(output) as connection:
        answer = connection.sql(
            """SELECT count(*) FILTER (WHERE NOT json_valid(doc)),
                      count(*) FILTER (WHERE CAST(doc ->> '$.amount' AS DECIMAL(38,2)) <> amount),
                      min(json_array_length(doc -> '$.lines')), max(json_array_length(doc -> '$.lines'))
               FROM t"""
        ).fetchall()
    assert answer == [(0, 0, 1, 3)]


def test_numbers_keep_their_digits() -> None:
    amounts = made(planned(table("t", 200, *COLUMNS)), "t", "amount")
    doc = column("doc", "SUPER", rule={"name": "json", "template": {"a": {"column": "amount"}}})
    texts = made(planned(table("t", 200, *COLUMNS, doc)), "t", "doc")
    for text, (low, high) in zip(texts, amounts, strict=True):
        found = json.loads(text, parse_float=Decimal)["a"]
        assert found == Decimal(low + (high << 64)).scaleb(-2)


def test_moments_keep_their_digits() -> None:
    names = {"TIMESTAMP_NTZ": 29, "TIMESTAMP_TZ": 29, "TIME(9)": 18, "TIMESTAMP": 26, "TIMESTAMPTZ": 26}
    template = {name: {"data_type": name} for name in names}
    found = documents(template, 100)
    for name, width in names.items():
        assert max(len(one[name].removesuffix("+00")) for one in found) == width, name


def test_documents_may_be_null_like_any_column() -> None:
    doc = column(
        "doc", "SUPER", required=False, null_fraction=0.5, rule={"name": "json", "template": {"a": 1}}
    )
    texts = made(planned(table("t", 400, doc)), "t")
    assert 140 < texts.count(None) < 260
    assert set(texts) == {None, b'{"a":1}'}


def test_text_columns_hold_documents_that_fit() -> None:
    assert documents({"a": INTEGER}, 5, "VARCHAR(8)") == [
        {"a": one["a"]} for one in documents({"a": INTEGER}, 5)
    ]
    with pytest.raises(
        PlanError, match=r"the document: row 0, counted from 0 gives .* is longer than 7 bytes"
    ):
        documents({"a": INTEGER}, 5, "VARCHAR(7)")


names = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=8)
constants = (
    st.none()
    | st.booleans()
    | st.integers(-(1 << 63), (1 << 63) - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
)
templates = st.recursive(
    constants,
    lambda inner: (
        st.dictionaries(names, inner, max_size=4).map(lambda members: {"object": members})
        | st.builds(lambda part, n: {"array": part, "length": n}, inner, st.integers(0, 3))
    ),
    max_leaves=12,
)


def _expected(template: Any) -> Any:
    if not isinstance(template, dict):
        return template
    if "object" in template:
        return {name: _expected(part) for name, part in template["object"].items()}
    return [_expected(template["array"])] * template["length"]


def _ambiguous(template: Any) -> bool:
    """Whether two members of an object differ by case alone."""
    if not isinstance(template, dict):
        return False
    if "array" in template:
        return _ambiguous(template["array"])
    members = template["object"]
    return len({name.lower() for name in members}) < len(members) or any(map(_ambiguous, members.values()))


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, dict):
        return list(one) == list(other) and all(_same(one[name], other[name]) for name in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, float):
        return isinstance(other, int | float) and math.isclose(one, other, rel_tol=1e-15, abs_tol=0)
    return bool(one == other and type(one) is type(other))


@given(template=templates)
@settings(max_examples=60, deadline=None)
def test_any_template_of_constants_is_itself(template: Any) -> None:
    if _ambiguous(template):
        with pytest.raises(PlanError, match="differ by case alone"):
            documents({"object": {"top": template}}, 2)
        return
    found = documents({"object": {"top": template}}, 2)
    for one in found:
        assert _same(_expected(template), one["top"]), (template, one)


def _refusals() -> Iterator[tuple[Any, str, str]]:
    yield {"a": [1, 2]}, "SUPER", "template.a: a list has one element, .*not 2; say \\[element\\]"
    yield {"a": []}, "SUPER", "template.a: a list has one element"
    yield {"a": {"b": {"data_type": "INTT"}}}, "SUPER", "template.a.b: .*did you mean 'INT'"
    yield {"a": {**INTEGER, "rule": {"name": "choic"}}}, "SUPER", "template.a: .*did you mean 'choice'"
    yield [{"x": {**WORD, "data_type": "VARCHAR(2)"}}], "SUPER", "template\\[\\].x: values of up to"
    yield {"a": {**INTEGER, "min_valu": 3}}, "SUPER", "template.a: min_valu: Extra inputs"
    yield {"a": {**INTEGER, "max_value": 3}}, "SUPER", "template.a: .*3 is below min_value 10"
    yield {"a": {**INTEGER, "is_unique": True}}, "SUPER", "template.a: is_unique is not possible"
    yield {"a": {**INTEGER, "null_when": "id > 3"}}, "SUPER", "template.a: null_when is not possible"
    yield {"a": {"data_type": "VARBYTE(4)"}}, "SUPER", "template.a: JSON has no bytes"
    yield {"a": [{"column": "photo"}]}, "SUPER", "template.a\\[\\]: JSON has no bytes"
    yield nested(101), "SUPER", "template: more than 100 levels within each other; make the documents flatter"
    yield nested(900), "SUPER", "more than 100 levels"
    yield {"a": {"column": "nam"}}, "SUPER", "no column 'nam'; did you mean 'name'"
    yield {"a": {"column": "doc"}}, "SUPER", "comes from itself"
    yield {"a": {"array": 1, "length": [5, 2]}}, "SUPER", "template.a: \\[5, 2\\] is no length"
    yield {"a": {"array": 1, "length": -1}}, "SUPER", "template.a: -1 is no length"
    yield {"a": {"array": 1, "length": "3"}}, "SUPER", "template.a: '3' is no length"
    yield {"a": {"array": [1], "length": 5000}}, "SUPER", "up to 25,000 elements a row, 10,000 are possible"
    yield {"a": 1, "A": 2}, "SUPER", "template: 'a' and 'A' differ by case alone"
    yield {"": 1}, "SUPER", "template: a member's name has at least one character"
    yield {"a": float("inf")}, "SUPER", "template.a: inf is not a value of JSON"
    yield {"a": 1 << 64}, "SUPER", "template.a: 18446744073709551616 is not a value"
    yield {"a": "\ud800"}, "SUPER", "template.a: .* is not a value"
    yield (
        [{"data_type": "INT", "rule": {"name": "expression", "sql": "id"}}],
        "SUPER",
        "template\\[\\]: the elements",
    )
    yield (
        {"a": {"data_type": "INT", "rule": {"name": "expression", "sql": "name"}}},
        "SUPER",
        "template.a: .*VARCHAR",
    )
    yield [INTEGER], "OBJECT", "the template is no object, as OBJECT is; make it an object"
    yield {"a": INTEGER}, "ARRAY", "the template is no array, as ARRAY is; make it an array"
    yield "text", "OBJECT", "the template is no object"
    yield {**INTEGER, "null_fraction": 0.5}, "SUPER", "it is NULL, and the column is required"


@pytest.mark.parametrize(("template", "data_type", "message"), list(_refusals()))
def test_templates_that_are_refused(template: Any, data_type: str, message: str) -> None:
    with pytest.raises(PlanError, match=message):
        documents(template, data_type=data_type)


def test_leaves_of_an_entity_agree() -> None:
    """With the row's columns of it at the top; with each other in each element of an array."""
    own = ExperimentService().rule

    class Rules:
        def __getattr__(self, name: str) -> Any:
            return getattr(own, name)

        def __call__(self, spec: RuleSpec, kind: Kind) -> Any:
            if spec.name != "person":
                return own(spec, kind)
            return Remainders(entity="person", modulus=spec.options["modulus"])

    rules = Rules()

    def person(modulus: int) -> dict[str, Any]:
        return {"data_type": "INT", "rule": {"name": "person", "modulus": modulus}}

    pair = {"m4": person(4), "m8": person(8)}
    template = {"at": pair, "list": {"array": {**pair, "sub": {"array": pair, "length": 2}}, "length": 3}}
    document = table(
        "t",
        200,
        column("m16", **person(16)),
        column("doc", "SUPER", rule={"name": "json", "template": template}),
    )
    a_plan = plan(reading.parse({"name": "test", "tables": [document]}), 7, rules)
    numbers = made(a_plan, "t", "m16")
    found = [json.loads(text) for text in made(a_plan, "t", "doc")]
    for number, one in zip(numbers, found, strict=True):
        assert one["at"] == {"m4": number % 4, "m8": number % 8}
        for element in one["list"]:
            assert element["m4"] == element["m8"] % 4
            assert all(sub["m4"] == sub["m8"] % 4 for sub in element["sub"])
    assert len({element["m8"] for one in found for element in one["list"]}) == 8
    same = sum(one["at"]["m8"] == one["list"][0]["m8"] for one in found)
    assert 5 < same < 60, "elements are others than their document's"


def test_without_a_template_documents_are_small() -> None:
    doc = column("doc", "OBJECT", rule={"name": "json"})
    for text in made(planned(table("t", 50, doc)), "t"):
        assert set(json.loads(text)) == {"id", "channel", "tags", "score"}
