"""dbt itself says whether its tests pass over what was generated for a project's sources."""

import shutil
from pathlib import Path

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
