"""What two warehouses say differently: a table from a kind of node to what replaces it.

Functions that are listed by name are read as they stand: what sqlglot makes of them is not asked.
"""

import re
from collections.abc import Callable
from typing import Any

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.date_formats import strftime, to_char
from dw_simulator.plugins.dialects.translation.number_rewrites import (
    bare_numeric,
    count_of_several,
    default_digits,
    number_to_whole,
    quotient_to_whole,
    round_decimal,
    round_postgres,
)
from dw_simulator.plugins.dialects.translation.rewriting import (
    Rewrite,
    Rewrites,
    aggregate,
    counted,
    duckdb,
    fill,
    parsed,
    postgres,
    refuse,
)
from dw_simulator.plugins.dialects.translation.text_rewrites import (
    like,
    similar,
    similar_escape,
    substring,
    substring_from_end,
)
from dw_simulator.plugins.dialects.translation.untranslatable import Refusal

# --- aggregates


_RATIO = parsed("CAST(:value AS DOUBLE PRECISION) / nullif(:total, 0)", "postgres")


def _ratio_to_report(node: Any, over: Rewrite) -> Any:
    (value,) = counted(node, 1, 1)
    return fill(_RATIO, {"value": value, "total": over(exp.Sum(this=value.copy()))})


def _aggregates(node: Any, over: Rewrite) -> Any:
    if isinstance(node, exp.Anonymous) and node.name.upper() == "RATIO_TO_REPORT":
        return _ratio_to_report(node, over)
    return over(node)


def _whole_averages(division: Any) -> Callable[[Any, Rewrite], Any]:
    """The average of whole numbers is a whole number there; a division that truncates these only does it."""

    def rewrite(node: Any, over: Rewrite) -> Any:
        if not isinstance(node, exp.Avg):
            return _aggregates(node, over)
        total, count = over(exp.Sum(this=node.this.copy())), over(exp.Count(this=node.this.copy()))
        return fill(division, {"total": total, "count": count})

    return rewrite


def _listagg(node: Any) -> Any:
    """LISTAGG(DISTINCT text, separator): sqlglot takes both for one distinct pair."""
    inside = node.this
    if isinstance(inside, exp.Distinct) and len(inside.expressions) == 2:
        node.set("separator", inside.expressions[1].copy())
        inside.set("expressions", inside.expressions[:1])
    if node.args.get("separator") is None:
        node.set("separator", exp.Literal.string(""))
    return node


def _within_group(node: Any) -> Any:
    """The order of LISTAGG goes into its brackets."""
    inside = node.this
    if not isinstance(inside, exp.GroupConcat):
        return _percentile(node)
    inside.set("this", exp.Order(this=inside.this.copy(), expressions=node.expression.expressions))
    return inside.copy()


def _percentile(node: Any) -> Any:
    """Between two decimals there may be a number of more digits."""
    if isinstance(node.this, exp.PercentileCont):
        for ordered in node.expression.expressions:
            ordered.set("this", exp.cast(ordered.this.copy(), "double"))
    return node


def _median(node: Any) -> Any:
    node.set("this", exp.cast(node.this.copy(), "double"))
    return node


def _empty_listagg(node: Any, over: Rewrite) -> Any:
    """Of no text at all it is empty there, not NULL."""
    if not isinstance(node, exp.GroupConcat):
        return _aggregates(node, over)
    return exp.Coalesce(this=over(_listagg(node).copy()), expressions=[exp.Literal.string("")])


# --- dates


def _to_char(source: str) -> Rewrite:
    def rewrite(node: Any) -> Any:
        value, *pattern = counted(node, 1, 2)
        if not pattern:
            return exp.cast(value.copy(), "varchar")
        return to_char(value, pattern[0], source)

    return rewrite


def _reading(template: str, plain: str) -> Rewrite:
    """A function that reads text by a pattern, or without one."""
    with_pattern, without = parsed(template, "duckdb"), parsed(plain, "duckdb")

    def rewrite(node: Any) -> Any:
        value, *pattern = counted(node, 1, 2)
        if not pattern or pattern[0].name.upper() == "AUTO":
            return fill(without, {"a": value})
        if not isinstance(pattern[0], exp.Literal) or not pattern[0].is_string:
            raise Refusal(node, f"{node.name}() with such a pattern is not translated")
        return fill(with_pattern, {"a": value, "b": exp.Literal.string(strftime(pattern[0]))})

    return rewrite


_PARTS_POSTGRES = {
    "YEAR": "CAST(EXTRACT(year FROM :b) - EXTRACT(year FROM :a) AS BIGINT)",
    "QUARTER": """CAST((EXTRACT(year FROM :b) - EXTRACT(year FROM :a)) * 4
        + EXTRACT(quarter FROM :b) - EXTRACT(quarter FROM :a) AS BIGINT)""",
    "MONTH": """CAST((EXTRACT(year FROM :b) - EXTRACT(year FROM :a)) * 12
        + EXTRACT(month FROM :b) - EXTRACT(month FROM :a) AS BIGINT)""",
    "WEEK": """CAST(EXTRACT(epoch FROM DATE_TRUNC('week', :b) - DATE_TRUNC('week', :a)) / 604800
        AS BIGINT)""",
    "DAY": "CAST(CAST(:b AS DATE) - CAST(:a AS DATE) AS BIGINT)",
    "HOUR": """CAST(EXTRACT(epoch FROM DATE_TRUNC('hour', :b) - DATE_TRUNC('hour', :a)) / 3600 AS BIGINT)""",
    "MINUTE": """CAST(EXTRACT(epoch FROM DATE_TRUNC('minute', :b) - DATE_TRUNC('minute', :a)) / 60
        AS BIGINT)""",
    "SECOND": """CAST(EXTRACT(epoch FROM DATE_TRUNC('second', :b) - DATE_TRUNC('second', :a)) AS BIGINT)""",
}


def _date_diff_postgres(node: Any) -> Any:
    """How many boundaries of a unit lie between two moments."""
    unit = str(node.text("unit")).upper()
    if unit not in _PARTS_POSTGRES:
        raise Refusal(node, f"DATEDIFF by {unit.lower()} is not translated")
    later, earlier = (exp.cast(part.copy(), "timestamp") for part in (node.this, node.expression))
    return fill(parsed(_PARTS_POSTGRES[unit], "postgres"), {"a": earlier, "b": later})


_DAYS = ("su", "mo", "tu", "we", "th", "fr", "sa")


def _next_day_postgres(node: Any) -> Any:
    value, day = counted(node, 2, 2)
    if day.name[:2].lower() not in _DAYS:
        raise Refusal(node, "NEXT_DAY() is translated where the day is a literal")
    number = exp.Literal.number(_DAYS.index(day.name[:2].lower()))
    tree = parsed("CAST(:a AS DATE) + 1 + (CAST(:b + 6 - EXTRACT(dow FROM :a) AS INT)) % 7", "postgres")
    return fill(tree, {"a": value, "b": number})


_EPOCH = "CAST(floor(EXTRACT(epoch FROM :a)) AS BIGINT)"
_MILLISECONDS = parsed("microsecond(:a) * 0.001", "duckdb")
_FRACTIONS = {
    "SECOND": parsed("microsecond(:a) * 0.000001", "duckdb"),
    "MILLISECOND": _MILLISECONDS,
    "MILLISECONDS": _MILLISECONDS,
}
_EPOCHS_POSTGRES = {"EPOCH": parsed(_EPOCH, "postgres")}
_EPOCHS = {
    **dict.fromkeys(("EPOCH", "EPOCH_SECOND", "EPOCH_SECONDS"), parsed(_EPOCH, "duckdb")),
    **dict.fromkeys(
        ("EPOCH_MILLISECOND", "EPOCH_MILLISECONDS"),
        parsed("CAST(floor(epoch_us(:a) / 1000) AS BIGINT)", "duckdb"),
    ),
}


def _whole_epoch(epochs: dict[str, Any]) -> Rewrite:
    """Seconds or milliseconds since 1970 are whole in some, those of a minute are not in PostgreSQL."""

    def rewrite(node: Any) -> Any:
        template = epochs.get(node.this.name.upper())
        return node if template is None else fill(template, {"a": node.expression})

    return rewrite


# --- the rest


_BASES = {
    "2": parsed("CAST('0b' || :a AS BIGINT)", "duckdb"),
    "10": parsed("CAST(:a AS BIGINT)", "duckdb"),
    "16": parsed("CAST('0x' || :a AS BIGINT)", "duckdb"),
}


def _strtol(node: Any) -> Any:
    text, base = counted(node, 2, 2)
    if base.name not in _BASES:
        raise Refusal(node, "STRTOL() is translated where its base is written out: 2, 10 or 16")
    return fill(_BASES[base.name], {"a": text})


def _initcap(words: str) -> Rewrite:
    """A capital for each word, whatever the warehouse takes for one."""
    return duckdb(
        f"""array_to_string(list_transform(regexp_extract_all(lower(:a), '{words}'),
            lambda word: upper(left(word, 1)) || substr(word, 2)), '')"""
    )


def _as_it_stands(node: Any) -> Any:
    """The two agree."""
    return node


def _within_group_postgres(node: Any) -> Any:
    return _within_group(node) if isinstance(node.this, exp.GroupConcat) else node


def _star(node: Any) -> Any:
    if node.args.get("except_") or node.args.get("except"):
        raise Refusal(node.parent, "SELECT * EXCLUDE is not translated; list the columns")
    return node


def _cut(node: Any) -> Any:
    """A cast to VARCHAR(n) cuts; the target does not heed the length. Variants are JSON."""
    if node.to.is_type("variant", "object", "array"):
        return exp.func("to_json", node.this.copy())
    length = node.to.expressions
    if not node.to.is_type(*exp.DataType.TEXT_TYPES) or not length or not length[0].name.isdigit():
        return node
    return exp.func("left", exp.cast(node.this.copy(), "varchar"), exp.Literal.number(length[0].name))


def _back_references(node: Any) -> Any:
    """The warehouse writes what was found as $1, the target as a backslash and 1."""
    if len(node.expressions) == 3 and isinstance(node.expressions[2], exp.Literal):
        text = re.sub(r"\$(\d)", r"\\\1", node.expressions[2].this)
        node.set("expressions", [*node.expressions[:2], exp.Literal.string(text)])
    return _REPLACE(node)


def _regexp_substr(*templates: str) -> Rewrite:
    """With up to four arguments a template; then come its parameters and the number of the group."""
    shorter = duckdb(*templates)

    def rewrite(node: Any) -> Any:
        text, pattern, position, occurrence, *rest = [*node.expressions, *[None] * 4][
            : max(4, len(node.expressions))
        ]
        if not rest:
            return shorter(node)
        if not all(isinstance(part, exp.Literal) for part in rest):
            raise Refusal(node, "REGEXP_SUBSTR() is translated where its parameters are literals")
        group = rest[1].this if len(rest) > 1 else str(int("e" in rest[0].this))
        flags = exp.Literal.string(rest[0].this.replace("e", ""))
        part = exp.func("substr", text.copy(), position.copy())
        found = exp.func("regexp_extract_all", part, pattern.copy(), exp.Literal.number(group), flags)
        return exp.func("list_extract", found, occurrence.copy())

    return rewrite


def _pairs(node: Any) -> list[Any]:
    if len(node.expressions) % 2:
        raise Refusal(node, f"{node.name}() is translated where each key and value is written out")
    return [part.copy() for part in node.expressions]


_MEMBER = parsed(
    """CASE WHEN :key IS NOT NULL AND :value IS NOT NULL
            THEN CAST(to_json(CAST(:key AS VARCHAR)) AS VARCHAR) || ':' || CAST(to_json(:value) AS VARCHAR)
       END""",
    "duckdb",
)
_OBJECT = parsed("CAST('{' || :members || '}' AS JSON)", "duckdb")


def _object(node: Any) -> Any:
    """An object leaves out what is NULL, but not a null of JSON."""
    pairs = iter(_pairs(node))
    members = [fill(_MEMBER, {"key": key, "value": value}) for key, value in zip(pairs, pairs, strict=True)]
    joined = exp.Anonymous(this="concat_ws", expressions=[exp.Literal.string(","), *members])
    return fill(_OBJECT, {"members": joined if members else exp.Literal.string("")})


def _array(node: Any) -> Any:
    """With a variant among its elements it is JSON, as elements of one type are a list."""
    if not any(isinstance(part, exp.JSONExtract | exp.ParseJSON) for part in node.expressions):
        return node
    return exp.Anonymous(this="json_array", expressions=[part.copy() for part in node.expressions])


def _asof(node: Any) -> Any:
    """ASOF JOIN ... MATCH_CONDITION has its condition in ON."""
    if condition := node.args.get("match_condition"):
        on = node.args.get("on")
        node.set("on", exp.and_(on, condition) if on else condition)
        node.set("match_condition", None)
    return node


def _unpivot(node: Any) -> Any:
    """The names of columns become values: in capitals, as the warehouse has them."""
    if node.args.get("unpivot"):
        for field in node.args.get("fields") or []:
            named = [
                exp.PivotAlias(this=part.copy(), alias=exp.Literal.string(part.name.upper()))
                if isinstance(part, exp.Column)
                else part
                for part in field.expressions
            ]
            field.set("expressions", named)
    return node


def _cast(*rewrites: Rewrite) -> dict[Any, Rewrite]:
    """Casts, one rewrite after the other as long as it stays a cast."""

    def rewrite(node: Any) -> Any:
        for each in rewrites:
            node = each(node) if isinstance(node, exp.Cast | exp.TryCast) else node
        return node

    return dict.fromkeys((exp.Cast, exp.TryCast), rewrite)


def _no_hash(name: str) -> Rewrite:
    return refuse(f"{name}() of the warehouse is its own; no other database gives the same number")


_REPLACE = duckdb("regexp_replace(:a, :b, '', 'g')", "regexp_replace(:a, :b, :c, 'g')")
_NO_PARAMETERS = refuse("a query with parameters is not translated; write the values into it")
_OWN_HASHES = {name: _no_hash(name) for name in ("HASH", "HASH_AGG", "FNV_HASH", "FARMFINGERPRINT64")}

_BOTH_DUCKDB: dict[Any, Rewrite] = {
    **_OWN_HASHES,
    exp.Window: aggregate(_aggregates),
    exp.Median: _median,
    exp.WithinGroup: _within_group,
    exp.Round: round_decimal,
    exp.Count: count_of_several,
    "RATIO_TO_REPORT": aggregate(_aggregates),
    "CONCAT": duckdb(":a || :b", ":a || :b || :c", ":a || :b || :c || :d"),
    "STRTOK": duckdb(
        "list_extract(regexp_extract_all(:a, '[^ ]+'), 1)",
        "list_extract(regexp_extract_all(:a, '[^' || regexp_escape(:b) || ']+'), 1)",
        "list_extract(regexp_extract_all(:a, '[^' || regexp_escape(:b) || ']+'), :c)",
    ),
    exp.SimilarTo: similar,
    exp.Escape: similar_escape,
    exp.Join: _asof,
    **dict.fromkeys((exp.Parameter, exp.Placeholder), _NO_PARAMETERS),
    "REGEXP_REPLACE": _back_references,
}

_REDSHIFT_DECIMAL = default_digits(18, 0)
_COUNTED_FROM_THE_LEFT: dict[Any, Rewrite] = {
    exp.Like: like,
    exp.ILike: like,
    exp.Substring: substring,
}

_REDSHIFT_AGGREGATES = aggregate(_whole_averages(parsed(":total // :count", "duckdb")))
_POSTGRES_AGGREGATES = aggregate(_whole_averages(parsed(":total / :count", "postgres")))
_SNOWFLAKE_AGGREGATES = aggregate(_empty_listagg)

REDSHIFT_DUCKDB: dict[Any, Rewrite] = {
    **_BOTH_DUCKDB,
    **_COUNTED_FROM_THE_LEFT,
    **_cast(_REDSHIFT_DECIMAL, quotient_to_whole, _cut),
    # `//` truncates whole numbers and divides others, as does the warehouse's `/`
    exp.Div: duckdb(":this // :expression"),
    exp.Avg: _REDSHIFT_AGGREGATES,
    exp.Filter: _REDSHIFT_AGGREGATES,
    exp.Window: _REDSHIFT_AGGREGATES,
    exp.GroupConcat: _listagg,
    exp.CurrentTimestamp: duckdb("now() AT TIME ZONE 'UTC'"),
    "GETDATE": duckdb("now() AT TIME ZONE 'UTC'"),
    "TO_CHAR": _to_char("redshift"),
    "TO_DATE": _reading("CAST(strptime(:a, :b) AS DATE)", "CAST(:a AS DATE)"),
    "TO_TIMESTAMP": _reading("strptime(:a, :b) AT TIME ZONE 'UTC'", "CAST(:a AS TIMESTAMPTZ)"),
    "REGEXP_SUBSTR": duckdb(
        "regexp_extract(:a, :b)",
        "regexp_extract(substr(:a, :c), :b)",
        """CASE WHEN :a IS NOT NULL
             THEN coalesce(list_extract(regexp_extract_all(substr(:a, :c), :b), :d), '') END""",
    ),
    "JSON_EXTRACT_ARRAY_ELEMENT_TEXT": duckdb("CAST(:a AS JSON) ->> CAST(:b AS BIGINT)"),
    "IS_VALID_JSON": duckdb("json_valid(:a)"),
    "JSON_PARSE": duckdb("CAST(:a AS JSON)"),
    "JSON_SERIALIZE": duckdb("CAST(:a AS VARCHAR)"),
    "DLOG10": duckdb("log10(:a)"),
    "FUNC_SHA1": duckdb("sha1(:a)"),
    "DATE_CMP": duckdb("CAST(sign(CAST(:a AS DATE) - CAST(:b AS DATE)) AS INTEGER)"),
    "OCTET_LENGTH": duckdb("octet_length(encode(:a))"),
    "INITCAP": _initcap("[[:alnum:]]+|[^[:alnum:]]+"),
    "MONTHS_BETWEEN": duckdb(
        """CASE WHEN day(:a) = day(:b)
             OR (last_day(:a) = CAST(:a AS DATE) AND last_day(:b) = CAST(:b AS DATE))
             THEN datediff('month', :b, :a)
             ELSE datediff('month', :b, :a) + (epoch(:a - date_trunc('month', :a))
               - epoch(:b - date_trunc('month', :b))) / 2678400.0 END"""
    ),
    "ADD_MONTHS": duckdb(
        """CASE WHEN last_day(:a) = CAST(:a AS DATE)
             THEN last_day(:a + to_months(:b)) + (:a - date_trunc('day', :a))
             ELSE :a + to_months(:b) END"""
    ),
    "STRTOL": _strtol,
    exp.Extract: _whole_epoch(_EPOCHS),
}

SNOWFLAKE_DUCKDB: dict[Any, Rewrite] = {
    **_BOTH_DUCKDB,
    **_cast(number_to_whole, _cut),
    # `/` of DuckDB gives infinity for what the warehouse refuses
    exp.Div: duckdb("CAST(:this AS DOUBLE) // :expression"),
    exp.GroupConcat: _SNOWFLAKE_AGGREGATES,
    exp.Filter: _SNOWFLAKE_AGGREGATES,
    exp.Window: _SNOWFLAKE_AGGREGATES,
    "TO_CHAR": _to_char("snowflake"),
    "TO_VARCHAR": _to_char("snowflake"),
    "TO_DATE": _reading("CAST(strptime(:a, :b) AS DATE)", "CAST(:a AS DATE)"),
    "TRY_TO_DATE": _reading("CAST(try_strptime(:a, :b) AS DATE)", "TRY_CAST(:a AS DATE)"),
    "TO_TIMESTAMP": _reading("strptime(:a, :b)", "CAST(:a AS TIMESTAMP)"),
    "TO_TIMESTAMP_NTZ": _reading("strptime(:a, :b)", "CAST(:a AS TIMESTAMP)"),
    "REGEXP_SUBSTR": _regexp_substr(
        "CASE WHEN regexp_matches(:a, :b) THEN regexp_extract(:a, :b) END",
        "CASE WHEN regexp_matches(substr(:a, :c), :b) THEN regexp_extract(substr(:a, :c), :b) END",
        "list_extract(regexp_extract_all(substr(:a, :c), :b), :d)",
    ),
    "DIV0": duckdb("CASE WHEN :b = 0 THEN 0 ELSE CAST(:a AS DOUBLE) // nullif(:b, 0) END"),
    "DIV0NULL": duckdb("CASE WHEN coalesce(:b, 0) = 0 THEN 0 ELSE CAST(:a AS DOUBLE) // nullif(:b, 0) END"),
    exp.Pivot: _unpivot,
    exp.Substring: substring_from_end,
    exp.Extract: _whole_epoch(_EPOCHS),
    exp.Array: _array,
    "OBJECT_CONSTRUCT": _object,
    "OBJECT_CONSTRUCT_KEEP_NULL": lambda node: exp.Anonymous(this="json_object", expressions=_pairs(node)),
    "ARRAY_CONTAINS": duckdb("list_contains(CAST(CAST(:b AS JSON) AS JSON[]), to_json(:a))"),
    "BASE64_ENCODE": duckdb("to_base64(encode(:a))"),
    "OBJECT_AGG": duckdb("json_group_object(:a, :b)"),
    "TYPEOF": duckdb(
        """CASE json_type(CAST(:a AS JSON)) WHEN 'VARCHAR' THEN 'VARCHAR' WHEN 'DOUBLE' THEN 'DOUBLE'
             WHEN 'BOOLEAN' THEN 'BOOLEAN' WHEN 'ARRAY' THEN 'ARRAY' WHEN 'OBJECT' THEN 'OBJECT'
             WHEN 'NULL' THEN 'NULL_VALUE' WHEN 'UBIGINT' THEN 'INTEGER' WHEN 'BIGINT' THEN 'INTEGER' END"""
    ),
    "WIDTH_BUCKET": duckdb(
        """CASE WHEN :a < :b THEN 0 WHEN :a >= :c THEN :d + 1
             ELSE CAST(floor((:a - :b) * :d / (:c - :b)) AS INTEGER) + 1 END"""
    ),
    "ARRAY_SIZE": duckdb(
        "CASE WHEN json_type(CAST(:a AS JSON)) = 'ARRAY' THEN json_array_length(CAST(:a AS JSON)) END"
    ),
    "INITCAP": _initcap(r"[^\s!?@\"^#$&~_,.:;+\-*%/|\[\](){}<>]+|[\s!?@\"^#$&~_,.:;+\-*%/|\[\](){}<>]+"),
    "OBJECT_KEYS": duckdb("json_keys(CAST(:a AS JSON))"),
}

REDSHIFT_POSTGRES: dict[Any, Rewrite] = {
    **dict.fromkeys((exp.Parameter, exp.Placeholder), _NO_PARAMETERS),
    **_OWN_HASHES,
    **dict.fromkeys((exp.Avg, exp.Filter, exp.Window, "RATIO_TO_REPORT"), _POSTGRES_AGGREGATES),
    **dict.fromkeys(("TO_CHAR", "TO_DATE", "TO_TIMESTAMP", "REGEXP_COUNT"), _as_it_stands),
    **_cast(_REDSHIFT_DECIMAL),
    exp.TsOrDsDiff: _date_diff_postgres,
    exp.Extract: _whole_epoch(_EPOCHS_POSTGRES),
    exp.GroupConcat: _listagg,
    exp.WithinGroup: _within_group_postgres,
    exp.ApproxDistinct: postgres("count(DISTINCT :this)"),
    exp.CurrentTimestamp: postgres("now() AT TIME ZONE 'UTC'"),
    exp.Star: _star,
    "GETDATE": postgres("now() AT TIME ZONE 'UTC'"),
    "CONCAT": postgres(":a || :b"),
    "REGEXP_REPLACE": postgres("regexp_replace(:a, :b, '', 'g')", "regexp_replace(:a, :b, :c, 'g')"),
    "REGEXP_SUBSTR": postgres("coalesce(regexp_substr(:a, :b), left(:a, 0))"),
    "JSON_EXTRACT_PATH_TEXT": postgres(
        "CAST(:a AS JSON) ->> :b",
        "CAST(:a AS JSON) -> :b ->> :c",
        "CAST(:a AS JSON) -> :b -> :c ->> :d",
    ),
    "NEXT_DAY": _next_day_postgres,
    "LAST_DAY": postgres("CAST(date_trunc('month', :a) + INTERVAL '1 month' - INTERVAL '1 day' AS DATE)"),
    "ADD_MONTHS": postgres(
        """CASE WHEN CAST(:a AS DATE) = CAST(date_trunc('month', :a) + INTERVAL '1 month - 1 day' AS DATE)
             THEN date_trunc('month', :a) + (:b + 1) * INTERVAL '1 month' - INTERVAL '1 day'
             ELSE :a + :b * INTERVAL '1 month' END"""
    ),
}

POSTGRES_DUCKDB: dict[Any, Rewrite] = {
    **dict.fromkeys((exp.Parameter, exp.Placeholder), _NO_PARAMETERS),
    exp.Div: duckdb(":this // :expression"),
    exp.Round: round_postgres,
    exp.Format: refuse("format() of PostgreSQL is not translated; put the parts together with ||"),
    exp.Hex: duckdb("lower(hex(:this))"),
    **_cast(bare_numeric, quotient_to_whole, _cut),
    exp.SimilarTo: similar,
    exp.Escape: similar_escape,
    **_COUNTED_FROM_THE_LEFT,
    exp.WithinGroup: _within_group,
    exp.Extract: _whole_epoch(_FRACTIONS),
    "TO_CHAR": _to_char("postgres"),
    "REGEXP_REPLACE": duckdb("regexp_replace(:a, :b, :c)", "regexp_replace(:a, :b, :c, :d)"),
}

REWRITES: dict[tuple[str, str], Rewrites] = {
    ("redshift", "duckdb"): REDSHIFT_DUCKDB,
    ("redshift", "postgres"): REDSHIFT_POSTGRES,
    ("snowflake", "duckdb"): SNOWFLAKE_DUCKDB,
    ("postgres", "duckdb"): POSTGRES_DUCKDB,
    ("duckdb", "duckdb"): {},
    ("postgres", "postgres"): {},
}
