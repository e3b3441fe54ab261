"""From text to sqlglot's trees; what cannot be read is an error with its place."""

import logging
from collections.abc import Iterable

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ParseError, TokenError

from dw_simulator.errors import SqlError, closest

# sqlglot says on the log what it takes for a bare command; here that becomes a problem or a warning
logging.getLogger("sqlglot").setLevel(logging.ERROR)


def parse(sql: str, dialect: type[Dialect], words: Iterable[str] = ()) -> list[exp.Expr]:
    """Every statement of a script; a word that is not understood may be meant for one of `words`."""
    try:
        trees = sqlglot.parse(sql, read=dialect)
    except ParseError as error:
        raise _error(error, words) from None
    except TokenError as error:
        raise SqlError(str(error).splitlines()[0]) from None
    except RecursionError:
        raise SqlError("brackets are nested too deeply") from None
    return [tree for tree in trees if tree is not None]


def place(node: exp.Expr, sql: str) -> tuple[int, int, str]:
    """Line and column of a node's first word, counted from 1, and its line; zeros where sqlglot lost them."""
    starts = [part.meta for part in node.walk() if "start" in part.meta]
    if not starts:
        return 0, 0, ""
    start = min(meta["start"] for meta in starts)
    before = sql[:start]
    line = sql[before.rfind("\n") + 1 :].partition("\n")[0]
    return before.count("\n") + 1, start - before.rfind("\n"), line.strip()


def _error(error: ParseError, words: Iterable[str]) -> SqlError:
    first = error.errors[0] if error.errors else {}
    excerpt = "".join(str(first.get(k) or "") for k in ("start_context", "highlight", "end_context"))
    line = _line_around(excerpt, str(first.get("start_context") or ""))
    word = str(first.get("highlight") or "")
    description = str(first.get("description") or error).split(" but got")[0].split(" <Token")[0]
    others = [other for other in words if other.lower() != word.lower()]
    message = f"{description} at {word!r}{closest(word, others)}" if word else description
    # sqlglot counts to the end of the word
    column = int(first.get("col") or 0) - max(len(word) - 1, 0)
    return SqlError(message, int(first.get("line") or 0), column, line)


def _line_around(excerpt: str, before: str) -> str:
    start = before.rfind("\n") + 1
    end = excerpt.find("\n", len(before))
    return excerpt[start : end if end >= 0 else None].strip()
