"""What must hold of every output, asked in DuckDB's SQL by this module's own reading of the schema.

Each function takes a connection with a view of every table, the experiment, and the rows that every
table must have; it raises AssertionError and names the place.
"""

from collections.abc import Iterator, Mapping, Sequence

import duckdb

from dw_simulator.schema.model import Column, Experiment, ForeignKey, Table

Rows = Mapping[str, int]
Pair = tuple[Table, ForeignKey]


def quoted(names: Sequence[str], prefix: str = "", between: str = ", ", after: str = "") -> str:
    """The names as SQL identifiers, each with what stands before and after it."""
    return between.join(f'{prefix}"{name}"{after}' for name in names)


def count(connection: duckdb.DuckDBPyConnection, source: str) -> int:
    """How many rows `FROM source` has."""
    row = connection.execute(f"SELECT count(*) FROM {source}").fetchone()
    assert row is not None
    return int(row[0])


def references(experiment: Experiment) -> Iterator[Pair]:
    """Every (table, reference)."""
    return ((table, reference) for table in experiment.tables for reference in table.references)


def reference_of(table: Table, name: str) -> ForeignKey:
    """The first reference in which this column stands."""
    return next(reference for reference in table.references if name in reference.columns)


def can_be_null(experiment: Experiment, table: Table, column: Column) -> bool:
    """Whether the schema lets this column be NULL."""
    if column.name in table.primary_key:
        return False
    if not column.required:
        return True
    if column.lookup is not None:
        return _lookup_can_be_null(experiment, table, column)
    if any(_names_type(other, column) and other.polymorphic.nullable for other in table.columns):
        return True
    if column.polymorphic is not None:
        return column.polymorphic.nullable
    own = [reference for reference in table.references if column.name in reference.columns]
    return bool(own) and all(reference.nullable for reference in own)


def _names_type(other: Column, column: Column) -> bool:
    return other.polymorphic is not None and other.polymorphic.type_column == column.name


def _lookup_can_be_null(experiment: Experiment, table: Table, column: Column) -> bool:
    """A copy is NULL where a reference on its way is, or where the original is."""
    for name in column.lookup.reference:
        step = table.column(name)
        if can_be_null(experiment, table, step):
            return True
        table = experiment.table(reference_of(table, name).references_table)
    return can_be_null(experiment, table, table.column(column.lookup.column))


def _match(reference: ForeignKey, child: str, parent: str) -> str:
    pairs = zip(reference.columns, reference.references_columns, strict=True)
    return " AND ".join(f'{parent}."{theirs}" = {child}."{ours}"' for ours, theirs in pairs)


def check_rows(connection: duckdb.DuckDBPyConnection, experiment: Experiment, rows: Rows) -> None:
    """Every table has exactly its rows."""
    for table in experiment.tables:
        assert count(connection, f'"{table.name}"') == rows[table.name], table.name


def check_required(connection: duckdb.DuckDBPyConnection, experiment: Experiment, rows: Rows) -> None:
    """NULL stands only where the schema allows it."""
    for table in experiment.tables:
        for column in table.columns:
            if not can_be_null(experiment, table, column):
                wrong = f'"{table.name}" WHERE "{column.name}" IS NULL'
                assert count(connection, wrong) == 0, (table.name, column.name)


def check_keys(connection: duckdb.DuckDBPyConnection, experiment: Experiment, rows: Rows) -> None:
    """No key has duplicates; rows with a NULL in the key do not count."""
    for table in experiment.tables:
        for key in table.keys:
            filled = quoted(key, between=" AND ", after=" IS NOT NULL")
            groups = f'SELECT 1 FROM "{table.name}" WHERE {filled} GROUP BY {quoted(key)} HAVING count(*) > 1'
            assert count(connection, f"({groups})") == 0, (table.name, key)


def check_references(connection: duckdb.DuckDBPyConnection, experiment: Experiment, rows: Rows) -> None:
    """No reference has orphans; rows with a NULL in the reference do not count."""
    for table, reference in references(experiment):
        filled = quoted(reference.columns, "c.", " AND ", " IS NOT NULL")
        parent = f'SELECT 1 FROM "{reference.references_table}" p WHERE {_match(reference, "c", "p")}'
        orphans = f'"{table.name}" c WHERE {filled} AND NOT EXISTS ({parent})'
        assert count(connection, orphans) == 0, (table.name, reference.columns)


def _stands_alone(experiment: Experiment, table: Table, reference: ForeignKey) -> bool:
    """Whether a reference can be NULL as a whole, and is for no other reason than its own."""
    others = [other for other in table.references if other is not reference]
    pairs = list(zip(reference.columns, reference.references_columns, strict=True))
    if any(set(other.columns) & set(reference.columns) for other in others):
        return False
    if reference.references_table == table.name and any(own == target for own, target in pairs):
        return False
    # a column that others reference has values of its own, which they share
    shared = {
        name
        for _table, other in references(experiment)
        if other.references_table == table.name
        for name in other.references_columns
    }
    if shared & set(reference.columns):
        return False
    parent = experiment.table(reference.references_table)
    return all(
        can_be_null(experiment, table, table.column(own))
        and not can_be_null(experiment, parent, parent.column(target))
        for own, target in pairs
    )


def check_nulls_together(connection: duckdb.DuckDBPyConnection, experiment: Experiment, rows: Rows) -> None:
    """The columns of a reference are NULL together, unless one of them stands in another reference too."""
    for table, reference in references(experiment):
        if not rows[reference.references_table] or not _stands_alone(experiment, table, reference):
            continue
        any_null = quoted(reference.columns, between=" OR ", after=" IS NULL")
        any_filled = quoted(reference.columns, between=" OR ", after=" IS NOT NULL")
        wrong = f'"{table.name}" WHERE ({any_null}) AND ({any_filled})'
        assert count(connection, wrong) == 0, (table.name, reference.columns)


def check_null_shares(connection: duckdb.DuckDBPyConnection, experiment: Experiment, rows: Rows) -> None:
    """As many references are NULL as `null_fraction` asks, unless a key or an empty table asks for more."""
    for table, reference in references(experiment):
        in_a_key = any(set(key) & set(reference.columns) for key in table.keys)
        share, of = reference.null_fraction, rows[table.name]
        if share is None or in_a_key or rows[reference.references_table] == 0:
            continue
        if not _stands_alone(experiment, table, reference):
            continue
        nulls = count(connection, f'"{table.name}" WHERE {quoted(reference.columns, "", " OR ", " IS NULL")}')
        spread = 5 * (share * (1 - share) * of) ** 0.5 + 1
        assert abs(nulls - share * of) <= spread, (table.name, reference.columns)


def check_children(connection: duckdb.DuckDBPyConnection, experiment: Experiment, rows: Rows) -> None:
    """Where `children` bounds them, no parent has fewer or more."""
    for table, reference in references(experiment):
        parent = experiment.table(reference.references_table)
        keys = [parent.column(name) for name in reference.references_columns]
        if reference.children is None or any(can_be_null(experiment, parent, key) for key in keys):
            continue
        least, most = reference.children.min, reference.children.max
        counts = f"""SELECT count(c."{reference.columns[0]}") AS children
            FROM "{reference.references_table}" p LEFT JOIN "{table.name}" c ON {_match(reference, "c", "p")}
            GROUP BY {quoted(reference.references_columns, "p.")}"""
        outside = f"children < {least}" + (f" OR children > {most}" if most is not None else "")
        assert count(connection, f"({counts}) WHERE {outside}") == 0, (table.name, reference.columns)


def check_trees(connection: duckdb.DuckDBPyConnection, experiment: Experiment, rows: Rows) -> None:
    """In a reference of a table to itself that may end, every row stands after its parent."""
    for table, reference in references(experiment):
        if reference.references_table != table.name or not _promises_a_tree(table, reference):
            continue
        # where nothing in it can be NULL, a root is its own parent
        pairs = zip(reference.columns, reference.references_columns, strict=True)
        others = {n for other in table.references if other is not reference for n in other.columns}
        ends = any(
            can_be_null(experiment, table, table.column(own)) and own not in others
            for own, goal in pairs
            if own != goal
        )
        numbered = f'(SELECT *, row_number() OVER () AS "row number" FROM "{table.name}")'
        wrong = f"""{numbered} c JOIN {numbered} p ON {_match(reference, "c", "p")}
            WHERE p."row number" {">=" if ends else ">"} c."row number" """
        assert count(connection, wrong) == 0, (table.name, reference.columns)


def _promises_a_tree(table: Table, reference: ForeignKey) -> bool:
    """A declared tree, or an optional reference that nothing else has a say in."""
    if reference.tree is not None:
        return bool(reference.tree)
    held = {name for other in table.references if other is not reference for name in other.columns}
    held |= {name for key in table.keys for name in key}
    other_ways = reference.children or reference.skew or reference.childless
    return reference.nullable and not other_ways and not held & set(reference.columns)


def check_polymorphic(connection: duckdb.DuckDBPyConnection, experiment: Experiment, rows: Rows) -> None:
    """The type says in which table the row stands that is referenced."""
    for table in experiment.tables:
        for column in table.columns:
            if column.polymorphic is None:
                continue
            known = " OR ".join(
                f"""(c."{column.polymorphic.type_column}" = '{parent.type}' AND EXISTS (
                    SELECT 1 FROM "{parent.references_table}" p
                    WHERE p."{parent.references_column}" = c."{column.name}"))"""
                for parent in column.polymorphic.parents
            )
            wrong = f'"{table.name}" c WHERE c."{column.name}" IS NOT NULL AND ({known}) IS NOT TRUE'
            assert count(connection, wrong) == 0, (table.name, column.name)


def check_lookups(connection: duckdb.DuckDBPyConnection, experiment: Experiment, rows: Rows) -> None:
    """A copied column equals the join that it saves."""
    for table in experiment.tables:
        for column in table.columns:
            if column.lookup is None:
                continue
            source, here = f'"{table.name}" s0', table
            for step, name in enumerate(column.lookup.reference):
                reference = reference_of(here, name)
                here = experiment.table(reference.references_table)
                source += f' LEFT JOIN "{here.name}" s{step + 1} ON '
                source += _match(reference, f"s{step}", f"s{step + 1}")
            copied = f's{len(column.lookup.reference)}."{column.lookup.column}"'
            wrong = f'{source} WHERE s0."{column.name}" IS DISTINCT FROM {copied}'
            assert count(connection, wrong) == 0, (table.name, column.name)


CHECKS = (
    check_rows,
    check_required,
    check_keys,
    check_references,
    check_nulls_together,
    check_null_shares,
    check_children,
    check_trees,
    check_polymorphic,
    check_lookups,
)


def check_all(connection: duckdb.DuckDBPyConnection, experiment: Experiment, rows: Rows) -> None:
    """Every check of this module."""
    for check in CHECKS:
        check(connection, experiment, rows)
