"""Semi-structured values as JSON text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field, JsonValue, SkipValidation, WithJsonSchema

from dw_simulator.engine.values.text import AnyOf, Assembled, Number
from dw_simulator.errors import Refusal
from dw_simulator.plugins.expressions.allowed_values import Allowed
from dw_simulator.plugins.expressions.computed import sampled
from dw_simulator.plugins.expressions.documents import Array, Documents, Node, Object
from dw_simulator.plugins.expressions.evaluation import Query
from dw_simulator.plugins.expressions.json_templates import Build, DocumentTemplate
from dw_simulator.ports.needs import Answer, Derived
from dw_simulator.ports.rule import ColumnSpec, Examples, RuleOptions
from dw_simulator.types import Kind

_TAGS = ("new", "sale", "gift", "online", "store", "priority", "returning", "wholesale")
_CHANNELS = ("web", "app", "phone", "partner")
_SHAPES: dict[str, type[Node]] = {"object": Object, "array": Array}


class Json(RuleOptions):
    """JSON documents: from a template of rules, or small ones; an array where the type is ARRAY."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.JSON, Kind.TEXT})
    examples: ClassVar[Examples] = (
        {"name": "value", "data_type": "SUPER", "rule": {"name": "json"}},
        {"name": "value", "data_type": "ARRAY", "rule": {"name": "json"}},
        [
            {"name": "amount", "data_type": "DECIMAL(8,2)", "min_value": 1, "max_value": 500},
            {
                "name": "value",
                "data_type": "SUPER",
                "rule": {
                    "name": "json",
                    "template": {
                        "kind": "order",
                        "id": {"data_type": "INT", "rule": {"name": "sequence"}},
                        "amount": {"column": "amount"},
                        "tags": {
                            "array": {
                                "data_type": "VARCHAR(10)",
                                "rule": {"name": "choice", "values": ["new", "sale", "gift"]},
                            },
                            "length": [0, 5],
                        },
                        "shipping": {
                            "day": {"data_type": "DATE"},
                            "note": {"data_type": "VARCHAR(30)", "null_fraction": 0.2},
                        },
                    },
                },
            },
        ],
        {
            "name": "value",
            "data_type": "ARRAY",
            "rule": {
                "name": "json",
                "template": {
                    "array": {
                        "sku": {"data_type": "VARCHAR(8)"},
                        "quantity": {"data_type": "INT", "min_value": 1, "max_value": 9},
                    },
                    "length": [1, 4],
                },
            },
        },
    )

    template: Annotated[JsonValue, SkipValidation, WithJsonSchema({})] = Field(
        default=None,
        description="what documents are made of: columns within objects and arrays; small ones without it",
    )

    def build(self, spec: ColumnSpec) -> Assembled | Derived:
        if self.template is None:
            return _small(spec)
        template = DocumentTemplate(spec)
        root = template.part(self.template)
        return Derived(tuple(template.needs), _Finish(spec, template, root))


@dataclass(frozen=True)
class _Finish:
    """From the row's columns to the documents."""

    spec: ColumnSpec
    template: DocumentTemplate
    build: Build

    def __call__(self, answers: Sequence[Answer]) -> Documents:
        root = self.build(dict(zip(self.template.needs, answers, strict=True)))
        wanted = _SHAPES.get(self.spec.type.shape)
        if wanted is not None and not isinstance(root, wanted):
            shape = self.spec.type.shape
            raise Refusal(
                f"the template is no {shape}, as {self.spec.type.declared} is", f"make it an {shape}"
            )
        kernel = Documents(
            f"{self.spec.table}.{self.spec.column.name}",
            "the document",
            Query('SELECT CAST(to_json("document") AS VARCHAR) AS value FROM ', ""),
            (),
            (),
            Allowed(self.spec.type, required=True),
            root=root,
            capacity=self.template.capacity,
        )
        sampled(kernel, self.spec.rows, "make the documents smaller, or widen the column")
        return kernel


def _small(spec: ColumnSpec) -> Assembled:
    if spec.type.shape == "array":
        number, comma = Number(10_000), AnyOf.of(",")
        return Assembled((AnyOf.of("["), number, comma, number, comma, number, AnyOf.of("]")))
    return Assembled(
        (
            AnyOf.of('{"id":'),
            Number(10**8),
            AnyOf.of(',"channel":"'),
            AnyOf.of(*_CHANNELS),
            AnyOf.of('","tags":["'),
            AnyOf.of(*_TAGS),
            AnyOf.of('"],"score":'),
            Number(101),
            AnyOf.of("}"),
        )
    )
