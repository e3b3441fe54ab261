"""What Faker has made stays with the experiment: over upgrades, in runs that go on, in outputs; and diff."""

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.interfaces.rest.serving import client
from tests.support import column, reference, table, views
from typer.testing import CliRunner

from dw_simulator.engine.columns import PoolColumn
from dw_simulator.engine.rows import Rows, UInts
from dw_simulator.engine.values.integers import Integers
from dw_simulator.engine.values.pooled import Sampled
from dw_simulator.errors import PlanError, RequestError, RunAbortedError, RunningError, VersionError
from dw_simulator.interfaces.cli.main import app
from dw_simulator.plugins.rules import faker, faker_draws
from dw_simulator.ports import manifest
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import Settings

FIRST = "faker first_name en_US 2000"


def asked(provider: str) -> dict[str, Any]:
    """Asks the installed Faker: these providers are shipped, too, where nothing says how many draws."""
    return {"name": "faker", "provider": provider, "pool_size": 2000}


SHOP = {
    "name": "shop",
    "tables": [
        table(
            "people",
            500,
            column("id", "INT", is_unique=True),
            column("first", "VARCHAR(30)", rule=asked("first_name")),
            column("city", "VARCHAR(60)", rule=asked("city")),
            column("code", "VARCHAR(30)", is_unique=True, rule=asked("word")),
        ),
        table(
            "orders",
            900,
            column("n", "INT", min_value=1, max_value=9),
            column("person", "INT", **reference("people.id")),
            column("who", "VARCHAR(30)", lookup={"reference": "person", "column": "first"}),
            column("what", "VARCHAR(30)", **reference("people.code")),
        ),
    ],
}


@pytest.fixture
def shop(service: ExperimentService) -> ExperimentService:
    service.create(SHOP)
    return service


@pytest.fixture
def upgrade(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A call installs another Faker: other values of some providers, another version."""
    samples = faker_draws.samples

    def install(version: str, *providers: str, gone: str = "") -> None:
        def other(origin: Any, *rest: Any) -> tuple[str, ...]:
            if origin.path == gone:
                raise faker.Refusal(f"Faker has no provider {gone!r}")
            made = samples(origin, *rest)
            if origin.path not in providers:
                return made
            return tuple(f"{value[:20]} {version}" if k % 2 else value for k, value in enumerate(made))

        monkeypatch.setattr(faker_draws, "samples", other)
        fixed = SimpleNamespace(version=lambda _name: version, packages_distributions=dict)
        monkeypatch.setattr(faker_draws, "metadata", fixed)

    return install


def values(service: ExperimentService, seed: int = 1) -> Any:
    return [service.preview("shop", name, seed=seed, count=200).rows for name in ("people", "orders")]


def generated(service: ExperimentService, out: Path, **options: Any) -> Any:
    service.generate("shop", GenerateRequest(seed=1, output_dir=out, **options))
    return views(out).execute("SELECT * FROM people ORDER BY id").fetchall()


def without_pools(out: Path) -> None:
    """Leave out of an output what it says of its pools, as older programs did when asked to."""
    (out / "load" / "pools.json").unlink()
    (out / "load").rmdir()
    path = out / manifest.FILE_NAME
    path.write_bytes(manifest.read(out).model_copy(update={"extras": {}}).to_bytes())


def test_a_later_faker_changes_nothing_until_it_is_told_to(
    shop: ExperimentService, tmp_path: Path, upgrade: Any
) -> None:
    before, files = values(shop), generated(shop, tmp_path / "a")
    upgrade("41.0.0", "first_name", "word")
    assert values(shop) == before
    assert generated(shop, tmp_path / "b") == files
    first, second = ((tmp_path / name / manifest.FILE_NAME).read_bytes() for name in "ab")
    assert first == second
    assert (tmp_path / "a/load/pools.json").read_bytes() == (tmp_path / "b/load/pools.json").read_bytes()
    again = generated(shop, tmp_path / "c", refresh_pools=True)
    assert [row[0] for row in again] == [row[0] for row in files]
    assert [row[1] for row in again] != [row[1] for row in files]
    assert {row[1] for row in again} & {f"{row[1]} 41.0.0" for row in files}
    assert [row[2] for row in again] == [row[2] for row in files], "the pool of cities is the same"
    assert generated(shop, tmp_path / "d") == again
    assert manifest.read(tmp_path / "d").made_by[FIRST] == "Faker 41.0.0"
    assert values(shop) != before


def test_a_preview_and_a_run_agree_whatever_is_installed_between_them(
    shop: ExperimentService, tmp_path: Path, upgrade: Any
) -> None:
    shown = shop.preview("shop", "orders", seed=1, count=500).rows  # which looks up names
    assert set(shop.persistence.pools.of("shop")) >= {FIRST}
    upgrade("41.0.0", "first_name", "word", "city")
    shop.generate("shop", GenerateRequest(seed=1, output_dir=tmp_path / "out"))
    rows = views(tmp_path / "out").execute("SELECT who FROM orders").fetchall()
    assert [row[0] for row in rows][:500] == [row["who"] for row in shown]
    makers = manifest.read(tmp_path / "out").made_by
    assert makers[FIRST] != makers["faker city en_US 2000"] == "Faker 41.0.0"


def test_another_process_that_was_first_is_believed(
    shop: ExperimentService, monkeypatch: pytest.MonkeyPatch, upgrade: Any
) -> None:
    """It keeps its pools between this one's look and its own keeping."""
    records = shop.persistence.pools
    keep = type(records).keep

    def late(self: Any, name: str, made: Any) -> Any:
        monkeypatch.setattr(type(records), "keep", keep)
        upgrade("41.0.0", "first_name")
        other = ExperimentService(shop.settings)
        late.shown = other.preview("shop", "people", count=50).rows  # type: ignore[attr-defined]
        other.persistence.close()
        return keep(self, name, made)

    monkeypatch.setattr(type(records), "keep", late)
    mine = shop.preview("shop", "people", count=50).rows
    assert mine == late.shown  # type: ignore[attr-defined]
    assert any(str(row["first"]).endswith("41.0.0") for row in mine)


def test_an_interrupted_run_goes_on_over_an_upgrade(
    shop: ExperimentService, tmp_path: Path, upgrade: Any
) -> None:
    whole = generated(shop, tmp_path / "whole")
    code = f"""
import os
from pathlib import Path
from dw_simulator.ports.executor import Execution
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import Settings
service = ExperimentService(Settings(home=Path({str(shop.settings.home)!r})))
job = service.start("shop", GenerateRequest(seed=1, output_dir={str(tmp_path / "out")!r}))
job.sink.prepare(job.plan)
job.execute(job.plan.without(job.plan.table("orders").parts), job.sink, Execution())
os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
    upgrade("41.0.0", "first_name", "city", "word")
    with pytest.raises(RequestError, match="goes on with the pools that it began with; leave out --refresh"):
        shop.generate("shop", GenerateRequest(resume=True, refresh_pools=True))
    summary = shop.generate("shop", GenerateRequest(resume=True))
    assert summary.kept_parts == 1
    assert views(tmp_path / "out").execute("SELECT * FROM people ORDER BY id").fetchall() == whole


def test_refreshing_waits_for_no_run_and_names_the_version(shop: ExperimentService, upgrade: Any) -> None:
    before = values(shop)
    upgrade("41.0.0", "first_name")
    with pytest.raises(VersionError):
        shop.refresh_pools("shop", version="another")
    job = shop.start("shop", GenerateRequest())
    for refresh in (
        lambda: shop.refresh_pools("shop"),
        lambda: shop.generate("shop", GenerateRequest(refresh_pools=True)),
    ):
        with pytest.raises(RunningError):
            refresh()
    assert values(shop) == before
    job.cancelled.set()
    with pytest.raises(RunAbortedError):
        shop.finish(job)
    changes = shop.refresh_pools("shop")
    assert [pool.name for pool in changes.pools] == [FIRST]
    assert values(shop) != before
    assert shop.diff("shop").pools == ()


def test_a_refused_refresh_keeps_what_there_is(shop: ExperimentService, upgrade: Any) -> None:
    before = values(shop)
    upgrade("41.0.0", "city", gone="first_name")
    for refresh in (
        lambda: shop.refresh_pools("shop"),
        lambda: shop.generate("shop", GenerateRequest(refresh_pools=True)),
    ):
        with pytest.raises(PlanError, match="no provider 'first_name'"):
            refresh()
    assert values(shop) == before


# --- what depends on which pool


def test_the_plan_knows_which_columns_depend_on_a_pool(shop: ExperimentService) -> None:
    plan = shop.plan("shop", seed=1)
    assert plan.pool_columns == {
        FIRST: {("people", "first"), ("orders", "who")},
        "faker city en_US 2000": {("people", "city")},
        "faker word en_US 2000": {("people", "code"), ("orders", "what")},
    }


def test_a_key_depends_on_the_sizes_of_its_columns_pools(service: ExperimentService) -> None:
    columns = (
        column("a", "VARCHAR(30)", rule=asked("first_name")),
        column("b", "INT", min_value=1, max_value=50),
        column("c", "INT", min_value=1, max_value=50),
    )
    service.create({"name": "shop", "tables": [table("t", 300, *columns, unique=[["a", "b"]])]})
    assert service.plan("shop", seed=1).pool_columns == {FIRST: {("t", "a"), ("t", "b")}}


# --- outputs


def test_an_output_is_verified_with_the_pools_beside_it(
    shop: ExperimentService, tmp_path: Path, upgrade: Any
) -> None:
    out = tmp_path / "out"
    generated(shop, out)
    upgrade("41.0.0", "first_name", "city", "word")
    for store in ("", "postgresql+psycopg://nobody@127.0.0.1:1/none"):
        elsewhere = ExperimentService(Settings(home=tmp_path / "elsewhere", store_url=store))
        report = elsewhere.verify(out, deep=True)
        assert (report.mismatches, report.apart) == ([], [])
        assert report.rows > 1000
    assert not (tmp_path / "elsewhere").exists(), "no store is needed"
    (out / "load/pools.json").unlink()
    lost = elsewhere.verify(out, deep=True)
    assert len(lost.mismatches) == 1
    assert len(lost.apart) == 3


def test_without_them_the_store_has_them_by_content(
    shop: ExperimentService, tmp_path: Path, upgrade: Any
) -> None:
    out = tmp_path / "out"
    generated(shop, out)
    without_pools(out)
    upgrade("41.0.0", "first_name", "city", "word")
    report = shop.verify(out, deep=True)
    assert (report.mismatches, report.apart) == ([], [])


def test_what_nobody_has_any_more_is_named_and_the_rest_is_compared(
    shop: ExperimentService, tmp_path: Path, upgrade: Any
) -> None:
    out = tmp_path / "out"
    generated(shop, out)
    without_pools(out)
    shop.delete("shop")
    assert shop.verify(out, deep=True).apart == [], "the installed Faker makes the same"
    upgrade("41.0.0", "first_name")
    report = shop.verify(out, deep=True)
    assert report.ok
    assert len(report.apart) == 1
    assert report.apart[0].startswith(
        "orders.who, people.first: drawn from a pool (faker first_name en_US 2000)"
    )
    assert "that Faker 41.0.0 makes otherwise" in report.apart[0]
    path = out / manifest.FILE_NAME  # and what is compared is compared
    path.write_text(path.read_text().replace('"seed": 1,', '"seed": 2,'))
    assert any(
        "city" in fault.message or "id" in fault.message for fault in shop.verify(out, deep=True).mismatches
    )


def test_a_published_pool_that_was_changed_is_not_used(shop: ExperimentService, tmp_path: Path) -> None:
    out = tmp_path / "out"
    generated(shop, out)
    path = out / "load/pools.json"
    content = json.loads(path.read_text())
    content[FIRST]["values"][0] = "Mallory"
    path.write_text(json.dumps(content))
    faults = shop.verify(out, deep=True).mismatches
    assert [str(fault) for fault in faults] == ["load/pools.json: is not there, or has changed"]
    path.write_text("[1, 2")
    assert len(shop.verify(out, deep=True).mismatches) == 1


def test_manifests_depend_on_pools_and_not_on_fakers_version(shop: ExperimentService, tmp_path: Path) -> None:
    generated(shop, tmp_path / "out")
    found = manifest.read(tmp_path / "out")
    assert "faker" not in found.libraries
    assert "duckdb" in found.libraries
    assert found.pools == {name: pool.checksum for name, pool in shop.persistence.pools.of("shop").items()}
    assert found.model_copy(update={"made_by": {}}).digest == found.digest
    assert found.model_copy(update={"pools": {**found.pools, FIRST: "sha256:0"}}).digest != found.digest
    assert found.with_extras({}).model_copy(update={"pools": {}}).digest != found.digest


def test_planning_with_kept_pools_imports_no_faker(shop: ExperimentService) -> None:
    shop.plan("shop", seed=1)
    code = f"""
import sys
from pathlib import Path
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import Settings
service = ExperimentService(Settings(home=Path({str(shop.settings.home)!r})))
service.generate("shop", GenerateRequest())
print("faker" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


# --- diff


def test_nothing_has_changed(shop: ExperimentService) -> None:
    assert shop.diff("shop").since is None
    assert shop.persistence.pools.of("shop") == {}, "to look changes nothing"
    shop.generate("shop", GenerateRequest(rows={"people": 20}))
    found = shop.diff("shop")
    assert found.since == found.now
    assert (found.columns, found.pools, found.refused) == ((), (), {})


def test_another_faker_is_told_from_this_program(shop: ExperimentService, upgrade: Any) -> None:
    shop.generate("shop")
    upgrade("41.0.0", "first_name")
    found = shop.diff("shop")
    assert [(one.table, one.column, one.causes, one.pools) for one in found.columns] == [
        ("people", "first", ("pools",), (FIRST,)),
        ("orders", "who", ("pools",), (FIRST,)),
    ]
    (pool,) = found.pools
    assert (pool.name, pool.now, pool.values, pool.changed) == (FIRST, "Faker 41.0.0", 2000, 1000)
    assert pool.made_by.startswith("Faker 4")


def test_another_program_is_told_from_faker(
    shop: ExperimentService, upgrade: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.generate("shop")
    _turn_pools_round(monkeypatch)
    found = shop.diff("shop")
    assert [(one.table, one.column, one.causes) for one in found.columns] == [
        ("people", "first", ("program",)),
        ("people", "city", ("program",)),
        ("orders", "who", ("program",)),
    ]
    upgrade("41.0.0", "first_name")
    causes = {(one.table, one.column): one.causes for one in shop.diff("shop").columns}
    assert causes["people", "first"] == ("program", "pools")
    assert causes["people", "city"] == ("program",)
    shop.refresh_pools("shop")
    assert shop.diff("shop").columns == (), "fingerprints are taken anew"


def _turn_pools_round(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Sampled.values

    def turned(self: Sampled, rows: Rows) -> PoolColumn:
        column = made(self, rows)
        return PoolColumn(np.int32(len(self.pool.values) - 1) - column.codes, column.pool)

    monkeypatch.setattr(Sampled, "values", turned)


def test_a_changed_kernel_without_pools_is_seen(shop: ExperimentService, monkeypatch: Any) -> None:
    shop.generate("shop")
    made = Integers.decode

    def one_less(self: Integers, index: UInts) -> Any:
        index ^= np.uint64(1) if self.size == 9 else np.uint64(0)
        return made(self, np.minimum(index, np.uint64(self.size - 1)))

    monkeypatch.setattr(Integers, "decode", one_less)
    assert [(one.table, one.column) for one in shop.diff("shop").columns] == [("orders", "n")]


def test_what_cannot_be_made_any_more_is_told(shop: ExperimentService, upgrade: Any) -> None:
    shop.generate("shop")
    upgrade("41.0.0", "city", gone="first_name")
    found = shop.diff("shop")
    assert "people.first" in found.refused["pools"]
    assert [pool.name for pool in found.pools] == ["faker city en_US 2000"]


def test_an_experiment_whose_own_rows_cannot_be_made_has_no_fingerprints(service: ExperimentService) -> None:
    columns = column("k", "INT", is_unique=True, min_value=1, max_value=10)
    service.create({"name": "shop", "tables": [table("t", 500, columns)]})
    service.generate("shop", GenerateRequest({"t": 10}))
    found = service.diff("shop")
    assert found.since is None
    assert "t.k" in found.refused["program"]


def test_the_command_line_and_http_show_it(shop: ExperimentService, upgrade: Any) -> None:
    run = CliRunner().invoke
    nothing = run(app, ["experiment", "diff", "shop"])
    assert nothing.exit_code == 0
    assert "No run has recorded" in nothing.stdout
    shop.generate("shop")
    assert "No column changes." in run(app, ["experiment", "diff", "shop"]).stdout
    upgrade("41.0.0", "first_name")
    shown = run(app, ["experiment", "diff", "shop"])
    assert shown.exit_code == 0
    for words in (
        "a new pool (faker first_name en_US 2000)",
        "1,000 of 2,000",
        "Faker 41.0.0",
        "refresh-pools",
    ):
        assert words in shown.stdout
    data = json.loads(run(app, ["experiment", "diff", "shop", "--json"]).stdout)
    with client(shop.settings) as api:
        assert api.get("/api/experiments/shop/diff").json() == data
        assert api.get("/api/experiments/nobody/diff").status_code == 404
        assert data["columns"][0]["causes"] == ["pools"]
        refreshed = api.post("/api/experiments/shop/refresh-pools")
        assert refreshed.json() == data
        assert api.get("/api/experiments/shop/diff").json()["columns"] == []
        wrong = api.post("/api/experiments/shop/generate", json={"resume": True, "refresh_pools": True})
        assert wrong.status_code == 422
    assert "those of the installed Faker" in run(app, ["experiment", "refresh-pools", "shop"]).stderr


def test_the_command_line_refreshes_and_verifies(
    shop: ExperimentService, tmp_path: Path, upgrade: Any
) -> None:
    run, out = CliRunner().invoke, str(tmp_path / "out")
    words = ["experiment", "generate", "shop", "--seed", "1", "--output-dir", out]
    assert run(app, words).exit_code == 0
    without_pools(Path(out))
    upgrade("41.0.0", "first_name")
    shop.delete("shop")
    assert f"not compared: orders.who, people.first: drawn from a pool ({FIRST}) of Faker" in (
        run(app, ["verify", out, "--deep"]).stdout
    )
    shop.create(SHOP)
    upgrade("42.0.0", "first_name")
    assert run(app, [*words, "--refresh-pools"]).exit_code == 0
    assert manifest.read(Path(out)).made_by[FIRST] == "Faker 42.0.0"
    assert isinstance(run(app, [*words, "--refresh-pools", "--resume"]).exception, RequestError)
