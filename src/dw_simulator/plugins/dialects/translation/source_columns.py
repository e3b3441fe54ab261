"""The names of the columns that a query reads and gives, as far as they are known."""

from collections.abc import Mapping

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.scopes import cte_of, sources
from dw_simulator.ports.statement import TypedTables

Names = list[exp.Identifier]
"""In their order, as they are written."""


class SourceColumns:
    """Looks names up, given the experiment's tables. What is not known is None."""

    def __init__(self, tables: TypedTables) -> None:
        self._tables: Mapping[str, list[str]] = {
            name.lower(): list(columns) for name, columns in tables.items()
        }

    def of_source(self, source: exp.Expr) -> Names | None:
        """The columns of a table, a query or a LATERAL in a FROM."""
        if source.args.get("pivots") or source.args.get("joins"):
            return None
        found = self._of_table(source) if isinstance(source, exp.Table) else self._of_lateral(source)
        return _renamed(found, source)

    def _of_table(self, table: exp.Table) -> Names | None:
        cte = cte_of(table)
        if cte is not None:
            return _renamed(self.of_query(cte.this), cte)
        columns = self._tables.get(table.name.lower())
        if columns is None or table.this.key != "identifier":
            return None
        return [exp.to_identifier(name, quoted=True) for name in columns]

    def _of_lateral(self, source: exp.Expr) -> Names | None:
        inner = source.this if source.key in ("lateral", "subquery") else source
        return self.of_query(inner)

    def of_query(self, query: exp.Expr) -> Names | None:
        """The columns that a query gives."""
        inner = query.unnest()
        while isinstance(inner, exp.SetOperation):
            inner = inner.left.unnest()
        if not isinstance(inner, exp.Select):
            return None
        found: Names = []
        for part in inner.selects:
            names = self.of_star(part, inner) if part.is_star else [_name(part)]
            if names is None or None in names:
                return None
            found += [one for one in names if one is not None]
        return found

    def of_star(self, star: exp.Expr, query: exp.Expr) -> Names | None:
        """What `*` or `t.*` stands for in a query, but for what it leaves out."""
        found: Names = []
        for _source, names in self.of_stars_sources(star, query):
            if names is None:
                return None
            found += names
        inner = star.this if star.key == "column" else star
        left_out = {one.name.lower() for one in inner.args.get("except_") or ()}
        return [one for one in found if one.name.lower() not in left_out]

    def of_stars_sources(self, star: exp.Expr, query: exp.Expr) -> list[tuple[exp.Expr, Names | None]]:
        """Each source that a star means, and its columns."""
        table = star.text("table").lower()
        read = [one for one in sources(query) if table in ("", one.alias_or_name.lower())]
        return [(one, None if _is_merged(one) else self.of_source(one)) for one in read]

    def has(self, query: exp.Expr, name: str) -> bool | None:
        """Whether something that a SELECT reads has a column of a name."""
        found: bool | None = False
        for source in sources(query):
            names = self.of_source(source)
            if names is None:
                found = None
            elif any(one.name.lower() == name.lower() for one in names):
                return True
        return found


def _is_merged(source: exp.Expr) -> bool:
    """Whether columns of a join are one: USING, NATURAL."""
    join = source.parent
    return join is not None and join.key == "join" and bool(join.args.get("using") or join.args.get("method"))


def _name(part: exp.Expr) -> exp.Identifier | None:
    alias = part.args.get("alias") if part.key == "alias" else part.this if part.key == "column" else None
    return alias.copy() if isinstance(alias, exp.Identifier) else None


def _renamed(names: Names | None, source: exp.Expr) -> Names | None:
    """With the names of an alias like `c(a, b)`."""
    alias = source.args.get("alias")
    given = alias.args.get("columns") or [] if alias is not None and alias.key == "tablealias" else []
    if not given:
        return names
    return [*(one.copy() for one in given), *(names or [])[len(given) :]]
