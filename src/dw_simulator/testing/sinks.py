"""What a sink keeps: all parts are published at once or none are, and until then what was there stays."""

import pickle
from pathlib import Path
from typing import ClassVar

import pytest

from dw_simulator.adapters.executors.workers import write_part
from dw_simulator.arrow import plain_rows, plain_schema
from dw_simulator.errors import RequestError
from dw_simulator.ports.executor import Execution
from dw_simulator.ports.manifest import EXTRAS_NAME, PartEntry
from dw_simulator.ports.plan import Plan
from dw_simulator.ports.sink import PublishedFiles, Receipt, Sink
from dw_simulator.ports.tabular import Row
from dw_simulator.registry.manager import registry
from dw_simulator.testing import plans

_NOTE = {f"{EXTRAS_NAME}/note.txt": b"published beside the tables"}

Tables = dict[str, list[Row]]


class SinkContract:
    """Inherit it and name your sink's scheme.

    scheme       of its URLs
    format       of the files it is asked for; compression: how those are compressed
    resumes      it keeps the finished parts of a run that was interrupted
    takes_back   what it has published can be taken back until it is told to `tidy`
    in_workers   other processes can write to it
    keeps_files  what it has published are files that can be read again

    Override `place` for a sink whose URLs are not `scheme://` and a path, `shown` for one whose `manifest`
    and `rows` do not read again what was published, `left` for one that keeps things elsewhere.
    """

    scheme: ClassVar[str]
    format: ClassVar[str] = "parquet"
    compression: ClassVar[str] = "none"
    resumes: ClassVar[bool] = True
    takes_back: ClassVar[bool] = True
    in_workers: ClassVar[bool] = True
    keeps_files: ClassVar[bool] = True

    def place(self, root: Path) -> Path | str:
        """The place below a directory of the test's own that the sink is told."""
        return root / "out" if self.scheme == "file" else f"{self.scheme}://{root}/out"

    def sink(self, root: Path, token: str = "token", a_plan: Plan | None = None) -> Sink:
        """A sink. Those of one token and plan belong to one run."""
        origin = plans.origin(a_plan, self.compression, self.format).digest if a_plan else ""
        made = registry().sinks.get(self.scheme)
        return made(self.place(root), self.compression, origin, token, self.format)

    def shown(self, root: Path, a_plan: Plan) -> Tables:
        """What is to be seen there: the rows of every published table; {} where nothing is published."""
        try:
            files = self.sink(root, "reader").files()
            published = files.manifest()
        except RequestError:
            return {}
        return {
            entry.name: [
                row
                for part in entry.parts
                for row in files.rows(
                    part, a_plan.table(entry.name).columns, part.start, part.start + part.rows
                )
            ]
            for entry in published.tables
        }

    def left(self, root: Path) -> list[str]:
        """Whatever lies there, to be seen or not."""
        return sorted(str(path.relative_to(root)) for path in root.rglob("*"))

    # --- steps of a run

    def written(self, sink: Sink, a_plan: Plan) -> list[Receipt]:
        """The receipts of every part, written one after another."""
        execution = Execution(workers=1)
        return [write_part(table, part, sink, execution) for table in a_plan.tables for part in table.parts]

    def published(self, sink: Sink, a_plan: Plan, receipts: list[Receipt]) -> dict[str, list[str]]:
        """Publish what was written, and a note beside it."""
        found = plans.document(a_plan, receipts, self.compression, self.format)
        with sink.alone(lambda: None):
            return sink.publish(a_plan, receipts, found.with_extras(_NOTE), _NOTE)

    def whole(self, root: Path, a_plan: Plan, token: str = "token", *, tidy: bool = True) -> Sink:
        """A run from its beginning to its end."""
        sink = self.sink(root, token, a_plan)
        sink.check(a_plan)
        assert sink.prepare(a_plan) == [], "there is nothing to go on with"
        self.published(sink, a_plan, self.written(sink, a_plan))
        if tidy:
            sink.tidy()
        return sink

    def files(self, root: Path, a_plan: Plan) -> PublishedFiles:
        """What a run of a plan has published, as another process reads it."""
        return self.sink(root, "reader", a_plan).files()

    def entries(self, files: PublishedFiles) -> list[PartEntry]:
        """The parts that the manifest names, in its order."""
        return [part for table in files.manifest().tables for part in table.parts]

    # --- promises

    def test_what_is_published_is_what_was_made(self, tmp_path: Path) -> None:
        a_plan = plans.parted()
        sink = self.sink(tmp_path, "token", a_plan)
        sink.check(a_plan)
        sink.prepare(a_plan)
        receipts = self.written(sink, a_plan)
        assert self.shown(tmp_path, a_plan) == {}, "nothing is to be seen before it is published"
        files = self.published(sink, a_plan, receipts)
        assert set(files) == {table.name for table in a_plan.tables}
        assert sink.tidy() is True, "nothing is left that it would take to take it back"
        found, made = self.shown(tmp_path, a_plan), plans.expected(a_plan)
        assert {name: len(rows) for name, rows in found.items()} == {
            name: len(rows) for name, rows in made.items()
        }
        assert found == made

    def test_receipts_are_true(self, tmp_path: Path) -> None:
        a_plan = plans.parted()
        sink = self.sink(tmp_path, "token", a_plan)
        sink.prepare(a_plan)
        receipts = self.written(sink, a_plan)
        parts = [part for table in a_plan.tables for part in table.parts]
        assert [receipt.part for receipt in receipts] == parts
        assert [receipt.rows for receipt in receipts] == [len(part) for part in parts]
        made = plans.expected(a_plan)
        for receipt in receipts:
            rows = made[receipt.part.table][receipt.part.start : receipt.part.stop]
            for name in receipt.facts:
                assert receipt.facts[name].nulls == sum(row[name] is None for row in rows), name
        self.published(sink, a_plan, receipts)
        sink.tidy()
        if self.keeps_files:
            entries = self.entries(self.files(tmp_path, a_plan))
            assert [entry.checksum for entry in entries] == [receipt.checksum for receipt in receipts]

    def test_a_new_run_replaces_the_former_one(self, tmp_path: Path) -> None:
        self.whole(tmp_path, plans.parted(), "first")
        a_plan = plans.parted(2, rows=300)
        self.whole(tmp_path, a_plan, "second")
        assert self.shown(tmp_path, a_plan) == plans.expected(a_plan)

    def test_an_aborted_run_leaves_nothing(self, tmp_path: Path) -> None:
        a_plan, before = plans.parted(), self.left(tmp_path)
        sink = self.sink(tmp_path, "token", a_plan)
        sink.prepare(a_plan)
        self.written(sink, a_plan)
        sink.abort()
        assert self.shown(tmp_path, a_plan) == {}
        assert self.left(tmp_path) == before

    def test_a_run_that_fails_half_way_leaves_the_former_output(self, tmp_path: Path) -> None:
        former, a_plan = plans.parted(), plans.parted(2, rows=700)
        self.whole(tmp_path, former, "first")
        before = self.left(tmp_path)
        sink = self.sink(tmp_path, "second", a_plan)
        sink.prepare(a_plan)
        table = a_plan.tables[0]

        def fail(_table: str, _rows: int) -> None:
            raise ZeroDivisionError

        write_part(table, table.parts[0], sink, Execution(workers=1))
        with pytest.raises(ZeroDivisionError):  # within a part, which the writer then discards
            write_part(table, table.parts[1], sink, Execution(workers=1, progress=fail))
        assert self.shown(tmp_path, former) == plans.expected(former)
        sink.abort()
        assert self.shown(tmp_path, former) == plans.expected(former)
        assert self.left(tmp_path) == before

    def test_what_is_published_can_be_taken_back(self, tmp_path: Path) -> None:
        if not self.takes_back:
            return
        former, a_plan = plans.parted(), plans.parted(2, rows=700)
        first = self.whole(tmp_path, former, "first", tidy=False)
        first.abort()
        assert self.shown(tmp_path, former) == {}, "there was nothing before"
        self.whole(tmp_path, former, "second")
        sink = self.whole(tmp_path, a_plan, "third", tidy=False)
        assert self.shown(tmp_path, a_plan) == plans.expected(a_plan)
        sink.abort()
        assert self.shown(tmp_path, former) == plans.expected(former)
        again = self.whole(tmp_path, a_plan, "fourth", tidy=False)
        again.take_back()  # as another process does that finds the run dead
        assert self.shown(tmp_path, former) == plans.expected(former)
        again.abort()

    def test_finished_parts_are_gone_on_with(self, tmp_path: Path) -> None:
        if not self.resumes:
            return
        a_plan = plans.parted()
        sink = self.sink(tmp_path, "token", a_plan)
        sink.prepare(a_plan)
        table = a_plan.tables[0]
        kept = [write_part(table, part, sink, Execution(workers=1)) for part in table.parts[:2]]
        sink.let_go()
        again = self.sink(tmp_path, "token", a_plan)
        assert sorted(again.prepare(a_plan), key=lambda receipt: receipt.part.number) == kept
        rest = a_plan.without([receipt.part for receipt in kept])
        receipts = [*kept, *self.written(again, rest)]
        self.published(again, a_plan, receipts)
        again.tidy()
        assert self.shown(tmp_path, a_plan) == plans.expected(a_plan)

    def test_parts_come_in_any_order(self, tmp_path: Path) -> None:
        a_plan = plans.parted()
        sink = self.sink(tmp_path, "token", a_plan)
        sink.prepare(a_plan)
        execution = Execution(workers=1)
        pairs = [(table, part) for table in a_plan.tables for part in table.parts]
        receipts = [write_part(table, part, sink, execution) for table, part in reversed(pairs)]
        self.published(sink, a_plan, receipts)
        sink.tidy()
        assert self.shown(tmp_path, a_plan) == plans.expected(a_plan)

    def test_workers_get_it_by_pickling(self, tmp_path: Path) -> None:
        if not self.in_workers:
            return
        a_plan = plans.parted()
        sink = self.sink(tmp_path, "token", a_plan)
        sink.prepare(a_plan)
        worker = pickle.loads(pickle.dumps(sink))  # noqa: S301 - our own
        receipts = self.written(worker, a_plan)
        self.published(sink, a_plan, receipts)
        sink.tidy()
        assert self.shown(tmp_path, a_plan) == plans.expected(a_plan)

    def test_it_tells_what_it_will_not_replace(self, tmp_path: Path) -> None:
        a_plan = plans.parted()
        self.whole(tmp_path, a_plan, "first")
        assert self.sink(tmp_path, "second", a_plan).left_behind(a_plan) == []

    # --- promises about files

    def test_files_are_whole_until_they_are_changed(self, tmp_path: Path) -> None:
        if not self.keeps_files:
            return
        a_plan = plans.parted()
        self.whole(tmp_path, a_plan)
        files = self.files(tmp_path, a_plan)
        for entry in self.entries(files):
            assert files.problem_with(entry) is None, entry.file
            for wrong in ({"bytes": entry.bytes + 1}, {"checksum": f"sha256:{'0' * 64}"}):
                problem = files.problem_with(entry.model_copy(update=wrong))
                assert problem, f"{entry.file} is another one than its entry says, and nobody is told"
        gone = self.entries(files)[0].model_copy(update={"file": "kinds/no-such-file"})
        assert files.problem_with(gone), "a file that is not there is no good one"

    def test_files_lie_where_they_are_said_to(self, tmp_path: Path) -> None:
        if not self.keeps_files:
            return
        a_plan = plans.parted()
        self.whole(tmp_path, a_plan)
        files = self.files(tmp_path, a_plan)
        for table in files.manifest().tables:
            listed = [part.file for part in table.parts]
            assert files.files_of(table.name) == sorted(listed), "nothing else lies there"
            for number, file in enumerate(listed):
                assert files.is_file_of(file, table.name, number)
                assert not files.is_file_of(file, table.name, number + 1), "it is that of another part"
                assert not files.is_file_of(file, f"{table.name}_", number), "it is that of another table"
                made = files.file_of(table.name, number)
                assert files.is_file_of(made, table.name, number)

    def test_what_lies_beside_the_tables_is_found(self, tmp_path: Path) -> None:
        if not self.keeps_files:
            return
        a_plan = plans.parted()
        self.whole(tmp_path, a_plan)
        files = self.files(tmp_path, a_plan)
        (note,) = files.manifest().extras
        assert files.content(note) == _NOTE[note]
        assert files.content(f"{note}.not") is None

    def test_files_are_read_again(self, tmp_path: Path) -> None:
        if not self.keeps_files:
            return
        a_plan = plans.parted()
        self.whole(tmp_path, a_plan)
        files, made = self.files(tmp_path, a_plan), plans.expected(a_plan)
        for table in files.manifest().tables:
            columns = a_plan.table(table.name).columns
            for part in table.parts:
                start, stop = part.start + part.rows // 3, part.start + part.rows - part.rows // 4
                assert files.rows(part, columns, start, stop) == made[table.name][start:stop]
                batches = files.reader(part, columns)
                assert batches.schema == plain_schema(columns)
                assert plain_rows(batches.read_all()) == made[table.name][part.start : part.start + part.rows]
                assert files.facts(part, columns, sums=True) == (part.rows, part.columns)
