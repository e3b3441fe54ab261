"""An agent's own client starts `dw-sim mcp`, and gets from its tools what HTTP's calls give."""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from typer.testing import CliRunner

import dw_simulator
from dw_simulator.errors import RequestError
from dw_simulator.interfaces.cli.main import app
from dw_simulator.interfaces.mcp.calls import Tools
from dw_simulator.interfaces.mcp.server import server_of
from dw_simulator.interfaces.mcp.tool_words import in_tool_words
from dw_simulator.interfaces.rest.background import Background
from dw_simulator.service import ExperimentService
from dw_simulator.settings import Settings

PAGE = (Path(__file__).parents[3] / "docs" / "agents.md").read_text()
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


def talk(story: Callable[[Agent], Awaitable[None]], server: Any, mode: str = "auto") -> None:
    """Tell a story to a server."""

    async def main() -> None:
        with anyio.fail_after(120):
            async with Client(server, mode=mode) as client:
                await story(Agent(client))

    anyio.run(main)


def a_process() -> StdioServerParameters:
    """A server of its own, over its standard input and output."""
    passed = ("PYTHONPATH", "DW_SIM_HOME", "DW_SIM_OUTPUT_ROOT")
    environment = {name: os.environ[name] for name in passed if name in os.environ}
    return StdioServerParameters(command=sys.executable, args=["-m", "dw_simulator", "mcp"], env=environment)


def test_from_a_script_to_an_answer(
    service: ExperimentService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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
        runs = await agent.asks("list_runs", name="shop", limit=1)
        assert (runs["total"], set(runs)) == (1, {"runs", "total"})
        ddl = await agent.asks("export_ddl", name="shop", dialect="snowflake")
        assert "CREATE TABLE" in ddl["sql"]
        schema = await agent.asks("show_experiment", name="shop")
        again = await agent.asks("create_experiment", experiment={**schema, "name": "again"})
        assert again["tables"] == schema["tables"]
        part = await agent.asks("list_experiments", limit=1)
        assert (part["total"], part["next_offset"]) == (2, 1)
        assert "next_offset" not in await agent.asks("list_experiments", limit=1, offset=1)
        await agent.asks("delete_experiment", name="again")
        assert (await agent.asks("list_experiments"))["total"] == 1
        begun = await agent.asks("generate", name="shop", rows={"customers": 2_000_000_000}, wait_seconds=0)
        assert begun["status"] in ("QUEUED", "RUNNING")

    talk(story, a_process())
    assert [run.status for run in service.runs("shop")] == ["ABORTED", "COMPLETED"]  # who goes away stops it


def test_what_is_wrong_is_told_as_by_http(tmp_path: Path) -> None:
    service = ExperimentService(Settings(home=tmp_path / "home", output_root=tmp_path / "root"))

    async def story(agent: Agent) -> None:
        for tool, arguments in re.findall(r"^(\w+) (\{.*\})$", PAGE, re.MULTILINE):  # the page's session
            await agent.asks(tool, **json.loads(arguments))
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
        none = await agent.is_refused("query", experiment_name="shop", sql="SELECT 1")
        assert none["detail"].endswith('begin with generate {"name": "shop"}')
        column["rule"] = {"name": "chioce"}
        rule = await agent.is_refused("create_experiment", experiment={**schema, "name": "more"})
        assert rule["problems"][0]["hint"] == "list_rules lists them all"
        sql = "CREATE TABLE t (id INT PRIMARY KEY, u INT REFERENCES u (id))"
        told = (await agent.asks("import_sql", name="two", dialect="duckdb", sql=sql))["warnings"]
        assert told[0].endswith("its values are keys that repeat, and add_sql brings its script")
        added = await agent.asks("add_sql", name="two", sql="CREATE TABLE u (id INT PRIMARY KEY)")
        assert [one["name"] for one in added["tables"]] == ["t", "u"]
        assert "has no run yet" in (await agent.is_refused("run_status", name="shop"))["detail"]
        lost = await agent.is_refused("dlete_experiment")
        assert lost["detail"] == "unknown tool 'dlete_experiment'; did you mean 'delete_experiment'?"
        # another door's output may be anywhere, and is not shown through this one
        CliRunner().invoke(app, ["experiment", "generate", "shop", "--output-dir", str(tmp_path / "mine")])
        closed = await agent.is_refused("query", experiment_name="shop", sql="SELECT 1")
        assert closed["status"] == 403

    server = server_of(Tools(service, Background(service)))
    talk(story, server, mode="legacy")  # the handshake of older clients
    service.close()


async def _tools_say_what_they_take_and_do(agent: Agent) -> None:
    tools = await agent.tools()
    assert {name for name, tool in tools.items() if tool.annotations.destructive_hint} == {
        "abort_run",
        "delete_experiment",
        "reset_experiment",
    }
    assert all(tool.description and tool.input_schema["type"] == "object" for tool in tools.values())
    assert set(tools["import_sql"].input_schema["required"]) == {"name", "sql", "dialect"}
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == set(tools)
    rules = (await agent.asks("list_rules"))["rules"]
    assert rules["choice"]
    rule = await agent.asks("describe_rule", name="choice")
    assert "values" in {option["name"] for option in rule["options"]}
    assert rule["examples"]


def test_a_polite_kill_ends_a_server_that_waits() -> None:
    command = [sys.executable, "-m", "dw_simulator", "mcp"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping"}) + "\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == 1
        process.terminate()
        assert process.wait(30) == 130
        assert process.stdout.read() == ""


def test_without_the_package_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)
    for name in [name for name in sys.modules if name.startswith(("mcp.", "dw_simulator.interfaces.mcp"))]:
        monkeypatch.delitem(sys.modules, name)
    done = CliRunner().invoke(app, ["mcp"], standalone_mode=False)
    assert isinstance(done.exception, RequestError)
    assert str(done.exception) == "dw-sim mcp needs the package mcp: pip install 'dw-simulator[mcp]'"


def test_no_message_names_an_option_to_an_agent() -> None:
    names = re.compile(r"(?<![\w-])--[a-z][a-z-]+|dw-sim (?!stack)[a-z]+")
    source = Path(dw_simulator.__file__).parent
    seen = 0
    for path in sorted(source.rglob("*.py")):
        if {"interfaces", "loadpacks", "stack", "testing"} & {*path.relative_to(source).parts}:
            continue
        if not names.search(path.read_text()):
            continue
        for text in _messages(ast.parse(path.read_text())):
            seen += bool(names.search(text))
            assert not names.search(in_tool_words(text)), f"{path.name}: {text}"
    assert seen > 20


def _messages(tree: ast.AST) -> Iterator[str]:
    """The texts of a module, with NAME for what is filled in; not what documents it."""
    inner = {id(one) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for one in node.values}
    inner |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = (one.value if isinstance(one, ast.Constant) else "1" for one in node.values)
            yield "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
            yield node.value
