"""dbt itself says whether its tests pass over what was generated for a project's sources."""

import shutil
from pathlib import Path

import duckdb
import pytest
from tests.dbt_runs import PROJECTS, Dbt

from dw_simulator.ports.contract import ContractSource
from dw_simulator.registry.manager import registry
from dw_simulator.service import ExperimentService, GenerateRequest


@pytest.mark.parametrize(("name", "passes"), [("shop", 28), ("clinic", 21)])
def test_dbt_build_passes_over_generated_sources(
    name: str, passes: int, dbt: Dbt, service: ExperimentService, tmp_path: Path
) -> None:
    shutil.copytree(PROJECTS, tmp_path / "dbt")
    project = tmp_path / "dbt" / name
    created = service.import_contract(ContractSource(project), target_rows=300)
    assert created.experiment.name == name
    service.generate(name, GenerateRequest(seed=11))
    service.load(name, to=f"duckdb://{tmp_path / 'dev.duckdb'}")

    said = dbt("build", project)

    assert f"PASS={passes} WARN=0 ERROR=0 SKIP=0" in said
    _the_manifest_says_what_the_files_say(project)


def _the_manifest_says_what_the_files_say(project: Path) -> None:
    """dbt's own reading of the project, of which it has just written a manifest, and ours."""
    contract = registry().contracts.get("dbt")
    compiled = contract.read(ContractSource(project))
    assert compiled.dialect == "duckdb"
    manifest = project / "target" / "manifest.json"
    assert contract.claims(ContractSource(manifest))
    assert contract.read(ContractSource(manifest)).tables == compiled.tables
    manifest.unlink()
    written = contract.read(ContractSource(project))
    assert sorted(written.tables, key=str) == sorted(compiled.tables, key=str)


def test_sources_of_two_schemas_are_loaded_where_the_project_looks(
    service: ExperimentService, tmp_path: Path
) -> None:
    service.import_contract(ContractSource(PROJECTS / "shop"), target_rows=20)
    service.generate("shop", GenerateRequest(seed=1))
    file = tmp_path / "dev.duckdb"
    for _ in range(2):  # what an earlier load has made is made anew
        loaded = service.load("shop", to=f"duckdb://{file}")
    assert dict(loaded.row_counts) == {"customers": 20, "addresses": 20, "orders": 20, "payments": 20}
    assert tables_of(file) == {
        ("raw_crm", "customers"),
        ("raw_crm", "customer_addresses"),
        ("raw_shop", "orders"),
        ("raw_shop", "payments"),
    }
    references = (
        "SELECT constraint_text FROM duckdb_constraints() WHERE constraint_type = 'FOREIGN KEY' ORDER BY 1"
    )
    with duckdb.connect(str(file)) as connection:
        found = [text for (text,) in connection.execute(references).fetchall()]
    assert len(found) == 2, "each within its schema; orders.customer leads into the other one"
    service.reset("shop")
    with duckdb.connect(str(file)) as connection:
        assert connection.execute("SELECT count(*) FROM raw_shop.orders").fetchall() == [(0,)]
    service.delete("shop")
    assert tables_of(file) == set()


def tables_of(file: Path) -> set[tuple[str, str]]:
    with duckdb.connect(str(file)) as connection:
        rows = connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables WHERE table_name <> '_dw_sim'"
        )
        return {(schema, name) for schema, name in rows.fetchall()}
