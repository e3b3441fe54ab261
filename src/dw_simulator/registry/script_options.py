"""How a script is read, beyond its dialect: what whoever imports it may say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class ScriptOptions:
    """How a script is read.

    variables     what its placeholders stand for, by their names
    beside        other scripts, with tables that it references
    skip_unknown  whether columns of types that nobody knows are left out, rather than refused
    """

    variables: Mapping[str, str] = field(default_factory=dict)
    beside: tuple[Path, ...] = ()
    skip_unknown: bool = False


PLAINLY = ScriptOptions()
