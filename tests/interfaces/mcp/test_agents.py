"""An agent's own client starts `dw-sim mcp`, and gets from its tools what HTTP's calls give."""

import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from typer.testing import CliRunner

from dw_simulator.errors import RequestError
from dw_simulator.interfaces.cli.main import app
from dw_simulator.service import ExperimentService

SCRIPT = """
CREATE TABLE countries (code CHAR(2) PRIMARY KEY);
CREATE TABLE customers (id INTEGER PRIMARY KEY, country CHAR(2) NOT NULL REFERENCES countries (code),
    email VARCHAR(100) NOT NULL UNIQUE);
"""


class Agent:
    """A client, whose answers are plain data."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def asks(self, tool: str, **arguments: Any) -> dict[str, Any]:
        answer = await self._client.call_tool(tool, arguments)
        assert not answer.is_error, answer.content
        return answer.structured_content

    async def is_refused(self, tool: str, **arguments: Any) -> dict[str, Any]:
        answer = await self._client.call_tool(tool, arguments)
        assert answer.is_error
        return answer.structured_content

    async def tools(self) -> dict[str, Any]:
        return {tool.name: tool for tool in (await self._client.list_tools()).tools}


def talk(story: Callable[[Agent], Awaitable[None]], mode: str = "auto") -> None:
    """Tell a story over the standard input and output of a server of its own."""
    passed = ("PYTHONPATH", "DW_SIM_HOME", "DW_SIM_OUTPUT_ROOT")
    environment = {name: os.environ[name] for name in passed if name in os.environ}
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "dw_simulator", "mcp"], env=environment
    )

    async def main() -> None:
        with anyio.fail_after(120):
            async with Client(command, mode=mode) as client:
                await story(Agent(client))

    anyio.run(main)


def test_from_a_script_to_an_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DW_SIM_OUTPUT_ROOT", str(tmp_path / "root"))

    async def story(agent: Agent) -> None:
        await _tools_say_what_they_take_and_do(agent)
        made = await agent.asks("import_sql", name="shop", sql=SCRIPT, dialect="postgres", target_rows=40)
        assert [table["name"] for table in made["tables"]] == ["countries", "customers"]
        listed = await agent.asks("list_experiments")
        assert [(one["name"], one["table_count"]) for one in listed["experiments"]] == [("shop", 2)]
        shown = await agent.asks("preview_rows", name="shop", table="customers", rows=3, seed=7)
        done = await agent.asks("generate", name="shop", seed=7, output_dir="made", rows={"customers": 50})
        assert (done["status"], done["row_counts"]) == ("COMPLETED", {"countries": 40, "customers": 50})
        assert Path(done["output_dir"]) == tmp_path / "root" / "made"
        asked = await agent.asks(
            "query", experiment_name="shop", sql="SELECT * FROM customers ORDER BY id LIMIT 3"
        )
        assert asked["rows"] == shown["rows"]
        assert (await agent.asks("run_status", name="shop"))["status"] == "COMPLETED"
        assert (await agent.asks("list_runs", name="shop"))["total"] == 1
        ddl = await agent.asks("export_ddl", name="shop", dialect="snowflake")
        assert "CREATE TABLE" in ddl["sql"]
        schema = await agent.asks("show_experiment", name="shop")
        again = await agent.asks("create_experiment", experiment={**schema, "name": "again"})
        assert again["tables"] == schema["tables"]
        await agent.asks("delete_experiment", name="again")
        assert (await agent.asks("list_experiments"))["total"] == 1

    talk(story)


def test_what_is_wrong_is_told_as_by_http(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DW_SIM_OUTPUT_ROOT", str(tmp_path / "root"))

    async def story(agent: Agent) -> None:
        unknown = await agent.is_refused("show_experiment", name="shp")
        assert (unknown["status"], unknown["detail"]) == (404, "unknown experiment 'shp'")
        wrong = await agent.is_refused("generate", name="shop", sed=1, rows={"t": -1})
        assert wrong["status"] == 422
        assert [(one["place"], one["message"]) for one in wrong["problems"]] == [
            ("rows.t", "it should be greater than or equal to 0"),
            ("sed", "there is no such field; did you mean 'seed'?"),
        ]
        column = {"name": "a", "data_type": "INTT"}
        schema = {"name": "shop", "tables": [{"name": "t", "columns": [column]}]}
        refused = await agent.is_refused("create_experiment", experiment=schema)
        assert refused["problems"][0]["place"] == "tables[0].columns[0].data_type"
        column["data_type"] = "INT"
        await agent.asks("create_experiment", experiment=schema)
        assert (await agent.is_refused("create_experiment", experiment=schema))["status"] == 409
        outside = await agent.is_refused("generate", name="shop", output_dir="../elsewhere")
        assert "is not below" in outside["detail"]
        assert not (tmp_path / "elsewhere").exists()
        assert "has no run yet" in (await agent.is_refused("run_status", name="shop"))["detail"]
        lost = await agent.is_refused("dlete_experiment")
        assert lost["detail"] == "unknown tool 'dlete_experiment'; did you mean 'delete_experiment'?"
        # another door's output may be anywhere, and is not shown through this one
        CliRunner().invoke(app, ["experiment", "generate", "shop", "--output-dir", str(tmp_path / "mine")])
        closed = await agent.is_refused("query", experiment_name="shop", sql="SELECT 1")
        assert closed["status"] == 403

    talk(story, mode="legacy")  # the handshake of older clients


async def _tools_say_what_they_take_and_do(agent: Agent) -> None:
    tools = await agent.tools()
    assert {name for name, tool in tools.items() if tool.annotations.destructive_hint} == {
        "abort_run",
        "delete_experiment",
        "reset_experiment",
    }
    assert all(tool.description and tool.input_schema["type"] == "object" for tool in tools.values())
    assert set(tools["import_sql"].input_schema["required"]) == {"name", "sql", "dialect"}
    page = (Path(__file__).parents[3] / "docs" / "agents.md").read_text()
    assert {name for name in tools if f"| `{name}` |" not in page} == set()
    rules = (await agent.asks("list_rules"))["rules"]
    assert rules["choice"]
    rule = await agent.asks("describe_rule", name="choice")
    assert "values" in {option["name"] for option in rule["options"]}
    assert rule["examples"]


def test_who_goes_away_stops_what_was_begun(service: ExperimentService) -> None:
    async def story(agent: Agent) -> None:
        await agent.asks("import_sql", name="big", sql=SCRIPT, dialect="postgres")
        rows = {"customers": 2_000_000_000}
        begun = await agent.asks("generate", name="big", rows=rows, seed=1, wait_seconds=0)
        assert begun["status"] in ("QUEUED", "RUNNING")

    talk(story)
    (run,) = service.runs("big")
    assert run.status == "ABORTED"


def test_without_the_package_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)
    for name in [name for name in sys.modules if name.startswith(("mcp.", "dw_simulator.interfaces.mcp"))]:
        monkeypatch.delitem(sys.modules, name)
    done = CliRunner().invoke(app, ["mcp"], standalone_mode=False)
    assert isinstance(done.exception, RequestError)
    assert str(done.exception) == "dw-sim mcp needs the package mcp: pip install 'dw-simulator[mcp]'"
