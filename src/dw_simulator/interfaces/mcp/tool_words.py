"""What messages say to people, as agents are told it: tools and their arguments, not commands and options."""

import json
import re
from collections.abc import Mapping
from functools import partial

from dw_simulator.schema.json_data import Json, JsonObject, fields_in, items_in

_CALLS = (
    (r"dw-sim experiment generate ([\w-]+)(?: --seed (\d+))?", "generate"),
    (r"dw-sim experiment load NAME --to URL", "load_run"),
    (r"dw-sim experiment load ([\w-]+)", "load_run"),
    (r"dw-sim plugins --kind rule", "list_rules"),
    (r"dw-sim plugins ([\w-]+)", "describe_rule"),
)
"""Commands, and the tools that do the same: of a name, and of a seed."""
_WORDS = (
    ("--with names the script that has the table, now, or later with --into", "add_sql brings its script"),
    ("ask them with dw-sim query NAME SQL --loaded", "ask the warehouse itself"),
)
_VARIABLE = re.compile(r"--var ([\w.-]+)=\.\.\.")
_OPTION = re.compile(
    r"(?<![\w-])--(executor|format|into|load|loaded|name|output-dir|refresh-pools|resume|rows|schema|seconds|seed"
    r"|skip-unknown|take|to|with|workers)(?![\w-])"
)
_TOLD = frozenset({"detail", "message", "hint", "mend", "error"})


def in_tool_words(message: str) -> str:
    """A message about a tool's work.

    >>> in_tool_words("shop has no complete run; begin with dw-sim experiment generate shop")
    'shop has no complete run; begin with generate {"name": "shop"}'
    >>> in_tool_words("use another type, or leave such columns out by --skip-unknown")
    'use another type, or leave such columns out by skip_unknown'
    """
    if "--" not in message and "dw-sim" not in message:
        return message
    for words, other in _WORDS:
        message = message.replace(words, other)
    for pattern, tool in _CALLS:
        message = re.sub(pattern, partial(_call, tool), message)
    message = _VARIABLE.sub(r'variables {"\1": ...}', message)
    return _OPTION.sub(lambda found: found[1].replace("-", "_"), message)


def _call(tool: str, found: re.Match[str]) -> str:
    """A tool, and the arguments with which it is to be called."""
    name, seed = (*found.groups(), None, None)[:2]
    if name is None:
        return tool
    arguments: JsonObject = {"name": name} if seed is None else {"name": name, "seed": int(seed)}
    return f"{tool} {json.dumps(arguments)}"


def told_to_agents(answer: Mapping[str, Json]) -> JsonObject:
    """An answer, whose errors and warnings are in the words of tools."""
    return {name: _told(name, value) for name, value in answer.items()}


def _told(name: str, value: Json) -> Json:
    if name == "problems":
        return [told_to_agents(fields_in(one)) for one in items_in(value)]
    if name == "warnings":
        return [_worded(one) for one in items_in(value)]
    return _worded(value) if name in _TOLD else value


def _worded(value: Json) -> Json:
    return in_tool_words(value) if isinstance(value, str) else value
