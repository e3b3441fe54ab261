"""Names that PostgreSQL writes with the numbers of their letters: U&"d\\0061ta" is "data"."""

import re
from collections.abc import Sequence
from itertools import pairwise

from sqlglot.tokens import Token, TokenType

from dw_simulator.plugins.dialects.ddl.word_runs import WordRun


def with_unicode_names(words: WordRun) -> WordRun:
    """The words with such names as they are meant."""
    if "&" not in words.text:
        return words
    tokens, kept, at = words.tokens, [], 0
    while at < len(tokens):
        if words.word(at) == "U" and _is_name(tokens[at : at + 3]):
            said = words.word(at + 3) == "UESCAPE" and words.kind(at + 4) is TokenType.STRING
            name = _decoded(tokens[at + 2].text, tokens[at + 4].text if said else "\\")
            first, last = tokens[at], tokens[at + 2]
            kept.append(Token(TokenType.IDENTIFIER, name, first.line, first.col, first.start, last.end))
            at += 5 if said else 3
        else:
            kept.append(tokens[at])
            at += 1
    return WordRun(kept, words.text, words.start)


def _is_name(tokens: Sequence[Token]) -> bool:
    """Whether U, & and a name in quotes stand there without a blank between them."""
    kinds = [token.token_type for token in tokens[1:]]
    joined = all(one.end + 1 == other.start for one, other in pairwise(tokens))
    return kinds == [TokenType.AMP, TokenType.IDENTIFIER] and joined


def _decoded(text: str, mark: str) -> str:
    sign = re.escape(mark[:1])
    number = rf"{sign}(?:\+(?P<long>[0-9A-Fa-f]{{6}})|(?P<short>[0-9A-Fa-f]{{4}})|(?P<itself>{sign}))"
    return re.sub(number, _letter, text)


def _letter(found: re.Match[str]) -> str:
    digits = found["long"] or found["short"]
    known = digits is not None and int(digits, 16) < 0x110000 and not 0xD800 <= int(digits, 16) < 0xE000
    return chr(int(digits, 16)) if known else found["itself"] or found[0]
