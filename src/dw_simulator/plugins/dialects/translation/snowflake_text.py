"""Snowflake's functions of text: patterns, parts, distances, codes."""

import re
import string

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.rewriting import (
    Rewrite,
    Rewrites,
    closed,
    counted,
    duckdb,
    fill,
    parsed,
    refuse,
    template,
)
from dw_simulator.plugins.dialects.translation.text_rewrites import initcap
from dw_simulator.plugins.dialects.translation.text_rewrites import like as plain_like
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable

# --- regular expressions

_REST = "substr(:s, :position)"
_FOUND = f"regexp_extract_all({_REST}, :p, :group, :flags)"
_WHOLE_FOUND = f"regexp_extract_all({_REST}, :p, 0, :flags)"
_PIECES = f"regexp_split_to_array({_REST}, :p, :flags)"
_BEFORE = f"""(:position - 1 + length(array_to_string(list_slice({_PIECES}, 1, :nth), ''))
    + length(array_to_string(list_slice({_WHOLE_FOUND}, 1, :nth - 1), '')))"""
_MATCH = f"list_extract({_WHOLE_FOUND}, :nth)"
_TEMPLATES = {
    "REGEXP_SUBSTR": f"list_extract({_FOUND}, :nth)",
    "REGEXP_SUBSTR_ALL": f"to_json(list_slice({_FOUND}, :nth, len({_FOUND})))",
    "REGEXP_COUNT": f"len({_WHOLE_FOUND})",
    "REGEXP_INSTR": f"""CASE WHEN :s IS NULL OR :p IS NULL THEN NULL WHEN len({_WHOLE_FOUND}) < :nth THEN 0
        ELSE {_BEFORE} + 1 + CASE WHEN :after = 1 THEN length({_MATCH}) ELSE 0 END END""",
    "REGEXP_REPLACE": f"left(:s, :position - 1) || regexp_replace({_REST}, :p, :new, :every)",
    "one": f"""CASE WHEN len({_WHOLE_FOUND}) < :nth THEN :s ELSE left(:s, {_BEFORE})
        || regexp_replace({_MATCH}, :p, :new, :flags) || substr(:s, {_BEFORE} + 1 + length({_MATCH})) END""",
    "REGEXP_LIKE": "regexp_full_match(:s, :p, :flags)",
}
_ARGUMENTS = {
    "REGEXP_SUBSTR": ("s", "p", "position", "nth", "flags", "group"),
    "REGEXP_SUBSTR_ALL": ("s", "p", "position", "nth", "flags", "group"),
    "REGEXP_EXTRACT_ALL": ("s", "p", "position", "nth", "flags", "group"),
    "REGEXP_COUNT": ("s", "p", "position", "flags"),
    "REGEXP_INSTR": ("s", "p", "position", "nth", "after", "flags", "group"),
    "REGEXP_REPLACE": ("s", "p", "new", "position", "nth", "flags"),
    "REGEXP_LIKE": ("s", "p", "flags"),
    "RLIKE": ("s", "p", "flags"),
}
_DEFAULTS = {"position": "1", "nth": "1", "after": "0", "group": "0"}


def _regular(node: exp.Expr) -> exp.Expr:
    """A function of a regular expression, with its position, occurrence, parameters and group."""
    name = node.name.upper()
    names = _ARGUMENTS[name]
    values = dict(zip(names, counted(node, 2, len(names)), strict=False))
    flags = values.pop("flags", exp.Literal.string(""))
    if not flags.is_string:
        raise Untranslatable(flags, f"{name}() is translated where its parameters are a text like 'i'")
    if "e" in flags.name and "group" not in values:
        values["group"] = exp.Literal.number(1)
    values["flags"] = exp.Literal.string("".join(letter for letter in flags.name if letter in "imsc"))
    values["every"] = exp.Literal.string(f"g{values['flags'].name}")
    values.setdefault("new", exp.Literal.string(""))
    for key, default in _DEFAULTS.items():
        values.setdefault(key, exp.Literal.number(default))
    if name == "REGEXP_REPLACE" and "nth" in names[: len(node.expressions)] and values["nth"].name != "0":
        name = "one"
    name = {"REGEXP_EXTRACT_ALL": "REGEXP_SUBSTR_ALL", "RLIKE": "REGEXP_LIKE"}.get(name, name)
    return closed(fill(template(_TEMPLATES[name]), values))


def _full_match(node: exp.Expr) -> exp.Expr:
    """`s RLIKE pattern` and `s REGEXP pattern`: of the whole text."""
    flags = node.args.get("flag") or exp.Literal.string("")
    return fill(template(_TEMPLATES["REGEXP_LIKE"]), {"s": node.this, "p": node.expression, "flags": flags})


# --- LIKE of several


def like(node: exp.Expr) -> exp.Expr:
    """LIKE, and LIKE ANY and LIKE ALL as each by itself."""
    if not isinstance(node.expression, exp.Any | exp.All):
        return plain_like(node)
    patterns = node.expression.this.unnest()
    each = [
        plain_like(type(node)(this=node.this.copy(), expression=pattern.copy()))
        for pattern in (patterns.expressions or [patterns])
    ]
    return exp.paren(exp.and_(*each) if isinstance(node.expression, exp.All) else exp.or_(*each))


# --- words

_BETWEEN_WORDS = """ \t\n\r\f!?@"^#$&~_,.:;+-*%/|[](){}<>"""


def capitalized(node: exp.Expr) -> exp.Expr:
    """INITCAP(text, what stands between words)."""
    text, *between = counted(node, 1, 2)
    if between and not between[0].is_string:
        raise Untranslatable(node, "INITCAP() is translated where what stands between words is a text")
    signs = re.escape(between[0].name if between else _BETWEEN_WORDS).replace("'", "''")
    words = f"[^{signs}]+|[{signs}]+" if signs else r"[\s\S]+"
    return initcap(words)(exp.Anonymous(this="INITCAP", expressions=[text.copy()]))


# --- codes

_LETTERS = "regexp_replace(upper(:a), '[^A-Z]', '', 'g')"
_CODES = f"translate({_LETTERS}, 'ABCDEFGIJKLMNOPQRSTUVXYZHW', '012301202245501262301202')"
for _digit in "0123456":
    _CODES = f"regexp_replace({_CODES}, '{_digit}+', '{_digit}', 'g')"
_SOUNDEX = f"""CASE WHEN {_LETTERS} = '' THEN ''
    ELSE left({_LETTERS}, 1) || rpad(left(replace(substr({_CODES},
    CASE WHEN left({_LETTERS}, 1) IN ('H', 'W') THEN 1 ELSE 2 END), '0', ''), 3), 3, '0') END"""


def _url(pattern: str) -> str:
    return f"nullif(regexp_extract(:a, '{pattern}', 1), '')"


_QUERY = _url("[?]([^#]*)")
_AUTHORITY = "^[a-zA-Z][a-zA-Z0-9+.-]*://"
_HOST, _PORT = _url(f"{_AUTHORITY}(?:[^/@]*@)?([^/:?#]*)"), _url(f"{_AUTHORITY}[^/?#]*:([0-9]+)")
_PATH, _FRAGMENT = _url(f"{_AUTHORITY}[^/?#]*/([^?#]*)"), _url("#(.*)$")
_SCHEME = _url("^([a-zA-Z][a-zA-Z0-9+.-]*):")
_PAIRS = f"""list_transform(string_split({_QUERY}, '&'),
    lambda pair: struct_pack(key := split_part(pair, '=', 1), value := split_part(pair, '=', 2)))"""
_PARSE_URL = f"""json_object('fragment', {_FRAGMENT}, 'host', {_HOST},
    'parameters', CASE WHEN {_QUERY} IS NOT NULL THEN CAST(map_from_entries({_PAIRS}) AS JSON) END,
    'path', {_PATH}, 'port', {_PORT}, 'query', {_QUERY}, 'scheme', {_SCHEME})"""
_SIGNS = string.digits + string.ascii_letters
_UNTYPED = refuse("this kind of hash is not translated; use MD5, SHA1 or SHA2(text, 256)")


def _sha2(node: exp.Expr) -> exp.Expr:
    text, *bits = counted(node, 1, 2)
    if bits and bits[0].name not in ("256", "0"):
        raise Untranslatable(node, "SHA2() is translated with 256 bits")
    return exp.func("sha256", text.copy())


def _joined(separator: bool) -> Rewrite:
    """CONCAT and CONCAT_WS are NULL where one of their arguments is."""

    def rewrite(node: exp.Expr) -> exp.Expr:
        between, *parts = node.expressions if separator else [None, *node.expressions]
        made: exp.Expr | None = None
        for part in parts:
            text = exp.cast(part.copy(), "varchar") if made is None else part.copy()
            if made is None:
                made = text
                continue
            if between is not None:
                made = exp.DPipe(this=made, expression=closed(between.copy()))
            made = exp.DPipe(this=made, expression=closed(text))
        if made is None:
            raise Untranslatable(
                node, f"{node.name}() with {len(node.expressions)} arguments is not translated"
            )
        return closed(made)

    return rewrite


def _hex(node: exp.Expr) -> exp.Expr:
    """HEX_ENCODE(text, case): 0 for small letters."""
    text, *case = counted(node, 1, 2)
    made = fill(parsed("hex(encode(CAST(:a AS VARCHAR)))", "duckdb"), {"a": text})
    return exp.func("lower", made) if case and case[0].name == "0" else made


_AFTER = "strpos(substr(:b, :c), :a)"
_IN = f"""CASE WHEN :c <= 1 THEN strpos(:b, :a) WHEN {_AFTER} = 0 THEN 0 ELSE {_AFTER} + :c - 1 END"""
_PLACE = duckdb("strpos(:b, :a)", _IN)


_CASELESS = re.compile(r"(\w+-)*ci(-\w+)*", re.IGNORECASE)


def _collated(node: exp.Expr) -> exp.Expr:
    """COLLATE 'en-ci': letters of both cases are the same."""
    collation = node.expression
    if _CASELESS.fullmatch(collation.name) is None:
        raise Untranslatable(
            node, "COLLATE is translated where it is 'ci', as in 'en-ci'; compare UPPER(...) or leave it out"
        )
    return exp.Collate(this=node.this.copy(), expression=exp.Var(this="NOCASE"))


_TOKENS = "list_filter(regexp_split_to_array(CAST(:a AS VARCHAR), {}), lambda e: e <> '')"
_BLANK = "' '"
_LENGTH = "CAST(greatest(:b, 0) AS INTEGER)"
_ANY_OF = "'[' || regexp_escape(:b) || ']'"
_WHOLE_PART = "CASE WHEN :c IN (1, 0, -1) THEN :a WHEN :c IS NOT NULL THEN '' END"
_PART = f"""CASE WHEN :b = '' THEN {_WHOLE_PART}
    ELSE split_part(:a, :b, CASE WHEN :c = 0 THEN 1 ELSE :c END) END"""

TEXT: Rewrites = {
    **dict.fromkeys(_ARGUMENTS, _regular),
    exp.RegexpLike: _full_match,
    exp.RegexpFullMatch: _full_match,
    "SOUNDEX": duckdb(_SOUNDEX),
    "EDITDISTANCE": duckdb("levenshtein(:a, :b)", "least(levenshtein(:a, :b), :c)"),
    "JAROWINKLER_SIMILARITY": duckdb(
        "CAST(floor(jaro_winkler_similarity(lower(:a), lower(:b)) * 100) AS INTEGER)"
    ),
    "CHARINDEX": _PLACE,
    "POSITION": _PLACE,
    exp.Collate: _collated,
    "INSERT": duckdb("left(:a, :b - 1) || :d || substr(:a, :b + :c)"),
    "CONCAT": _joined(separator=False),
    "CONCAT_WS": _joined(separator=True),
    "SPACE": duckdb("repeat(' ', :a)"),
    "STRTOK": duckdb(
        f"list_extract({_TOKENS.format(_BLANK)}, 1)",
        f"list_extract({_TOKENS.format(_ANY_OF)}, 1)",
        f"list_extract({_TOKENS.format(_ANY_OF)}, :c)",
    ),
    "SPLIT_PART": duckdb(_PART),
    "LPAD": duckdb(f"lpad(:a, {_LENGTH}, ' ')", f"lpad(:a, {_LENGTH}, :c)"),
    "RPAD": duckdb(f"rpad(:a, {_LENGTH}, ' ')", f"rpad(:a, {_LENGTH}, :c)"),
    "ASCII": duckdb("CASE WHEN :a = '' THEN 0 ELSE ascii(:a) END"),
    "UNICODE": duckdb("CASE WHEN :a = '' THEN 0 ELSE unicode(:a) END"),
    "CHR": duckdb("chr(:a)"),
    "CHAR": duckdb("chr(:a)"),
    "PARSE_URL": duckdb(_PARSE_URL),
    "BASE64_ENCODE": duckdb("to_base64(encode(CAST(:a AS VARCHAR)))"),
    "BASE64_DECODE_STRING": duckdb("decode(from_base64(:a))"),
    "TRY_BASE64_DECODE_STRING": duckdb("TRY(decode(from_base64(:a)))"),
    "HEX_ENCODE": _hex,
    "HEX_DECODE_STRING": duckdb("decode(unhex(:a))"),
    "TRY_HEX_DECODE_STRING": duckdb("TRY(decode(unhex(:a)))"),
    **dict.fromkeys(("MD5", "MD5_HEX"), duckdb("md5(CAST(:a AS VARCHAR))")),
    **dict.fromkeys(("SHA1", "SHA1_HEX"), duckdb("sha1(CAST(:a AS VARCHAR))")),
    **dict.fromkeys(("SHA2", "SHA2_HEX"), _sha2),
    **dict.fromkeys(
        ("MD5_NUMBER_LOWER64", "MD5_NUMBER_UPPER64", "MD5_BINARY", "SHA1_BINARY", "SHA2_BINARY"), _UNTYPED
    ),
    "RANDSTR": duckdb(
        f"""array_to_string(list_transform(range(CAST(:a AS BIGINT)), lambda i: substr('{_SIGNS}',
            1 + CAST(floor(random() * 62) AS INTEGER), 1)), '')
            || CASE WHEN :b IS NULL THEN NULL ELSE '' END"""
    ),
    "COMPRESS": refuse("COMPRESS() gives bytes that only the warehouse reads; leave the text as it is"),
    "UUID_STRING": duckdb("CAST(uuid() AS VARCHAR)"),
    "EQUAL_NULL": duckdb(":a IS NOT DISTINCT FROM :b"),
    "OCTET_LENGTH": duckdb("octet_length(encode(CAST(:a AS VARCHAR)))"),
    "BIT_LENGTH": duckdb("8 * octet_length(encode(CAST(:a AS VARCHAR)))"),
    "RTRIMMED_LENGTH": duckdb("length(rtrim(:a, ' '))"),
}
"""What text is asked."""
