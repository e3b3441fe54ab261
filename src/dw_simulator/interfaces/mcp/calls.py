"""A tool as it is declared, and what its handler is given.

Arguments and answers are HTTP's models wherever HTTP has the same use case.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, Field

from dw_simulator.interfaces.rest.background import Background
from dw_simulator.interfaces.rest.bodies import Page, RunPage
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.service import ExperimentService

Arguments = TypeVar("Arguments", bound=BaseModel)
Name = Annotated[str, Field(description="the experiment's name")]
RunId = Annotated[int, Field(ge=1, le=(1 << 31) - 1)]


@dataclass(frozen=True)
class Tools:
    """What every tool works with: the service, and the runs of this server."""

    service: ExperimentService
    background: Background


def page_of(told: BaseModel, asked: Page | RunPage, total: int) -> JsonObject:
    """A part of a list, and with which offset it goes on, where it does."""
    data: JsonObject = told.model_dump(mode="json", exclude={"next"})
    further = None if asked.limit is None else asked.offset + asked.limit
    return data if further is None or further >= total else {**data, "next_offset": further}


@dataclass(frozen=True)
class Tool(Generic[Arguments]):
    """A use case. Its description is what an agent chooses it by.

    arguments  a model, by which they are checked as HTTP checks its bodies
    answer     called in a thread; raises errors of the service, and HTTPException
    reads      nothing is changed by it
    destroys   what it takes away cannot be had back
    """

    name: str
    description: str
    arguments: type[Arguments]
    answer: Callable[[Tools, Arguments], BaseModel | JsonObject]
    reads: bool = False
    destroys: bool = False
