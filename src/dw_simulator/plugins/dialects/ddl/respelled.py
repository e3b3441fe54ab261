"""A dialect of sqlglot's in which some words mean another type than sqlglot thinks.

>>> import sqlglot
>>> from sqlglot.dialects.oracle import Oracle
>>> texts = respelled(Oracle, LONG=TokenType.TEXT)
>>> [sqlglot.parse_one("CAST(a AS LONG)", read=one).to.this.value for one in (Oracle, texts)]
['BIGINT', 'TEXT']
"""

from sqlglot.dialects.dialect import Dialect
from sqlglot.tokens import TokenType


def respelled(base: type[Dialect], **meant: TokenType | None) -> type[Dialect]:
    """The dialect with words that mean these types; None for a name that sqlglot leaves as it is."""
    words = {**base.tokenizer_class.KEYWORDS, **meant}
    known = {word: kind for word, kind in words.items() if kind is not None}
    tokenizer = type("Tokenizer", (base.tokenizer_class,), {"KEYWORDS": known})
    # sqlglot keeps its dialects by their names, and goes on with its own
    return type(f"{base.__name__}Scripts", (base,), {"Tokenizer": tokenizer})
