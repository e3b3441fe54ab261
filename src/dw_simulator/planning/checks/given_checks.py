"""CHECKs of tables whose rows are given: each is asked of every row, and of none of them is it a guess."""

import re
from collections.abc import Callable

import numpy as np

from dw_simulator.engine.rows import BLOCK, Rows
from dw_simulator.engine.values.base import fixed
from dw_simulator.errors import Refusal, RunError
from dw_simulator.planning.draft import Draft
from dw_simulator.ports.needs import Source
from dw_simulator.schema.model import Column, Table

Condition = Callable[[Table, Table, Column, str], Source | None]
"""The truth values of a condition on the rows of a table. May raise Refusal, and note problems."""


def check_given_rows(draft: Draft, condition: Condition) -> None:
    """Refuse a given row for which a CHECK is false. What is not understood has been told."""
    for declared in draft.declared.tables:
        given, table = draft.declared.given(declared), draft.experiment.table(declared.name)
        if given is None or table is None or draft.only not in (None, table.name):
            continue
        whole = not any((table.name, column.name) in draft.failed for column in table.columns)
        for check in declared.checks if whole else ():
            names = [
                name for name in given.names if re.search(rf"\b{re.escape(name)}\b", check, re.IGNORECASE)
            ]
            row = _false_row(draft, condition, table, check) if names else None
            if row is not None:
                said = ", ".join(f"{name} {given.column(name)[row]!r}" for name in names)
                draft.refuse(
                    table.name, f"CHECK ({check}) forbids row {row}: {said}", "correct it, or the CHECK"
                )


def _false_row(draft: Draft, condition: Condition, table: Table, check: str) -> int | None:
    """The first row for which a CHECK is false; None where there is none, or nobody can tell."""
    known, rows = len(draft.problems), draft.rows[table.name]
    try:
        source = condition(table, table, table.columns[0], check)
        for start in range(0, rows if source is not None else 0, BLOCK):
            assert source is not None, "there are no rows without it"
            truth = fixed(source.values(Rows.run(start, min(start + BLOCK, rows))))
            false = ~truth.values.astype(np.bool_)
            if truth.valid is not None:  # NULL passes
                false &= truth.valid
            if false.any():
                return start + int(false.argmax())
    except (Refusal, RunError):
        pass
    del draft.problems[known:]
    return None
