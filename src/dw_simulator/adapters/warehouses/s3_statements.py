"""Redshift's COPY from S3 and UNLOAD to it, which PostgreSQL does not have."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sqlglot.dialects.redshift import Redshift
from sqlglot.errors import SqlglotError
from sqlglot.tokens import Token, TokenType

from dw_simulator.errors import SqlError, closest

_TEXTS = (TokenType.STRING, TokenType.RAW_STRING, TokenType.HEREDOC_STRING)
_COPY_FORMATS = ("PARQUET",)
_UNLOAD_FORMATS = ("PARQUET", "CSV")


@dataclass(frozen=True)
class CopyFromS3:
    """COPY table (columns) FROM source FORMAT PARQUET. columns: () for all of the file's."""

    table: str
    source: str
    columns: tuple[str, ...] = ()
    manifest: bool = False


@dataclass(frozen=True)
class UnloadToS3:
    """UNLOAD ('select') TO target. header: of CSV files; overwrite: what is there under the same names."""

    select: str
    target: str
    format: str = "CSV"
    delimiter: str = "|"
    header: bool = False
    overwrite: bool = False
    manifest: bool = False


def statement(sql: str) -> CopyFromS3 | UnloadToS3 | None:
    """The statement that a text is; None for other SQL. Raises SqlError with the place of what is amiss."""
    word = re.match(r"(?:\s|--[^\n]*\n|/\*.*?\*/)*(\w+)", sql, re.DOTALL)
    kind = word[1].upper() if word else ""
    if word is None or kind not in ("COPY", "UNLOAD"):
        return None
    try:
        # sqlglot takes whatever follows UNLOAD for one text
        tokens = Redshift().tokenize(
            f"{sql[: word.start(1)]}SELECT{sql[word.end(1) :]}" if kind == "UNLOAD" else sql
        )
    except SqlglotError as error:
        raise SqlError(f"the statement cannot be read: {error}") from None
    reader = _Reader(sql, tokens)
    return reader.copy() if kind == "COPY" else reader.unload()


_IGNORED = {"IAM_ROLE": 1, "REGION": 1, "CREDENTIALS": 1}
"""What tells Redshift who may: here the usual AWS variables do."""


class _Reader:
    def __init__(self, sql: str, tokens: list[Token]) -> None:
        self._sql, self._tokens, self._at = sql, tokens, 1  # behind the first word
        if self._tokens and self._tokens[-1].token_type is TokenType.SEMICOLON:
            self._tokens.pop()

    # --- statements

    def copy(self) -> CopyFromS3:
        table = self._name("a table's name")
        while self._takes("."):  # the schema is the experiment's
            table = self._name("a table's name")
        columns: list[str] = []
        if self._takes("("):
            columns.append(self._name("a column's name"))
            while self._takes(","):
                columns.append(self._name("a column's name"))
            self._needs(")")
        self._needs("FROM")
        made = CopyFromS3(table, self._text("the address of the files"), tuple(columns))
        formats: list[str] = []
        for name, value in self._options({"MANIFEST": 0, "FORMAT": 1, **_IGNORED}):
            if name == "MANIFEST":
                made = replace(made, manifest=True)
            elif name == "FORMAT":
                formats.append(self._known(value, _COPY_FORMATS))
        if not formats:
            raise self._error("files are read with FORMAT AS PARQUET only", self._tokens[-1])
        return made

    def unload(self) -> UnloadToS3:
        self._needs("(")
        select = self._text("the SELECT, in quotes")
        self._needs(")")
        self._needs("TO")
        made = UnloadToS3(select, self._text("where the files go"))
        changes: dict[str, Callable[[str], UnloadToS3]] = {
            "HEADER": lambda _value: replace(made, header=True),
            "ALLOWOVERWRITE": lambda _value: replace(made, overwrite=True),
            "MANIFEST": lambda _value: replace(made, manifest=True),
            "FORMAT": lambda value: replace(made, format=self._known(value, _UNLOAD_FORMATS)),
            "DELIMITER": lambda value: replace(made, delimiter=self._one_character(value)),
            "CSV": lambda _value: replace(made, format="CSV", delimiter=","),
            "PARQUET": lambda _value: replace(made, format="PARQUET"),
        }
        for name, value in self._options({**_UNLOAD_OPTIONS, "PARALLEL": 1, **_IGNORED}):
            if name in changes:
                made = changes[name](value)
                if name == "FORMAT" and made.format == "CSV":
                    made = replace(made, delimiter=",")
        return made

    def _options(self, known: Mapping[str, int]) -> list[tuple[str, str]]:
        """Options to the end, each with its value, if it takes one."""
        found = []
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            name = token.text.upper()
            if name not in known:
                raise self._error(f"{token.text} is not an option here{closest(name, known)}", token)
            self._at += 1
            self._takes("AS")
            value = self._next(f"a value for {name}").text if known[name] else ""
            found.append((name, value))
        return found

    def _known(self, value: str, formats: tuple[str, ...]) -> str:
        if value.upper() not in formats:
            told = f"the format {value} is not read or written here; known: {', '.join(formats)}"
            raise self._error(told, self._tokens[self._at - 1])
        return value.upper()

    def _one_character(self, value: str) -> str:
        if len(value.encode()) != 1 or value in '"\r\n':
            raise self._error(f"the delimiter {value!r} is not one character", self._tokens[self._at - 1])
        return value

    # --- tokens

    def _next(self, wanted: str) -> Token:
        if self._at >= len(self._tokens):
            raise self._error(f"{wanted} is missing at the end", self._tokens[-1])
        self._at += 1
        return self._tokens[self._at - 1]

    def _takes(self, text: str) -> bool:
        here = self._tokens[self._at] if self._at < len(self._tokens) else None
        found = here is not None and here.text.upper() == text and here.token_type not in _TEXTS
        self._at += found
        return found

    def _needs(self, text: str) -> None:
        if not self._takes(text):
            token = self._tokens[min(self._at, len(self._tokens) - 1)]
            raise self._error(f"{text} is expected at {token.text!r}", token)

    def _name(self, wanted: str) -> str:
        token = self._next(wanted)
        if token.token_type is TokenType.IDENTIFIER:
            return token.text
        if not re.fullmatch(r"[^\W\d]\w*", token.text) or token.token_type in _TEXTS:
            raise self._error(f"{wanted} is expected at {token.text!r}", token)
        return token.text.lower()

    def _text(self, wanted: str) -> str:
        token = self._next(wanted)
        if token.token_type not in _TEXTS:
            raise self._error(f"{wanted} is expected at {token.text!r}", token)
        return token.text

    def _error(self, message: str, token: Token) -> SqlError:
        line = self._sql.splitlines()[token.line - 1] if self._sql else ""
        quotes = 2 if token.token_type in _TEXTS else 0
        column = max(token.col - len(token.text) - quotes + 1, 1)
        return SqlError(message, token.line, column, line.strip())


_UNLOAD_OPTIONS = {
    "MANIFEST": 0,
    "HEADER": 0,
    "ALLOWOVERWRITE": 0,
    "CSV": 0,
    "PARQUET": 0,
    "FORMAT": 1,
    "DELIMITER": 1,
}
