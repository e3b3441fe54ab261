"""What a DEFAULT is as a value of its column's type: not every warehouse takes 0 for FALSE."""

from sqlglot import exp

from dw_simulator.types import Kind, SqlType

_TRUTHS = {**dict.fromkeys(("0", "false", "f", "no", "n", "off"), False)}
_TRUTHS |= dict.fromkeys(("1", "true", "t", "yes", "y", "on"), True)


def default_of(declared: SqlType, tree: exp.Expr) -> exp.Expr:
    """The same value as the column's type has it: a truth value for 0 and 't'."""
    if declared.kind is Kind.BOOLEAN and tree.key == "literal" and tree.name.lower() in _TRUTHS:
        return exp.Boolean(this=_TRUTHS[tree.name.lower()])
    return tree


def fits_default(declared: SqlType, tree: exp.Expr) -> bool:
    """Whether it is a value of the type: an empty text is no document, and 2 no truth value."""
    if tree.key != "literal":
        return True
    if declared.kind is Kind.BOOLEAN:
        return tree.name.lower() in _TRUTHS
    empty = bool(tree.args.get("is_string")) and not tree.name.strip()
    return not (empty and declared.kind in (Kind.JSON, Kind.NESTED))
