"""VARIANT and SUPER in DuckDB, which has them as JSON: navigation, and what is done with a value.

A navigation (`v:a.b`, `v['a'][0]`, `s.a[0].b`) becomes `->`, which is JSON. What is done with a value, by the
types of what stands beside it, says whether it stays JSON or becomes text, a number, a moment or a truth.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.coercion import wanted_of
from dw_simulator.plugins.dialects.translation.rewriting import fill, final, parsed
from dw_simulator.plugins.dialects.translation.super_values import KEPT
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.plugins.dialects.trees import around, bottom_up
from dw_simulator.plugins.dialects.typed.result_types import UNKNOWN, choices, kind_of

SEMI = frozenset(("variant", "object", "array", "json", "jsonb", "super"))
"""Kinds of types whose values are JSON."""
VARIANT = exp.DataType(this=exp.DType.VARIANT)
_NUMBERS = frozenset(("smallint", "int", "bigint", "decimal", "real", "double"))
_ARITHMETIC = frozenset(
    """add sub mul div intdiv mod neg sum avg median round abs ceil floor trunc sign sqrt pow exp ln log
    stddev stddevpop stddevsamp variance variancepop corr percentilecont percentiledisc approxquantile
    kurtosis skewness""".split()
)
_KEEPING = frozenset(
    """is count arrayagg distinct isnullvalue array jsonformat struct lambda jsonextract propertyeq
    approxdistinct arrayconcat explode unnest kwarg""".split()
)
"""What is done with a variant as it is; all other operators and functions take it for text."""
_CARRIERS = frozenset(
    """anyvalue argmax argmin lag lead firstvalue lastvalue nthvalue ignorenulls respectnulls filter window
    mode""".split()
)
"""What gives back a value that it is given first."""
KEEPING_NAMES = frozenset(
    """ARRAY_SIZE ARRAY_CONTAINS ARRAY_CAT ARRAY_APPEND ARRAY_PREPEND ARRAY_POSITION ARRAY_MAX ARRAY_MIN
    ARRAY_SORT ARRAY_SLICE ARRAY_DISTINCT ARRAY_INTERSECTION ARRAY_EXCEPT ARRAY_COMPACT ARRAY_TO_STRING
    ARRAY_INSERT ARRAY_REMOVE ARRAY_REMOVE_AT ARRAY_FLATTEN ARRAY_UNIQUE_AGG ARRAY_CONSTRUCT
    ARRAY_CONSTRUCT_COMPACT ARRAYS_OVERLAP ARRAYS_TO_OBJECT ARRAYS_ZIP ARRAY_REVERSE ARRAY_UNION_AGG
    ARRAY_AGG OBJECT_KEYS TYPEOF OBJECT_AGG JSON_SERIALIZE OBJECT_CONSTRUCT OBJECT_CONSTRUCT_KEEP_NULL
    OBJECT_INSERT OBJECT_DELETE OBJECT_PICK STRIP_NULL_VALUE TO_VARIANT TO_OBJECT TO_ARRAY TO_JSON
    IS_NULL_VALUE IS_ARRAY IS_BOOLEAN IS_BINARY IS_CHAR IS_VARCHAR IS_DATE IS_DATE_VALUE IS_DECIMAL
    IS_DOUBLE IS_REAL IS_INTEGER IS_OBJECT IS_TIME IS_TIMESTAMP_NTZ IS_TIMESTAMP_LTZ IS_TIMESTAMP_TZ
    AS_ARRAY AS_BOOLEAN AS_BINARY AS_CHAR AS_VARCHAR AS_DATE AS_DECIMAL AS_NUMBER AS_DOUBLE AS_REAL
    AS_INTEGER AS_OBJECT AS_TIME AS_TIMESTAMP_NTZ AS_TIMESTAMP_LTZ AS_TIMESTAMP_TZ
    FILTER TRANSFORM REDUCE GET GET_IGNORE_CASE GREATEST_IGNORE_NULLS LEAST_IGNORE_NULLS HLL
    APPROX_COUNT_DISTINCT""".split()
)
_CHOICES = frozenset("case if coalesce nvl2 decodecase".split())
_TRUTHS = frozenset("and or not where having qualify logicaland logicalor".split())
_ORDERS = frozenset("eq neq gt gte lt lte".split())
_COMPARES = _ORDERS | frozenset("nullsafeeq nullsafeneq between in case decodecase greatest least".split())
_ROOT = exp.JSONPath(expressions=[exp.JSONPathRoot()])
_IS_NUMBER = "json_type(:v) IN ('UBIGINT', 'BIGINT', 'DOUBLE', 'HUGEINT', 'UHUGEINT')"
ORDER_KEY = final(
    parsed(
        f"""CASE WHEN :v IS NOT NULL THEN struct_pack(
            number := CASE WHEN {_IS_NUMBER} THEN CAST(json_extract_string(:v, '$') AS DOUBLE) END,
            text := CASE WHEN NOT {_IS_NUMBER} THEN json_extract_string(:v, '$') END) END""",
        "duckdb",
    )
)
"""What values are compared and ordered by: numbers among themselves before text."""
_TRUTH = final(
    parsed(
        f"CASE WHEN {_IS_NUMBER} THEN CAST(CAST(:text AS DOUBLE) <> 0 AS VARCHAR) ELSE :text END", "duckdb"
    )
)
_AS_JSON = final(parsed("to_json(:v)", "duckdb"))
Step = str | int
"""Of a path: a member's name, or an element's number."""


# --- navigation


def find_paths(tree: exp.Expr, *, folded: bool) -> None:
    """Make a path of every navigation, before types are known. Steps without quotes may be folded."""
    for bracket in reversed(list(tree.find_all(exp.Bracket))):
        _bracket(bracket)
    for dot in reversed(list(tree.find_all(exp.Dot))):
        _dot(dot, folded)


def _bracket(node: exp.Bracket) -> None:
    if len(node.expressions) != 1 or node.expressions[0].key in ("slice", "propertyeq"):
        return
    (key,) = node.expressions
    if key.key == "literal":
        node.replace(path(node.this, [key.name if key.is_string else int(key.name)]))
    else:
        node.replace(exp.JSONExtract(this=node.this.copy(), expression=key.copy()))


def _dot(node: exp.Dot, folded: bool) -> None:
    step = node.expression
    if node.this.key == "jsonextract" and step.key == "identifier":
        node.replace(path(node.this, [_key(step) if folded else step.name]))


def _key(part: exp.Expr) -> str:
    """A step of a path, in lower case without quotes, whatever columns are called."""
    return part.name if part.args.get("quoted") else part.name.lower()


def path(base: exp.Expr, steps: Sequence[Step]) -> exp.JSONExtract:
    """What lies at these steps from a value."""
    keys = [
        exp.JSONPathSubscript(this=step) if isinstance(step, int) else exp.JSONPathKey(this=step)
        for step in steps
    ]
    root = exp.JSONPath(expressions=[exp.JSONPathRoot(), *keys])
    return exp.JSONExtract(this=base.copy(), expression=root)


def path_in_text(base: exp.Expr, said: exp.Expr) -> exp.JSONExtract:
    """What lies at a path that is a text: `a.b[0]`. Raises Untranslatable for what is none."""
    found: list[Step] = []
    for piece in re.findall(r"\['[^']*'\]|\[\d+\]|[^.\[\]]+", said.name) if said.is_string else ():
        inner = piece.strip("[]")
        found.append(int(inner) if piece[0] == "[" and inner.isdigit() else inner.strip("'\""))
    if not found:
        raise Untranslatable(said, "a path is translated where it is a text like 'a.b[0]'; write v:a.b[0]")
    return path(base, found)


# --- what is done with a value


def use_values(tree: exp.Expr, coerces: str, *, lax: bool) -> None:
    """Take every semi-structured value for what is wanted of it, in a query whose types are known.

    coerces  the dialect's table of what functions take
    lax      whether what is no number is NULL in arithmetic, and no error
    """
    for node in bottom_up(tree):
        spell = _BEFORE.get(node.key)
        if spell is not None:
            spell(node)
    uses = _Uses(coerces, lax)
    for node in bottom_up(tree):
        if _is_semi(node) and node.parent is not None:
            uses.use(node)


def _is_semi(node: exp.Expr | None) -> bool:
    if node is None or kind_of(node.type) not in SEMI or node.key in ("paren", "datatype"):
        return False
    return node.key != "if" or not isinstance(node.parent, exp.Case)


def _typed(node: exp.Expr) -> exp.Expr:
    node._type = VARIANT
    return node


def _as_case(node: exp.Expr) -> None:
    """NULLIF(value, other)."""
    if _is_semi(node.this):
        same = exp.EQ(this=node.this.copy(), expression=node.expression.copy())
        branch = exp.If(this=same, true=exp.null())
        node.replace(_typed(exp.Case(ifs=[branch], default=node.this.copy())))


def _order_by_place(ordered: exp.Expr) -> None:
    """ORDER BY 1, where that is a value, as what stands there."""
    query = ordered.parent.parent if ordered.parent is not None else None
    if not isinstance(query, exp.Select):
        return
    place = ordered.this
    number = int(place.name) if place.key == "literal" and place.name.isdigit() else 0
    if 0 < number <= len(query.selects) and not any(part.is_star for part in query.selects[:number]):
        part = query.selects[number - 1].unalias().unnest()
        if _is_semi(part):
            place.replace(part.copy())


def _extreme(node: exp.Expr) -> None:
    """MAX(value) and MIN(value), by what values are ordered by."""
    if _is_semi(node.this) and not node.expressions:
        made = exp.ArgMax if node.key == "max" else exp.ArgMin
        node.replace(_typed(made(this=node.this.copy(), expression=node.this.copy())))


_BEFORE: Mapping[str, Callable[[exp.Expr], None]] = {
    "nullif": _as_case,
    "ordered": _order_by_place,
    "max": _extreme,
    "min": _extreme,
}
"""What is said in other words first."""


def as_json(node: exp.Expr) -> exp.Expr:
    """A value that is JSON, as a column of text may not say it is."""
    if node.key == "cast" and kind_of(node.args["to"]) == "json":
        return node.copy()
    return _typed(exp.cast(node.copy(), "json", dialect="duckdb"))


def as_text(node: exp.Expr) -> exp.Expr:
    """The text of a value: that of a text without its quotes, NULL of a null."""
    if node.key == "jsonextract":
        made = exp.JSONExtractScalar(this=_base(node.this), expression=node.expression.copy())
    else:
        made = exp.JSONExtractScalar(this=as_json(node), expression=_ROOT.copy())
    made._type = exp.DataType(this=exp.DType.VARCHAR)
    return made


def _base(node: exp.Expr) -> exp.Expr:
    """What a path begins with is JSON."""
    return node.copy() if node.key == "jsonextract" else as_json(node)


def _user(node: exp.Expr) -> tuple[exp.Expr | None, bool]:
    """What a node is an operand or an argument of, and whether it is a condition there."""
    for one in around(node):
        if one.key in ("paren", "tuple", "order", "distinct"):  # the latter within an aggregate
            continue
        if one.key != "if":
            return one, one.key in _TRUTHS
        decides = one.this.unnest() is node
        case = one.parent
        if not isinstance(case, exp.Case) or case.args.get("default") is one:
            return one, decides
        return case, decides and case.this is None
    return None, False


class _Uses:
    """What becomes of a value, by what it is part of."""

    def __init__(self, coerces: str, lax: bool) -> None:
        self._coerces, self._lax = coerces, lax

    def use(self, node: exp.Expr) -> None:
        """Replace a value by what its user wants."""
        user, decides = _user(node)
        if user is None or (user.key == "jsonextract" and node.arg_key == "this"):
            return
        if user.key == "jsonextract":  # a step, as in `v[key]`
            made = as_text(node)
        else:
            made = self._cast(node, "boolean") if decides else self._wanted(node, user)
        if made is not node:
            node.replace(made)

    def _wanted(self, node: exp.Expr, user: exp.Expr) -> exp.Expr:
        made = self._kept(node, user)
        if made is None and user.key in _COMPARES:
            made = self._compared(node, user)
        if made is None and user.key in _ARITHMETIC:
            kinds = {kind_of(part.type) for part in user.iter_expressions()}
            made = self._cast(node, "timestamp" if "interval" in kinds else "double")
        return self._argument(node, user) if made is None else made

    def _kept(self, node: exp.Expr, user: exp.Expr) -> exp.Expr | None:
        """A value that is only handed on, or ordered by; None where something else is done with it."""
        if user.is_cast:
            to = kind_of(user.args["to"])
            return _inner(node) if to in SEMI else _truth(node) if to == "boolean" else as_text(node)
        if user.key in _CHOICES and any(one.unnest() is node for one in choices(user)):
            return _choice(node, user)
        if user.key == "ordered" or (user.key in ("argmax", "argmin") and node.arg_key != "this"):
            return _order_key(node)
        if user.key in _CARRIERS:
            return _inner(node)
        return self._selected(node, user) if user.key == "select" else None

    def _argument(self, node: exp.Expr, user: exp.Expr) -> exp.Expr:
        if self._keeps(user):
            return _inner(node)
        wanted = wanted_of(user, node, self._coerces)
        if wanted not in ("", "varchar"):
            return self._cast(node, wanted)
        return as_text(node) if isinstance(user, exp.Func | exp.Binary) else _same(node)

    def _selected(self, node: exp.Expr, user: exp.Expr) -> exp.Expr:
        """What a query within IN gives is compared."""
        around_it = user.parent.parent if isinstance(user.parent, exp.Subquery) else user.parent
        if not isinstance(around_it, exp.In) or around_it.args.get("query") is None:
            return _same(node)
        kind = kind_of(around_it.this.type)
        return self._cast(node, "double") if kind in _NUMBERS else as_text(node)

    def _keeps(self, user: exp.Expr) -> bool:
        if user.key == "anonymous":
            return user.name.upper() in KEEPING_NAMES or user.name.upper() in KEPT
        return user.key in _KEEPING  # a null of JSON is not NULL, so IS is among them

    def _cast(self, node: exp.Expr, type_: str) -> exp.Expr:
        made = exp.TryCast if self._lax else exp.Cast
        to = exp.DataType.build(type_, dialect="duckdb")
        return made(this=as_text(node), to=to, _type=to) if self._lax else _cast_as(as_text(node), to)

    def _compared(self, node: exp.Expr, user: exp.Expr) -> exp.Expr:
        """By the types of what it is compared with."""
        if user.key == "in" and node.arg_key == "query":
            return node
        others = [part.unnest() for part in _beside(user) if part.unnest() is not node]
        kinds = {kind_of(part.type or UNKNOWN) for part in others} - {"null"}
        if kinds and kinds <= SEMI and user.key in _ORDERS:
            return _order_key(node)
        for wanted, members in _BESIDE.items():
            if kinds and kinds <= members:
                return self._cast(node, wanted)
        return as_text(node)


def _truth(node: exp.Expr) -> exp.Expr:
    """The text of a value that is true or false; of a number, whether it is not 0."""
    made = fill(_TRUTH, {"v": _inner(node), "text": as_text(node)})
    made._type = exp.DataType(this=exp.DType.VARCHAR)
    return made


def _order_key(node: exp.Expr) -> exp.Expr:
    return _typed(fill(ORDER_KEY, {"v": _inner(node)}))


def _choice(node: exp.Expr, user: exp.Expr) -> exp.Expr:
    """What else is chosen from becomes JSON, too."""
    for one in choices(user):
        inner = one.unnest()
        if inner is not node and kind_of(inner.type) not in (*SEMI, "null") and inner.key != "null":
            one.replace(_typed(fill(_AS_JSON, {"v": one})))
    return _inner(node)


def _cast_as(node: exp.Expr, to: exp.DataType) -> exp.Expr:
    made = exp.Cast(this=node, to=to)
    made._type = to
    return made


def _same(node: exp.Expr) -> exp.Expr:
    """A path, wherever it stands, is written in one way: what is grouped by is selected."""
    return _inner(node) if node.key == "jsonextract" else node


def _inner(node: exp.Expr) -> exp.Expr:
    """JSON, also of a column."""
    if node.key == "jsonextract":
        made = node.copy()
        base = made
        while base.this.key == "jsonextract":
            base = base.this
        base.set("this", as_json(base.this))
        return made
    return as_json(node) if node.key == "column" else node


def _beside(user: exp.Expr) -> Iterator[exp.Expr]:
    """What a comparison compares; a query within IN is none of it."""
    if user.key == "case":
        yield user.this
        yield from (branch.this for branch in user.args["ifs"])
    elif user.key == "decodecase":
        parts = user.expressions
        yield from (parts[0], *parts[1:-1:2])
    else:
        yield from (part for part in user.iter_expressions())


_BESIDE: Mapping[str, frozenset[str]] = {
    "double": _NUMBERS,
    "boolean": frozenset(("boolean",)),
    "timestamp": frozenset(("date", "timestamp", "timestamptz")),
    "time": frozenset(("time",)),
}
"""What a value is cast to beside such."""
