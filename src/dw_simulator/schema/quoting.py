"""How SQL writes names and texts that come from outside: the one place where quotes are doubled.

It is here as the lowest room that writes SQL: the expressions that inference puts into a schema quote the
schema's own names. Dialects, expressions, queries and warehouses stand above it.
"""


def quoted_name(*names: str) -> str:
    """A name as an identifier, whatever is in it; several as a qualified name.

    >>> quoted_name("shop", 'a"b')
    '"shop"."a""b"'
    """
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def quoted_text(value: str) -> str:
    """A text as a string literal of standard SQL, in which a backslash stands for itself.

    >>> quoted_text("it's")
    "'it''s'"
    """
    return "'" + value.replace("'", "''") + "'"
