"""The use cases, through the one door."""

from pathlib import Path
from typing import Any

import pytest
from tests.support import EXAMPLES, column, table

from dw_simulator.errors import (
    NameTakenError,
    OutputError,
    PlanError,
    RequestError,
    RunError,
    SchemaError,
    UnknownNameError,
)
from dw_simulator.service import ExperimentService, GenerateRequest

SHOP = {
    "name": "shop",
    "tables": [table("t", 100, column("id", "INT", is_unique=True), column("x", "VARCHAR(9)"))],
}


def test_create_generate_and_look_back(service: ExperimentService, tmp_path: Path) -> None:
    service.create(SHOP)
    summary = service.generate("shop", GenerateRequest(seed=5, output_dir=tmp_path / "out", rows={"t": 250}))
    assert summary.row_counts == {"t": 250}
    assert [Path(file).exists() for file in summary.files["t"]] == [True]
    run = service.persistence.get_generation_run(run_id=summary.run_id)
    assert (run.status, run.row_counts, run.seed) == ("COMPLETED", {"t": 250}, 5)
    assert service.persistence.list_generation_runs("shop") == [run]


def test_a_seed_is_drawn_recorded_and_repeats_the_data(service: ExperimentService, tmp_path: Path) -> None:
    service.create(SHOP)
    first = service.generate("shop", GenerateRequest(output_dir=tmp_path / "a"))
    again = service.generate("shop", GenerateRequest(output_dir=tmp_path / "b", seed=first.seed))
    other = service.generate("shop", GenerateRequest(output_dir=tmp_path / "c"))
    data = [Path(summary.files["t"][0]).read_bytes() for summary in (first, again, other)]
    assert data[0] == data[1] != data[2]


def test_managed_output_goes_with_its_experiment_and_other_output_stays(
    service: ExperimentService, tmp_path: Path
) -> None:
    service.create(SHOP)
    managed = service.generate("shop")
    own = service.generate("shop", GenerateRequest(output_dir=tmp_path / "mine"))
    assert Path(managed.output_dir).is_relative_to(service.settings.home)
    service.delete("shop")
    assert not Path(managed.output_dir).exists()
    assert Path(own.files["t"][0]).exists()
    with pytest.raises(UnknownNameError):
        service.get("shop")


def test_rules_are_checked_when_an_experiment_is_created(service: ExperimentService) -> None:
    columns = [
        column("a", "INT", rule={"name": "sequenc"}),
        column("b", "INT", rule={"name": "sequence", "strt": 3}),
        column("c", "VARCHAR(9)", rule={"name": "uniform"}),
        column("d", "INT", distribution={"type": "normal", "parameters": {}}),
        column("e", "VARCHAR(5)", rule={"name": "choice", "values": ["x", "x"]}),
    ]
    with pytest.raises(SchemaError) as caught:
        service.create({"name": "shop", "tables": [table("t", 1, *columns)]})
    found = {problem.place: str(problem) for problem in caught.value.problems}
    assert "did you mean 'sequence'" in found["tables[0].columns[0].rule"]
    assert "no option 'strt'; did you mean 'start'" in found["tables[0].columns[1].rule"]
    assert "the rule uniform makes" in found["tables[0].columns[2].rule"]
    assert (
        "needs the option 'mean'; the rule normal needs the option 'stddev'"
        in found["tables[0].columns[3].distribution"]
    )
    assert "listed twice" in found["tables[0].columns[4].rule"]
    assert service.list() == []


def test_a_name_is_taken_once(service: ExperimentService) -> None:
    service.create(SHOP)
    with pytest.raises(NameTakenError):
        service.create(SHOP)


def test_import_keeps_rules_reasons_and_warnings(service: ExperimentService) -> None:
    sql = "CREATE TABLE t (id INT PRIMARY KEY, email VARCHAR(80), x INT CHECK (x > 1)) BACKUP NO;"
    created = service.import_sql(sql, name="shop", dialect="redshift", target_rows=7)
    stored = service.get("shop")
    assert stored.experiment == created.experiment
    assert (
        stored.warnings
        == created.warnings
        == ("line 1, column 77: t: BACKUP NO has no effect on the values, left out",)
    )
    assert stored.experiment.tables[0].target_rows == 7
    assert stored.experiment.tables[0].columns[1].inferred == "email looks like an e-mail address"
    summary = service.generate("shop")
    assert summary.warnings == (), "the CHECK is followed"
    with pytest.raises(UnknownNameError, match="did you mean 'redshift'"):
        service.import_sql(sql, name="x", dialect="redshif")


def test_nothing_is_inferred_where_that_is_not_wanted(service: ExperimentService, tmp_path: Path) -> None:
    sql = "CREATE TABLE t (id INT PRIMARY KEY, email VARCHAR(80), created_at TIMESTAMP);"
    created = service.import_sql(sql, name="shop", dialect="redshift", infer=False)
    assert [column.rule_spec for column in created.experiment.tables[0].columns] == [None] * 3
    assert not any(column.inferred for column in created.experiment.tables[0].columns)
    (tmp_path / "shop.sql").write_text(sql)
    of_file = service.create_from(tmp_path / "shop.sql", name="other", dialect="redshift", infer=False)
    assert not any(column.inferred for column in of_file.experiment.tables[0].columns)


REFUSED: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "seed": ({"seed": -1}, RequestError, "outside 0 to"),
    "big seed": ({"seed": 2**63}, RequestError, "outside 0 to"),
    "workers": ({"workers": 0}, RequestError, "ask for 1 or more"),
    "compression": ({"compression": "snapy"}, RequestError, "did you mean 'snappy'"),
    "executor": ({"executor": "thread"}, UnknownNameError, "did you mean 'threads'"),
    "table": ({"rows": {"tt": 1}}, PlanError, "did you mean 't'|known: t"),
    "capacity": (
        {"rows": {"t": 2**31}},
        PlanError,
        "t.id: INT: a sequence from 1 has 2,147,483,647 values here",
    ),
}


@pytest.mark.parametrize(("fields", "error", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_a_wrong_request_leaves_nothing_behind(
    service: ExperimentService, tmp_path: Path, fields: dict[str, Any], error: type[Exception], words: str
) -> None:
    service.create(SHOP)
    with pytest.raises(error, match=words):
        service.generate("shop", GenerateRequest(output_dir=tmp_path / "out", **fields))
    assert not (tmp_path / "out").exists()
    assert service.persistence.list_generation_runs("shop") == []


def test_a_failed_run_is_recorded_with_its_cause(
    service: ExperimentService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.create(SHOP)
    good = service.generate("shop", GenerateRequest(output_dir=tmp_path / "out", seed=1))
    before = Path(good.files["t"][0]).read_bytes()

    def broken(*_args: object) -> None:
        raise ZeroDivisionError("a bug of ours")

    monkeypatch.setattr("dw_simulator.ports.plan.TablePlan.batches", broken)
    with pytest.raises(RunError, match="a bug of ours; nothing was published"):
        service.generate("shop", GenerateRequest(output_dir=tmp_path / "out", seed=2))
    run = service.persistence.list_generation_runs("shop")[0]
    assert run.status == "FAILED"
    assert "ZeroDivisionError" in run.traceback
    assert Path(good.files["t"][0]).read_bytes() == before
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["_manifest.json", "t"]


def test_an_output_directory_that_cannot_be_written(service: ExperimentService, tmp_path: Path) -> None:
    service.create(SHOP)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="choose another output directory"):
        service.generate("shop", GenerateRequest(output_dir=tmp_path / "file"))
    assert (tmp_path / "file").read_text() == "in the way"


def test_the_examples_import_without_a_warning(service: ExperimentService) -> None:
    for name, dialect in (("tickit", "redshift"), ("orders", "snowflake")):
        created = service.import_sql((EXAMPLES / f"{name}.sql").read_text(), name=name, dialect=dialect)
        assert created.warnings == ()
