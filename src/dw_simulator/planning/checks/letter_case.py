"""Texts of a column that a CHECK wants in capitals, or in small letters: CHECK (code = upper(code))."""

from dw_simulator.engine.rows import Rows
from dw_simulator.engine.values.base import Kernel
from dw_simulator.engine.values.cased import InCase
from dw_simulator.engine.values.facts import texts_of
from dw_simulator.planning.draft import Draft
from dw_simulator.schema.model import Column, Table
from dw_simulator.types import Kind

_SAMPLE = 200


def in_case(draft: Draft, table: Table, column: Column, kernel: Kernel) -> Kernel:
    """The kernel in the letters that a CHECK asks for; as it is where its texts are in them already."""
    upper = draft.cased.get((table.name, column.name))
    if upper is None or column.type.kind is not Kind.TEXT:
        return kernel
    texts = texts_of(kernel.values(Rows.run(0, min(draft.rows[table.name], _SAMPLE))))
    if all(text == (text.upper() if upper else text.lower()) for text in texts):
        return kernel
    return InCase(kernel, upper)
