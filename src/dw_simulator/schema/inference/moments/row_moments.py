"""The moments of a row, and of the rows that it references, as they are read."""

from dataclasses import dataclass, field
from functools import cached_property

from dw_simulator.schema.inference.moments.rhythms import at_meals, is_quick
from dw_simulator.schema.inference.moments.stage_reading import MomentReading, MomentStage, stage_of, written
from dw_simulator.schema.inference.moments.stages import MASTERS, MEAL
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, TableSketch
from dw_simulator.schema.inference.words.tokens import singular
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.types import Kind

_DAYS_FIRST = frozenset({"checkin", "checkout"})
_OPENED = frozenset(
    "open opened opening eroeffnet geoeffnet ouvert ouverture apertura abierto geopend".split()
)
PUT_IN = (
    *(
        "install",
        "instal",
        "commission",
        "mount",
        "deploy",
        "einbau",
        "eingebaut",
        "inbetrieb",
        "aufgestellt",
    ),
    *("aufstellung", "pose", "geplaatst", "plaatsing", "coloca", "posiziona"),
)

BUYING = tuple(
    """purchas bought acqui achat achet kauf gekauft anschaff angeschafft compra adquisi adquiri aquisi
    aankoop aangekocht gekocht""".split()
)
"""How words for buying begin."""


@dataclass(eq=False)
class Moment:
    """A moment of a row.

    place    of its column in the table
    sources  the moments of the row that it comes after
    always   whether every row gets it, though it may be NULL
    begins   whether a lifecycle of the row starts there: it comes after nothing that the lifecycle says
    """

    column: ColumnSketch
    reading: MomentReading
    stage: MomentStage
    place: int
    open: bool
    sources: list["Moment"] = field(default_factory=list)
    always: bool = False
    begins: bool = False

    @property
    def name(self) -> str:
        return self.column.name

    @property
    def planned(self) -> bool:
        return self.reading.planned or "plan" in self.stage.kinds

    def fits(self, other: "Moment") -> bool:
        return comparable(self.column, other.column)

    @property
    def sure(self) -> bool:
        return self.column.required or self.always

    def has(self, kind: str) -> bool:
        return kind in self.stage.kinds

    @property
    def order(self) -> tuple[int, int, int]:
        day = self.column.kind is Kind.DATE
        # guests check in on the day of their arrival, which is known before
        first = day and (self.stage.name == "at" or (self.stage.name in _DAYS_FIRST and self.column.required))
        return self.stage.rank, -1 if first else int(day), self.place


def comparable(one: ColumnSketch, other: ColumnSketch) -> bool:
    """Whether both are wall clocks, or both instants; a DATE is either."""
    alike = one.column.type.zoned == other.column.type.zoned
    return alike or Kind.DATE in (one.kind, other.kind)


@dataclass(eq=False)
class Timeline:
    """The moments of a table's rows.

    chain   what comes one after another, in this order
    anchor  what begins the row; None where it has no moment
    begin, end  those of its period, if it is one; ahead: whether the end is known before it comes
    at_work whether the schema is of a business that deals with others
    """

    table: TableSketch
    moments: list[Moment]
    chain: list[Moment] = field(default_factory=list)
    anchor: Moment | None = None
    begin: Moment | None = None
    end: Moment | None = None
    ahead: bool = False
    at_work: bool = False

    @cached_property
    def things(self) -> tuple[str, ...]:
        """What its rows are; before that how people do it: at meals, as businesses among each other."""
        noun = self.table.noun
        if at_meals(self.table):
            return MEAL, *noun
        return ("wholesale", *noun) if self.at_work else noun

    @cached_property
    def quick(self) -> bool:
        """Whether all is done within the hour: a ride, a meal that is brought."""
        return is_quick(self.words, self.things, {one.stage.name for one in self.moments})

    @cached_property
    def words(self) -> frozenset[str]:
        """Those of the table's name, in English and as they are written."""
        raw = tuple(written(self.table.name))
        return frozenset({*self.things, *raw, *map(singular, raw)})

    @property
    def lasting(self) -> bool:
        """Whether its rows are there for years, as customers are."""
        if self.anchor is None:
            return bool(set(self.things[-1:]) & MASTERS)
        stage = self.anchor.stage.name
        own = stage_of(self.things[-1]) if self.things else ""
        joins = stage in ("hire", "founded", "register") and (not own or (stage == "hire" and own != "hire"))
        # what is opened at a time of the day, such as a case or a bill, is no shop
        opened = self.anchor.reading.word in _OPENED and self.anchor.column.kind is Kind.TIMESTAMP
        joins = (joins and not opened) or self._installed
        return joins or bool(set(self.things[-1:]) & MASTERS)

    @property
    def _installed(self) -> bool:
        """Whether its rows are put in, or bought, and go after years: meters, chargers, machines."""
        anchor = self.anchor
        put = anchor is not None and anchor.reading.word.startswith(PUT_IN)
        bought = anchor is not None and anchor is self.begin and anchor.reading.word.startswith(BUYING)
        put = put or bought
        return put and any(one.stage.name == "close" and not one.sure for one in self.moments)


@dataclass(frozen=True)
class MomentAbove:
    """A moment of a row that a reference leads to."""

    path: tuple[str, ...]
    column: str
    line: Timeline

    @property
    def data(self) -> JsonObject:
        reference: Json = self.path[0] if len(self.path) == 1 else list(self.path)
        return {"reference": reference, "column": self.column}

    def moment_fits(self, moment: Moment) -> bool:
        """Whether a moment may be compared with it."""
        return comparable(self.line.table.column(self.column), moment.column)

    def under(self, link: Link) -> "MomentAbove":
        return MomentAbove((link.name, *self.path), self.column, self.line)


Driver = tuple[Link, MomentAbove]
"""A reference, and a moment of the row that it leads to."""


def planned_begin(line: Timeline) -> Moment | None:
    """When it is planned to begin, where its name says so."""
    return next((one for one in line.moments if one.reading.planned and one.has("start")), None)
