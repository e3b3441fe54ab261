"""An example of every kernel, domain and selector: what the law's tests and the golden hashes run over."""

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import replace
from inspect import isabstract
from typing import Any

import numpy as np

from dw_simulator.engine import distributions, selectors, values
from dw_simulator.engine.columns import FixedColumn, Pool, PoolColumn
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows, Selector
from dw_simulator.engine.selectors import (
    bands,
    calendars,
    copulas,
    exact,
    grouped,
    groups,
    headed,
    open_time,
    quantiles,
    rising,
    sampling,
    skewed,
    spans,
    tallies,
    tried,
    turns,
    unique,
)
from dw_simulator.engine.selectors import (
    chosen as by_choice,
)
from dw_simulator.engine.selectors.permutation import Permutation
from dw_simulator.engine.values import (
    betweens,
    cased,
    facets,
    faulty,
    instead,
    lineage,
    recurrences,
    referenced,
    shown_places,
    turned,
)
from dw_simulator.engine.values.among import (
    Edge,
    GroupSize,
    Neighbour,
    Parentless,
    Running,
    Share,
    Storing,
)
from dw_simulator.engine.values.base import (
    Domain,
    Drawn,
    Event,
    Kept,
    Kernel,
    Missing,
    Nullable,
    Truth,
    Without,
    fixed,
)
from dw_simulator.engine.values.below import Below, Count, Extreme, FirstOf, Total
from dw_simulator.engine.values.booleans import Flags
from dw_simulator.engine.values.bounded import Bounded, FloatHop, Limit, Real, Redrawn, Whole, WholeHop
from dw_simulator.engine.values.bytes import Binary, Digests, TimedUuids, Uuids
from dw_simulator.engine.values.cases import CaseOf, Cases, FirstTrue, Unmatched
from dw_simulator.engine.values.checked import Checked, CheckSum
from dw_simulator.engine.values.composed import Composed, Copied, Digits, Fixed, MomentField, RowCounter
from dw_simulator.engine.values.courses import NONE, Draws, Lives, Machine
from dw_simulator.engine.values.days import DaysOf, OfDay
from dw_simulator.engine.values.decimals import WideDecimals
from dw_simulator.engine.values.floats import BinnedFloats, Floats, Shaped, WholeFloats
from dw_simulator.engine.values.given import Cells, RowGroups, RowsBy, RowsShown, ShownBy
from dw_simulator.engine.values.integers import FixedChoices, Integers
from dw_simulator.engine.values.known import Combinations
from dw_simulator.engine.values.moments import Following, Scale
from dw_simulator.engine.values.nested import Lists, Maps, Structs
from dw_simulator.engine.values.points import Pointed
from dw_simulator.engine.values.pooled import Pooled, Sampled
from dw_simulator.engine.values.quotas import Apportioned, Reach, Units
from dw_simulator.engine.values.shared_sums import SharedOut
from dw_simulator.engine.values.steps import (
    HasBeen,
    Latest,
    Nth,
    Promised,
    Stamping,
    StepCount,
    StepMoments,
    StepReasons,
    StepStates,
    Visit,
)
from dw_simulator.engine.values.switch import Switch
from dw_simulator.engine.values.templates import Template, Templates
from dw_simulator.engine.values.text import (
    HEX_DIGITS,
    Alternatives,
    AnyOf,
    Assembled,
    Characters,
    Codes,
    Number,
    Slices,
)
from dw_simulator.types import sql_type

ROWS = 1 << 40
"""The size of the tables the examples are columns of."""

INT64, INT32, INT8 = np.dtype(np.int64), np.dtype(np.int32), np.dtype(np.int8)
FLOAT64, FLOAT32 = np.dtype(np.float64), np.dtype(np.float32)


def stream(name: str) -> Stream:
    return Stream.named(20_260_101, "zoo", name, "value")


def drawn(name: str, domain: Domain) -> Kernel:
    return Drawn(sampling.Uniform(stream(name), domain.natural), domain)


def chosen(selector: Selector) -> Kernel:
    return Drawn(selector, Integers(0, selector.size, INT64))


def cut(name: str, shape: distributions.Shape, scale: float = 1) -> quantiles.Quantiles:
    return shape.table(stream(name), -40.0, 60.0, scale)


def shaped(name: str, type_name: str, shape: distributions.Shape | quantiles.Mixture, scale: float) -> Kernel:
    type_ = sql_type(type_name)
    table = shape if isinstance(shape, quantiles.Mixture) else cut(name, shape, scale)
    dtype = FLOAT32 if type_.bits == 32 else FLOAT64 if "DOUBLE" in type_name else INT64
    return Shaped(table, int(-40 * scale), int(60 * scale), type_, dtype)


def _words() -> Assembled:
    first, last = AnyOf.of("Ann", "Bartholomew", "Zoë"), AnyOf.of(" of a very long-winded place", " Li")
    return Assembled((first, last, Number(10**8 - 1, 1, omit_first=True, prefix="-")))


_LETTERS = b"abcdefghijklmnopqrstuvwxyz"


def _numbers() -> Assembled:
    long = Number((1 << 62) - 7, 5)
    return Assembled((Number(70_000, 1, prefix=":", alphabet=HEX_DIGITS), AnyOf.of(" "), long))


def _crowded(carrier: int | None = None) -> Assembled:
    """More forms than an index can number; by row number, the digits of the first part stand for the row."""
    word = Characters(_LETTERS, 8, 8)
    parts = (Number(ROWS, 1, places=11), AnyOf.of("-", "/"), word, Characters(HEX_DIGITS, 8, 8), word)
    return Assembled(parts, tuple(stream(f"crowded {k}") for k in range(5)), carrier)


def _branching(*shares: int) -> Assembled:
    short = Characters(_LETTERS, 1, 6, even=bool(shares))
    forms = (AnyOf.of("none", "a text of more than a few words"), short, _crowded())
    several = Alternatives(forms, shares, stream("branching") if shares else None)
    return Assembled((AnyOf.of("<"), several, short, AnyOf.of(">")), tuple(map(stream, "abcd")))


def _timed(*, as_text: bool) -> Kernel:
    order = Permutation(1 << 62, stream("order"))
    uuids = TimedUuids(1_577_836_800_000, 189_388_800_000, ROWS, stream("jitter"), order, as_text)
    return Drawn(unique.RowNumber(ROWS), uuids)


def _slices() -> Slices:
    corpus = b"a few words of a corpus that is not long at all"
    return Slices.of(corpus, np.array([0, 2, 6, 12, 20]), np.array([1, 3, 20, 12, 27]))


def _templates() -> Templates:
    """Phone numbers of two shapes, and codes of which not all characters are counted through."""
    digits = tuple("0123456789")
    hundred = tuple(f"{number:02}" for number in range(100))
    long = Template(("a somewhat long code: ", *[""] * 40), (("0", "1", "x"),) * 40, weight=2)
    return Templates.of(
        [
            Template(("(0", ")", "", ""), (("7", "81", "999"), hundred, hundred), weight=3),
            Template(("+49 ", "", "-", " ext. é"), (digits, digits, hundred)),
            long,
        ]
    )


_WORDS = Pool(("Tea", "Coffee", "a longer word than twelve"))
_GIVEN = PoolColumn(
    np.array([0, 1, 0, 2, 0], dtype=np.int32), _WORDS, np.array([1, 1, 0, 1, 1], dtype=np.bool_)
)
_NUMBERS = FixedColumn(np.array([7, -2, 1 << 40, 7, 0]))


def _shown_by(name: str, *, weighted: bool) -> Kernel:
    """Rows by the words that stand for them: of three kinds, one of which nothing is given for."""
    source = drawn(name, Assembled((AnyOf.of("Tea", "a longer word than twelve", "neither"),)))
    weights = np.array([1.0, 3.0, 0.5, 2.0, 2.0]) if weighted else None
    known, _ = Combinations.of([PoolColumn(np.array([0, 1, 2], dtype=np.int32), _WORDS)], [source])
    groups_ = RowGroups.of(np.array([2, 1, 2]), weights)
    pick = RowsBy(stream(f"{name} row"), known, groups_, name)
    return ShownBy(pick, _NUMBERS, sure=False)


_PERMUTED = unique.Permuted(Permutation(1_000_003, stream("permuted")), ROWS)
_EVEN = groups.Even(ROWS, 1_000_000)
_PAIRS = sampling.Uniform(stream("pairs"), 1_000_000)


_ABOVE, _BELOW = groups.Even(ROWS + 5, ROWS // 7), groups.Even(3 * ROWS + 1, ROWS)
_AMOUNTS = Nullable(drawn("amounts", Integers(-200, 500, INT64)), sampling.Chance(stream("no amount"), 0.2))
_WHOLE_AMOUNTS = drawn("whole amounts", Integers(-200, 500, INT64))
_REALS = drawn("reals", Floats.covering(-1.0, 1.0, 64))


def _tiled() -> groups.Tiled:
    """Tiles of 64 parents with 0 to 8 children, three parents behind them."""
    counts = np.arange(64) * 7 % 9
    more = counts + (np.arange(64) == 5)
    tables = np.stack([np.cumsum([0, *some, *some]) for some in (counts, more)]).astype(np.uint64)
    tiles = ROWS // int(counts.sum()) + 1
    even = groups.Even(tiles * int(counts.sum()) + tiles // 3, tiles)
    return groups.Tiled(
        even, tables, groups.Counted(np.array([0, 3, 3, 10], dtype=np.uint64)), stream("tiles")
    )


def _counted(size: int) -> groups.Counted:
    """2^41 rows over 4,000 parents, some with none."""
    counts = (np.arange(size) * 977 % 5) * ((2 * ROWS) // size)
    return groups.Counted(np.cumsum([0, *counts]).astype(np.uint64))


def _facet() -> facets.Facet:
    """One of three words by the first digit; one of two suffixes by the second, after the first."""
    at = facets.Step(1, 6, np.array([0, 0, 0, 1, 1, 2], dtype=np.uint64))
    after = facets.Step(6, 4, np.array([0, 1, 1, 1, 0, 0, 0, 1, 1, 0, 1, 0], dtype=np.uint64))
    words = Assembled((AnyOf.of("red", "green", "blue"), AnyOf.of("", " and of a colour of its own")))
    return facets.Facet(words, (facets.Trail((at,), 3), facets.Trail((at, after), 2)), 24, ROWS)


def _near(dtype: np.dtype[np.generic], units: int, *, wide: bool = False) -> facets.Near:
    centres, offsets = np.array([-74_006, 2_349, 51]), np.array([-45, -3, 0, 3, 45])
    east, near = facets.Step(1, 3), facets.Step(3, 5)
    return facets.Near(centres, east, offsets, near, dtype, units, wide=wide)


_ORDER = Permutation(ROWS, stream("faults"))


def spoilt(kernel: Kernel, spoiler: faulty.Spoiler, *, made: bool = False) -> Kernel:
    """A tenth of the rows are wrong."""
    return faulty.Spoilt(kernel, kernel, faulty.Marks(_ORDER, 99, ROWS // 10), spoiler, made)


def tree(shape: skewed.TreeShape) -> skewed.InTree:
    return skewed.InTree(shape, ROWS)


_CASES = ("ab", "a text of more than a few words", "a")
_CASE_TEXTS = AnyOf.of("a", "ab", "a text of more than twelve", "a text of more than a few words", "a text")
_RED = Pooled.of(["red", "green", "blue"])
_CASES_OF_POOL = CaseOf(
    Nullable(drawn("case pool", _RED), sampling.Chance(stream("no case"), 0.2)), ("green",)
)


_CHECK = CheckSum(
    2,
    24,
    tuple((place, np.arange(256, dtype=np.uint16) * (place + 1) % 7) for place in (0, 1, 4)),
    np.array([[*b"07"], [*b"19"], [*b"X-"]], dtype=np.uint8),
)


def nulled(name: str, event: Event) -> Kernel:
    return Nullable(drawn(name, Codes(3)), event)


_SHAPES = [cut("mixture", distributions.normal(-9, 2)), cut("mixture", distributions.pareto(2, 5))]
_MIXTURE = quantiles.Mixture.of(sampling.weighted(stream("component"), [0.3, 0.71828]), _SHAPES)
_BINS = sampling.weighted(stream("bin"), [3, 0, 1])
_EDGES = (np.array([0, 10, 1 << 40], dtype=np.uint64), np.array([10, 5, 1 << 41], dtype=np.uint64))
_SPAN = spans.Span(_PAIRS, _EVEN)
_IN_ORDER = spans.Span(_PAIRS, groups.Even(3_000_000, 1_000_000), Permutation(3_000_000, stream("scatter")))
_WITH_GAPS = spans.Span(_PAIRS, groups.Even(300_000, 1_000_000), Permutation(300_000, stream("few")))


def _skewed() -> spans.SkewedPlace:
    shape = sampling.Zipf.of(stream("zipf place"), stream("zipf tail"), _SPAN.most, 1.1)
    return spans.SkewedPlace(_SPAN, shape, stream("again"))


_PLACES = (1300, spans.Span(_PAIRS, groups.Even(3_000_000, 1_000_000)), 1000)
_REARRANGED = spans.PermutedSiblings(_EVEN, _PLACES, stream("rearranged"))
_GAP = sampling.Chance(stream("truth gap"), 0.4)
_WIDE = sql_type("DECIMAL(38,4)")

_LESSER = Nullable(drawn("lesser", Integers(0, 900, INT64)), sampling.Chance(stream("lesser null"), 0.2))
_GREATER = drawn("greater", WideDecimals(2_000_00, 1000))
_SHAPE = distributions.normal(500, 200)


def _again(name: str, type_name: str, scale: int) -> tuple[Kernel, ...]:
    type_ = sql_type(type_name)
    dtype = FLOAT32 if type_.bits == 32 else INT64
    tables = [_SHAPE.table(stream(f"{name} {k}"), 0, 2000, scale) for k in range(3)]
    return tuple(Shaped(table, 0, 2000 * scale, type_, dtype) for table in tables)


def _bounded() -> Bounded:
    """Decimals of two digits between a whole number and a decimal of three."""
    own, *again = _again("bounded", "DECIMAL(9,2)", 100)
    above = (Limit(_LESSER, ((WholeHop(100, strict=True),),)),)
    below = (Limit(_GREATER, ((WholeHop(1, 10),), (WholeHop(1, 1000), WholeHop(100, strict=True)))),)
    limits = (stream("bounded"), 0, 200_000, (0, 200_000), Whole(), above, below, (50_000,))
    return Bounded(own, tuple(again), *limits)


def _bounded_steps() -> Bounded:
    """Every third number, which another one pushes up beyond where it reaches by itself."""
    own = drawn("bounded steps", Integers(1, 100, INT32, 3))
    above = (Limit(_LESSER, ((WholeHop(),),)),)
    return Bounded(own, (), stream("steps"), 1, 1 << 30, (1, 298), Whole(1, 3), above, (), (4,))


def _bounded_words() -> Bounded:
    """Any number of 64 bits, above another one of them."""
    own, other = (drawn(name, Integers(-(1 << 63), 1 << 63, INT64, 2)) for name in ("own", "other"))
    above = (Limit(other, ((WholeHop(strict=True),),)),)
    ends = (-(1 << 63), (1 << 63) - 1)
    return Bounded(own, (), stream("words"), *ends, ends, Whole(), above)


def _bounded_floats() -> Bounded:
    own, *again = _again("bounded floats", "REAL", 1)
    lesser = drawn("lesser float", Floats.covering(100, 900, 32))
    greater = drawn("greater float", Floats.covering(901, 999, 64))
    above = (Limit(lesser, ((FloatHop(FLOAT32, strict=True),),)),)
    below = (Limit(greater, ((FloatHop(FLOAT64), FloatHop(FLOAT32, strict=True)),)),)
    limits = (Real(FLOAT32), above, below, (500.0,))
    return Bounded(own, tuple(again), stream("floats"), 0.0, 2000.0, (0.0, 2000.0), *limits)


_DAYS, _KEPT = bands.Bands.of(np.arange(1000) % 7 * 1.5 + (np.arange(1000) % 31 == 3) * 1e-4)
_CLOCK = calendars.Clock.of(np.array([0, 9, 12, 13, 24]) * 3_600_000_000, np.array([0.1, 4.0, 0.0, 2.5]))
_HOURS = calendars.Calendar(_DAYS, _KEPT.astype(np.uint64) * np.uint64(86_400_000_000), _CLOCK)
_WHOLE_DAYS = calendars.Calendar(_DAYS, _KEPT.astype(np.uint64), None)
_WINDOWS = rising.Windows(ROWS, 777, stream("windows"), stream("window turns"))


def positions(name: str, size: int = bands.POSITIONS) -> Selector:
    return sampling.Uniform(stream(name), size)


def following(name: str, shape: distributions.Shape | None = None, **options: Any) -> Kernel:
    """Up to 30 days after (or before) a day that may be NULL, in milliseconds stored as microseconds."""
    day = Nullable(drawn(f"{name} day", Integers(18_000, 400, INT32)), sampling.Chance(stream(name), 0.1))
    table = shape.table(stream(f"{name} shape"), 0, 1) if shape else None
    scale = Scale(86_400_000, 1, True, 1, 1000)
    span = {"least": 0, "most": 30 * 86_400_000, **options}
    drawn_positions = span.pop("positions", positions(f"{name} positions", 1 << 64))
    return Following(day, drawn_positions, table, scale, dtype=INT64, **span)


def _awaited(selector: Selector) -> by_choice.Awaited:
    pick = by_choice.Awaited(selector.size)
    pick.make = lambda: selector
    return pick


def _grouped() -> tuple[Combinations, by_choice.Ints]:
    """Groups of 900 parents by a number from 0 to 39, as rows name it; every tenth parent is in none."""
    known = np.arange(900) * 7 % 40
    group = np.where(np.arange(900) % 10 == 0, -1, known)
    source = drawn("matched", Integers(0, 45, INT64))
    groups_, _ = Combinations.of([FixedColumn(np.arange(40))], [source])
    return groups_, group


def _weighed(*, grouped: bool) -> by_choice.Weighed:
    weights = np.sqrt(np.arange(900.0) % 31)
    groups_, group = _grouped()
    if not grouped:
        order = np.flatnonzero(weights)
        ends = np.cumsum(by_choice.units_of(weights[order], np.array([0, len(order)])))
        begins = np.array([0, ends[-1]], dtype=np.uint64)
        return by_choice.Weighed(stream("weighed"), 900, order.astype(np.uint64), ends, begins)
    kept = np.flatnonzero((weights > 0) & (group >= 0))
    order = kept[np.argsort(group[kept], kind="stable")]
    counts = np.searchsorted(group[order], np.arange(41))
    ends = np.cumsum(by_choice.units_of(weights[order], counts))
    begins = np.append(np.uint64(0), ends)[counts]
    return by_choice.Weighed(stream("weighed too"), 900, order.astype(np.uint64), ends, begins, groups_)


def _valid(*, ends: bool) -> by_choice.Valid:
    groups_, group = _grouped()
    moments = np.arange(900) * 389 % 1000
    kept = np.flatnonzero(group >= 0)
    order = kept[np.lexsort((moments[kept], group[kept]))]
    known = np.unique(moments[kept])
    keys = group[order] * (len(known) + 1) + np.searchsorted(known, moments[order], side="right")
    first = np.searchsorted(group[order], np.arange(41))
    at = drawn("valid at", Integers(0, 1100, INT64))
    over = moments[order] + 60 + np.arange(len(order)) % 200 if ends else None
    return by_choice.Valid(
        900, at, by_choice.Ticks(), order.astype(np.uint64), keys, known, first, groups_, over
    )


def _valid_among() -> by_choice.ValidAmong:
    """Parents of which three stand together, one beginning at 0, 10, 20, ... times the row."""
    at = drawn("valid among", Integers(0, 3 << 20, INT64))
    since = Drawn(unique.RowNumber(3 << 20), Integers(0, 3 << 20, INT64))
    picked = sampling.Uniform(stream("valid parent"), 1 << 20)
    ticks, none = by_choice.Ticks(), sampling.Chance(stream("valid no parent"), 0.1)
    return by_choice.ValidAmong(groups.Even(3 << 20, 1 << 20), picked, none, at, ticks, since, 3 << 20)


def _any_valid(*, ends: bool) -> by_choice.AnyValid:
    valid = _valid(ends=ends)
    weights = np.sqrt(1.0 + np.arange(900.0) % 31)[valid.order]
    units = np.cumsum(by_choice.units_of(weights, valid.first))
    return by_choice.AnyValid(valid, stream("any valid"), units.astype(np.uint64))


def _tried() -> tried.Tried:
    weights = drawn("tried weights", Floats.covering(0.0, 8.0, 64))
    return tried.Tried(stream("tried"), stream("taken"), 1 << 30, 1 << 29, weights, 8.0)


def _tried_valid() -> tried.TriedValid:
    """Half of the draws have begun by then, and half of these are over."""
    at, since = (drawn(name, Integers(0, 1000, INT64)) for name in ("tried at", "tried since"))
    until = Nullable(drawn("tried until", Integers(500, 1500, INT64)), sampling.Chance(stream("on"), 0.2))
    weights = drawn("valid weights", Floats.covering(0.0, 8.0, 64))
    streams, ticks = (stream("tried valid"), stream("taken valid")), by_choice.Ticks()
    return tried.TriedValid(*streams, 1 << 30, 1 << 29, at, since, ticks, until, ticks, weights, 8.0)


def _turn(nulls_stay: int = 2) -> turns.Turn:
    """Three of ten turns will do; hardly a row has none of twenty that does."""
    turn = turns.Turn(20)
    turn.settle((Flags(sampling.Chance(stream("turn passes"), 0.3)),))
    turn.nulls_stay = nulls_stay
    return turn


def _in_turn() -> Kernel:
    turn = _turn()
    event = turned.NullInTurn(turn, sampling.Chance(stream("turned null"), 0.2))
    at_home = turned.AtHome(drawn("at home", Codes(3)))
    return turned.InTurn(turn, Nullable(at_home, event))


def _tallied() -> tallies.Tallied:
    none = sampling.Chance(stream("tallied none"), 0.1)
    each = Nullable(drawn("tallied", Integers(0, 5, INT32)), none)
    counts = fixed(each.values(Rows.run(0, 1000)))
    numbers = np.where(counts.valid, counts.values, 0)
    ends = np.append(np.uint64(0), np.cumsum(numbers, dtype=np.uint64))
    starts = np.append(ends[:-1:64], ends[-1])
    return tallies.Tallied(each, starts, 1000, (0, 4))


def together(name: str) -> Selector:
    """Positions that go with those of two other draws, one of them another row's."""
    scores = [copulas.OwnScore.of(stream(f"{name} {k}")) for k in range(3)]
    there = copulas.ScoreThere((_EVEN,), scores[2])
    return copulas.Correlated.by(copulas.Combined((0.48, -0.6, 0.64), (scores[0], scores[1], there)))


def by_position(name: str, kernel: Kernel) -> Kernel:
    found = kernel.ranked(together(name))
    assert found is not None
    return found


def composed() -> Composed:
    """A number that begins anew, a month, a number, a text and the letters of another."""
    pooled = Nullable(drawn("name", Pooled.of(["Zoë", "O'Neil", "Li"])), sampling.Chance(stream("name"), 0.1))
    starts = np.array([0, 1 << 20, 1 << 35], dtype=np.uint64)
    return Composed(
        (
            Copied(pooled, 6, is_slug=True),
            Fixed.of("-"),
            MomentField(Number(10_000, places=4), drawn("composed day", Integers(0, 30_000, INT32)), "Y", 1),
            RowCounter(Number(ROWS + 1, places=3), starts, 1),
            Fixed.of(" in a long text "),
            Digits(Number(301), drawn("composed digits", Integers(0, 300, INT32))),
            Copied(drawn("composed text", _words()), 40),
        ),
        nullable=True,
    )


_WEEK = open_time.OpenTime(
    np.array([0, 9, 17, 33, 41, 120, 168]) * 3_600_000, np.array([0, 1000, 0, 700, 5, 0]), 3 * 86_400_000
)


def between(name: str, shape: betweens.InRoom | None = None, **options: Any) -> Kernel:
    """Milliseconds after the later of a day that may be NULL and a moment, until one that may be NULL."""
    scale = Scale(86_400_000, 1, True, 1, 1000)
    fine = Scale(1, 1000, True, 1, 1000)
    back = bool(options.get("backwards"))
    day = Nullable(drawn(f"{name} day", Integers(18_000, 400, INT32)), sampling.Chance(stream(name), 0.1))
    low = drawn(f"{name} low", Integers(18_000 * 86_400_000_000, 400 * 86_400_000_000, INT64))
    high = drawn(f"{name} high", Integers(18_350 * 86_400_000_000, 90 * 86_400_000_000, INT64))
    end = Nullable(high, sampling.Chance(stream(f"{name} open"), 0.2))
    sources = (betweens.Mark(day, scale, back), betweens.Mark(low, fine, back))
    most, first, last = 40 * 86_400_000, 18_000 * 86_400_000, 18_500 * 86_400_000
    room = {
        "least": 3_600_000,
        "most": most,
        "first": -last if back else first,
        "last": -first if back else last,
    }
    fields = {"scale": scale, "dtype": INT64, "ends": (first * 1000, last * 1000), **room, **options}
    untils = (betweens.Mark(end, Scale(1, 1000, False, 1, 1000), back),)
    drawn_positions = positions(f"{name} positions", 1 << 64)
    return betweens.Between(sources, untils, drawn_positions, shape or betweens.Anywhere(), **fields)


def nearness(name: str) -> betweens.InRoom:
    whole = distributions.exponential(1.0).table(stream(name), 0.0, float("inf"))
    shares = sampling.steady(-np.expm1(-betweens.Nearness.steps()))
    return betweens.Nearness(whole, shares, 5.0 * 86_400_000)


def recurring(name: str, pace: recurrences.Pace, **options: Any) -> Kernel:
    """From a day on, some rows of each parent, until another day that may be NULL."""
    days = Nullable(drawn(f"{name} days", Integers(18_000, 400, INT32)), sampling.Chance(stream(name), 0.1))
    end = Nullable(
        drawn(f"{name} end", Integers(18_300, 90, INT32)), sampling.Chance(stream(f"{name} end"), 0.2)
    )
    marks = (betweens.Mark(end, Scale(pace.per_day, 1, False, 1, 1)),)
    fields = {"skipped": 0, "loose": 0, "step": 1, "dtype": INT64, "last": 18_700 * pace.per_day, **options}
    ends = (18_000 * pace.per_day, 18_700 * pace.per_day)
    return recurrences.Recurring(
        groups.Even(ROWS, ROWS // 24), days, pace, stream(name), untils=marks, ends=ends, **fields
    )


def along_tree(name: str, shape: skewed.TreeShape, grouping: groups.Grouping | None = None) -> Kernel:
    """Days below days: up to nine after that of the row above."""
    days = drawn(f"{name} roots", Integers(18_000, 400, INT32))
    mark = betweens.Mark(days, Scale(1, 1, True, 1, 1))
    ends = {"first": 17_000, "last": 19_000, "ends": (17_000, 19_000), "scale": mark.scale, "dtype": INT32}
    step = betweens.Between(
        (mark,), (), positions(f"{name} steps", 1 << 64), betweens.Anywhere(), least=1, most=9, **ends
    )
    return lineage.AlongTree(skewed.InTree(shape, ROWS, grouping), None, days, step, 30)


def _draws(*weights: list[float]) -> Draws:
    tables = [sampling.Alias(stream("unused"), *sampling.alias_table(np.array(row))) for row in weights]
    return Draws(
        len(weights[0]),
        np.concatenate([table.thresholds for table in tables]),
        np.concatenate([table.aliases for table in tables]),
    )


def lives(name: str, *, fine: bool = False) -> Lives:
    """0 leads to 1 and 2, 1 back to 0 and to 2, which is the last; the present is the 200th of 400 days."""
    days = 86_400_000_000
    shapes = [distributions.exponential(9), distributions.even(0.0, 1.0)]
    tables = [shape.table(stream("unused"), 0.0, 1.0) for shape in shapes]
    machine = Machine(
        NONE if fine else 0,
        _draws([0.5, 0.5, 0.0]) if fine else None,
        _draws([0.5, 0.3, 0.2], [0.6, 0.4, 0.0], [1.0, 0.0, 0.0]),
        np.array([1, 2, NONE, 0, 2, NONE, NONE, NONE, NONE]),
        np.array([days, 5, 0, 1_000_000, days, 0, 0, 0, 0]),
        np.array([9.0 * days, days, 1, 40 * days, 7, 1, 1, 1, 1]),
        np.array([0, 1, 0, 1, 1, 0, 0, 0, 0], dtype=np.uint64),
        quantiles.Quantiles(
            stream("unused"),
            np.concatenate([table.knots for table in tables]),
            np.concatenate([table.widths for table in tables]),
        ),
        np.array([False, False, True]),
        (0, 0 if fine else days, 5),
        _draws([1.0, 0.0], [1.0, 0.0], [0.25, 0.75]),
        np.array([NONE, NONE, NONE, NONE, 0, 1]),
        9,
    )
    day = drawn(f"{name} day", Integers(18_000, 400, INT32))
    begins = drawn(f"{name} moment", Integers(18_000 * days * 1000, 400 * days * 1000, INT64))
    starts = begins if fine else Nullable(day, sampling.Chance(stream(f"{name} no day"), 0.1))
    bits = tuple(tuple(stream(f"{name} {use} {step}") for step in range(9)) for use in "abc")
    return Lives(machine, starts, 0 if fine else days, 18_200 * days, stream(name), *bits)


_TICKETS, _FINE_TICKETS = lives("tickets"), lives("fine tickets", fine=True)
_STATES = Pooled.of(["open", "on hold", "closed for good and all"])


_ABSENT = sampling.Chance(stream("absent"), 0.3)


def _of_lists(name: str, lengths: int) -> sampling.Uniform:
    return sampling.Uniform(stream(f"length of {name}"), lengths)


EXAMPLES: Mapping[str, Kernel] = {
    "Lists": Lists(
        nulled("in lists", sampling.Chance(stream("no element"), 0.2)), 0, 5, _of_lists("lists", 6)
    ),
    "Lists of vectors": Lists(
        Lists(drawn("in vectors", Integers(-9, 99, INT32)), 3, 3), 1, 4, _of_lists("vectors", 4)
    ),
    "Maps": Maps(
        Pooled.of(["color", "size", "a longer key than twelve bytes"]).decode(np.arange(3, dtype=np.uint64)),
        drawn("in maps", Codes(20)),
        1,
        _of_lists("maps", 3),
    ),
    "Structs": Structs(
        (
            drawn("in a struct", Pooled.of(["Zoë", "Li"])),
            Lists(drawn("listed", Codes(3)), 0, 2, _of_lists("s", 3)),
        )
    ),
    "AtHome": turned.AtHome(drawn("home", Codes(4))),
    "InTurn": turned.InTurn(_turn(), drawn("in turn", Integers(-5, 1000, INT64))),
    "NullInTurn": _in_turn(),
    "Turn": turned.InTurn(_turn(), chosen(sampling.Uniform(stream("turned"), 300))),
    "Kept": drawn("kept", Kept(Integers(-5, 1000, INT64), np.array([0, 5, 990, 999], dtype=np.uint64))),
    "InCase": cased.InCase(drawn("in case", _words()), True),
    "InCase pooled": cased.InCase(drawn("in case pooled", Pooled.of(["Ab", "äÖz"])), False),
    "Awaited": chosen(_awaited(sampling.Uniform(stream("awaited"), 300))),
    "Weighed": chosen(_weighed(grouped=False)),
    "Weighed in groups": chosen(_weighed(grouped=True)),
    "Valid": chosen(_valid(ends=False)),
    "Valid until": chosen(_valid(ends=True)),
    "ValidAmong": chosen(_valid_among()),
    "AnyValid": chosen(_any_valid(ends=False)),
    "AnyValid until": chosen(_any_valid(ends=True)),
    "Tried": chosen(_tried()),
    "TriedValid": chosen(_tried_valid()),
    "Tallied": chosen(_tallied()),
    "NoneFound": nulled(
        "none found",
        by_choice.NoneFound(_awaited(_valid(ends=True)), sampling.Chance(stream("none"), 0.05)),
    ),
    "Composed": composed(),
    "AlongTree": along_tree("along", skewed.Earlier(stream("along"), ROWS)),
    "AlongTree grouped": along_tree("along groups", skewed.Branching(2, 3), _EVEN),
    "Alias": chosen(sampling.weighted(stream("alias"), [0.123456789, 2.0, 0.0, 31.4, 1e-6])),
    "AmongSiblings": chosen(rising.AmongSiblings(stream("siblings"), _EVEN)),
    "AmongSiblings tiled": chosen(rising.AmongSiblings(stream("siblings"), _tiled())),
    "Assembled": drawn("assembled", _words()),
    "Assembled with counters": Drawn(_PERMUTED, _words()),
    "Always": instead.Always(20_000, INT32),
    "Instead": instead.Instead(
        Nullable(drawn("instead", Integers(18_000, 400, INT64)), _ABSENT),
        (Nullable(drawn("instead of", Integers(18_000, 400, INT64)), _ABSENT),),
        drawn("instead other", Integers(28_000, 90, INT64)),
        False,
    ),
    "Banded": by_position("banded", chosen(sampling.weighted(stream("banded"), [0.1234567, 2.0, 0.0, 31.4]))),
    "InBins": by_position(
        "binned by position",
        chosen(sampling.Binned(_BINS, stream("binned"), *_EDGES, (1 << 40) + (1 << 41))),
    ),
    "Between": between("between"),
    "Between backwards": between(
        "between backwards", nearness("backwards"), backwards=True, nullable=True, optional=True
    ),
    "Between by weight": between("between by weight", hours=_WEEK),
    "Between by weight backwards": between(
        "by weight backwards",
        nearness("by weight"),
        hours=_WEEK,
        backwards=True,
        nullable=True,
        optional=True,
    ),
    "Between near": between("between near", nearness("near"), nullable=True, optional=True),
    "Between open": between("between open", most=None, open=18_380 * 86_400_000),
    "Between the present": between(
        "present", present=18_390 * 86_400_000, censors=True, nullable=True, optional=True
    ),
    "Between before the present": between("before the present", present=18_390 * 86_400_000),
    "Between with the first at its source": between(
        "firsts", first_of=groups.Even(ROWS, ROWS // 24), nullable=True, optional=True
    ),
    "Between stretched": between(
        "stretched", betweens.Stretched(distributions.exponential(5).table(stream("stretched"), 0.0, 1.0))
    ),
    "Binned": chosen(sampling.Binned(_BINS, stream("binned"), *_EDGES, (1 << 40) + (1 << 41))),
    "BinnedFloats": BinnedFloats(
        _BINS, stream("binned"), np.array([0.0, 1.5, 8.0]), np.array([1.5, 6.5, 0.1]), 0.0, 8.1, FLOAT64
    ),
    "BinnedFloats single": BinnedFloats(
        _BINS, stream("binned"), np.array([-9.0, 1.5, 8.0]), np.array([1.5, 6.5, 1e9]), -9.0, 1e9, FLOAT32
    ),
    "Assembled by row": Drawn(unique.RowNumber(ROWS), _crowded(0)),
    "Assembled crowded": drawn("crowded", _crowded()),
    "Assembled of numbers": drawn("numbers", _numbers()),
    "Assembled with alternatives": drawn("alternatives", _branching()),
    "Assembled with even alternatives": drawn("even alternatives", _branching(3, 1, 2)),
    "Binary": drawn("binary", Binary(stream("filler"), 21)),
    "Binary short": drawn("binary short", Binary(stream("filler"), 3)),
    "Bounded": _bounded(),
    "Bounded steps": _bounded_steps(),
    "Bounded wide": Bounded(
        drawn("bounded wide", WideDecimals(-500, 1000)),
        (),
        stream("bounded wide"),
        0,
        99,
        (-500, 499),
        Whole(),
    ),
    "Count": Count(Below(_BELOW, ROWS, sampling.Chance(stream("counted"), 0.6)), INT32, _AMOUNTS),
    "Count rows": Count(Below(_BELOW, ROWS), INT64),
    "Edge": Edge(_ABOVE, drawn("edge", Codes(9))),
    "Edge last": Edge(_ABOVE, _AMOUNTS, last=True),
    "Extreme": Extreme(Below(_BELOW, ROWS), _AMOUNTS, INT64),
    "Extreme floats": Extreme(
        Below(_BELOW, ROWS, sampling.Chance(stream("extreme"), 0.6)), _REALS, FLOAT64, greatest=True
    ),
    "FirstOf": FirstOf(
        Below(_BELOW, ROWS, sampling.Chance(stream("first"), 0.6)), drawn("first of", Codes(9))
    ),
    "FirstOf last": FirstOf(Below(_BELOW, ROWS), drawn("last of", Codes(9)), last=True),
    "GroupSize": GroupSize(_ABOVE, INT32),
    "Neighbour": Neighbour(_ABOVE, drawn("lag", Codes(9)), -2),
    "Neighbour later": Neighbour(_ABOVE, _AMOUNTS, 1),
    "Apportioned": Apportioned(
        _WHOLE_AMOUNTS,
        Units(INT64),
        Units(INT64),
        Reach(-500, 9_000, 1200),
        stream("quota"),
        groups.Even(ROWS, 1),
        Drawn(groups.Even(ROWS, 1), FixedChoices(np.array([ROWS * 700]))),
        Units(INT64),
    ),
    "Apportioned wide to parents": Apportioned(
        _WHOLE_AMOUNTS,
        Units(INT64),
        Units(np.dtype(np.uint64), wide=True),
        Reach(-500, 9_000),
        stream("quota 2"),
        _ABOVE,
        Nullable(drawn("totals", Integers(-9, 5, INT64)), Parentless(groups.Even(1 << 39, 9))),
        Units(INT64),
        100,
    ),
    "Apportioned floats": Apportioned(
        _REALS,
        Units(FLOAT64, fraction=8),
        Units(FLOAT64, fraction=8),
        Reach(-(1 << 20), 1 << 20, 300),
        stream("quota 3"),
        groups.Even(ROWS, 50_000_000),
        Drawn(groups.Even(ROWS, 1), FixedChoices(np.array([12_345]))),
        Units(INT64),
    ),
    "SharedOut": SharedOut(
        _WHOLE_AMOUNTS,
        Units(INT64),
        Units(INT64),
        Reach(-500, 9_000, 1200),
        stream("quota 4"),
        exact.ExactShares(stream("exact parts"), tuple(exact.apportioned(10**9, [70, 29, 1]))),
        np.array([0, 3_000, 400_000_000, 400_100_001, 10**9], dtype=np.uint64),
        np.array([[0, 999, -2], [10**9, 10**9, 10**6], [500_000, 0, 0], [-(10**9), 0, 10**9]]),
    ),
    "SharedOut rare": SharedOut(
        _WHOLE_AMOUNTS,
        Units(INT64),
        Units(INT64),
        Reach(-500, 9_000, 1200),
        stream("quota 5"),
        exact.ExactShares(stream("rare parts"), (10**9 - 120_900, 100_000, 20_000, 900)),
        np.array([0, 400_000_001, 10**9], dtype=np.uint64),
        np.array([[0, 999, -2, 0], [10**9, 10**6, -(10**6), 77]]),
    ),
    "Running": Running(_ABOVE, _AMOUNTS, Storing(INT64), opening=drawn("opening", Integers(0, 500, INT64))),
    "Running decayed": Running(_ABOVE, _REALS, Storing(FLOAT64, sums_floats=True), 0.9),
    "Running wide opened": Running(
        _ABOVE,
        _AMOUNTS,
        Storing(np.dtype(np.uint64), wide=True),
        opening=Nullable(drawn("wide opening", WideDecimals(-9, 1 << 30)), _GAP),
    ),
    "Running wide": Running(_ABOVE, _AMOUNTS, Storing(np.dtype(np.uint64), wide=True, factor=100)),
    "Share": Share(_ABOVE, _AMOUNTS, Storing(FLOAT64)),
    "Share rounded": Share(_ABOVE, _AMOUNTS, Storing(INT64, unit=1e4)),
    "HasBeen": HasBeen(Visit(_TICKETS, 2)),
    "Promised": Promised(StepCount(_FINE_TICKETS, INT8), "zoo.promised", "there is none"),
    "StepCount": StepCount(_TICKETS, INT8),
    "StepMoments": StepMoments(Latest(_TICKETS), Stamping(INT64, grain=1000)),
    "StepMoments days": StepMoments(Visit(_TICKETS, 0, first=True), Stamping(INT32, over=86_400_000_000)),
    "StepMoments fine": StepMoments(Latest(_FINE_TICKETS), Stamping(INT64, times=1000, grain=100)),
    "StepMoments over": StepMoments(Latest(_FINE_TICKETS, over=True), Stamping(INT64)),
    "StepMoments nth": StepMoments(Nth(_TICKETS, groups.Even(3 * ROWS, ROWS)), Stamping(INT64)),
    "StepReasons": StepReasons(Latest(_TICKETS), Pooled.of(["solved", "gone"])),
    "StepReasons nth": StepReasons(Nth(_FINE_TICKETS, _tiled()), Pooled.of(["solved", "gone"])),
    "StepStates": StepStates(Latest(_TICKETS), _STATES),
    "StepStates left": StepStates(Latest(_FINE_TICKETS), _STATES, left=True),
    "StepStates nth": StepStates(Nth(_FINE_TICKETS, groups.Even(3 * ROWS + 7, ROWS)), _STATES),
    "Total": Total(Below(_BELOW, ROWS, sampling.Chance(stream("total"), 0.6)), _AMOUNTS, Storing(INT64)),
    "Total floats": Total(Below(_BELOW, ROWS), _REALS, Storing(FLOAT32, sums_floats=True)),
    "Parentless": nulled("parentless", Parentless(groups.Even(1 << 39, 1 << 38))),
    "Bounded floats": _bounded_floats(),
    "Bounded words": _bounded_words(),
    "Redrawn": Redrawn(drawn("redrawn", Integers(0, 12_345, INT64)), stream("redrawn rows")),
    "Without": drawn("without", Without(Integers(-5, 1000, INT64), np.array([0, 5, 999], dtype=np.uint64))),
    "Codes": drawn("codes", Codes(7)),
    "Codes long": drawn("codes long", Codes(20)),
    "Digests": drawn("digests", Digests((stream("digits 1"), stream("digits 2"), stream("digits 3")), 40)),
    "Beyond": nulled("beyond", skewed.Beyond(_PERMUTED, 1 << 39)),
    "Branching": chosen(tree(skewed.Branching(3, 7))),
    "Bands many": chosen(
        calendars.OnCalendar(
            positions("many"),
            calendars.Calendar(
                bands.Bands.of(1.0 + np.arange(200_000) % 7)[0], np.arange(200_000, dtype=np.uint64), None
            ),
            200_000,
        )
    ),
    "Correlated": Drawn(sampling.Parted(together("correlated"), 1 << 62), Integers(0, 1 << 62, INT64)),
    "FloatsInBins": by_position(
        "floats by position",
        BinnedFloats(
            _BINS,
            stream("binned"),
            np.array([0.0, 1.5, 8.0]),
            np.array([1.5, 6.5, 0.1]),
            0.0,
            8.1,
            FLOAT64,
        ),
    ),
    "Parted": by_position("parted", drawn("parted", Integers(-5, 1000, INT64))),
    "ZipfByPosition": by_position(
        "zipf by position", chosen(sampling.Zipf.of(stream("zipf"), stream("zipf tail"), 1 << 40, 0.9))
    ),
    "ByPosition": by_position(
        "shaped by position", shaped("decimal", "DECIMAL(10,2)", distributions.normal(5, 12), 100)
    ),
    "Floored by position": by_position(
        "floored by position",
        chosen(sampling.Floored(distributions.exponential(1e-5).table(stream("floored"), 0, 1e6), 1_000_000)),
    ),
    "Blend": by_position("blend", shaped("mixture", "DOUBLE", _MIXTURE, 1)),
    "Blend rounded": by_position("blend rounded", shaped("mixture", "BIGINT", _MIXTURE, 1)),
    "Capped": chosen(skewed.Capped(_PERMUTED, 1 << 30)),
    "Chained": chosen(groups.Chained(_EVEN, groups.Even(1_000_000, 777))),
    "Coded": chosen(unique.Coded(_PERMUTED, 10_007, 3, (4, 9))),
    "Counted": chosen(_counted(4_000)),
    "DaysOf": DaysOf(
        Nullable(drawn("day numbers", FixedChoices(np.array([20240229, 10101, 99991231, 19700101]))), _GAP)
    ),
    "DaysOf moments": DaysOf(drawn("moments", Integers(-(10**15), 10**16, INT64)), 86_400_000_000),
    "DaysOf texts": DaysOf(drawn("day texts", Pooled.of(["20240229", "19991231"]))),
    "DaysOf made texts": DaysOf(
        drawn("day digits", Assembled((AnyOf.of("20240", "19990"), AnyOf.of("229", "228"))))
    ),
    "OfDay": OfDay(drawn("few days", Integers(100, 5, INT32)), 100, _GIVEN),
    "Digit": chosen(unique.Digit(_PERMUTED, 1000, 777)),
    "Earlier": chosen(tree(skewed.Earlier(stream("earlier"), ROWS, 5))),
    "Even": chosen(_EVEN),
    "ExactShares": chosen(exact.ExactShares(stream("exact"), tuple(exact.apportioned(ROWS, [70, 20, 9, 1])))),
    "ExactShares few": chosen(exact.ExactShares(stream("exact few"), (1, 5000, 20, 0, 3_000))),
    "Facet": Drawn(_PERMUTED, _facet()),
    "Facet whole": Drawn(_PERMUTED, facets.Facet(_words(), (), 6, ROWS)),
    "Even few": chosen(groups.Even(ROWS, ROWS + 99)),
    "Favoured": chosen(skewed.Favoured(sampling.Chance(stream("hot"), 0.8), stream("favoured"), 200, 1000)),
    "Drawn": drawn("drawn", Integers(-5, 11, INT8)),
    "FixedChoices": drawn("choices", FixedChoices(np.array([1.5, -2.25, 1e300]))),
    "FixedChoices wide": drawn("wide choices", FixedChoices(np.array([[1, 0], [2, 5]], dtype=np.uint64))),
    "Flags": Flags(sampling.Chance(stream("flags"), 0.3)),
    "Floored": chosen(
        sampling.Floored(distributions.exponential(1e-5).table(stream("floored"), 0, 1e6), 1_000_000)
    ),
    "Floats": drawn("floats", Floats.covering(-1.0, 1e6, 64)),
    "Floats single": drawn("floats single", Floats.covering(0.0, 1.0, 32)),
    "Following": following("following"),
    "Following before": following(
        "before", distributions.exponential(5), least=-86_400_000 * 9, most=-1, descending=True
    ),
    "Following cut": following("cut", limits=(18_001 * 86_400_000, 18_390 * 86_400_000)),
    "Following cut exponential": following(
        "cut exponential",
        distributions.exponential(3),
        limits=(18_001 * 86_400_000, 18_390 * 86_400_000),
        descending=True,
    ),
    "Following exponential": following("exponential", distributions.exponential(5)),
    "Following siblings": following(
        "in order",
        distributions.exponential(5),
        positions=rising.AmongSiblings(stream("in order"), _EVEN),
    ),
    "Integers": drawn("integers", Integers(-(1 << 63), (1 << 64) - 1, INT64)),
    "Integers steps": drawn("steps", Integers(1_000, 1 << 20, INT32, -3)),
    "InTree": chosen(skewed.InTree(skewed.Earlier(stream("in tree"), ROWS), ROWS, _EVEN)),
    "Levels": chosen(tree(skewed.Levels(stream("levels"), np.array([0, 9, 99, 1 << 37], dtype=np.uint64)))),
    "ScatteredGrouping": chosen(groups.ScatteredGrouping(_EVEN, Permutation(ROWS, stream("mingled")))),
    "Mixture": shaped("mixture", "DOUBLE", _MIXTURE, 1),
    "Mixture rounded": shaped("mixture", "BIGINT", _MIXTURE, 1),
    "Missing": nulled(
        "missing", Missing((Nullable(drawn("gap", Codes(3)), sampling.Chance(stream("gap"), 0.4)),))
    ),
    "Near": drawn("near", _near(FLOAT64, 1000)),
    "Near decimals": drawn("near decimals", _near(INT64, 0)),
    "Near single": drawn("near single", _near(FLOAT32, 1000)),
    "Near wide": drawn("near wide", _near(np.dtype(np.uint64), 0, wide=True)),
    "Nullable": Nullable(drawn("nullable", Codes(3)), sampling.Chance(stream("null"), 0.25)),
    "OnCalendar": chosen(calendars.OnCalendar(positions("calendar"), _HOURS, 1000 * 86_400_000_000)),
    "OnCalendar cut": chosen(
        calendars.OnCalendar(positions("cut", 1 << 61), _HOURS, 1000 * 86_400_000_000, 1 << 60, 9_999_999_999)
    ),
    "OnCalendar days": chosen(calendars.OnCalendar(positions("days"), _WHOLE_DAYS, 1000)),
    "OnClock": chosen(calendars.OnClock(positions("clock"), _CLOCK, 86_400_000_000)),
    "Ordinal": chosen(groups.Ordinal(_EVEN)),
    "Recurring": recurring(
        "recurring",
        recurrences.Pace(1, 0, 86_400_000, 1, recurrences.MonthTable.of(18_000, 18_400, 24)),
        optional=True,
        nullable=True,
    ),
    "Recurring loosely": recurring(
        "recurring loosely", recurrences.Pace(0, 7, 1, 1), skipped=2, loose=3, optional=True, nullable=True
    ),
    "Permuted": chosen(_PERMUTED),
    "ExtentDigit": chosen(spans.ExtentDigit(_REARRANGED, _PLACES, 1)),
    "Pooled": drawn("pooled", Pooled.of(["red", "green", "blue", ""])),
    "PermutedSiblings": chosen(_REARRANGED),
    "Rest": nulled("rest", skewed.Rest(1 << 36)),
    "Childless": nulled("childless", spans.Childless(_SPAN, sampling.Chance(stream("childless"), 0.2))),
    "PermutedLastDigit": chosen(spans.PermutedLastDigit(_PERMUTED, 1000, 1300, stream("reordered"))),
    "Truth": nulled("truth", Truth(Nullable(Flags(sampling.Chance(stream("true"), 0.5)), _GAP))),
    "Sampled": Sampled.of(stream("sampled"), [2, 0, 0, 1, 2, 2, 2], ["red", "green", "blue"]),
    "Sampled many": Sampled.of(stream("sampled many"), [k % 3 for k in range(70_000)], ["red", "green", ""]),
    "Shared": chosen(sampling.Shared(_PAIRS)),
    "Roots": nulled(
        "roots",
        skewed.Roots(tree(skewed.Earlier(stream("roots"), ROWS)), 9, sampling.Chance(stream("root"), 0.1)),
    ),
    "Reference": referenced.Reference(
        sampling.Uniform(stream("parent"), 1 << 33), drawn("key", Integers(7, 1 << 30, INT64)), (32, INT32)
    ),
    "Reference widened": referenced.Reference(
        sampling.Uniform(stream("parent"), 1 << 33),
        drawn("key", Integers(-7, 1 << 30, INT64)),
        (128, np.dtype(np.uint64)),
    ),
    "Reference narrowed": referenced.Reference(
        sampling.Uniform(stream("parent"), 1 << 33), drawn("wide key", WideDecimals(-9, 1 << 30)), (64, INT64)
    ),
    "Listed": chosen(sampling.Listed(np.array([5, 0, 7, 7], dtype=np.uint64), 8)),
    "RowsShown": drawn("rows shown", RowsShown(_GIVEN)),
    "RowsShown weighted": drawn("rows by weight", RowsShown(_NUMBERS, Cells.of([1.0, 0.0, 2.5, 9.0, 1.5]))),
    "ShownBy": _shown_by("shown by", weighted=False),
    "ShownBy weighted": _shown_by("shown by weight", weighted=True),
    "RowNumber": Drawn(unique.RowNumber(ROWS), Integers(1, ROWS, INT64)),
    "Shaped beta": shaped("beta", "DOUBLE", distributions.beta(2, 5, -40, 60), 1),
    "Shaped decimal": shaped("decimal", "DECIMAL(10,2)", distributions.normal(5, 12), 100),
    "Shaped exponential": shaped("exponential", "REAL", distributions.exponential(0.2), 1),
    "Shaped lognormal": shaped("lognormal", "DOUBLE", distributions.lognormal(1, 0.5), 1),
    "Shaped gamma": shaped("gamma", "DOUBLE", distributions.gamma(0.7, 5), 1),
    "Shaped pareto": shaped("pareto", "DECIMAL(12,3)", distributions.pareto(1.2, 2), 1000),
    "Shaped triangular": shaped("triangular", "REAL", distributions.triangular(-5, 1, 50), 1),
    "Shaped wide": Shaped(
        distributions.normal(0, 9).table(stream("wide"), -9, 9, 100), -900, 900, _WIDE, INT64
    ),
    "Shuffled": chosen(unique.Shuffled(_EVEN, Permutation(_EVEN.size, stream("shuffled")))),
    "AnyPlace": chosen(spans.SpanPlace(_SPAN, spans.AnyPlace(_SPAN, stream("any place")))),
    "Apart": chosen(
        spans.Apart(
            sampling.Uniform(stream("apart"), 999_999),
            sampling.Uniform(stream("other"), 1_000_000),
            1_000_000,
        )
    ),
    "Apart within a span": chosen(
        spans.Apart(
            spans.AnyPlace(replace(_SPAN, fewer=1), stream("apart there")),
            spans.SpanPlace(_SPAN, spans.AnyPlace(_SPAN, stream("other there"))),
            _SPAN.grouping.rows,
            _SPAN,
        )
    ),
    "FavouredPlace": chosen(
        spans.SpanPlace(
            _SPAN,
            spans.FavouredPlace(
                replace(_SPAN, childless=0.3), sampling.Chance(stream("hit"), 0.8), stream("favoured"), 0.2
            ),
        )
    ),
    "SkewedPlace": chosen(spans.SpanPlace(_SPAN, _skewed())),
    "ShuffledPlace": chosen(spans.SpanPlace(_SPAN, spans.ShuffledPlace(_SPAN, _skewed(), stream("turned")))),
    "SpanPlace with gaps": chosen(spans.SpanPlace(_WITH_GAPS, spans.AnyPlace(_WITH_GAPS, stream("a few")))),
    "SpanPlace scattered": chosen(spans.SpanPlace(_IN_ORDER, spans.AnyPlace(_IN_ORDER, stream("placed")))),
    "DigitSum": chosen(unique.DigitSum(_PERMUTED, 1000, 1300)),
    "SpanPlace": chosen(spans.SpanPlace(_SPAN, sampling.Uniform(stream("place"), 1_000_000))),
    "Stratified": chosen(rising.Stratified(stream("stratified"), ROWS, bands.POSITIONS)),
    "Stratified few": chosen(rising.Stratified(stream("stratified"), ROWS, 3_000_000_019)),
    "Stratified nearly": chosen(rising.Stratified(stream("stratified"), ROWS, 5 * ROWS + 7, _WINDOWS)),
    "Switch": Switch(
        sampling.weighted(stream("switch"), [3, 2, 1]),
        (
            drawn("switch codes", Codes(20)),
            drawn("switch pool", Pooled.of(["red", "a colour of more than twelve bytes"])),
            Nullable(drawn("switch slices", _slices()), sampling.Chance(stream("switch null"), 0.5)),
        ),
    ),
    "Switch numbers": Switch(
        sampling.weighted(stream("switch 2"), [1, 1]),
        (drawn("switch a", Integers(0, 9, INT64)), drawn("switch b", Integers(-5, 4, INT64))),
    ),
    "Cases": Cases(
        CaseOf(drawn("case texts", Assembled((_CASE_TEXTS,))), _CASES),
        (
            drawn("case codes", Codes(20)),
            None,
            drawn("case pool", Pooled.of(["red", "a colour of more than twelve bytes"])),
            drawn("case slices", _slices()),
        ),
    ),
    "Cases of one pool": Cases(_CASES_OF_POOL, (drawn("case one", _RED), drawn("case two", _RED))),
    "Cases of numbers": Cases(
        CaseOf(drawn("case number", Integers(-3, 9, INT8)), (2, -1, 5)),
        (
            drawn("case a", Integers(0, 9, INT64)),
            drawn("case b", Integers(-5, 4, INT64)),
            Nullable(drawn("case c", Integers(100, 4, INT64)), sampling.Chance(stream("case null"), 0.5)),
            None,
        ),
    ),
    "CaseOf floats": chosen(CaseOf(drawn("case float", FixedChoices(np.array([0.5, 2.25]))), (2.25, 7.0))),
    "CaseOf wide": chosen(CaseOf(drawn("case wide", WideDecimals(-1, 5, 1 << 63)), (-1, (1 << 64) - 1))),
    "FirstTrue": chosen(
        FirstTrue((sampling.Chance(stream("first true"), 0.3), sampling.Chance(stream("second true"), 0.5)))
    ),
    "GroupedAlias": chosen(
        grouped.GroupedAlias.of(
            stream("grouped"), _CASES_OF_POOL, 9, [[0, 3], [8, 3, 1], [2]], [np.array([9.0, 1.0]), None, None]
        )
    ),
    "GroupedAlias even": chosen(
        grouped.GroupedAlias.of(stream("grouped 2"), _CASES_OF_POOL, 9, [[0, 3], [8, 3, 1]], [None, None])
    ),
    "Unmatched": Nullable(drawn("unmatched", Integers(0, 9, INT64)), Unmatched(_CASES_OF_POOL)),
    "Checked": drawn("checked", Checked(Codes(5), (_CHECK,))),
    "Checked long": drawn("checked long", Checked(Codes(20), (_CHECK,))),
    "Pointed": Pointed(
        Nullable(drawn("prices", Integers(-300, 9000, INT64)), sampling.Chance(stream("no price"), 0.1)),
        sampling.weighted(stream("points"), [3, 1]),
        100,
        ((-201, 80), (-205, 90)),
        INT64,
    ),
    "Pointed floats": Pointed(
        drawn("real prices", Floats.covering(-3.0, 40.0, 64)), _PAIRS, 5, ((-299, 800),), FLOAT32, 100
    ),
    "Slices": drawn("slices", _slices()),
    "Spoilt repeated": spoilt(
        drawn("repeated", Codes(7)), faulty.Repeated(drawn("repeated", Codes(7)), _ORDER, ROWS // 2)
    ),
    "Spoilt ladder": spoilt(drawn("ladder", Integers(0, 9, INT8)), faulty.Ladder(10, 2, 50)),
    "Spoilt elsewhere": spoilt(
        drawn("orphan", Integers(0, 9, INT64)),
        faulty.Elsewhere(Drawn(faulty.Cycled(9, 1 << 20), Integers(0, 1 << 21, INT64))),
    ),
    "Spoilt late": spoilt(
        drawn("late", Integers(0, 1 << 40, INT64)), faulty.Belated(stream("back"), 604_800_000_000)
    ),
    "Spoilt truncated": spoilt(drawn("truncated", _words()), faulty.Truncated(), made=True),
    "Spoilt garbled": spoilt(
        drawn("garbled", Pooled.of(["Zo\u00eb", "", "a text of many characters"])),
        faulty.Garbled(21),
        made=True,
    ),
    "Marks": nulled("marks", faulty.Marks(_ORDER, 5, ROWS // 3)),
    "Cycled": chosen(faulty.Cycled(7, 12_345)),
    "WithShown": shown_places.WithShown(
        drawn("with shown", Checked(Codes(20), (_CHECK,))),
        20,
        (shown_places.ShownPlace(5, 4, drawn("shown", _RED), "X"),),
        (_CHECK,),
        apart=False,
    ),
    "Slots": chosen(sampling.weighted(stream("slots"), [40, 15, 12, 10, 8, 7, 5, 3])),
    "Templates": drawn("templates", _templates()),
    "Through": chosen(spans.Through(_EVEN, sampling.Uniform(stream("through"), 77))),
    "Tiled": chosen(_tiled()),
    "Headed": chosen(
        headed.Headed(
            np.arange(5, 500, 7, dtype=np.uint64),
            np.arange(72, dtype=np.uint64) ** np.uint64(2) * np.uint64(1000),
            _tiled(),
        )
    ),
    "Adjoined": chosen(headed.Adjoined(_counted(400), _tiled())),
    "TimedUuids": _timed(as_text=False),
    "TimedUuids text": _timed(as_text=True),
    "Even and rows after it": chosen(groups.Even(1 << 36, 1000)),
    "Windows": chosen(_WINDOWS),
    "Windows wide": chosen(rising.Windows(ROWS, 100_003, stream("windows"), stream("window turns"))),
    "SpanPlace of any": chosen(spans.SpanPlace(_SPAN, spans.AnyPlace(_SPAN, stream("within")))),
    "Uniform": chosen(sampling.Uniform(stream("uniform"), 1_000_003)),
    "Uniform power of two": chosen(sampling.Uniform(stream("uniform 2"), 1 << 40)),
    "Uniform small": chosen(sampling.Uniform(stream("uniform small"), 365)),
    "Uniform wide": chosen(sampling.Uniform(stream("uniform wide"), (1 << 60) + 12_345)),
    "Uuids": drawn("uuids", Uuids(stream("filler"))),
    "Uuids text": drawn("uuids text", Uuids(stream("filler"), as_text=True)),
    "WholeFloats": drawn("whole floats", WholeFloats(3, 1000, FLOAT32)),
    "WideDecimals": drawn("wide decimals", WideDecimals.covering(-(10**38) + 1, 10**38 - 1)),
    "WideDecimals carried": drawn("carried", WideDecimals((1 << 64) - 500, 1000)),
    "WideDecimals steps": drawn("wide steps", WideDecimals(10**30, 1000, -(10**18))),
    "Zipf": chosen(sampling.Zipf.of(stream("zipf"), stream("zipf tail"), 10_000_000, 0.9)),
    "Zipf head": chosen(sampling.Zipf.of(stream("zipf head"), stream("zipf tail"), 1000, 1.5)),
}


def _numeric_classes() -> set[str]:
    """Every class of the engine that turns rows or indices into indices or values."""
    modules = [
        importlib.import_module(m.name)
        for room in (selectors, values)
        for m in pkgutil.iter_modules(room.__path__, f"{room.__name__}.")
    ]
    return {
        name
        for module in modules
        for name, item in vars(module).items()
        if isinstance(item, type)
        and item.__module__ == module.__name__
        and not getattr(item, "_is_protocol", False)
        and not isabstract(item)
        and {"values", "decode", "index", "parents", "hits", "above"} & set(vars(item))
    }


CLASSES = _numeric_classes()
