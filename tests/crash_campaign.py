"""Runs that are killed, and many processes that want the same run.

    python -m tests.crash_campaign --kills 50 [--executor processes] [--rows 1000000] [--seed 1]
    python -m tests.crash_campaign --race 40 [--rows 30000000]

A round kills `dw-sim experiment generate` at a random moment or at a chosen step, perhaps what goes on with
it, too, and checks after every look that an earlier run's files are there, byte for byte, or the new ones
where the store says so; and in the end that going on has made just what an uninterrupted run makes.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests import dying
from tests.dying import Step
from tests.support import RETAIL

from dw_simulator.ports.store import Run
from dw_simulator.service import ExperimentService
from dw_simulator.settings import Settings

FORMER, LATER = 1, 2
"""The seeds of the run that is published already, and of the one that is killed."""

_LEDGER = "dw_simulator.adapters.stores.ledger:SqlLedger"
_SINK = "dw_simulator.adapters.sinks.directory:DirectorySink"
_RUN_DIRECTORY = "dw_simulator.adapters.sinks.run_directory:RunDirectory"
_PUBLICATION = "dw_simulator.adapters.sinks.directory_publication:DirectoryPublication"
_LEASES = "dw_simulator.adapters.stores.leases:Leases"
_SERVICE = "dw_simulator.service:ExperimentService"
_OUTPUTS = "dw_simulator.runs.outputs:Outputs"
_COMMIT = "sqlalchemy.engine.default:DefaultDialect.do_commit"
_TIDY = f"{_SINK}.tidy"


def _around(*places: str) -> list[Step]:
    return [Step(place, when) for place in places for when in ("before", "after")]


_STEPS = [
    *_around(f"{_SERVICE}.start", f"{_LEASES}.take", f"{_LEDGER}.start", f"{_LEDGER}._insert"),
    *_around("dw_simulator.planning:plan", "dw_simulator.runs.execution:carry_out"),
    *_around(f"{_OUTPUTS}.clear_up", f"{_SINK}.prepare", f"{_LEDGER}.beat"),
    *_around(
        "dw_simulator.runs.execution:bookkeeping.manifest_of", f"{_SINK}.publish", f"{_PUBLICATION}.show"
    ),
    Step(f"{_LEDGER}.completing"),
    *_around(_TIDY, f"{_LEDGER}.leave", f"{_LEASES}.release", f"{_SERVICE}.finish"),
    *(step for place in _around(f"{_RUN_DIRECTORY}.keep") for step in (place, replace(place, nth=2))),
    # of each part itself and its receipt
    *(Step("os:rename", nth=nth, during=f"{_RUN_DIRECTORY}.keep") for nth in (1, 2, 3, 4)),
    # the marker, the manifest out, each of four tables out and in, the manifest in
    *(Step("os:rename", nth=nth, during=f"{_PUBLICATION}.show") for nth in range(1, 12)),
    Step("os:rename", "after", 11, during=f"{_PUBLICATION}.show"),
    *(Step("os:unlink", nth=nth, during=_TIDY) for nth in (1, 4, 8)),
    *(Step("os:rmdir", nth=nth, during=_TIDY) for nth in (1, 5, 9)),
    *(Step(_COMMIT, when, during=f"{_LEDGER}.start") for when in ("before", "after")),
    *(Step(_COMMIT, when, during=f"{_LEDGER}.leave") for when in ("before", "after")),
]
_STEPS_OF_BURYING = [
    *_around(f"{_LEDGER}._bury", f"{_SINK}.take_back", f"{_SINK}.prepare"),
    *(Step(_COMMIT, when, during=f"{_LEDGER}._look_at") for when in ("before", "after")),
    *_around(f"{_RUN_DIRECTORY}.receipt", f"{_LEASES}.take_abandoned", f"{_LEASES}.release"),
    *(Step("os:rename", nth=nth, during=f"{_SINK}.take_back") for nth in (1, 2, 5, 10)),
]


def tree(root: Path, *, hidden: bool = False) -> dict[str, str]:
    """The checksums of an output directory's files."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and (hidden or not path.relative_to(root).parts[0].startswith("."))
    }


@dataclass
class World:
    """A home and an output directory, and dw-sim commands in it."""

    root: Path
    rows: int
    executor: str = "threads"
    store_url: str = ""

    @property
    def out(self) -> Path:
        return self.root / "out"

    def locks(self) -> list[str]:
        """The lock files of runs."""
        return [path.name for path in (self.root / "home" / "runs").glob("*")]

    def settings(self) -> Settings:
        return Settings(home=self.root / "home", store_url=self.store_url)

    @contextmanager
    def service(self) -> Iterator[ExperimentService]:
        service = ExperimentService(self.settings())
        yield service
        service.persistence.close()

    def start(self, *words: object, step: Step | None = None) -> "subprocess.Popen[str]":
        """A command in a process group of its own."""
        environment = {**os.environ, "DW_SIM_HOME": str(self.root / "home")}
        environment["DW_SIM_STORE_URL"] = self.store_url
        if step:
            environment[dying.STEP] = step.to_json()
        return subprocess.Popen(
            [sys.executable, dying.__file__, "experiment", *map(str, words)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def generation(self, seed: int) -> list[object]:
        """The words of a run; one table has two parts at least."""
        counts = {"customers": self.rows // 20, "products": self.rows // 100, "orders": self.rows // 5}
        counts["order_items"] = max(self.rows, 1_100_000)
        rows = [word for name, count in counts.items() for word in ("--rows", f"{name}={count}")]
        place = ["--output-dir", self.out, "--executor", self.executor]
        return ["generate", "retail", "--seed", seed, *rows, *place, "--workers", 2]

    def resumption(self) -> list[object]:
        return ["generate", "retail", "--resume", "--executor", self.executor, "--workers", 2]

    def ended(self, process: "subprocess.Popen[str]") -> tuple[int, str]:
        """The exit code of a command, and what it said."""
        said = "".join(process.communicate(timeout=300))
        return process.returncode, said

    def do(self, *words: object) -> str:
        """A command that succeeds."""
        code, said = self.ended(self.start(*words))
        assert code == 0, f"{' '.join(map(str, words))} exits with {code}: {said}"
        return said


@dataclass
class Case:
    """What the rounds have in common: a world to copy, and what both runs make when nothing happens."""

    world: World
    former: dict[str, str]
    later: dict[str, str]
    seconds: float


@contextmanager
def case(rows: int, executor: str) -> Iterator[Case]:
    """A world in which the former run is published."""
    with tempfile.TemporaryDirectory(prefix="dw-sim-crash-", ignore_cleanup_errors=True) as root:
        world = World(Path(root) / "0", rows, executor)
        world.do("create", RETAIL)
        other = replace(world, root=Path(root) / "other")
        other.do("create", RETAIL)
        began = time.monotonic()
        other.do(*other.generation(LATER))
        seconds = time.monotonic() - began
        world.do(*world.generation(FORMER))
        yield Case(world, tree(world.out, hidden=True), tree(other.out, hidden=True), seconds)


@dataclass
class Round:
    """One experiment, killed once or several times, and gone on with in the end."""

    case: Case
    world: World
    chance: random.Random
    kills: list[str] = field(default_factory=list)
    kept: int = 0
    verdict: str = ""

    def run(self, step: Step | None) -> None:
        """Raises AssertionError for what is not as it should be."""
        self._kill(self.world.generation(LATER), step)
        if self.chance.random() < 0.6:
            self._look()
        while self.chance.random() < 0.4:
            self._kill_again()
        self._go_on()
        self._check_end()

    def _kill(self, words: list[object], step: Step | None) -> None:
        """Kill a command at a step, or at any moment of its life."""
        group = self.chance.random() < 0.5
        if step:
            process = self.world.start(*words, step=replace(step, group=group))
            code, said = self.world.ended(process)
            place = str(step)
        else:
            process = self.world.start(*words)
            planned = self.chance.random() < 0.7
            while planned and process.poll() is None and not self.world.locks():
                time.sleep(0.01)
            moment = self.chance.uniform(0, 0.4) * self.case.seconds
            try:
                process.wait(moment)
            except subprocess.TimeoutExpired:
                (os.killpg if group else os.kill)(process.pid, signal.SIGKILL)
            code, said = self.world.ended(process)
            place = f"{moment:.2f} s after {'planning' if planned else 'the start'}"
        mark = "" if code == -signal.SIGKILL else f" (exit {code})"
        if mark:
            assert code in (0, 2), said
        self.kills.append(f"{place}{'' if group else ', main only'}{mark}")

    def _kill_again(self) -> None:
        """Kill who goes on with it, or only looks at it."""
        step = self.chance.choice([None, self.chance.choice(_STEPS), self.chance.choice(_STEPS_OF_BURYING)])
        if self.chance.random() < 0.7:
            self._kill(self.world.resumption(), step)
            self.kills[-1] = f"going on: {self.kills[-1]}"
        else:
            self._kill(["runs", "retail"], self.chance.choice(_STEPS_OF_BURYING))
            self.kills[-1] = f"looking: {self.kills[-1]}"
        if self.chance.random() < 0.6:
            self._look()

    def _runs(self) -> list[Run]:
        with self.world.service() as service:
            found: list[Run] = service.persistence.list_generation_runs("retail")
            return found

    def _look(self) -> Run:
        """What everyone may see of a killed run after a look; returns the newest run."""
        runs = self._runs()
        assert [run.status for run in runs if run.active] == [], runs
        assert all(run.error for run in runs if run.status == "ABORTED"), runs
        last = runs[0]
        expected = self.case.later if last.status == "COMPLETED" and last.seed == LATER else self.case.former
        visible = tree(self.world.out)
        differing = {name for name in {*visible, *expected} if visible.get(name) != expected.get(name)}
        assert not differing, f"run {last.id} is {last.status}, and these differ: {sorted(differing)}"
        self._verify()
        return last

    def _verify(self) -> None:
        with self.world.service() as service:
            assert service.verify(self.world.out).ok

    def _go_on(self) -> None:
        if self.chance.random() < 0.15:
            self.world.do(*self.world.generation(LATER))
            self.verdict = "begun anew"
            return
        code, said = self.world.ended(self.world.start(*self.world.resumption(), "--json"))
        if code == 0:
            self.kept = json.loads(said)["kept_parts"]
            self.verdict = "gone on with"
            return
        last = self._look()
        assert code == 2, said
        assert "is complete: there is nothing to go on with" in said, said
        assert last.status == "COMPLETED", said
        self.verdict = "complete" if last.seed == LATER else "not recorded"
        self.world.do(*self.world.generation(LATER))  # which clears up what the killed one has left

    def _check_end(self) -> None:
        last = self._look()
        assert (last.status, last.seed) == ("COMPLETED", LATER)
        assert tree(self.world.out, hidden=True) == self.case.later
        left = [path.name for path in self.world.out.iterdir() if path.name.startswith(".")]
        assert not left, f"hidden: {left}"
        locks = self.world.locks()
        # of a run that was killed before it was recorded nobody knows whose lock it is
        unknown = len(self._runs()) == 2
        assert len(locks) <= unknown, f"locks: {locks}"
        assert [run.token for run in self._runs() if run.token] == []
        with closing(sqlite3.connect(self.world.root / "home" / "experiments.db")) as store:
            assert store.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def schedule(kills: int, chance: random.Random) -> list[Step | None]:
    """A third at random moments, the others at every step in turn, in any order."""
    at_random = kills // 3
    steps = list(_STEPS)
    chance.shuffle(steps)
    chosen: list[Step | None] = [steps[k % len(steps)] for k in range(kills - at_random)]
    chosen += [None] * at_random
    chance.shuffle(chosen)
    return chosen


def campaign(
    kills: int, *, executor: str = "threads", rows: int = 1_000_000, seed: int = 0, only: int | None = None
) -> list[str]:
    """Every round; prints a line for each, and returns the faults."""
    chance = random.Random(seed)
    faults = []
    with case(rows, executor) as found:
        print(f"{'round':>5}  {'kept':>4}  {'verdict':<14}killed  ({found.seconds:.2f} s undisturbed)")
        for number, step in enumerate(schedule(kills, chance), 1):
            if only not in (None, number):
                continue
            world = replace(found.world, root=found.world.root.parent / str(number))
            shutil.copytree(found.world.root, world.root)
            one = Round(found, world, random.Random(f"{seed}/{number}"))
            try:
                one.run(step)
            except AssertionError as error:
                faults.append(f"round {number}, killed {'; then '.join(one.kills)}: {error}")
                one.verdict = "WRONG"
            print(f"{number:>5}  {one.kept:>4}  {one.verdict:<14}{'; then '.join(one.kills)}", flush=True)
            if one.verdict == "WRONG":
                print(f"       {faults[-1]}", flush=True)
            shutil.rmtree(world.root, ignore_errors=True)
    print(f"{kills} rounds with {executor}, {len(faults)} faults")
    return faults


def race(processes: int, *, rows: int, store_url: str = "") -> None:
    """Many processes start the same run, and later go on with the same one."""
    with tempfile.TemporaryDirectory(prefix="dw-sim-race-") as root:
        world = World(Path(root), rows, store_url=store_url)
        world.do("create", RETAIL)
        try:
            _race_to_start(world, processes)
            _race_to_go_on(world, max(processes // 4, 2))
        finally:
            world.do("delete", "retail")


def _race_to_start(world: World, processes: int) -> None:
    ends = _together(world, processes, world.generation(LATER))
    told = "is being generated already"
    assert ends == {(0, ""): 1, (1, told): processes - 1}, ends
    with world.service() as service:
        runs = service.persistence.list_generation_runs("retail")
        assert [run.status for run in runs] == ["COMPLETED"], runs
        assert service.verify(world.out, deep=True).ok
    print(f"{processes} starts: one run, {processes - 1} refused")


def _race_to_go_on(world: World, processes: int) -> None:
    whole = tree(world.out, hidden=True)
    process = world.start(*world.generation(LATER))
    while len(list(world.out.glob(".dw-sim-*/receipts/*/*.json"))) < 3:
        assert process.poll() is None, "it was killed too late"
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    world.ended(process)
    ends = _together(world, processes, world.resumption())
    late, told = "there is nothing to go on with", "is being generated already"
    assert ends[0, ""] == 1, ends
    assert ends[0, ""] + ends[1, told] + ends[2, late] == processes, ends
    with world.service() as service:
        runs = service.persistence.list_generation_runs("retail")
        assert [run.status for run in runs] == ["COMPLETED", "ABORTED", "COMPLETED"], runs
        assert [run.token for run in runs] == [None] * 3
    assert tree(world.out, hidden=True) == whole
    assert not world.locks()
    print(f"{processes} resumptions: one run, {ends[1, told]} refused, {ends[2, late]} too late")


def _together(world: World, processes: int, words: list[object]) -> Counter[tuple[int, str]]:
    """How often each exit code came with each message, of processes that began at once."""
    started = [world.start(*words) for _ in range(processes)]
    known = ("is being generated already", "there is nothing to go on with")
    ends: Counter[tuple[int, str]] = Counter()
    for process in started:
        code, said = world.ended(process)
        ends[code, "" if code == 0 else next((text for text in known if text in said), said)] += 1
    return ends


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--race", type=int, default=0, metavar="PROCESSES")
    parser.add_argument("--executor", choices=["threads", "processes"], default="threads")
    parser.add_argument("--rows", type=int, help="of the largest table")
    parser.add_argument("--seed", type=int, default=0, help="of the campaign")
    parser.add_argument("--only", type=int, metavar="ROUND", help="this round of the campaign alone")
    options = parser.parse_args()
    if options.race:
        race(options.race, rows=options.rows or 60_000_000, store_url=os.environ.get("DW_SIM_STORE_URL", ""))
    if options.kills:
        rows = options.rows or 1_000_000
        faults = campaign(
            options.kills, executor=options.executor, rows=rows, seed=options.seed, only=options.only
        )
        sys.exit(bool(faults))


if __name__ == "__main__":
    main()
