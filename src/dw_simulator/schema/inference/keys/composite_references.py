"""References of several columns: a line of an order by the order and the number of the line."""

from collections.abc import Mapping, Sequence

from dw_simulator.schema.inference.keys.key_names import KeyName
from dw_simulator.schema.inference.keys.key_targets import Targets, holds
from dw_simulator.schema.inference.keys.reference_words import LINE_WORDS
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.model import Column, ForeignKey, Table
from dw_simulator.types import Kind

Singles = Mapping[str, Table]
"""The columns that are references by themselves, and to what."""


def composites(table: Table, targets: Targets, singles: Singles) -> list[ForeignKey]:
    """The references of several columns of a table that nobody declared.

    singles  its columns that are references by themselves
    """
    names = {column.name: targets.read(table, column) for column in table.columns}
    by_plain = {name.plain: column for column, name in names.items()}
    taken = {name for reference in table.references for name in reference.columns}
    made: list[ForeignKey] = []
    for parent, key in targets.composite_keys_within(by_plain):
        columns = [by_plain[targets.read(parent, one).plain] for one in key]
        if parent is table or not taken.isdisjoint(columns) or not _fit(table, columns, key):
            continue
        if not _is_meant(table, columns, parent, key, targets, singles):
            continue
        taken |= {*columns}
        fields: JsonObject = {
            "references_table": parent.name,
            "references_columns": [column.name for column in key],
            "columns": [*columns],
        }
        why = f"{' and '.join(columns)} are named as the key of {parent.name}"
        made.append(ForeignKey.model_validate({**fields, "inferred": why, "guessed": fields}))
    return made


def _fit(table: Table, columns: list[str], key: tuple[Column, ...]) -> bool:
    own = [table.column(name) for name in columns]
    return all(
        c is not None and not c.source and holds(c.type, k.type) for c, k in zip(own, key, strict=True)
    )


def _is_meant(
    table: Table,
    columns: list[str],
    parent: Table,
    key: tuple[Column, ...],
    targets: Targets,
    singles: Singles,
) -> bool:
    """Whether columns stand for a row of the parent, and not for what its key is made of, each by itself."""
    if any(column.type.kind not in (Kind.INTEGER, Kind.DECIMAL, Kind.TEXT, Kind.UUID) for column in key):
        return False
    if {*columns} == {*table.primary_key} or targets.tables[parent.name].copies:
        return False
    own = [column for column, name in zip(key, columns, strict=True) if name not in singles]
    if not own:
        return _is_of_both(parent, [singles[name] for name in columns], targets)
    if len(own) == len(key) and not any(_is_line(targets.read(parent, column)) for column in own):
        return _is_named_by(parent, own, targets)
    return not _is_met(parent, own, targets) and all(
        _counts(column, targets.read(parent, column)) for column in own
    )


def _is_named_by(parent: Table, key: Sequence[Column], targets: Targets) -> bool:
    """Whether the last column of a key is called like its table: warehouse_code, bin_code of bins."""
    name, nouns = targets.read(parent, key[-1]), targets.tables[parent.name].nouns
    return bool(name.ends) and any(noun[-1:] == name.stem[-1:] for noun in nouns)


def _is_met(parent: Table, own: Sequence[Column], targets: Targets) -> bool:
    """Whether a table only says where others meet: what is in stock of an item at (warehouse, location)."""
    plain = {targets.read(parent, column).plain: column.name for column in own}
    return len(own) > 1 and any(
        table is not parent and {targets.read(table, one).plain for one in key} == {*plain}
        for table, key in targets.composite_keys_within(plain)
    )


def _counts(column: Column, name: KeyName) -> bool:
    """Whether a part of a key tells rows of one parent apart: the number of a line, a code."""
    if column.type.kind is Kind.TEXT:
        return bool(name.ends)
    return bool(name.ends) or _is_line(name)


def _is_line(name: KeyName) -> bool:
    return not LINE_WORDS.isdisjoint(name.stem)


def _is_of_both(parent: Table, ends: list[Table], targets: Targets) -> bool:
    """Whether a table is named by those that its key references: part_suppliers by parts and suppliers."""
    own = max(("".join(noun) for noun in targets.tables[parent.name].nouns), key=len)
    rest = own
    for end in ends:
        heads = sorted({noun[-1] for noun in targets.tables[end.name].nouns}, key=len, reverse=True)
        found = next((head for head in heads if head in rest), None)
        found = found or next((head[:4] for head in heads if head[:4] in rest and len(head) > 4), None)
        if found is None:
            return False
        rest = rest.replace(found, "", 1)
    return len(rest) < len(own) / 2
