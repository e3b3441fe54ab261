"""Text of Redshift in PostgreSQL: lists, regular expressions, digests, and blanks at the end."""

import re

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.aggregate_rewrites import listagg, ordered_listagg
from dw_simulator.plugins.dialects.translation.coercion import cast_to
from dw_simulator.plugins.dialects.translation.postgres_numbers import kind, type_of
from dw_simulator.plugins.dialects.translation.rewriting import (
    Rewrite,
    Rewrites,
    counted,
    fill,
    parsed,
    postgres,
)
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.plugins.dialects.typed.result_tables import GROUPS

# --- lists


def list_of_texts(node: exp.Expr) -> exp.Expr:
    """LISTAGG of whatever it is."""
    return node if _is_in_window(node) else _list(node)


def _list(node: exp.Expr) -> exp.Expr:
    made = listagg(node)
    inside = made.this
    if inside.key not in ("distinct", "order") and kind(inside) not in ("text", ""):
        made.set("this", exp.cast(inside.copy(), "text"))
    return made


def ordered_list(node: exp.Expr) -> exp.Expr:
    """LISTAGG in an order; of distinct numbers and days by way of an array, which is ordered as they are."""
    inside = node.this
    if _is_in_window(node):
        return node
    if inside.key != "groupconcat" or inside.this.key != "distinct" or kind(inside.this) in ("text", ""):
        if inside.key == "groupconcat":
            _list(inside)
        return ordered_listagg(node)
    inside = listagg(inside)
    value = exp.Distinct(expressions=[one.copy() for one in inside.this.expressions])
    array = exp.ArrayAgg(this=exp.Order(this=value, expressions=node.expression.expressions))
    separator = inside.args.get("separator") or exp.Literal.string("")
    return exp.Anonymous(this="array_to_string", expressions=[array, separator.copy()])


def _is_in_window(node: exp.Expr) -> bool:
    """Whether its turn comes with what is around it."""
    return isinstance(node.parent, exp.Window | exp.WithinGroup) and node.arg_key == "this"


# --- regular expressions

_SUBSTR = parsed(
    "coalesce(regexp_substr(:text, :pattern, :at, :nth, :flags, :group), left(:text, 0))", "postgres"
)
_COUNT = parsed("regexp_count(:text, :pattern, :at, :flags)", "postgres")
_INSTR = parsed("regexp_instr(:text, :pattern, :at, :nth, :end, :flags)", "postgres")
_REPLACE = parsed("regexp_replace(:text, :pattern, :other, :at, 0, :flags)", "postgres")
_ONE, _NONE = exp.Literal.number(1), exp.Literal.number(0)
_EMPTY = exp.Literal.string("")


def _regexp(template: exp.Expr, *names: tuple[str, exp.Expr]) -> Rewrite:
    """A function of a text, a pattern and these in their order; what is left out has a value of its own.

    Of the parameters `i` and `c` are PostgreSQL's, too, `p` is about as its patterns are, and `e` asks for
    the first part in brackets.
    """

    def rewrite(node: exp.Expr) -> exp.Expr:
        text, pattern, *others = counted(node, 2, len(names) + 2)
        given = dict(names) | dict(zip((name for name, _ in names), others, strict=False))
        flags = given["flags"]
        if flags.key != "literal" or not {*flags.name} <= {*"icpe"}:
            raise Untranslatable(
                node, f"{node.name}() is translated with the parameters i, c, p and e, written out"
            )
        given["flags"] = exp.Literal.string(re.sub("[pe]", "", flags.name))
        given["group"] = exp.Literal.number(int("e" in flags.name))
        return fill(template, {"text": text, "pattern": pattern, **given})

    return rewrite


def _regexp_replace(node: exp.Expr) -> exp.Expr:
    """What was found is $1 there, and a backslash and 1 here."""
    if len(node.expressions) > 2 and node.expressions[2].is_string:
        found = re.sub(r"\$(\d)", r"\\\1", node.expressions[2].name)
        node.expressions[2].replace(exp.Literal.string(found))
    return _regexp(_REPLACE, ("other", _EMPTY), ("at", _ONE), ("flags", _EMPTY))(node)


# --- digests

_SHA2 = {"0": "sha256", **{bits: f"sha{bits}" for bits in ("224", "256", "384", "512")}}
_DIGEST = parsed("encode(:digest, 'hex')", "postgres")
_BYTES = parsed("convert_to(:text, 'UTF8')", "postgres")


def _sha2(node: exp.Expr) -> exp.Expr:
    text, bits = counted(node, 2, 2)
    if bits.name not in _SHA2:
        raise Untranslatable(
            node, "SHA2() is translated where its bits are written out: 224, 256, 384 or 512"
        )
    digest = exp.Anonymous(this=_SHA2[bits.name], expressions=[fill(_BYTES, {"text": text})])
    return fill(_DIGEST, {"digest": digest})


# --- blanks at the end


def _compared(node: exp.Expr) -> exp.Expr:
    """Blanks at the end count for nothing; of a CHAR they do not here either."""
    parts = [node.this, node.args.get("expression"), *node.expressions]
    texts = [part for part in parts if isinstance(part, exp.Expr)]
    _as_text(texts)
    if all(kind(part) == "text" for part in texts) and not node.args.get("query"):
        for part in texts:
            _trim(part)
    return node


def _as_text(parts: list[exp.Expr]) -> None:
    """A number beside a text is compared as one."""
    kinds = {kind(part) for part in parts if not part.unnest().is_string}
    if "text" in kinds and kinds & {*GROUPS["number"]}:
        for place, part in enumerate(parts):
            if kind(part) in GROUPS["number"]:
                made = cast_to(part, "varchar")
                part.replace(made)
                parts[place] = made


def _trim(part: exp.Expr) -> None:
    inner = part.unnest()
    if inner.is_string:
        if inner.name.endswith(" "):
            part.replace(exp.Literal.string(inner.name.rstrip(" ")))
    elif not type_of(part).is_type("char"):
        blank = exp.Literal.string(" ")
        part.replace(exp.Anonymous(this="rtrim", expressions=[part.copy(), blank]))


TEXTS: Rewrites = {
    **dict.fromkeys((exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.In), _compared),
    "CONCAT": postgres(":a || :b"),
    "REPLICATE": postgres("repeat(:a, :b)"),
    "TEXTLEN": postgres("length(:a)"),
    "OCTETINDEX": postgres(
        "CASE WHEN strpos(:b, :a) = 0 THEN 0 ELSE octet_length(left(:b, strpos(:b, :a) - 1)) + 1 END"
    ),
    "SHA2": _sha2,
    "REGEXP_SUBSTR": _regexp(_SUBSTR, ("at", _ONE), ("nth", _ONE), ("flags", _EMPTY)),
    "REGEXP_COUNT": _regexp(_COUNT, ("at", _ONE), ("flags", _EMPTY)),
    "REGEXP_INSTR": _regexp(_INSTR, ("at", _ONE), ("nth", _ONE), ("end", _NONE), ("flags", _EMPTY)),
    "REGEXP_REPLACE": _regexp_replace,
    "ISNULL": postgres("coalesce(:a, :b)"),
}
