"""What concerns several parts of a schema: names, keys over columns, references between tables.

Each function of CHECKS yields what it finds wrong; `schema.parse` reports all of it together.
"""

from collections.abc import Callable, Iterable, Iterator

from dw_simulator.errors import Problem, closest
from dw_simulator.model import Experiment, ForeignKey, Table


def _repeated(names: Iterable[str]) -> Iterator[tuple[int, str]]:
    """(position, name) of every name that stands before, letter case apart."""
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name.lower() in seen:
            yield index, name
        seen.add(name.lower())


def check_names(experiment: Experiment) -> Iterator[Problem]:
    """Tables, and the columns of a table, differ by more than letter case."""
    for i, name in _repeated(table.name for table in experiment.tables):
        yield Problem(f"tables[{i}].name", f"table {name!r} is there twice", "rename one")
    for i, table in enumerate(experiment.tables):
        for j, name in _repeated(column.name for column in table.columns):
            place = f"tables[{i}].columns[{j}].name"
            yield Problem(place, f"column {table.name}.{name} is there twice", "rename one")


def _key_places(table: Table) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(place within the table, columns) of every key of several columns."""
    yield "primary_key", table.primary_key
    for k, key in enumerate(table.unique):
        yield f"unique[{k}]", key
    for k, key in enumerate(table.composite_keys):
        yield f"composite_keys[{k}]", key


def _named_columns(table: Table) -> Iterator[tuple[str, str]]:
    """(place within the table, column name) wherever a table names its own columns."""
    groups = list(_key_places(table))
    groups += [(f"foreign_keys[{k}].columns", key.columns) for k, key in enumerate(table.foreign_keys)]
    groups += [("sort_key", table.sort_key)]
    for place, names in groups:
        for j, name in enumerate(names):
            yield f"{place}[{j}]", name
    if table.dist_key is not None:
        yield "dist_key", table.dist_key


def check_own_columns(experiment: Experiment) -> Iterator[Problem]:
    """Keys name columns that the table has, each once."""
    for i, table in enumerate(experiment.tables):
        for place, key in _key_places(table):
            for k, name in _repeated(key):
                message = f"{table.name}.{name} is named twice"
                yield Problem(f"tables[{i}].{place}[{k}]", message, "name it once")
        for place, name in _named_columns(table):
            if table.column(name) is None:
                known = [column.name for column in table.columns]
                message = f"table {table.name!r} has no column {name!r}{closest(name, known)}"
                yield Problem(f"tables[{i}].{place}", message)


def check_primary_keys(experiment: Experiment) -> Iterator[Problem]:
    """Nothing in a primary key can be NULL."""
    for i, table in enumerate(experiment.tables):
        optional = [
            (f"columns[{j}].required", column.name, "leave it out")
            for j, column in enumerate(table.columns)
            if not column.required
        ]
        optional += [
            (f"columns[{j}].foreign_key.nullable", column.name, "say false")
            for j, column in enumerate(table.columns)
            if column.foreign_key is not None and column.foreign_key.nullable
        ]
        optional += [
            (f"foreign_keys[{k}].nullable", name, "say false")
            for k, reference in enumerate(table.foreign_keys)
            if reference.nullable
            for name in reference.columns
        ]
        for place, name, mend in optional:
            if name in table.primary_key:
                message = f"{table.name}.{name} is in the primary key and cannot be NULL"
                yield Problem(f"tables[{i}].{place}", message, mend)


def _reference_places(i: int, table: Table) -> Iterator[tuple[str, str, ForeignKey]]:
    """(place of the table name, place of the column names, reference) of every reference of a table."""
    singles = iter(table.references)
    for j, column in enumerate(table.columns):
        if column.foreign_key is not None:
            place = f"tables[{i}].columns[{j}].foreign_key"
            yield f"{place}.references_table", f"{place}.references_column", next(singles)
    for k, reference in enumerate(singles):
        place = f"tables[{i}].foreign_keys[{k}]"
        yield f"{place}.references_table", f"{place}.references_columns", reference


def check_references(experiment: Experiment) -> Iterator[Problem]:
    """A reference names a table, its columns, and a set of columns that is unique there."""
    known = [table.name for table in experiment.tables]
    for i, table in enumerate(experiment.tables):
        for table_place, column_place, reference in _reference_places(i, table):
            parent = experiment.table(reference.references_table)
            if parent is None:
                message = f"there is no table {reference.references_table!r}"
                yield Problem(table_place, message + closest(reference.references_table, known))
                continue
            yield from _check_target(column_place, parent, reference)


def _check_target(place: str, parent: Table, reference: ForeignKey) -> Iterator[Problem]:
    names = [column.name for column in parent.columns]
    missing = [name for name in reference.references_columns if name not in names]
    for name in missing:
        yield Problem(place, f"table {parent.name!r} has no column {name!r}{closest(name, names)}")
    if not missing and not any(set(key) <= set(reference.references_columns) for key in parent.keys):
        wanted = ", ".join(reference.references_columns)
        message = f"{parent.name}({wanted}) is not unique, so a reference to it means no certain row"
        mend = f"declare it unique or the primary key of {parent.name}, or reference one of its keys"
        yield Problem(place, message, mend)


def check_one_reference_per_column(experiment: Experiment) -> Iterator[Problem]:
    """A column that stands in two references would have to satisfy both."""
    for i, table in enumerate(experiment.tables):
        seen: dict[str, ForeignKey] = {}
        for _place, place, reference in _reference_places(i, table):
            for name in reference.columns:
                if name in seen:
                    message = (
                        f"{table.name}.{name} is in two references, to {seen[name].references_table} and to "
                        f"{reference.references_table}; references that share a column are not supported yet"
                    )
                    yield Problem(place, message, "keep one of them")
                seen.setdefault(name, reference)
                column = table.column(name)
                if column is not None and column.rule_spec is not None:
                    source = reference.references_table
                    message = f"{table.name}.{name} has a rule, but its values come from {source}"
                    yield Problem(place, message, "leave the rule out")


CHECKS: tuple[Callable[[Experiment], Iterator[Problem]], ...] = (
    check_names,
    check_own_columns,
    check_primary_keys,
    check_references,
    check_one_reference_per_column,
)
