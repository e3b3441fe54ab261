"""What concerns several parts of a schema: names, keys over columns, references between tables.

Each function of CHECKS yields what it finds wrong; `schema.reading.parse` reports all of it together.
"""

from collections.abc import Callable, Iterable, Iterator

from dw_simulator.errors import Problem, closest
from dw_simulator.schema.model import (
    SOURCES,
    Column,
    Experiment,
    ForeignKey,
    GivenRows,
    Lookup,
    Polymorphic,
    Table,
    Tree,
)
from dw_simulator.types import Kind


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


def check_places(experiment: Experiment) -> Iterator[Problem]:
    """No two tables have one name in one schema of a warehouse."""
    taken: dict[tuple[str, str], str] = {}
    for i, table in enumerate(experiment.tables):
        schema, name = table.warehouse_schema or experiment.name, table.warehouse_name or table.name
        other = taken.setdefault((schema.lower(), name.lower()), table.name)
        if other.lower() != table.name.lower():
            message = f"{schema}.{name} is the place of {other}, too"
            yield Problem(f"tables[{i}].warehouse_name", message, "give it another name there")


def _key_places(table: Table) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(place within the table, columns) of every key of several columns."""
    yield "primary_key", table.primary_key
    for k, key in enumerate(table.unique):
        yield f"unique[{k}]", key
    for k, key in enumerate(table.composite_keys):
        yield f"composite_keys[{k}]", key
    yield "inferred_key", table.inferred_key


def check_nulls_not_distinct(experiment: Experiment) -> Iterator[Problem]:
    """Only a key can have NULLs that are not distinct, and then there is no room for a share of them."""
    for i, table in enumerate(experiment.tables):
        keys = {frozenset(key) for key in table.keys}
        for k, names in enumerate(table.nulls_not_distinct):
            place = f"tables[{i}].nulls_not_distinct[{k}]"
            if frozenset(names) not in keys:
                message = f"({', '.join(names)}) is no key of {table.name}"
                yield Problem(place, message, "name it in unique as well")
            for column in (column for column in map(table.column, names) if column is not None):
                if column.null_fraction or column.null_when:
                    message = (
                        f"{table.name}.{column.name} is to be NULL, and no two rows may be without a value"
                    )
                    yield Problem(place, message, "leave null_fraction and null_when out there")


def _named_columns(table: Table) -> Iterator[tuple[str, str]]:
    """(place within the table, column name) wherever a table names its own columns."""
    groups = list(_key_places(table))
    groups += [(f"foreign_keys[{k}].columns", key.columns) for k, key in enumerate(table.foreign_keys)]
    groups += [(f"faults[{k}].columns", fault.columns) for k, fault in enumerate(table.faults)]
    groups += [(f"nulls_not_distinct[{k}]", names) for k, names in enumerate(table.nulls_not_distinct)]
    groups += [(f"correlate[{k}].columns", entry.columns) for k, entry in enumerate(table.correlate)]
    groups += [("sort_key", table.sort_key)]
    for place, names in groups:
        for j, name in enumerate(names):
            yield f"{place}[{j}]", name
    if table.dist_key is not None:
        yield "dist_key", table.dist_key
    for name, life in table.lifecycles.items():
        yield f"lifecycles.{name}", life.reference[0] if life.reference else life.starts


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
            if reference.nullable and set(reference.columns) <= set(table.primary_key)
            for name in reference.columns
        ]
        optional += [
            (f"columns[{j}].polymorphic.nullable", name, "say false")
            for j, column in enumerate(table.columns)
            if column.polymorphic is not None and column.polymorphic.nullable
            for name in (column.name, column.polymorphic.type_column)
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
    columns = set(reference.references_columns)
    if not missing and not any(set(key) <= columns or columns <= set(key) for key in parent.keys):
        wanted = ", ".join(reference.references_columns)
        message = f"{parent.name}({wanted}) is not unique, so a reference to it means no certain row"
        mend = f"declare it unique or the primary key of {parent.name}, or reference one of its keys"
        yield Problem(place, message, mend)


def check_ways(experiment: Experiment) -> Iterator[Problem]:
    """The references that another one goes by lead to what it references."""
    for i, table in enumerate(experiment.tables):
        for place, _place, reference in _reference_places(i, table):
            if reference.via:
                yield from _check_way(place.replace("references_table", "via"), experiment, table, reference)


def _check_way(place: str, experiment: Experiment, table: Table, own: ForeignKey) -> Iterator[Problem]:
    at: Table | None = table
    for step in own.via:
        assert at is not None, "references that lead nowhere have ended it"
        found = [one for one in at.references if step in one.columns]
        if at is table and own in found:
            found.remove(own)
        if not found:
            known = [name for one in at.references for name in one.columns]
            yield Problem(place, f"{at.name}.{step} is no reference{closest(step, known)}", _GO_BY)
            return
        named = [one for one in found if one.columns == (step,)] or found
        at = experiment.table(named[0].references_table)
        if at is None:
            return  # which is told there
    assert at is not None, "there is a last step"
    goal = (own.references_table, own.references_columns)
    onward = [one for one in at.references if (one.references_table, one.references_columns) == goal]
    if at.name == own.references_table or len(onward) == 1:
        return
    target = f"{own.references_table}({', '.join(own.references_columns)})"
    if onward:
        names = " and ".join(", ".join(one.columns) for one in onward)
        message = f"{at.name} has {len(onward)} references to {target}: {names}"
        yield Problem(place, message, f"go on by one of them: add {onward[0].columns[0]}")
    else:
        yield Problem(place, f"leads to {at.name}, which has no reference to {target}", _GO_BY)


_GO_BY = "name columns of foreign keys, one after another, that lead to what is referenced"


def check_sources(experiment: Experiment) -> Iterator[Problem]:
    """A column of a reference, and the type column of a polymorphic one, have no values of their own."""
    for i, table in enumerate(experiment.tables):
        for _place, place, reference in _reference_places(i, table):
            for name in reference.columns:
                column = table.column(name)
                if column is not None and column.rule is None and _own_source(column):
                    if column.lookup is not None and _is_via(experiment, table, column.lookup, reference):
                        continue
                    source = reference.references_table
                    message = (
                        f"{table.name}.{name} has a {_own_source(column)}, but its values come from {source}"
                    )
                    yield Problem(place, message, f"leave the {_own_source(column)} out")


def _is_via(experiment: Experiment, table: Table, lookup: Lookup, reference: ForeignKey) -> bool:
    """Whether a lookup copies what is referenced, or a reference to it."""
    at: Table | None = table
    for step in lookup.reference:
        found = next((one for one in at.references if step in one.columns), None) if at is not None else None
        at = experiment.table(found.references_table) if found is not None else None
    if at is None or len(reference.columns) > 1:
        return False
    goal = (reference.references_table, reference.references_columns[0])
    onward = [
        (one.references_table, one.references_columns[one.columns.index(lookup.column)])
        for one in at.references
        if lookup.column in one.columns
    ]
    return goal in [(at.name, lookup.column), *onward]


def _own_source(column: Column) -> str:
    """The field that gives a column values other than those of a reference; empty for none."""
    return next((name for name in SOURCES if name != "foreign_key" and getattr(column, name)), "")


def check_polymorphic(experiment: Experiment) -> Iterator[Problem]:
    """A polymorphic column names a text column of its table, and keys of others."""
    known = [table.name for table in experiment.tables]
    for i, table in enumerate(experiment.tables):
        for j, column in enumerate(table.columns):
            if column.polymorphic is None:
                continue
            place = f"tables[{i}].columns[{j}].polymorphic"
            yield from _check_type_column(place, table, column.polymorphic)
            for k, option in enumerate(column.polymorphic.parents):
                at = f"{place}.parents[{k}]"
                parent = experiment.table(option.references_table)
                if parent is None:
                    message = f"there is no table {option.references_table!r}"
                    yield Problem(f"{at}.references_table", message + closest(option.references_table, known))
                    continue
                reference = ForeignKey(
                    columns=(column.name,),
                    references_table=parent.name,
                    references_columns=(option.references_column,),
                )
                yield from _check_target(f"{at}.references_column", parent, reference)


def _check_type_column(place: str, table: Table, declared: Polymorphic) -> Iterator[Problem]:
    place, name = f"{place}.type_column", declared.type_column
    column = table.column(name)
    if column is None:
        known = [column.name for column in table.columns]
        yield Problem(place, f"table {table.name!r} has no column {name!r}{closest(name, known)}")
        return
    if column.type.kind is not Kind.TEXT:
        message = f"{table.name}.{name} holds the types and has to be text, not {column.data_type}"
        yield Problem(place, message, "declare it as VARCHAR")
    longest = max((option.type for option in declared.parents), key=lambda text: len(text.encode()))
    if column.type.kind is Kind.TEXT and len(longest.encode()) > column.type.length:
        message = f"{longest!r} does not fit {table.name}.{name} {column.data_type}"
        yield Problem(place, message, f"widen it to {len(longest.encode())}")
    sharing = [
        other for other in table.columns if other.polymorphic and other.polymorphic.type_column == name
    ]
    if len(sharing) > 1:
        message = f"{table.name}.{name} holds the types of {' and of '.join(c.name for c in sharing)}"
        yield Problem(place, message, "give each a type column of its own")
    used = _own_source(column) or ("foreign_key" if column.foreign_key else "")
    if used or any(name in reference.columns for reference in table.references):
        message = f"{table.name}.{name} holds the types, but has values of its own"
        yield Problem(place, message, f"leave its {used or 'foreign key'} out")


def check_null_fractions(experiment: Experiment) -> Iterator[Problem]:
    """A reference that is never NULL has no share of NULLs."""
    for i, table in enumerate(experiment.tables):
        for place, _place, reference in _reference_places(i, table):
            columns = [column for name in reference.columns if (column := table.column(name)) is not None]
            if reference.null_fraction and not reference.nullable and all(c.required for c in columns):
                message = f"{table.name}({', '.join(reference.columns)}) cannot be NULL"
                at = place.replace("references_table", "null_fraction")
                yield Problem(at, message, 'say "nullable": true')


def check_distinct(experiment: Experiment) -> Iterator[Problem]:
    """A reference that is distinct is so from one that stands before it."""
    for i, table in enumerate(experiment.tables):
        before: set[str] = set()
        for place, _place, reference in _reference_places(i, table):
            if reference.distinct and reference.references_table not in before:
                message = (
                    f"no reference of {table.name} to {reference.references_table} stands before this one"
                )
                yield Problem(
                    place.replace("references_table", "distinct"), message, "say distinct at the second one"
                )
            before.add(reference.references_table)


def check_trees(experiment: Experiment) -> Iterator[Problem]:
    """Only a reference of a table to itself makes a tree; a tree's shape says how many rows are NULL."""
    for i, table in enumerate(experiment.tables):
        for place, _place, reference in _reference_places(i, table):
            if reference.tree and reference.references_table != table.name:
                message = f"{table.name} references {reference.references_table}, so its rows form no tree"
                yield Problem(place.replace("references_table", "tree"), message, "leave tree out")
            if isinstance(reference.tree, Tree) and reference.tree.has_shape and reference.null_fraction:
                message = f"{table.name}: the roots of this tree are its NULLs, so no share of NULLs fits in"
                mend = "leave null_fraction out, or say how many roots there are"
                yield Problem(place.replace("references_table", "tree"), message, mend)


def check_hidden(experiment: Experiment) -> Iterator[Problem]:
    """Something is left to be written: a table, and a column of each table that is."""
    if all(table.hidden for table in experiment.tables):
        yield Problem("tables", "every table is hidden, so nothing would be written", "show one of them")
    for i, table in enumerate(experiment.tables):
        if not table.hidden and all(column.hidden for column in table.columns):
            message = f"every column of {table.name} is hidden"
            yield Problem(f"tables[{i}].columns", message, 'show one, or hide the table: "hidden": true')
        if table.hidden and table.faults:
            message = f"{table.name} is hidden, so nobody would find its faults"
            yield Problem(f"tables[{i}].faults", message, "show it, or leave the faults out")
        faulty = {name for fault in table.faults for name in fault.columns}
        for j, column in enumerate(table.columns):
            if column.name in faulty and column.hidden:
                message = f"{table.name}.{column.name} is hidden, so nobody would find its faults"
                yield Problem(f"tables[{i}].columns[{j}].hidden", message, "show it, or leave the faults out")


def check_correlations(experiment: Experiment) -> Iterator[Problem]:
    """A column goes with others in one place, where all of them are together; none has others' values."""
    for i, table in enumerate(experiment.tables):
        seen: set[str] = set()
        copied = {name for reference in table.references for name in reference.columns}
        copied |= {c.name for c in table.columns if c.lookup or c.polymorphic} | {*table.typed}
        for k, entry in enumerate(table.correlate):
            for j, name in enumerate(entry.columns):
                place = f"tables[{i}].correlate[{k}].columns[{j}]"
                if name in copied:
                    message = (
                        f"{table.name}.{name} has the values of another table, which go with nothing else"
                    )
                    mend = "leave it out, or correlate the column where its values come from"
                    yield Problem(place, message, mend)
                if name in seen:
                    message = f"{table.name}.{name} stands in two correlations"
                    yield Problem(place, message, "put all of their columns into one, with a matrix")
                seen.add(name)


def check_given(experiment: Experiment) -> Iterator[Problem]:
    """Rows that a table is given are of its columns, and these have no other values."""
    for i, table in enumerate(experiment.tables):
        if table.rows is None or table.rows.days is not None or not table.rows.are_given:
            continue
        given, place, known = experiment.given(table), f"tables[{i}].rows", [c.name for c in table.columns]
        if given is None:
            words = f"there is no reference data {table.rows.of!r}"
            yield Problem(f"{place}.of", words + closest(str(table.rows.of), experiment.reference_data))
            continue
        if table.target_rows not in (None, given.count):
            words = f"{table.target_rows:,} rows are asked, and {given.count:,} are given"
            yield Problem(f"tables[{i}].target_rows", f"{table.name}: {words}", "leave it out")
        strange = [name for name in given.names if name not in known]
        if table.rows.of is None or len(strange) == len(given.names):
            for name in strange:
                yield Problem(place, f"table {table.name!r} has no column {name!r}{closest(name, known)}")
        yield from _check_given_columns(f"tables[{i}]", table, given)


def check_proportions(experiment: Experiment) -> Iterator[Problem]:
    """Rows in proportion are so to those of a table that there is, and not of one that waits for them."""
    names = [table.name for table in experiment.tables]
    for i, table in enumerate(experiment.tables):
        way, per = [table.name], table.rows_per
        place = f"tables[{i}].rows.per"
        while per is not None and per.per is not None:
            other = experiment.table(per.per)
            if other is None:
                if len(way) == 1:
                    yield Problem(place, f"there is no table {per.per!r}{closest(per.per, names)}")
                break
            way.append(other.name)
            if other.name in way[:-1]:
                if other is table:
                    circle = " -> ".join(way)
                    yield Problem(place, f"the rows of {circle} wait for each other", "give one a number")
                break
            per = other.rows_per


_NOT_GIVEN = ("children", "skew", "childless", "tree", "distinct", "pick", "via", "null_fraction")
"""Options of references that say which rows are referenced."""


def _check_given_columns(place: str, table: Table, given: GivenRows) -> Iterator[Problem]:
    mend = "leave it out, or leave the column out of the rows"
    for j, column in enumerate(table.columns):
        if column.name not in given.names:
            continue
        own = ("faker_rule", "distribution", "rule", "polymorphic", "lookup", "null_when", "null_fraction")
        guessed = bool(column.inferred)
        said = [name for name in own if getattr(column, name) and not (guessed and name in own[:3])]
        said += ["name"] if column.name in table.typed else []
        for name in said[:1]:
            words = f"{table.name}.{column.name} has its values from the rows of {table.name}"
            yield Problem(f"{place}.columns[{j}].{name}", words, mend)
    for reference in table.references:
        some = [name for name in reference.columns if name in given.names]
        label = f"{table.name}({', '.join(reference.columns)})"
        if some and len(some) < len(reference.columns):
            yield Problem(place, f"{label}: the rows say {', '.join(some)} alone", "give all columns of it")
        chosen = reference.guessed or {}  # a guess gives way to the rows
        for name in (n for n in _NOT_GIVEN if some and getattr(reference, n) and n not in chosen):
            yield Problem(
                place, f"{label}: the rows say what it references, so {name} has no say", "leave it out"
            )


CHECKS: tuple[Callable[[Experiment], Iterator[Problem]], ...] = (
    check_names,
    check_places,
    check_own_columns,
    check_primary_keys,
    check_nulls_not_distinct,
    check_references,
    check_ways,
    check_sources,
    check_polymorphic,
    check_null_fractions,
    check_distinct,
    check_trees,
    check_hidden,
    check_correlations,
    check_given,
    check_proportions,
)
