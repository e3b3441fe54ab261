"""What is said of a model is the same wherever it stands: a pump's maker and power are those of its model.

pump (model, manufacturer, rated_power_kw, serial_number)
    a hidden table of a dozen models with these; each pump is of one of them
"""

from collections.abc import Iterator, Sequence

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.inference.words.tokens import plain_words, singular
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.types import NUMERIC_KINDS, Kind

_MODELS = 12
_MAKERS = frozenset("manufacturer make maker brand producer builder".split())
_BUILT = frozenset(
    """rated nominal power diameter rotor displacement wheelbase voltage amperage torque payload horsepower
    memory ram storage screen megapixel resolution bandwidth throughput cylinder axle gear tank
    nameplate""".split()
)
"""Words of numbers that go with how something is built."""
_ALSO_PROGRAMS = frozenset("memory ram storage resolution bandwidth throughput".split())
"""Of these what runs on a machine has some as well."""
_MADE = frozenset({"serial", "built", "manufacture", "made", "production", "warranty", "year"})
"""Words beside a model of things that were made, one by one."""
_DOINGS = frozenset(
    "shoot run job session training experiment evaluation prediction inference request".split()
)
"""What has a model that nobody makes: who is photographed, or what a program has learnt."""
_NAMED = frozenset({"model", "name", "number", "code", "equipment", "device", "machine", "vehicle", "unit"})
"""Words in the name of a column with a model: there is none of a business in it."""
_DRAWN = frozenset({"lognormal", "normal", "uniform", "price", "choice", "exponential", "triangular", "beta"})
_OF_MODELS = frozenset({"model", "product", "catalog", "article", "sku", "listing"})


def model_rows(sketch: Sketch) -> None:
    """Models with what is told of them, in tables of what there are several of each of."""
    for table in list(sketch.tables.values()):
        if table.hidden or table.table.rows is not None or _OF_MODELS & {*table.noun}:
            continue
        model = next((one for one in table.columns.values() if _is_model(one)), None)
        if model is not None and not any(_OF_MODELS & {*link.parent.noun} for link in table.links):
            told = list(_told(table))
            if told and _is_made(table, told):
                _apart(sketch, table, [model, *told])


def _is_made(table: TableSketch, told: Sequence[ColumnSketch]) -> bool:
    """Whether rows are things that somebody makes: as they are built, or with a maker and a serial number."""
    if {*table.noun[-1:]} & _DOINGS:
        return False
    words = {
        singular(word) for one in table.columns.values() for word in (*one.words, *plain_words(one.name))
    }
    built = {singular(word) for one in told if one.kind is not Kind.TEXT for word in one.words} & _BUILT
    return bool(built - _ALSO_PROGRAMS) or (bool(words & _MAKERS) and bool(built or words & _MADE))


def _is_model(column: ColumnSketch) -> bool:
    words = {*map(singular, column.words)}
    named = "model" in words and words <= _NAMED | _MAKERS | {*column.table.noun}
    return named and column.kind is Kind.TEXT and _is_free(column) and column.rule.get("name") == "pattern"


def _is_free(column: ColumnSketch) -> bool:
    """Whether a column is made of no other of its row."""
    free = column.open and not (column.keyed or column.hidden or column.unless or column.column.is_unique)
    made = {"sql", "when", "of"} & column.rule.keys() or column.rule.get("name") in ("expression", "cases")
    return free and not ({"null_when", "sql"} & column.fields.keys() or made)


def _told(table: TableSketch) -> Iterator[ColumnSketch]:
    """The columns that go with a model: its maker, and how it is built."""
    for column in table.columns.values():
        words = {*map(singular, column.words)}
        rule = column.rule
        if not _is_free(column):
            continue
        if column.kind is Kind.TEXT and words & _MAKERS and rule.get("name") in ("company", "choice"):
            entity = rule.get("entity")
            others = [one for one in table.columns.values() if one.rule.get("entity") == entity]
            if "by" not in rule and (entity is None or others == [column]):
                yield column
        elif column.kind in NUMERIC_KINDS and words & _BUILT and _is_drawn(column):
            yield column


def _is_drawn(column: ColumnSketch) -> bool:
    rule = column.rule
    return (str(rule.get("name")) in _DRAWN and "by" not in rule) or "distribution" in column.fields


def _apart(sketch: Sketch, table: TableSketch, columns: list[ColumnSketch]) -> None:
    key = "model_key"
    made: list[Json] = [{"name": key, "data_type": "BIGINT"}]
    for column in columns:
        fields = {name: value for name, value in column.fields.items() if name != "null_fraction"}
        one: JsonObject = {"name": column.name, "data_type": column.column.data_type, **fields}
        made.append(one | ({"is_unique": True} if column is columns[0] else {}))
    data: JsonObject = {"target_rows": _MODELS, "primary_key": [key], "columns": made}
    models = sketch.add_hidden_table(f"{table.name}_models", data, f"the models of {table.name}")
    reference: JsonObject = {"references_table": models.name, "references_column": key}
    link = table.add_link("of_model", models, "BIGINT", {**reference, "skew": {"zipf": 0.7}}, "its model")
    for column in columns:
        lookup: JsonObject = {"lookup": {"reference": link.name, "column": column.name}}
        share = column.fields.get("null_fraction")
        nulls: JsonObject = {"null_fraction": share} if share is not None and not column.required else {}
        told = column.found.meaning if column.found is not None else "what goes with it"
        column.says(Found(f"{told} of its model", {**lookup, **nulls}))
