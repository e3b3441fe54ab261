"""What a script calls a type."""

import re

from sqlglot import exp

_SCHEMA = re.compile(r'^(?:(?:\w+|"[^"]*")\.)+(?=[\w"])')
"""What stands before a type's name: public.citext, "extensions"."citext"."""
_PLAIN = re.compile(r'"([a-z_][a-z0-9_]*)"')
"""A name in quotes that means the same without them."""


def type_name_of(kind: exp.DataType | None) -> str:
    """sqlglot's name of a type, or the text's own where sqlglot does not know it; empty for none."""
    if kind is None:
        return ""
    if kind.this is exp.DType.USERDEFINED:
        own = _SCHEMA.sub("", str(kind.args.get("kind") or ""))
        plain = _PLAIN.fullmatch(own) if own != '"char"' else None  # which is another type than char
        as_written = own.startswith('"') or "(" in own or "<" in own
        return plain[1].upper() if plain else own if as_written else own.upper()
    if isinstance(kind.this, exp.Interval):
        return f"INTERVAL {kind.this.args['unit'].sql()}"
    return str(kind.this.value) if isinstance(kind.this, exp.DType) else str(kind.this)


def own_name_of(kind: exp.DataType) -> str:
    """What a type of the script's own is called, in small letters and without its schema."""
    return type_name_of(kind).rpartition(".")[2].strip('"[]`').lower()
