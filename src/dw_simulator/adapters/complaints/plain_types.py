"""Types as a reader calls them: engines write INT32, STRING_LITERAL or character varying."""

import re

_PLAIN = {
    r"(BIG)?SERIAL|U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?(_LITERAL|\d+)?|BIGNUM|INTEGER_LITERAL": (
        "a whole number"
    ),
    r"DECIMAL.*|NUMERIC.*|DOUBLE( PRECISION)?|FLOAT\d*|REAL|NUMBER.*": "a number",
    r"VARCHAR.*|STRING(_LITERAL)?|TEXT|CHARACTER.*|B?P?CHAR.*|NAME|UNKNOWN|ENUM.*": "text",
    r"DATE(32|64)?": "a date",
    r"TIMESTAMP.*": "a timestamp",
    r"TIME.*": "a time of day",
    r"INTERVAL": "an interval",
    r"BOOL(EAN)?": "true or false",
    r"JSONB?|VARIANT": "semi-structured data",
    r"BLOB|BYTEA|BINARY.*|VARBINARY.*": "bytes",
    r"BIT.*": "bits",
    r"UUID": "a UUID",
    r"XML": "XML",
    r".*\[\d*\]|LIST.*|ARRAY.*|ANYARRAY": "a list",
    r"STRUCT.*|ROW.*|RECORD.*|MAP.*|UNION.*|TUPLE.*": "an object",
    r"\"?NULL\"?|SQLNULL": "NULL",
    r"LAMBDA": "a lambda",
}
_MANY = 4
"""So many types are told once each."""
_PATTERNS = {
    re.compile(f"(?:{pattern})", re.IGNORECASE | re.DOTALL): words for pattern, words in _PLAIN.items()
}


def plain_type(name: str) -> str:
    """A type as a reader calls it.

    >>> plain_type("INT32"), plain_type("DECIMAL(12,2)"), plain_type("character varying")
    ('a whole number', 'a number', 'text')
    """
    name = name.strip()
    return next(
        (words for pattern, words in _PATTERNS.items() if pattern.fullmatch(name)), "a value of another type"
    )


def plain_types(names: str) -> str:
    """A list of types with commas between them.

    >>> plain_types("DATE, DECIMAL(12,2), STRING_LITERAL")
    'a date, a number and text'
    """
    told = [plain_type(name) for name in _split(names)]
    *first, last = told if len(told) < _MANY else dict.fromkeys(told)
    return f"{', '.join(first)} and {last}" if first else last


def _split(names: str) -> list[str]:
    """The types of a list, at the commas that are in no brackets."""
    found, depth = [""], 0
    for mark in names:
        depth += (mark in "([") - (mark in ")]")
        if mark == "," and not depth:
            found.append("")
        else:
            found[-1] += mark
    return found
