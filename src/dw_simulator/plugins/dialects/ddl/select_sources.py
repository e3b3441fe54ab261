"""A SELECT made ready to be told its columns: what it reads has names of its own, and so has each column.

Names are small letters in the tree, wherever they stand: no table has columns that differ in letter case
alone. How they were said is remembered.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sqlglot import exp

from dw_simulator.plugins.dialects.ddl.script import MadeTable, Script

_SERIES = frozenset({"generateseries", "explodinggenerateseries", "range", "generate_series"})
_FLATTENED = "seq BIGINT, key VARCHAR, path VARCHAR, index BIGINT, value VARIANT, this VARIANT"
_TABLE_FUNCTIONS: Mapping[str, str] = {
    "flatten": _FLATTENED,
    "explode": _FLATTENED,  # sqlglot's word for it
    "split_to_table": "seq BIGINT, index BIGINT, value VARCHAR",
    "string_split": "value NVARCHAR(4000), ordinal BIGINT",
    "result_scan": "",
}
"""The columns of functions that give tables."""
_PLAINLY_NAMED = frozenset(
    {"alias", "aliases", "column", "star", "dot", "identifier", "columns", "positionalcolumn"}
)


def _spoken(script: Script, node: exp.Expr, _index: int) -> str:
    """An expression's own words, as most warehouses call it."""
    return script.sql(node)


def _spoken_low(script: Script, node: exp.Expr, _index: int) -> str:
    """The same with functions in small letters, and brackets around what has an operator."""
    if node.sql() == "COUNT(*)":
        return "count_star()" if "DuckDB" in script.dialect.__name__ else "count(1)"
    words = node.sql(dialect=script.dialect, comments=False, normalize_functions="lower")
    return f"({words})" if isinstance(node, exp.Binary) else words


def _numbered(_script: Script, _node: exp.Expr, index: int) -> str:
    return f"f{index}_"


def _by_function(script: Script, node: exp.Expr, _index: int) -> str:
    """The function's name; of a cast, what is cast."""
    while node.key in ("cast", "trycast", "window", "filter", "withingroup", "paren"):
        kind = node.args.get("to")
        node = node.this
        if node.key in ("column", "dot"):
            return script.folded(node.this if node.key == "column" else node.expression)
        if kind is not None and node.key == "literal":
            return script.sql(kind).lower().partition("(")[0]
    if node.key == "case":
        return "case"
    called = script.sql(node).partition("(")
    return called[0].lower() if called[1] and called[0].isidentifier() else "?column?"


_UNNAMED: Mapping[str, Callable[[Script, exp.Expr, int], str]] = {
    "Postgres": _by_function,
    "BigQuery": _numbered,
    "DuckDB": _spoken_low,
    "Hive": _spoken_low,
}
"""What a column without a name is called, by sqlglot's class of the dialect."""
_VALUES: Mapping[str, tuple[str, int]] = {"DuckDB": ("col", 0), "Hive": ("col", 1), "MySQL": ("column_", 0)}
"""What the columns of VALUES are called, and the number of the first."""


Found = TypeVar("Found")


def of_dialect(script: Script, table: Mapping[str, Found], usual: Found) -> Found:
    """What a table by sqlglot's classes says of a dialect."""
    return next((table[one.__name__] for one in script.dialect.__mro__ if one.__name__ in table), usual)


@dataclass
class Sources:
    """What a query reads.

    tables   the script's, by the names that they have in the tree
    missing  whether it reads others, too
    said     names as they were said, by what they are in small letters
    """

    script: Script
    tables: dict[str, MadeTable] = field(default_factory=dict)
    missing: bool = False
    said: dict[str, str] = field(default_factory=dict)

    def prepare(self, tree: exp.Query) -> exp.Query:
        """The query, ready for sqlglot."""
        for select in tree.find_all(exp.Select):
            select.set("into", None)
        for stream in list(tree.find_all(exp.Stream)):
            stream.replace(stream.this.unnest())
        for values in list(tree.find_all(exp.Values)):
            self._name_values(values)
        for node in list(tree.find_all(exp.Table, exp.Lateral)):
            self._select_from_function(node)
        for select in list(tree.find_all(exp.Select)):
            self._name_columns(select)
        for name in list(tree.find_all(exp.Identifier)):
            self._in_small_letters(name)
        self._read_tables(tree)
        return tree

    def _in_small_letters(self, name: exp.Identifier) -> None:
        text = self.script.folded(name)
        if isinstance(name.parent, (exp.Alias, exp.TableAlias)):
            self.said[text.lower()] = text
        name.replace(exp.Identifier(this=text.lower(), quoted=True))

    def _read_tables(self, tree: exp.Query) -> None:
        """Find each table, and leave the names of schemas before those of columns out."""
        own = {cte.alias_or_name for cte in tree.find_all(exp.CTE)}
        for table in list(tree.find_all(exp.Table)):
            said_above = table.name in own and not table.args.get("db") and not _is_within_its_own(table)
            if isinstance(table.this, exp.Identifier) and not said_above:
                self._read(table)
        read = {one.alias_or_name for one in tree.find_all(exp.Table, exp.Subquery, exp.Lateral, exp.Unnest)}
        for column in tree.find_all(exp.Column):  # those of a struct's field are no schemas
            if column.table in read:
                column.set("db", None)
                column.set("catalog", None)

    def name(self, text: str) -> str:
        """A name as it was said."""
        if (said := self.said.get(text.lower())) is not None:
            return said
        found = (made.column(text) for made in self.tables.values())
        return next((one["name"] for one in found if one is not None), text.lower())

    def _read(self, table: exp.Table) -> None:
        """Give a table a name of its own, and keep the one that it has as an alias."""
        made = self.script.find(self.script.name(table), views=True)
        self.missing |= made is None or not made.is_made
        name = f"source {len(self.tables)}" if made is not None else f"unknown {table.name}"
        if made is not None:
            self.tables[name] = made
        if not table.alias:
            table.set("alias", exp.TableAlias(this=exp.Identifier(this=table.name, quoted=True)))
        for part in ("db", "catalog"):
            table.set(part, None)
        table.set("this", exp.Identifier(this=name, quoted=True))

    # --- columns without names

    def _name_columns(self, select: exp.Select) -> None:
        called = of_dialect(self.script, _UNNAMED, _spoken)
        unnamed = 0
        for one in list(select.expressions):
            keeps_cast = one.key == "cast" and called is not _numbered and one.this.key == "column"
            if one.key in _PLAINLY_NAMED or one.is_star or keeps_cast or isinstance(one.parent, exp.Subquery):
                continue
            name = called(self.script, one, unnamed) or f"_col_{unnamed}"
            unnamed += 1
            one.replace(exp.Alias(this=one.copy(), alias=exp.Identifier(this=name, quoted=True)))

    def _name_values(self, values: exp.Values) -> None:
        """Columns of VALUES are numbered; `$1` means the first."""
        alias = values.args.get("alias")
        rows = values.expressions
        width = len(rows[0].expressions) if rows and rows[0].key == "tuple" else 1
        if alias is not None and alias.args.get("columns"):
            return
        begin, first = of_dialect(self.script, _VALUES, ("column", 1))
        names = [exp.Identifier(this=f"{begin}{k + first}", quoted=False) for k in range(width)]
        name = alias.this if alias is not None and alias.this is not None else exp.Identifier(this="values_")
        values.set("alias", exp.TableAlias(this=name.copy(), columns=names))
        select = values.find_ancestor(exp.Select)
        for marked in list(select.find_all(exp.Parameter)) if select is not None else ():
            if marked.name.isdigit():
                column = marked.parent if isinstance(marked.parent, exp.Column) else marked
                column.replace(exp.column(f"{begin}{int(marked.name) - 1 + first}"))

    # --- functions that give tables

    def _select_from_function(self, node: exp.Expr) -> None:
        function = node.this
        if node.key == "lateral" and not function.find(exp.Kwarg):
            return  # one that sqlglot knows
        if not isinstance(function, exp.Func):
            return
        called = function.name.lower() if function.key == "anonymous" else function.key
        if called in _SERIES:
            columns = [self._series(function, called)]
        elif called in _TABLE_FUNCTIONS:
            columns = list(_typed(_TABLE_FUNCTIONS[called]))
        else:
            return
        alias = node.args.get("alias")
        names = list(alias.args.get("columns") or ()) if alias is not None else []
        for column, name in zip(columns, names, strict=False):
            column.set("alias", name.copy())
        if (
            called in _SERIES
            and alias is not None
            and not names
            and alias.this is not None
            and self._takes_alias
        ):
            columns[0].set("alias", alias.this.copy())
        name = (
            alias.this.copy() if alias is not None and alias.this is not None else exp.to_identifier(called)
        )
        query = exp.Select(expressions=columns)
        node.replace(exp.Subquery(this=query, alias=exp.TableAlias(this=name)))

    @property
    def _takes_alias(self) -> bool:
        """Whether the column of a function is called as the function's alias."""
        return "Postgres" in {one.__name__ for one in self.script.dialect.__mro__}

    def _series(self, function: exp.Expr, called: str) -> exp.Alias:
        """The column of generate_series or range, which is of the type of its bounds."""
        bounds = [function.args.get("start"), function.args.get("end"), *function.expressions]
        said = [one for one in bounds if isinstance(one, exp.Expr)] or [exp.Literal.number(1)]
        step = function.args.get("step") or (function.expressions[2:] or [None])[0]
        names = {one.__name__ for one in self.script.dialect.__mro__}
        value: exp.Expr = said[0].copy()
        if step is not None and step.find(exp.Interval):
            value = exp.cast(value, exp.DType.TIMESTAMP)
        elif names & {"DuckDB", "Hive"}:
            value = exp.cast(value, exp.DType.BIGINT)
        usual = "range" if called == "range" or function.args.get("is_end_exclusive") else "generate_series"
        return exp.Alias(
            this=value, alias=exp.Identifier(this="id" if "Hive" in names else usual, quoted=False)
        )


def _typed(text: str) -> Iterator[exp.Alias]:
    """Columns of these names and types."""
    for one in text.split(", "):
        name, _blank, kind = one.partition(" ")
        yield exp.Alias(this=exp.cast(exp.Null(), kind), alias=exp.Identifier(this=name, quoted=False))


def branches(tree: exp.Expr) -> Sequence[exp.Select]:
    """The SELECTs whose rows a query has, in their order."""
    while tree.key == "subquery":
        tree = tree.this
    if isinstance(tree, exp.Select):
        return [tree]
    if tree.key in ("union", "except", "intersect"):
        return [*branches(tree.this), *branches(tree.args["expression"])]
    return []


def missing_sometimes(select: exp.Select) -> set[str]:
    """The tables of a SELECT that have no row for some of its rows, as outer joins make it."""
    begun = select.args.get("from_")
    before = {begun.this.alias_or_name} if begun is not None else set()
    found: set[str] = set()
    for join in select.args.get("joins") or ():
        side, name = (join.side or "").upper(), join.this.alias_or_name
        found |= {name} if side in ("LEFT", "FULL") else set()
        found |= before if side in ("RIGHT", "FULL") else set()
        before.add(name)
    return found


def _is_within_its_own(table: exp.Table) -> bool:
    """Whether it stands in what is called by its name: WITH t AS (SELECT * FROM t) reads the table t."""
    cte = table.find_ancestor(exp.CTE)
    while cte is not None and cte.alias_or_name != table.name:
        cte = cte.find_ancestor(exp.CTE)
    return cte is not None and not (isinstance(cte.parent, exp.With) and cte.parent.recursive)
