"""What a warehouse's CREATE TABLE has words for: the names of its types, keys, clauses, comments."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

from dw_simulator.plugins.dialects.ddl.type_names import TypeNames, same_values
from dw_simulator.schema.model import Table
from dw_simulator.types import Kind, SqlType

Quote = Callable[[str], exp.Identifier]


def always(_name: str) -> bool:
    """Whether a name needs quotes: each gets them.

    Where unquoted names fold to lower case, as they do when they are read here, a name means the same with
    and without quotes, and no list of reserved words has to be right.
    """
    return True


def identity(declared: SqlType, start: int, step: int) -> exp.Expr | None:
    """The constraint of a column that counts by itself; None where its type cannot."""
    if declared.kind is not Kind.INTEGER:
        return None
    return exp.GeneratedAsIdentityColumnConstraint(this=False, start=number(start), increment=number(step))


def number(value: int) -> exp.Expr:
    """A whole number, negative ones too."""
    return exp.Literal.number(value)


def no_identity(_declared: SqlType, _start: int, _step: int) -> None:
    """For warehouses whose columns do not count."""


@dataclass(frozen=True)
class DdlWords:
    """What a warehouse's CREATE TABLE has words for.

    name          the dialect's
    names, limits the names of types, and what is too long for them
    kept          declared types that are names of its own for what `names` calls otherwise
    quoted        whether a name needs quotes
    identity      the constraint of an identity column, or None where its type cannot be one
    clauses       what follows the columns of a table: keys of sorting and distribution
    says          which of "checks", "unique", "nulls not distinct", "late references", "sort_key",
                  "dist_key", "dist_style" and "encode" it has; without "unique", only primary keys can be
                  referenced
    key_options   what follows every key and reference
    table_comment, column_comment  how a comment stands within CREATE TABLE; None: COMMENT ON says it
    most_sorted   how many columns a sort key has at the most
    comparable    whether a reference between two types can be declared
    longest_name  in bytes; what is longer gets cut
    unfit         what no name may hold, in quotes neither
    """

    name: str
    sqlglot: type[Dialect]
    names: TypeNames
    limits: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    kept: re.Pattern[str] = re.compile("(?!)")
    quoted: Callable[[str], bool] = always
    identity: Callable[[SqlType, int, int], exp.Expr | None] = identity
    clauses: Callable[[Table, Quote], Iterable[exp.Expr]] = lambda _table, _quote: ()
    says: frozenset[str] = frozenset({"checks", "unique", "late references"})
    key_options: tuple[str, ...] = ()
    table_comment: Callable[[str], exp.Expr] | None = None
    column_comment: Callable[[str], exp.Expr] | None = None
    most_sorted: int = 1 << 16
    comparable: Callable[[SqlType, SqlType], bool] = same_values
    longest_name: int = 127
    unfit: re.Pattern[str] = re.compile("(?!)")


def cluster_by(table: Table, quote: Quote, most: int | None = None) -> Iterator[exp.Expr]:
    """CLUSTER BY the sort key, or as many of its columns as the warehouse takes."""
    if table.sort_key:
        columns = [exp.Column(this=quote(name)) for name in table.sort_key[:most]]
        yield exp.ClusterProperty(expressions=columns)
