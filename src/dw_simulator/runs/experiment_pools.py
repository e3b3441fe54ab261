"""Values that other programs make, kept with an experiment; what new versions of them would change."""

import json
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from dw_simulator import __version__, planning
from dw_simulator.errors import PlanError, StoreError
from dw_simulator.ports.kept_pools import KeptPool, Pools
from dw_simulator.ports.manifest import EXTRAS_NAME, Manifest
from dw_simulator.ports.plan import Plan
from dw_simulator.ports.rule import RuleSource
from dw_simulator.ports.store import Fingerprints, PoolRecords, Store, StoredExperiment
from dw_simulator.runs import bookkeeping, fingerprints
from dw_simulator.runs.fingerprints import Make
from dw_simulator.runs.request import scaled_rows
from dw_simulator.schema.model import Experiment

FILE_NAME = f"{EXTRAS_NAME}/pools.json"
"""Where a run publishes the pools it has used, so that its values can be checked wherever they are."""


@dataclass(frozen=True)
class ChangedColumn:
    """A column that has other values.

    causes  "program": of other versions of this program and its libraries; "pools": with pools made anew
    pools   the pools that would have other values
    """

    table: str
    column: str
    causes: tuple[str, ...]
    pools: tuple[str, ...] = ()


@dataclass(frozen=True)
class ChangedPool:
    """A pool that would have other values if it was made anew.

    made_by, now  what has made it, and what would make it now
    values        how many it has
    changed       how many of them would be others
    """

    name: str
    made_by: str
    now: str
    values: int
    changed: int


@dataclass(frozen=True)
class Difference:
    """What new versions change in an experiment.

    since    the versions that made its values when they were recorded; None where no run has recorded any
    now      those of this program
    columns  that this program makes otherwise, or would make otherwise with pools made anew
    pools    that would have other values
    refused  what could not be planned, with the reason: by this program, or with pools made anew
    """

    experiment: str
    since: Mapping[str, str] | None
    now: Mapping[str, str]
    columns: tuple[ChangedColumn, ...]
    pools: tuple[ChangedPool, ...]
    refused: Mapping[str, str]


class ExperimentPools:
    """Plans stored experiments with the pools that are kept with them, and keeps those that are new.

    store  opens the store, when it is first needed
    rules  from a rule's name and options to the rule
    make   from a plan to its rows
    """

    def __init__(self, store: Callable[[], Store], rules: RuleSource, make: Make) -> None:
        self._open, self._rules, self._make = store, rules, make

    @property
    def _records(self) -> PoolRecords:
        return self._open().pools

    def plan(
        self,
        experiment: Experiment,
        seed: int,
        rows: Mapping[str, int] | None = None,
        *,
        scale: float | None = None,
        only: str | None = None,
        hidden: bool = False,
    ) -> Plan:
        """Plan with the pools of the experiment; those that it has not yet are made, and kept.

        Raises PlanError, and RequestError for a scale that is none.
        """
        rows = scaled_rows(experiment, rows, scale)
        kept = self._records.of(experiment.name)
        while True:
            pools = Pools(kept)
            plan = planning.plan(experiment, seed, self._rules, rows, only=only, pools=pools, hidden=hidden)
            if not pools.made:
                return plan
            kept = self._records.keep(experiment.name, pools.made)
            if all(kept[name] == pool for name, pool in pools.made.items()):
                return plan
            # another process was first: what it has kept counts

    def plan_anew(self, experiment: Experiment, seed: int, rows: Mapping[str, int] | None = None) -> Plan:
        """Plan with new pools, which are not kept. Raises PlanError."""
        return planning.plan(experiment, seed, self._rules, rows, pools=Pools())

    def keep(self, stored: StoredExperiment, plan: Plan) -> None:
        """The pools of a plan are those of its experiment from now on. Raises RunningError, VersionError."""
        self._open().replace_pools(stored.name, stored.version, plan.pools)

    def refresh(self, stored: StoredExperiment) -> "Difference":
        """Make an experiment's pools anew, and keep them; returns what that changes.

        Raises PlanError, and what `keep` raises.
        """
        changes = self.difference(stored.experiment)
        self.keep(stored, self.plan_anew(stored.experiment, fingerprints.SEED))
        self.record(stored.experiment)
        return changes

    def record(self, experiment: Experiment) -> None:
        """Record the fingerprints of the experiment's columns, unless there are some."""
        if self._records.fingerprints(experiment.name) is not None:
            return
        try:
            plan = self.plan(experiment, fingerprints.SEED)
        except PlanError:  # with the rows of its schema, though with others it can be made
            return
        self._records.record(experiment.name, self._taken(plan))

    def _taken(self, plan: Plan) -> Fingerprints:
        return fingerprints.take(plan, self._make, versions())

    def difference(self, experiment: Experiment) -> Difference:
        """What this program changes, and what pools made anew would change. Changes nothing itself."""
        recorded = self._records.fingerprints(experiment.name)
        kept, anew = Pools(self._records.of(experiment.name)), Pools()
        plan, program = self._tried(experiment, kept)
        _plan, faker = self._tried(experiment, anew)
        changed = tuple(_changed(kept.used, anew.used))
        causes: dict[tuple[str, str], list[str]] = {}
        for place in self._taken(plan).other(recorded) if plan and recorded else ():
            causes.setdefault(place, []).append("program")
        for place in plan.drawing_on(pool.name for pool in changed) if plan else ():
            causes.setdefault(place, []).append("pools")
        columns = [
            ChangedColumn(table.name, column.name, tuple(causes[place]), _names(plan, place, changed))
            for table in experiment.tables
            for column in table.columns
            if (place := (table.name, column.name)) in causes
        ]
        refused = {cause: reason for cause, reason in (("program", program), ("pools", faker)) if reason}
        since = recorded.versions if recorded else None
        return Difference(experiment.name, since, versions(), tuple(columns), changed, refused)

    def _tried(self, experiment: Experiment, pools: Pools) -> tuple[Plan | None, str]:
        """A plan for fingerprints, or why there is none."""
        try:
            return planning.plan(experiment, fingerprints.SEED, self._rules, pools=pools), ""
        except PlanError as error:
            return None, str(error)

    def of_output(self, manifest: Manifest, published: bytes | None) -> dict[str, KeptPool]:
        """The pools of an output, as far as they can be found: beside it, or kept with any experiment.

        published  the content of `FILE_NAME` in the output
        """
        found = _read(published, manifest)
        missing = {name: wanted for name, wanted in manifest.pools.items() if name not in found}
        kept: dict[str, KeptPool] = {}
        if missing:
            with suppress(StoreError):  # an output can be checked without a store
                kept = self._records.with_checksums(missing.values())
        return {**{name: kept[wanted] for name, wanted in missing.items() if wanted in kept}, **found}


def versions() -> dict[str, str]:
    """What decides an experiment's values, besides its schema and its pools; and Faker, which makes those."""
    return {"dw-simulator": __version__, **bookkeeping.libraries(), **bookkeeping.libraries(["faker"])}


def differing(before: Mapping[str, KeptPool], after: Mapping[str, KeptPool]) -> list[str]:
    """The names of pools that both have, with other values."""
    return [name for name, pool in before.items() if name in after and after[name].values != pool.values]


def _changed(before: Mapping[str, KeptPool], after: Mapping[str, KeptPool]) -> Iterator[ChangedPool]:
    for name in differing(before, after):
        then, now = before[name], after[name]
        changed = sum(map(operator.ne, then.values, now.values)) + abs(len(then.values) - len(now.values))
        yield ChangedPool(name, then.made_by, now.made_by, len(then.values), changed)


def _names(plan: Plan | None, place: tuple[str, str], changed: Sequence[ChangedPool]) -> tuple[str, ...]:
    """The changed pools that a column depends on."""
    return tuple(pool.name for pool in changed if plan and place in plan.drawing_on([pool.name]))


def to_publish(plan: Plan) -> Mapping[str, bytes]:
    """The pools of a plan as a file of its output: none where it has none. Equal pools make equal bytes."""
    if not plan.pools:
        return {}
    entries = {name: {"made_by": pool.made_by, "values": pool.values} for name, pool in plan.pools.items()}
    return {FILE_NAME: (json.dumps(entries, indent=1, sort_keys=True) + "\n").encode()}


def _read(published: bytes | None, manifest: Manifest) -> dict[str, KeptPool]:
    """The pools of a published file, as far as they are those of the manifest."""
    with suppress(ValueError, TypeError, KeyError, AttributeError):  # whatever was done to the file
        entries = json.loads(published or b"{}")
        pools = {name: KeptPool(tuple(e["values"]), str(e["made_by"])) for name, e in entries.items()}
        return {name: pool for name, pool in pools.items() if pool.checksum == manifest.pools.get(name)}
    return {}
