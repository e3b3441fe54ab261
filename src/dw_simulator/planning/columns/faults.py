"""The last pass: what is wrong on purpose, in how many rows, and how.

    orders (1,000 rows), with the faults orphans of customer_id: 1 %, and duplicates: 2 %

A permutation of the rows, drawn once for the table, says which: its first 10 rows get orphans, the next 20
repeat a row, and the 20 at its end are those that are repeated. So no row is hit twice, nothing that is
repeated is wrong itself, the counts are exact, and whether a row is wrong is known from its number alone.

The right values stay as they are: a fault wraps the kernel of a column, and what refers to the column goes on
asking the right one (`Draft.kernels`), while the files get the wrong one (`Draft.written`).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from dw_simulator.engine.bounds import DAY, declared, unit_of
from dw_simulator.engine.selectors.permutation import Permutation
from dw_simulator.engine.selectors.unique import Permuted, RowNumber
from dw_simulator.engine.storage import ticks_per_second
from dw_simulator.engine.values import faulty
from dw_simulator.engine.values.base import Drawn, Kernel, Nullable
from dw_simulator.engine.values.integers import Integers
from dw_simulator.engine.values.referenced import Reference
from dw_simulator.engine.values.turned import InTurn
from dw_simulator.errors import Refusal
from dw_simulator.planning.draft import Draft
from dw_simulator.ports.plan import FaultCount
from dw_simulator.schema.durations import NANOSECONDS, nanoseconds
from dw_simulator.schema.model import Column, PlannedFault, Table
from dw_simulator.types import NUMERIC_KINDS, Kind

_MOST_SPARE = 1 << 32
_RUNGS = 1000
_DEFAULT_SPAN = "7d"
_BOUNDS = "declare min_value or max_value, or date_start or date_end"


def plan_faults(draft: Draft) -> None:
    """Give every table its faults, one after the other, none of which hits a row of another."""
    for table in draft.experiment.tables:
        if table.faults and draft.only in (None, table.name):
            _plan_table(draft, table)


def _plan_table(draft: Draft, table: Table) -> None:
    rows = draft.rows[table.name]
    counts = [fault.count(rows) for fault in table.faults]
    copies = sum(n for fault, n in zip(table.faults, counts, strict=True) if fault.kind == "duplicates")
    if sum(counts) + copies > rows:
        asked = f"{sum(counts):,} rows are to be wrong, and {copies:,} of them repeat right ones"
        draft.refuse(
            f"{table.name}.faults", f"{asked}; the table has {rows:,}", "lower the shares, or add rows"
        )
        return
    if not sum(counts):
        return
    order = Permutation(rows, draft.stream(table, (), "faults"))
    first, repeated = 0, rows  # what is wrong from one end, what it repeats from the other
    for fault, count in zip(table.faults, counts, strict=True):
        marks = faulty.Marks(order, first, count)
        first += count
        repeated -= count if fault.kind == "duplicates" else 0
        names = fault.columns or tuple(column.name for column in table.columns)
        for name in names:
            column = table.column(name)
            assert column is not None, "the model has checked"
            _spoil(draft, table, column, fault, marks, repeated)
        if fault.kind == "orphans":
            _fill_in(draft, table, fault, marks)
        draft.faults.append(FaultCount(table.name, fault.kind, fault.columns, count))


def _spoil(
    draft: Draft, table: Table, column: Column, fault: PlannedFault, marks: faulty.Marks, repeated: int
) -> None:
    """Write a column with a fault in it."""
    place = (table.name, column.name)
    right = draft.kernels.get(place)
    if right is None or not marks.count:  # refused already; nothing to do
        return
    former = draft.written.get(place, right)
    sound = right if fault.kind == "duplicates" else _without_nulls(right)
    try:
        if fault.kind == "duplicates":
            _check_repeated(table, fault, right)
            spoiler: faulty.Spoiler = faulty.Repeated(former, marks.order, repeated)
        else:
            _check_countable(fault, sound)
            spoiler = _SPOILERS[fault.kind](draft, table, column, fault, sound)
    except Refusal as refusal:
        words = f"{fault.kind} in {column.data_type}: {refusal.message}"
        draft.refuse(f"{table.name}.{column.name}", words, refusal.mend)
        return
    made = fault.kind in ("bad_encoding", "truncated")
    draft.written[place] = faulty.Spoilt(former, sound, marks, spoiler, made)


def _without_nulls(kernel: Kernel) -> Kernel:
    """The values where they are NULL by themselves, too."""
    if isinstance(kernel, InTurn):
        return replace(kernel, kernel=_without_nulls(kernel.kernel))
    return kernel.kernel if isinstance(kernel, Nullable) else kernel


def _fill_in(draft: Draft, table: Table, fault: PlannedFault, marks: faulty.Marks) -> None:
    """Let no column of the references that a fault breaks be NULL there: they would not be broken then."""
    for name in {name for r in draft.declared_at(table, fault.columns[0]) for name in r.columns}:
        place = (table.name, name)
        former = draft.written.get(place) or draft.kernels.get(place)
        right = draft.kernels.get(place)
        if name not in fault.columns and isinstance(right, Nullable) and former is not None and marks.count:
            draft.written[place] = faulty.Spoilt(former, right.kernel, marks, faulty.AsIs())


def _check_repeated(table: Table, fault: PlannedFault, right: Kernel) -> None:
    if not fault.columns:
        return
    if not any(set(key) <= set(fault.columns) for key in table.keys):
        raise Refusal(
            "they are no key, so right rows repeat there as well and none can be counted",
            "name the columns of a key, or no columns to repeat whole rows",
        )
    if right.facts.nullable:
        raise Refusal("NULL repeats nothing", "make it required, or choose another key")


def _check_countable(fault: PlannedFault, sound: Kernel) -> None:
    if sound.facts.nullable and fault.kind != "orphans":
        raise Refusal(
            "its NULLs come from other columns, so the rows that are wrong cannot be counted",
            "choose another column",
        )


def _orphans(
    draft: Draft, table: Table, column: Column, _fault: PlannedFault, sound: Kernel
) -> faulty.Spoiler:
    """Values of the key that is referenced, which no row there has."""
    if not draft.declared_at(table, column.name):
        raise Refusal("it references nothing", "name a column of a foreign key")
    stored, kernel = None, sound
    while isinstance(kernel, Reference | Nullable):
        if isinstance(kernel, Reference):
            stored = stored or kernel.stored
            kernel = kernel.parent
        else:
            kernel = kernel.kernel
    owner, name = table, column.name
    while sources := draft.sources_at(owner, name):
        leading = min(sources, key=lambda relation: draft.role(relation).rank)
        owner, name = leading.parent, leading.pairs[name]
    unused = _unused(column, kernel, draft.rows[owner.name])
    if unused is None:
        raise Refusal(f"every value that {owner.name}.{name} can have is in use, or may be", "widen that key")
    return faulty.Elsewhere(replace(unused, stored=stored))


def _unused(column: Column, kernel: Kernel, rows: int) -> Reference | None:
    """Values that come after all those that are in use; None where there are none.

    kernel  of the key, in a table of so many rows
    """
    if not isinstance(kernel, Drawn):
        return None
    selector, domain = kernel.selector, kernel.domain
    if isinstance(selector, Permuted):
        # the rows after the last one would have them
        spare = min(selector.size - rows, _MOST_SPARE)
        return Reference(faulty.Cycled(rows, spare), kernel) if spare > 0 else None
    used = rows if isinstance(selector, RowNumber) else selector.size
    spare = _room_after(column, domain, used) if isinstance(domain, Integers) else domain.size - used
    if spare <= 0:
        return None
    spare = min(spare, _MOST_SPARE)
    wider = replace(domain, size=used + spare) if isinstance(domain, Integers) else domain
    return Reference(faulty.Cycled(0, spare), Drawn(faulty.Cycled(used, spare), wider))


def _room_after(column: Column, domain: Integers, used: int) -> int:
    """How many more numbers a sequence has before the column's type ends."""
    low, high = (
        column.type.limits if column.type.kind in (Kind.INTEGER, Kind.DECIMAL) else (-(1 << 62), 1 << 62)
    )
    last = domain.low + domain.step * (used - 1)
    return int((high - last) // domain.step if domain.step > 0 else (last - low) // -domain.step)


def _out_of_range(
    _draft: Draft, _table: Table, column: Column, _fault: PlannedFault, _sound: Kernel
) -> faulty.Spoiler:
    kind = column.type.kind
    if kind not in NUMERIC_KINDS | {Kind.DATE, Kind.TIMESTAMP}:
        raise Refusal("only numbers, dates and timestamps have a range", "choose another column")
    if kind is Kind.FLOAT:
        return _beyond_floats(column)
    bounds, step = declared(column), _whole_step(column)
    low, high = (None if end is None else int(end) for end in (bounds.low, bounds.high))
    least, greatest = _limits(column)
    above = 0 if high is None else (greatest - high) // step
    below = 0 if low is None else (low - least) // step
    if high is not None and above > 0:
        return faulty.Ladder(high + step, step, min(above, _RUNGS))
    if low is not None and below > 0:
        return faulty.Ladder(low - step, -step, min(below, _RUNGS))
    if low is None and high is None:
        raise Refusal("it has no bounds to be beyond", _BOUNDS)
    raise Refusal("its bounds are those of its type", "widen the type, or narrow the bounds")


def _beyond_floats(column: Column) -> faulty.Ladder:
    low, high = column.min_value, column.max_value
    if high is not None:
        step = max(1.0, abs(float(high)) / 8)
        return faulty.Ladder(float(high) + step, step, _RUNGS)
    if low is not None:
        step = max(1.0, abs(float(low)) / 8)
        return faulty.Ladder(float(low) - step, -step, _RUNGS)
    raise Refusal("it has no bounds to be beyond", _BOUNDS)


def _whole_step(column: Column) -> int:
    """Storage units from a value beyond a bound to the next: 1 as a number, or a day."""
    type_ = column.type
    return 10**type_.scale if type_.kind in NUMERIC_KINDS else int(DAY / unit_of(type_))


def _limits(column: Column) -> tuple[int, int]:
    type_ = column.type
    if type_.kind in NUMERIC_KINDS:
        low, high = type_.limits
        return max(low, -(1 << 62)), min(high, 1 << 62)
    reach = 1 << (24 if type_.kind is Kind.DATE else 62)
    return -reach, reach


def _late(draft: Draft, table: Table, column: Column, fault: PlannedFault, _sound: Kernel) -> faulty.Spoiler:
    if column.type.kind not in (Kind.DATE, Kind.TIMESTAMP):
        raise Refusal("only dates and timestamps can be late", "choose another column")
    is_day = column.type.kind is Kind.DATE
    unit = NANOSECONDS["d"] if is_day else NANOSECONDS["s"] // ticks_per_second(column.type)
    span = nanoseconds(fault.by or _DEFAULT_SPAN) // unit
    if span < 1:
        raise Refusal(
            f"{fault.by} is less than {'a day' if is_day else 'its least unit'}", "name a longer span"
        )
    return faulty.Belated(draft.stream(table, (column.name,), "late"), span)


def _text_of(column: Column) -> None:
    if column.type.kind is not Kind.TEXT:
        raise Refusal("only text can be wrong like that", "choose another column")


def _garbled(
    _draft: Draft, _table: Table, column: Column, _fault: PlannedFault, _sound: Kernel
) -> faulty.Spoiler:
    _text_of(column)
    if column.type.length < len(faulty.MOJIBAKE.encode()):
        raise Refusal("what is left of a wrong decoding has 4 bytes", "widen the column to 4")
    return faulty.Garbled(column.type.length)


def _truncated(
    _draft: Draft, _table: Table, column: Column, _fault: PlannedFault, _sound: Kernel
) -> faulty.Spoiler:
    _text_of(column)
    return faulty.Truncated()


_SPOILERS: Mapping[str, Callable[[Draft, Table, Column, PlannedFault, Kernel], faulty.Spoiler]] = {
    "orphans": _orphans,
    "out_of_range": _out_of_range,
    "bad_encoding": _garbled,
    "late": _late,
    "truncated": _truncated,
}
