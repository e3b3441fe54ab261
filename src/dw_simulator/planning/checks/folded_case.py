"""Keys of columns whose collation takes capitals and small letters for the same: their texts differ by more.

    CREATE TABLE t (code VARCHAR(4) COLLATE utf8mb4_general_ci UNIQUE)

'ab' and 'AB' are one key there; of what differs in letter case alone, the first is taken.
"""

import re
from collections.abc import Sequence
from math import prod

from dw_simulator.engine.values.base import Domain, Kernel, is_domain
from dw_simulator.engine.values.text import AnyOf, Assembled
from dw_simulator.planning.checks.fitting import without
from dw_simulator.schema.model import Column, Table
from dw_simulator.types import Kind

_FOLDS = re.compile(r"(?:^|[_:-])ci(?:$|_)|nocase|case_insensitive|lcase", re.IGNORECASE)
"""What collations that fold case have in their names."""


def told_apart(table: Table, column: Column, values: Domain | Kernel) -> Domain | Kernel:
    """The values of a key, without those that its collation cannot tell from others."""
    folds = column.type.kind is Kind.TEXT and column.collate and _FOLDS.search(column.collate)
    language = values.facts.texts if folds and (column.name,) in table.keys else None
    if language is None or not is_domain(values):
        return values
    kept = [_first_of_each(part) for part in language.parts]
    if all(len(one) == len(part) for one, part in zip(kept, language.parts, strict=True)):
        return values
    if language.listed is not None:
        return without(values, [text for text in language.listed if text not in set(kept[0])]) or values
    if values.natural != prod(map(len, language.parts)):  # not everything that is put together so comes out
        return values
    narrowed: Domain = Assembled(tuple(AnyOf.of(*part) for part in kept))
    return narrowed


def _first_of_each(texts: Sequence[str]) -> list[str]:
    """Of texts that differ in letter case alone, the first."""
    found: dict[str, str] = {}
    for text in texts:
        found.setdefault(text.casefold(), text)
    return list(found.values())
