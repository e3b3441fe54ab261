"""docs/scripts.md is run: its scripts are imported, and what is told is what it shows.

Run as a module, this file writes what is told anew; look at the difference.
"""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dw_simulator.interfaces.cli.main import app
from dw_simulator.service import ExperimentService

PAGE = Path(__file__).parent.parent / "docs" / "scripts.md"


def told(folder: Path, text: str) -> tuple[str, str]:
    """What the page's command prints: (tables, warnings)."""
    events, crm, *_ = re.findall(r"```sql\n(.*?)```", text, re.DOTALL)
    (folder / "events.sql").write_text(events)
    (folder / "crm.sql").write_text(crm)
    (command,) = re.findall(r"```console\n\$ dw-sim (.*?)\n", text)
    done = CliRunner().invoke(app, command.split())
    assert done.exit_code == 0, done.output
    shown = re.split(r"^\d+ references? found", done.stderr, maxsplit=1, flags=re.MULTILINE)[0]
    return done.stdout, "".join(f"{line.removeprefix('warning: ')}\n" for line in shown.splitlines())


def rendered(folder: Path) -> str:
    text = PAGE.read_text()
    warnings = told(folder, text)[1]
    return re.sub(
        r"(what is not:\n\n```text\n).*?```", lambda found: f"{found[1]}{warnings}```", text, flags=re.DOTALL
    )


def test_the_script_of_the_page_says_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DW_SIM_HOME", str(tmp_path / "home"))
    assert rendered(tmp_path) == PAGE.read_text()
    monkeypatch.setenv("DW_SIM_HOME", str(tmp_path / "again"))
    tables = told(tmp_path, PAGE.read_text())[0]
    assert [name for name in ("live_sessions", "clicks", "prices", "visitors") if name in tables] == [
        "live_sessions",
        "clicks",
        "prices",
        "visitors",
    ]


def test_the_migration_of_the_page_makes_what_it_says(service: ExperimentService) -> None:
    text = PAGE.read_text()
    _events, _crm, migration = re.findall(r"```sql\n(.*?)```", text, re.DOTALL)
    created = service.import_sql(migration, name="users", dialect="postgres")
    (users,) = created.experiment.tables
    mail, state = users.column("mail"), users.column("state")
    assert mail is not None
    assert state is not None
    assert not mail.is_unique
    assert state.type.values == ("new", "paid", "sent")
    assert ("mail", "state") in users.keys
    assert all(f"{warning}\n" in text for warning in created.warnings)


def test_a_sequence_further_down_counts(service: ExperimentService) -> None:
    events = re.findall(r"```sql\n(.*?)```", PAGE.read_text(), re.DOTALL)[0]
    sql = events.replace("{{ stage }}", "live")
    clicks = service.import_sql(sql, name="web", dialect="snowflake").experiment.table("clicks")
    assert clicks is not None
    counted = clicks.column("click_id")
    assert counted is not None
    assert counted.rule is not None
    assert (counted.rule.options["start"], counted.rule.options["step"]) == (100, 10)


if __name__ == "__main__":
    import os
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.environ["DW_SIM_HOME"] = f"{folder}/home"
        PAGE.write_text(rendered(Path(folder)))
