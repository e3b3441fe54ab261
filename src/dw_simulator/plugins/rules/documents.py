"""Semi-structured values as JSON text."""

from typing import ClassVar

from dw_simulator.engine.kernels.text import Assembled, Number, OneOf
from dw_simulator.engine.rules import ColumnSpec
from dw_simulator.model import RuleOptions
from dw_simulator.types import Kind

_TAGS = ("new", "sale", "gift", "online", "store", "priority", "returning", "wholesale")
_CHANNELS = ("web", "app", "phone", "partner")


class Json(RuleOptions):
    """Small valid JSON documents: an object, or an array where the type is ARRAY."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.JSON, Kind.TEXT})

    def build(self, spec: ColumnSpec) -> Assembled:
        if spec.type.shape == "array":
            number, comma = Number(10_000), OneOf.of(",")
            return Assembled((OneOf.of("["), number, comma, number, comma, number, OneOf.of("]")))
        return Assembled(
            (
                OneOf.of('{"id":'),
                Number(10**8),
                OneOf.of(',"channel":"'),
                OneOf.of(*_CHANNELS),
                OneOf.of('","tags":["'),
                OneOf.of(*_TAGS),
                OneOf.of('"],"score":'),
                Number(101),
                OneOf.of("}"),
            )
        )
