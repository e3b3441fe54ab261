"""SUPER values in PostgreSQL, which has them as JSONB: what is made of one by what is done with it.

Redshift types them as it goes, and a value of another type is NULL: beside a number a SUPER value is one, or
NULL; a cast of what cannot be cast is NULL. Their text is made of the value itself, and not of its path, so
that what is grouped by a path may be cast: PostgreSQL compares the expressions.
"""

from collections.abc import Callable, Iterable, Mapping

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.number_rewrites import ALL_DIGITS
from dw_simulator.plugins.dialects.translation.rewriting import closed, fill, parsed
from dw_simulator.plugins.dialects.translation.super_paths import Unnesting, name_paths
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.plugins.dialects.trees import around, bottom_up
from dw_simulator.plugins.dialects.typed.result_tables import GROUPS
from dw_simulator.plugins.dialects.typed.result_types import UNKNOWN, kind_of

_Use = Callable[[exp.Expr, exp.Expr], exp.Expr | None]
"""What takes a value's place, given what it is an operand of; None for the value itself."""
_SUPER = exp.DataType(this=exp.DType.VARIANT)
_DOCUMENTS = frozenset(GROUPS["document"])
_NUMBERS = frozenset(GROUPS["number"])
_MOMENTS = frozenset((*GROUPS["moment"], "time"))


def _template(sql: str) -> exp.Expr:
    """NUMERIC of all digits is PostgreSQL's own, and none of the query's."""
    tree = parsed(sql, "postgres")
    for cast in tree.find_all(exp.Cast):
        if cast.args["to"].is_type("decimal"):
            cast.args["to"].meta[ALL_DIGITS] = True
    return tree


_TEXT = _template("(:v) #>> '{}'")
_IS_NUMBER = r"^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$"
_AS_NUMBER = _template("CASE jsonb_typeof(:v) WHEN 'number' THEN CAST(:v AS NUMERIC) END")
_AS_STRING = _template("CASE jsonb_typeof(:v) WHEN 'string' THEN (:v) #>> '{}' END")
_AS_BOOLEAN = _template("CASE jsonb_typeof(:v) WHEN 'boolean' THEN CAST(:v AS BOOLEAN) END")
_TO_NUMBER = _template(
    rf"CASE WHEN ((:v) #>> '{{}}') ~ '{_IS_NUMBER}' THEN CAST((:v) #>> '{{}}' AS NUMERIC) END"
)
_TO_BOOLEAN = _template(
    "CASE WHEN lower((:v) #>> '{}') IN ('true', 'false', 't', 'f', '1', '0') THEN (:v) #>> '{}' END"
)
_TO_MOMENT = _template(r"CASE WHEN ((:v) #>> '{}') ~ '^\s*\d{4}-\d{1,2}-\d{1,2}' THEN (:v) #>> '{}' END")
_ELEMENTS = _template(
    """SELECT value AS item, ordinality - 1 AS place
       FROM jsonb_array_elements(CASE jsonb_typeof(:v) WHEN 'array' THEN :v END)
            WITH ORDINALITY AS elements(value, ordinality)"""
)
_MEMBERS = _template(
    """SELECT value AS item, key AS place
       FROM jsonb_each(CASE jsonb_typeof(:v) WHEN 'object' THEN :v END) AS members(key, value)"""
)


# --- before the types are known


def unnest(tree: exp.Expr) -> None:
    """Make paths of a query's names, and LATERALs of what it unnests."""
    name_paths(tree, _lateral)


def _lateral(found: Unnesting) -> exp.Expr:
    query = fill(_MEMBERS if found.members else _ELEMENTS, {"v": found.value})
    item, place = query.expressions
    item.this._type = _SUPER
    item.set("alias", found.item.copy())
    if found.place is None:
        place.pop()
    else:
        place.this._type = exp.DataType(this=exp.DType.VARCHAR if found.members else exp.DType.BIGINT)
        place.set("alias", found.place.copy())
    return exp.Lateral(this=exp.Subquery(this=query), alias=exp.TableAlias(this=found.item.copy()))


# --- when they are


def fit(tree: exp.Expr) -> None:
    """Make of each SUPER value what fits what is done with it."""
    for node in bottom_up(tree):
        user = next((one for one in around(node) if one.key != "paren"), None)
        if user is not None and _is_document(node):
            made = _use(user)(node, user)
            if made is not None and made is not node:
                node.replace(closed(made))


def _is_document(node: exp.Expr) -> bool:
    return node.key not in ("datatype", "paren", "alias") and _kind(node) in _DOCUMENTS


def _kind(node: exp.Expr) -> str:
    return kind_of(node.type or UNKNOWN)


def _use(user: exp.Expr) -> _Use:
    named = _NAMED.get(user.name.upper()) if user.key == "anonymous" else None
    found = named or _USES.get(user.key)
    if found is not None:
        return found
    return _text if isinstance(user, exp.Func | exp.Binary) else _keep


def _keep(_node: exp.Expr, _user: exp.Expr) -> None:
    """As it is."""


def _text(node: exp.Expr, _user: exp.Expr) -> exp.Expr:
    return fill(_TEXT, {"v": node})


def _number(node: exp.Expr, _user: exp.Expr) -> exp.Expr:
    return fill(_AS_NUMBER, {"v": node})


def _calculated(node: exp.Expr, user: exp.Expr) -> exp.Expr:
    """What is made of numbers is one."""
    user._type = exp.DataType(this=exp.DType.DECIMAL)
    return _number(node, user)


def _boolean(node: exp.Expr, _user: exp.Expr) -> exp.Expr:
    return fill(_AS_BOOLEAN, {"v": node})


def _moment(node: exp.Expr, _user: exp.Expr) -> exp.Expr:
    return exp.cast(fill(_TO_MOMENT, {"v": node}), "timestamp")


def _cast(node: exp.Expr, user: exp.Expr) -> exp.Expr | None:
    """By the type that is wanted."""
    wanted = kind_of(user.args["to"])
    if wanted in _DOCUMENTS:
        return None
    if wanted in _NUMBERS:
        return fill(_TO_NUMBER, {"v": node})
    if wanted in _MOMENTS:
        return fill(_TO_MOMENT, {"v": node}) if wanted != "time" else _text(node, user)
    return fill(_TO_BOOLEAN, {"v": node}) if wanted == "boolean" else _text(node, user)


def _compared(node: exp.Expr, user: exp.Expr, others: Iterable[exp.Expr] | None = None) -> exp.Expr | None:
    """As what it is compared with."""
    beside = others if others is not None else [one for one in user.iter_expressions() if one is not node]
    kinds = {_kind(one.unnest()) for one in beside if one.unnest() is not node} - {"null"}
    if kinds and kinds <= _DOCUMENTS:
        return None
    if kinds & _NUMBERS:
        return _number(node, user)
    if kinds & _MOMENTS:
        return _moment(node, user)
    if "boolean" in kinds:
        return _boolean(node, user)
    return fill(_AS_STRING, {"v": node}) if "text" in kinds else _text(node, user)


def _is(node: exp.Expr, user: exp.Expr) -> exp.Expr | None:
    return _boolean(node, user) if user.expression.key == "boolean" else None


def _of_case(node: exp.Expr, user: exp.Expr) -> exp.Expr | None:
    """CASE v WHEN 'x' compares; what it chooses from comes as SUPER."""
    if _holds(user.this, node):
        return _compared(node, user, [one.this for one in user.args["ifs"]])
    _choose(user, [*(one.args.get("true") for one in user.args["ifs"]), user.args.get("default")])
    return None


def _of_branch(node: exp.Expr, branch: exp.Expr) -> exp.Expr | None:
    case = branch.parent
    if case is None or case.key != "case":
        return None
    if not _holds(branch.this, node):
        return _of_case(node, case)
    return _boolean(node, case) if case.this is None else _compared(node, case, [case.this])


def _holds(part: exp.Expr | None, node: exp.Expr) -> bool:
    return part is not None and part.unnest() is node


def _of_choice(_node: exp.Expr, user: exp.Expr) -> None:
    _choose(user, user.expressions if user.key == "anonymous" else list(user.iter_expressions()))


def _choose(user: exp.Expr, parts: Iterable[exp.Expr | None]) -> None:
    """What is chosen among SUPER values and others is SUPER."""
    for part in parts:
        if part is None or _kind(part.unnest()) in (*_DOCUMENTS, "null"):
            continue
        plain = part.copy()
        if _kind(part) in ("text", *_MOMENTS):
            plain = exp.cast(plain, "text")
        made = exp.Anonymous(this="to_jsonb", expressions=[plain])
        made._type = _SUPER
        part.replace(made)
    user._type = _SUPER


def _ordered(node: exp.Expr, user: exp.Expr) -> exp.Expr:
    raise Untranslatable(node, f"the {user.key} of SUPER values is not translated; cast the value first")


def _each(names: str, use: _Use) -> Mapping[str, _Use]:
    return dict.fromkeys(names.split(), use)


_USES: Mapping[str, _Use] = {
    **_each("jsonextract parsejson count distinct arrayagg anyvalue lag lead firstvalue lastvalue", _keep),
    **_each(
        "nthvalue ignorenulls respectnulls filter window exists array struct typeof approxdistinct", _keep
    ),
    **_each("union except intersect", _keep),
    **_each(
        "add sub mul div intdiv mod neg sum avg median stddev stddevpop stddevsamp variance", _calculated
    ),
    **_each(
        "variancepop abs round ceil floor trunc sign sqrt cbrt pow exp ln log percentilecont", _calculated
    ),
    **_each("where having and or not", _boolean),
    **_each("eq neq gt gte lt lte between in nullsafeeq nullsafeneq", _compared),
    **_each("timestamptrunc datetrunc extract year month day quarter week hour minute second", _moment),
    **_each("tsordsdiff tsordsadd datediff dateadd lastday addmonths", _moment),
    **_each("coalesce nullif greatest least", _of_choice),
    **_each("max min", _ordered),
    **_each("cast trycast", _cast),
    "is": _is,
    "case": _of_case,
    "if": _of_branch,
}
"""By the key of what a value is an operand of; other operators and functions take text."""
_NAMED: Mapping[str, _Use] = {
    **_each(
        "JSON_TYPEOF JSON_SERIALIZE JSON_SIZE IS_ARRAY IS_OBJECT IS_SCALAR IS_INTEGER IS_SMALLINT", _keep
    ),
    **_each(
        "IS_BIGINT IS_DECIMAL IS_FLOAT IS_BOOLEAN IS_CHAR IS_VARCHAR GET_ARRAY_LENGTH ARRAY_CONCAT", _keep
    ),
    **_each("ARRAY_FLATTEN SUBARRAY ARRAY OBJECT ARRAY_CONTAINS ARRAY_POSITION", _keep),
    **_each("ARRAY_POSITIONS ARRAY_DISTINCT ARRAY_INTERSECTION ARRAY_UNION ARRAY_EXCEPT ARRAY_SORT", _keep),
    **_each(
        "ARRAY_TO_STRING OBJECT_TRANSFORM LOWER_ATTRIBUTE_NAMES UPPER_ATTRIBUTE_NAMES ARRAYS_OVERLAP", _keep
    ),
    **_each("JSONB_TYPEOF JSONB_ARRAY_ELEMENTS JSONB_EACH TO_JSONB", _keep),
    **_each("NVL ISNULL", _of_choice),
}
"""By the name of a function, as the query calls it."""
