"""Where settings come from, what wins, and what is said of those that are wrong."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from dw_simulator.errors import RequestError
from dw_simulator.interfaces.cli.main import app
from dw_simulator.settings import MEMORY, Settings, load


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_what_is_given_then_the_environment_then_the_file_then_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert Settings().max_runs == 2
    Path(".env").write_text("dw_sim_max_runs=3\nDW_SIM_ACME_URL=acme://file\nDW_SIM_STAGE_URL=s3://file/x\n")
    assert (load().max_runs, load().url_of("acme_url")) == (3, "acme://file")
    monkeypatch.setenv("DW_SIM_MAX_RUNS", "4")
    monkeypatch.setenv("DW_SIM_ACME_URL", "acme://environment")
    assert (load().max_runs, load().url_of("acme_url")) == (4, "acme://environment")
    assert load().stage_url == "s3://file/x"
    assert Settings(max_runs=5).max_runs == 5
    assert "acme://" not in repr(load())


def test_what_is_wrong_is_said_with_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DW_SIM_MAX_RUNS", "many")
    with pytest.raises(RequestError, match="DW_SIM_MAX_RUNS: "):
        load()
    Path("t.json").write_text('{"name": "x", "tables": []}')
    told = CliRunner().invoke(app, ["generate", "t.json"])
    assert isinstance(told.exception, RequestError)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"DW_SIM_MAX_RUNS=\xff")
    with pytest.raises(RequestError, match=r"\.env: it is not UTF-8 text"):
        load()


def test_a_store_that_keeps_nothing_is_not_for_several_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DW_SIM_STORE_URL", MEMORY)
    with pytest.raises(RequestError, match="keeps nothing from one command to the next"):
        load()
    assert load(keep=False).store == MEMORY
