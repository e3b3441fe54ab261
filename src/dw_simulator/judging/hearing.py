"""The judge: every finder is asked, and what it claims is held against the rows."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dw_simulator.errors import RequestError
from dw_simulator.judging.agreeing import copies, diamonds, kinds, orphans, self_pairs
from dw_simulator.judging.bench import Bench
from dw_simulator.judging.claims import Claim, Evidence, Finder, examined
from dw_simulator.judging.dullness import calendar_gaps, even_fan_out, filler, flat_money, rhythms
from dw_simulator.judging.findings import Complaint, Judgement, Severity
from dw_simulator.judging.histories import after_the_present, balances, histories, keys_twice, present_of
from dw_simulator.judging.in_order import along_references, in_a_row, same_day
from dw_simulator.judging.judged_tables import looked_at
from dw_simulator.judging.links import dated, found_links
from dw_simulator.judging.presence import flags, states_and_stamps, terminal_shares, together
from dw_simulator.judging.proof_digits import check_digits
from dw_simulator.judging.well_formed import date_parts, least_and_greatest, of_a_country, ranges, texts
from dw_simulator.judging.with_children import at_most_the_parents, roll_ups
from dw_simulator.judging.worked_out import equations
from dw_simulator.ports.answers import TableSource

FINDERS: Sequence[tuple[str, Finder]] = (
    ("orphans", orphans),
    ("moments in a row", in_a_row),
    ("days of moments", same_day),
    ("moments along references", along_references),
    ("two ways to one parent", diamonds),
    ("self pairs", self_pairs),
    ("copies", copies),
    ("kinds", kinds),
    ("sums and products", equations),
    ("sums of lines", roll_ups),
    ("parts of parents", at_most_the_parents),
    ("states and stamps", states_and_stamps),
    ("flags", flags),
    ("what is there together", together),
    ("ends", terminal_shares),
    ("versions", histories),
    ("keys", keys_twice),
    ("balances", balances),
    ("the present", after_the_present),
    ("ranges", ranges),
    ("least and greatest", least_and_greatest),
    ("texts", texts),
    ("countries", of_a_country),
    ("parts of dates", date_parts),
    ("check digits", check_digits),
    ("calendars", calendar_gaps),
    ("weekdays and hours", rhythms),
    ("fan-out", even_fan_out),
    ("amounts", flat_money),
    ("filler", filler),
)
"""What is looked for, in this order. Another finder is another line."""


def _nobody(_what: str) -> None:
    """Nobody is told."""


@dataclass(frozen=True)
class Hearing:
    """What is asked of the judge.

    run_id   the run of an experiment; its newest completed one where it is None
    tables   of which something is told; all are looked at. All where it is empty
    seconds  how long it may take; what was not looked at by then is noted
    tell     told what is being done
    """

    run_id: int | None = None
    tables: Collection[str] = ()
    seconds: float | None = None
    tell: Callable[[str], None] = _nobody


def judge(sources: Mapping[str, TableSource], asked: Hearing) -> Judgement:
    """What contradicts itself in some tables, by their rows and names alone."""
    tell, seconds = asked.tell, asked.seconds
    with Bench(seconds, tell) as bench:
        tables = looked_at(bench, bench.attach(sources))
        if not tables and not bench.late:
            reasons = "; ".join(bench.notes)
            raise RequestError(f"none of the tables can be read: {reasons}")
        links = found_links(bench, tables)
        dated(bench, tables, links)
        seen = Evidence(bench, tables, links, present_of(tables))
        told: list[Complaint] = []
        for name, finder in FINDERS:
            if bench.late:
                break
            tell(f"looking at {name}")
            told += _asked(seen, finder)
        if bench.late:
            bench.notes.append(
                f"stopped after {seconds:g} seconds: not everything was looked at; give more --seconds"
            )
        notes = list(dict.fromkeys(bench.notes))
        rows = {table.name: table.rows for table in tables}
        complete = not bench.late and len(tables) == len(sources)
        return Judgement(_ordered(told, asked.tables), rows, notes, complete)


def _asked(seen: Evidence, finder: Finder) -> list[Complaint]:
    found = list(finder(seen))
    claims = [one for one in found if isinstance(one, Claim)]
    return [*examined(seen.bench, claims), *(one for one in found if isinstance(one, Complaint))]


def _ordered(told: Sequence[Complaint], only: Collection[str]) -> list[Complaint]:
    """Contradictions first, by table; each told once."""
    once = {(one.kind, one.table, one.columns, one.message): one for one in told}
    kept = [one for one in once.values() if not only or one.table in only]
    return sorted(kept, key=lambda one: (one.severity is Severity.REMARK, one.table, -one.count))


def tables_below(directory: Path) -> dict[str, TableSource]:
    """The Parquet files of a folder: `<directory>/<table>/*.parquet`. Raises RequestError for none."""
    if not directory.is_dir():
        raise RequestError(
            f"{directory} is no directory; give the name of an experiment, or a folder of tables"
        )
    found: dict[str, TableSource] = {}
    try:
        for table in sorted(directory.iterdir()):
            files = (
                sorted(path for path in table.glob("*.parquet") if path.is_file()) if table.is_dir() else []
            )
            if files:
                found[table.name] = files
    except OSError as error:
        raise RequestError(f"{directory} cannot be read: {error.strerror}") from None
    if not found:
        raise RequestError(f"{directory} holds no tables: <table>/*.parquet is looked for")
    return found
