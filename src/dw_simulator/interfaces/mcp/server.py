"""The server: standard input and output, and what happens from its start to its end."""

import json
import logging
import os
import signal
from collections.abc import Callable, Mapping
from typing import Any

import anyio
import anyio.to_thread
from mcp.server import Server
from mcp.server.context import ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    ToolAnnotations,
)
from mcp_types import Tool as ToolShape
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from dw_simulator import __version__
from dw_simulator.errors import DwSimError, UnknownNameError
from dw_simulator.interfaces.mcp import experiments, queries, rule_cards, runs
from dw_simulator.interfaces.mcp.calls import Tool, Tools
from dw_simulator.interfaces.mcp.tool_words import told_to_agents
from dw_simulator.interfaces.rest.background import Background
from dw_simulator.interfaces.rest.bodies import ProblemShape
from dw_simulator.interfaces.rest.problems import shape, shape_of, validated
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.service import ExperimentService

TOOLS: Mapping[str, Tool[Any]] = {
    tool.name: tool for tool in (*experiments.TOOLS, *rule_cards.TOOLS, *runs.TOOLS, *queries.TOOLS)
}

INTERRUPTED = 130
"""The exit code of what was stopped."""
_log = logging.getLogger(__name__)

_INSTRUCTIONS = """\
Synthetic tables in the shape of a warehouse. An experiment is a schema under a name: import_sql makes one of
CREATE TABLE statements, create_experiment of JSON. preview_rows shows what will come. generate makes files,
in which every reference resolves and every unique column is unique, and query asks them. The same seed makes
the same rows."""


def serve(service: ExperimentService) -> None:
    """Answer an agent until it hangs up; runs that are going on then are stopped."""
    anyio.run(_serve, service)


async def _serve(service: ExperimentService) -> None:
    await anyio.to_thread.run_sync(lambda: service.persistence)
    background = Background(service)
    server = server_of(Tools(service, background))

    def end(reason: str) -> None:
        background.stop(reason)
        background.wait()
        service.close()

    async with anyio.create_task_group() as group:
        group.start_soon(_end_at_signals, end)
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())
        group.cancel_scope.cancel()
    await anyio.to_thread.run_sync(end, "the agent went away")


async def _end_at_signals(end: Callable[[str], None]) -> None:
    """Nothing interrupts the thread that reads standard input, so the process ends without it."""
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for _one in signals:
            await anyio.to_thread.run_sync(end, "the server was stopped")
            os._exit(INTERRUPTED)


def server_of(tools: Tools) -> "Server[Any]":
    """The tools as the protocol has them."""

    async def listed(
        _context: ServerRequestContext[Any], _page: PaginatedRequestParams | None
    ) -> ListToolsResult:
        return ListToolsResult(tools=[_shown(tool) for tool in TOOLS.values()])

    async def called(_context: ServerRequestContext[Any], asked: CallToolRequestParams) -> CallToolResult:
        return await anyio.to_thread.run_sync(
            lambda: call(tools, asked.name, asked.arguments or {}), abandon_on_cancel=True
        )

    return Server(
        "dw-simulator",
        version=__version__,
        instructions=_INSTRUCTIONS,
        on_list_tools=listed,
        on_call_tool=called,
    )


def _shown(tool: Tool[Any]) -> ToolShape:
    return ToolShape(
        name=tool.name,
        description=tool.description,
        input_schema=tool.arguments.model_json_schema(),
        annotations=ToolAnnotations(
            read_only_hint=tool.reads, destructive_hint=tool.destroys, open_world_hint=False
        ),
    )


def call(tools: Tools, name: str, arguments: JsonObject) -> CallToolResult:
    """What a tool answers; errors are told as HTTP tells them, and marked as such."""
    tool = TOOLS.get(name)
    if tool is None:
        return _answer(shape_of(UnknownNameError("tool", name, sorted(TOOLS))))
    try:
        return _answer(tool.answer(tools, validated(tool.arguments, arguments)))
    except DwSimError as error:
        return _answer(shape_of(error))
    except HTTPException as error:
        return _answer(shape(error.status_code, error.detail))
    except Exception as error:  # noqa: BLE001 - what it was goes to the log, and the server goes on
        _log.exception("the tool %s fails", name)
        return _answer(shape(500, f"a fault of this program ({type(error).__name__}); its log says more"))


def _answer(told: BaseModel | JsonObject) -> CallToolResult:
    data = told_to_agents(told.model_dump(mode="json") if isinstance(told, BaseModel) else told)
    return CallToolResult(
        content=[TextContent(text=json.dumps(data, ensure_ascii=False))],  # for clients that know no other
        structured_content=data,
        is_error=isinstance(told, ProblemShape),
    )
