"""Keys that nobody declared: the names of columns tell which they are."""

from collections import Counter

from dw_simulator.schema.inference.keys.key_names import KeyNames, Words
from dw_simulator.schema.inference.keys.key_targets import TableWords
from dw_simulator.schema.model import Column, Experiment, Table
from dw_simulator.types import Kind, SqlType

_SHORTEST_TEXT = 4
_SHORTEST_WORD = 3
_LEAST_ROOM = 10**9 - 1
_VERSIONED = frozenset(
    {("valid", "from"), ("valid", "to"), ("version",), ("is", "current"), ("effective", "from")}
)


def with_keys(experiment: Experiment) -> Experiment:
    """The schema with the keys that its names tell, in tables that declare none.

    >>> table = {"name": "customers", "columns": [{"name": "customer_id", "data_type": "INT"}]}
    >>> with_keys(Experiment.model_validate({"name": "shop", "tables": [table]})).tables[0].inferred_key
    ('customer_id',)
    """
    if all(table.keys for table in experiment.tables):
        return experiment
    firsts = [table.columns[0].name for table in experiment.tables]
    names = KeyNames([table.name for table in experiment.tables], firsts)
    some = any(table.keys for table in experiment.tables)
    nouns = frozenset(noun for table in experiment.tables for noun in TableWords.of(table).nouns)
    counts = Counter(column.name.lower() for table in experiment.tables for column in table.columns)
    shared = frozenset(name for name, count in counts.items() if count > 1)
    tables = (
        table if table.keys or table.rows else _with_key(table, names, nouns, shared, strict=some)
        for table in experiment.tables
    )
    return experiment.changed(tables=tuple(tables))


def _with_key(
    table: Table, names: KeyNames, nouns: frozenset[Words], shared: frozenset[str], *, strict: bool
) -> Table:
    """A table with its key.

    nouns   what the rows of all tables are
    shared  the names of columns that are in several tables
    strict  others declare their keys, so that it is sure only where NULL is forbidden
    """
    words = TableWords.of(table)
    looked = table.columns[:1] if strict else table.columns[:2]
    key = next(
        (c for c in looked if _is_key(c, words, names, nouns, shared) and (c.required or not strict)), None
    )
    if key is None or words.copies:
        return table
    if names.of(key.name, words.prefix).ends not in ("sk", "key") and _has_versions(table, names):
        return table
    columns = tuple(
        column if column is not key or column.required else column.changed(null_fraction=0.0)
        for column in table.columns
    )
    return table.changed(columns=columns, inferred_key=(key.name,))


def _is_key(
    column: Column, words: TableWords, names: KeyNames, nouns: frozenset[Words], shared: frozenset[str]
) -> bool:
    """Whether a column is the number of the table's rows: `id`, `customer_id` of customers."""
    type_, name = column.type, names.of(column.name, words.prefix)
    if column.source or not name.kind or not _is_wide(type_):
        return False
    if not name.stem:
        return name.kind == "surrogate"
    if name.stem in words.nouns or name.kind != "surrogate" or name.stem in nouns:
        return name.stem in words.nouns
    sure = len(name.said[-1]) > _SHORTEST_WORD or column.name.lower() in shared
    begins = sure and any(one.startswith(name.said[-1]) for one in words.said)
    return begins or any(name.stem == noun[-1:] for noun in words.nouns)


def _is_wide(type_: SqlType) -> bool:
    """Whether there is room for as many keys as anyone asks for."""
    if type_.kind is Kind.TEXT:
        return bool(type_.length >= _SHORTEST_TEXT)
    if type_.kind in (Kind.INTEGER, Kind.DECIMAL):
        return not type_.scale and bool(type_.limits[1] >= _LEAST_ROOM)
    return type_.kind is Kind.UUID


def _has_versions(table: Table, names: KeyNames) -> bool:
    """Whether rows stand for versions of one thing, so that its number is there again and again."""
    return any(names.of(column.name).stem in _VERSIONED for column in table.columns)
