"""Keys that nobody declared: in a schema in which no table has one, the names tell which they are."""

from dw_simulator.schema.inference.key_names import KeyNames
from dw_simulator.schema.inference.key_targets import TableWords
from dw_simulator.schema.model import Column, Experiment, Table
from dw_simulator.types import Kind

_SHORTEST_TEXT = 6
_VERSIONED = frozenset(
    {("valid", "from"), ("valid", "to"), ("version",), ("is", "current"), ("effective", "from")}
)


def with_keys(experiment: Experiment) -> Experiment:
    """The schema with the keys that its names tell; as it is where any is declared.

    >>> table = {"name": "customers", "columns": [{"name": "customer_id", "data_type": "INT"}]}
    >>> with_keys(Experiment.model_validate({"name": "shop", "tables": [table]})).tables[0].inferred_key
    ('customer_id',)
    """
    if any(table.keys for table in experiment.tables):
        return experiment
    names = KeyNames(
        [table.name for table in experiment.tables], [t.columns[0].name for t in experiment.tables]
    )
    return experiment.changed(tables=tuple(_with_key(table, names) for table in experiment.tables))


def _with_key(table: Table, names: KeyNames) -> Table:
    words = TableWords.of(table)
    key = next((c for c in table.columns[:2] if _is_key(c, words, names)), None)
    if key is None or words.copies:
        return table
    if names.of(key.name, words.prefix).ends not in ("sk", "key") and _has_versions(table, names):
        return table
    columns = tuple(
        column if column is not key or column.required else column.changed(null_fraction=0.0)
        for column in table.columns
    )
    return table.changed(columns=columns, inferred_key=(key.name,))


def _is_key(column: Column, words: TableWords, names: KeyNames) -> bool:
    """Whether a column is the number of the table's rows: `id`, `customer_id` of customers."""
    type_, name = column.type, names.of(column.name, words.prefix)
    whole = type_.kind in (Kind.INTEGER, Kind.DECIMAL) and not type_.scale
    fit = whole or type_.kind is Kind.UUID or (type_.kind is Kind.TEXT and type_.length >= _SHORTEST_TEXT)
    if not fit or name.kind != "surrogate" or column.source:
        return False
    return not name.stem or name.stem in words.nouns or any(name.stem == noun[-1:] for noun in words.nouns)


def _has_versions(table: Table, names: KeyNames) -> bool:
    """Whether rows stand for versions of one thing, so that its number is there again and again."""
    return any(names.of(column.name).stem in _VERSIONED for column in table.columns)
