"""Tools for whoever writes a schema: which rules there are, and what one takes."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from dw_simulator.interfaces.mcp.calls import Tool, Tools
from dw_simulator.registry.cards import card
from dw_simulator.schema.json_data import JsonObject


class AllRules(BaseModel):
    """Every rule."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OneRule(AllRules):
    """Which rule."""

    name: str = Field(description="such as choice, normal, pattern")


def _list(tools: Tools, _asked: AllRules) -> JsonObject:
    registry = tools.service.registry
    cards = [card(registry, "rule", name) for name in registry.rules.names]
    rules = {one.registration.name: one.description.partition("\n")[0] for one in cards}
    return {"rules": rules}


def _describe(tools: Tools, asked: OneRule) -> JsonObject:
    one = card(tools.service.registry, "rule", asked.name)
    return {
        "name": asked.name,
        "description": one.description,
        "kinds": list(one.kinds),
        "options": [dict(vars(option)) for option in one.options],
        "examples": list(one.examples),
    }


TOOLS: tuple[Tool[Any], ...] = (
    Tool(
        "list_rules", "List the rules by which columns get values, a line each.", AllRules, _list, reads=True
    ),
    Tool(
        "describe_rule",
        "Tell what a rule makes, for columns of which kinds, its options, and columns that show it.",
        OneRule,
        _describe,
        reads=True,
    ),
)
