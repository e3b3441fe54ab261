"""From a script of CREATE TABLE statements to tables as the JSON schema writes them.

A dialect gives `read_ddl` its sqlglot dialect and its type names. What the schema has no word for is told in
a warning with its place; what makes a table unreadable is a problem with its place. CHECKs stay text here:

>>> from sqlglot.dialects.postgres import Postgres
>>> ddl = read_ddl("CREATE TABLE t (a INT NOT NULL CHECK (a > 0))", Postgres, {"INT": "INTEGER"})
>>> ddl.tables[0]["columns"], ddl.tables[0]["checks"]
([{'name': 'a', 'data_type': 'INTEGER', 'required': True}], ['a > 0'])

A statement that is no table never stops the tables around it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import cast

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import TokenError

from dw_simulator.errors import Problem
from dw_simulator.plugins.dialects.ddl.completing import complete, places
from dw_simulator.plugins.dialects.ddl.creating import Creating
from dw_simulator.plugins.dialects.ddl.declared_types import ReadableTypes
from dw_simulator.plugins.dialects.ddl.own_types import create_domain, create_sequence, create_type
from dw_simulator.plugins.dialects.ddl.phrases import in_plain_words
from dw_simulator.plugins.dialects.ddl.script import (
    Script,
)
from dw_simulator.plugins.dialects.ddl.script_statements import INVISIBLE, ScriptStatement, lexis, statements
from dw_simulator.plugins.dialects.ddl.script_text import ScriptText
from dw_simulator.plugins.dialects.ddl.table_head import AS_WRITTEN, Folding, Name, head_of, name_at
from dw_simulator.plugins.dialects.ddl.unicode_names import with_unicode_names
from dw_simulator.plugins.dialects.ddl.word_runs import WordRun, meant, span
from dw_simulator.plugins.dialects.trees import Visitor
from dw_simulator.ports.dialect import Ddl
from dw_simulator.schema.json_data import JsonObject

_BEGINNINGS = frozenset({"CREATE", "ALTER", "COMMENT", "DROP", "INSERT", "SELECT", "GRANT"})
_OTHER_BEGINNINGS = frozenset({"UNDROP", "REVOKE"})
"""Words that begin a statement, and look like others."""
_OBJECTS = frozenset(
    """TABLE VIEW INDEX SEQUENCE TYPE DOMAIN STREAM SCHEMA DATABASE FUNCTION PROCEDURE TRIGGER TASK PIPE STAGE
    FORMAT POLICY ROLE USER WAREHOUSE EXTENSION RULE AGGREGATE CAST COLLATION OPERATOR PUBLICATION SERVER
    SUBSCRIPTION TABLESPACE MACRO SECRET CATALOG TAG INTEGRATION SHARE MODEL LIBRARY STATISTICS SYNONYM EVENT
    CONNECTION GROUP LOGIN PACKAGE DIRECTORY PROFILE MASKING RESERVATION ASSIGNMENT CAPACITY VOLUME LOCATION
    ALERT STREAMLIT APPLICATION NETWORK FULLTEXT SPATIAL""".split()
)
"""What a CREATE statement makes."""
_TABLE_FUNCTION = re.compile(r"\Acreate\s+(?:or\s+replace\s+)?table\s+function\s+[^\s(]", re.IGNORECASE)
_READ = frozenset({"TABLE", "INDEX", "SEQUENCE", "TYPE", "DOMAIN"})
"""Of these, those that say something of tables."""
_UNIQUE = frozenset({"UNIQUE"})
_BEFORE_OBJECTS = frozenset("OR REPLACE ALTER UNIQUE TEMP TEMPORARY CLUSTERED NONCLUSTERED".split())
_CLUSTERED = re.compile(r"clustered", re.IGNORECASE)
_KEY_WORDS = frozenset({"KEY", "PRIMARY", "UNIQUE"})
_MOST_LINES = 8
_MOST_BEGUN = 10
_INSERTS = re.compile(r"\Ainsert\b.*?;\s*insert\b", re.IGNORECASE | re.DOTALL)
_OTHER_SCRIPT = re.compile(r"^[ \t]*(?:\\(?:ir?|include(?:_relative)?)|!source)[ \t]+(\S+)", re.MULTILINE)
"""A line of psql, or of Snowflake's client, that reads another script."""
_ABOUT_TABLE = re.compile(r"\b(?:create|alter|drop)\s+(?:\w+\s+){0,5}?table\b", re.IGNORECASE)
_MAY_UNDO = ("down", "undo", "revert", "rollback", "below")
"""A word of every mark behind which a migration is taken back."""
_MERGED = re.compile(r"^(?:<{7}|={7}|>{7})(?![<=>]).*", re.MULTILINE)
_ENDS = re.compile(r"\bend\s*(?:if\s*)?\Z", re.IGNORECASE)
_INTO = re.compile(r"\binto\b", re.IGNORECASE)


@dataclass(frozen=True)
class ReadOptions:
    """How a script is read.

    folding       how the dialect reads names
    skip_unknown  whether columns of types that are not known are left out
    computes      whether expressions of the dialect are evaluated
    column_words  clauses of a column that are one word, which sqlglot does not read
    """

    folding: Folding = AS_WRITTEN
    skip_unknown: bool = False
    computes: bool = True
    column_words: Mapping[str, type[exp.Expr]] = field(default_factory=dict)


def read_ddl(
    sql: str, dialect: type[Dialect], types: ReadableTypes, options: ReadOptions | None = None
) -> Ddl:
    """Read every CREATE TABLE of a script, with the ALTER TABLE and COMMENT statements that belong to it.

    Raises SqlError where a quote is left open, ScriptError where a table cannot be read.
    """
    options = options or ReadOptions()
    sql = sql.replace("\ufeff", " ", 1) if sql.startswith("\ufeff") else sql
    script = Script(dialect, types, ScriptText(sql), options.folding, options.skip_unknown)
    script.computes, script.column_words = options.computes, options.column_words
    _refuse_merged(script)
    _tell_other_scripts(script)
    reading, lowered = _Statements(script), sql.lower()
    if any(word in lowered for word in _MAY_UNDO):
        sql = _without_undoing(script, sql)
    for statement in statements(sql, dialect):
        reading.read(statement)
    reading.creating.finish()
    reading.tell_others()
    script.give_names()
    for made in script.tables:
        complete(script, made)
    if not script.tables and not script.wrong:
        for place, reason in script.left_out:
            script.wrong.append((place, Problem(str(place), reason, excerpt=place.excerpt)))
    if not script.tables and not script.wrong:
        script.complain("", "there is no CREATE TABLE statement in this text", _instead(sql))
    script.check()
    # a table as it was read is a JSON object
    tables = [cast(JsonObject, made.table) for made in script.tables]
    return Ddl(tables, script.warnings, places(script))


def _refuse_merged(script: Script) -> None:
    """Name what a merge has left that nobody has finished. Raises ScriptError."""
    sql = script.source.text
    if "<<<<<<<" not in sql and ">>>>>>>" not in sql:
        return
    for found in _MERGED.finditer(lexis(script.dialect).masked(sql)):
        message = "a merge that is not finished has left this mark"
        mend = "keep one of the two versions, and delete the marks"
        script.complain("", message, mend, span(found[0], found.start()))
    script.check()


def _tell_other_scripts(script: Script) -> None:
    """Tell of scripts that this one reads: what they make is not in it."""
    sql = script.source.text
    if "\\i" not in sql and "!source" not in sql:
        return
    for found in _OTHER_SCRIPT.finditer(lexis(script.dialect).masked(sql)):
        message = f"{found[1]} is another script, which is not read; give it by --with"
        script.warn("", message, span(found[0].strip(), found.end() - len(found[0].strip())))


def _without_undoing(script: Script, sql: str) -> str:
    """The script without what takes back what it makes, which is told."""
    from dw_simulator.plugins.dialects.ddl.migration_marks import without_undoing  # noqa: PLC0415

    sql, undone = without_undoing(sql)
    for at, mark in undone:
        script.tell(script.source.place(at), f"what stands behind {mark!r} undoes this script, left out")
    return sql


def _instead(sql: str) -> str:
    """What to do with a script that makes no table."""
    if re.match(r"\s*(?:select|with)\b", sql, re.IGNORECASE):
        return "write CREATE TABLE name AS in front of the SELECT; a dbt project is read by import-dbt"
    return "write CREATE TABLE name (column type, ...)"


@dataclass
class _Statements:
    """Each statement of a script.

    others  the statements that are no tables, by what they begin with
    """

    script: Script
    others: dict[str, list[ScriptStatement]] = field(default_factory=dict)

    @cached_property
    def creating(self) -> Creating:
        """Makes the tables."""
        return Creating(self.script)

    def read(self, statement: ScriptStatement) -> None:
        """Do what a statement says, as far as it is about tables."""
        first = statement.words
        if (typo := _mistyped_beginning(first)) is not None:
            self._mistyped(statement, *typo)
            return
        does = _DOES.get(" ".join(first[:2])) or _DOES.get(" ".join(first[:1]))
        if does is not None:
            does(self, statement)
        else:
            self._leave_out(statement)

    def _select(self, statement: ScriptStatement) -> None:
        if _INTO.search(statement.text) and self._selects_into:
            self._words(statement, lambda words: self._select_into(statement, words))
        else:
            self._leave_out(statement)

    def _if(self, statement: ScriptStatement) -> None:
        if (inner := self._conditional(statement)) is not None:
            self.read(inner)
        else:
            self._leave_out(statement)

    def _alter_table(self, statement: ScriptStatement) -> None:
        from dw_simulator.plugins.dialects.ddl.altering import alter  # noqa: PLC0415 - few scripts alter

        self._words(statement, lambda words: alter(self.script, words))

    def _alter_other(self, statement: ScriptStatement) -> None:
        from dw_simulator.plugins.dialects.ddl.altering_others import AlteringOther  # noqa: PLC0415

        def carry_out(words: WordRun) -> None:
            if not AlteringOther(self.script, words).carried_out():
                self._leave_out(statement)

        self._words(statement, carry_out)

    def _drop_index(self, statement: ScriptStatement) -> None:
        from dw_simulator.plugins.dialects.ddl.unique_indexes import drop_index  # noqa: PLC0415

        self._words(statement, lambda words: drop_index(self.script, words))

    def _rename(self, statement: ScriptStatement) -> None:
        """RENAME TABLE a TO b, of which sqlglot takes all behind RENAME for one text."""
        from dw_simulator.plugins.dialects.ddl.renamed_tables import rename_tables  # noqa: PLC0415

        def carry_out(words: WordRun) -> None:
            if not rename_tables(self.script, words):
                self._leave_out(statement)

        behind = len(statement.text) - len(statement.text[len("RENAME") :].lstrip())
        self._words(ScriptStatement(statement.text[behind:], statement.start + behind), carry_out)

    def _execute(self, statement: ScriptStatement) -> None:
        from dw_simulator.plugins.dialects.ddl.renamed_tables import rename_by_procedure  # noqa: PLC0415

        with self.script.at(span(statement.text, statement.start)):
            if not rename_by_procedure(self.script, statement.text):
                self._leave_out(statement)

    def _comment(self, statement: ScriptStatement) -> None:
        self._words(statement, self._say_comment)

    def _drop(self, statement: ScriptStatement) -> None:
        if "TABLE" in statement.words[1:3]:
            self._words(statement, self._drop_tables)
        else:
            self._leave_out(statement)

    def _words(self, statement: ScriptStatement, then: Callable[[WordRun], None]) -> None:
        """Take a statement apart into words, and go on with them."""
        self._refuse_invisible(statement)
        try:
            words = self.script.grammar.words(statement.text, statement.start)
        except TokenError:
            self._leave_out(statement)
            return
        words = with_unicode_names(in_plain_words(words, self.script.grammar, self.script.types))
        with self.script.at(words):
            if words.mentions(_CLUSTERED):  # how a key is kept
                words = words.but("CLUSTERED", "NONCLUSTERED", behind=_KEY_WORDS)
            then(words)

    def _refuse_invisible(self, statement: ScriptStatement) -> None:
        """Name characters that nobody sees, and quotes that are none."""
        found = INVISIBLE.search(lexis(self.script.dialect).masked(statement.text))
        if found is not None:
            at = WordRun([], statement.text, statement.start + found.start())
            what = "a typographic quote" if found[0].isprintable() else "an invisible character"
            message = f"there is {what} here, U+{ord(found[0]):04X}"
            self.script.complain("", message, "write ' or \"" if found[0].isprintable() else "delete it", at)

    def _conditional(self, statement: ScriptStatement) -> ScriptStatement | None:
        """The statement about a table that stands behind a condition: IF OBJECT_ID('t') IS NULL CREATE ..."""
        masked = lexis(self.script.dialect).masked(statement.text)
        found = _ABOUT_TABLE.search(masked)
        if found is None:
            return None
        end = _ENDS.search(masked)
        return ScriptStatement(
            statement.text[found.start() : end.start() if end else None].rstrip(),
            statement.start + found.start(),
        )

    @property
    def _selects_into(self) -> bool:
        """Whether SELECT ... INTO makes a table in the dialect, rather than filling a variable."""
        return any(one.__name__ in ("Postgres", "TSQL") for one in self.script.dialect.__mro__)

    def _select_into(self, statement: ScriptStatement, words: WordRun) -> None:
        if not self.creating.select_into(words):
            self._leave_out(statement)

    # --- CREATE

    def _create(self, statement: ScriptStatement) -> None:
        words = statement.words
        kind = next((word for word in words[1:8] if word in _OBJECTS), "")
        if kind == "EVENT" and words[words.index(kind) + 1 :][:1] == ["TABLE"]:
            kind = "TABLE"
        if _TABLE_FUNCTION.search(statement.text):
            self._leave_out(statement)
        elif kind == "TABLE" and not _on_table(words):
            self._words(statement, self._create_table)
        elif kind == "VIEW":
            self._words(statement, self.creating.create_view)
            self._leave_out(statement)
        elif kind == "INDEX" and (said := next((one for one in words[1:3] if meant(one, _UNIQUE)), "")):
            self._mistyped(statement, said, "UNIQUE")
        elif kind in _MAKES:
            self._words(statement, partial(_MAKES[kind], self.script))
        elif not kind and (typo := _mistyped_object(words)):
            self._mistyped(statement, *typo)
        else:
            self._leave_out(statement)

    def _mistyped(self, statement: ScriptStatement, word: str, instead: str) -> None:
        """Complain of a word at the beginning of a statement."""
        at = statement.text.upper().index(word)
        shown = span(statement.text[at : at + len(word)], statement.start + at)
        self.script.complain("", f"{word!r} is not understood; did you mean {instead!r}?", "", shown)

    def _create_table(self, words: WordRun) -> None:
        head = head_of(words, self.script.folding)
        if head is None:
            at = next((k for k in range(len(words)) if words.word(k) == "TABLE"), 0)
            shown = words.cut(at + 1, at + 2) if at + 1 < len(words) else words.cut(at, at + 1)
            self.script.complain("", "the table has no name", "write CREATE TABLE name (...)", shown)
        else:
            self.creating.create(head, words)

    # --- other statements

    def _drop_tables(self, words: WordRun) -> None:
        at = next((k for k in range(len(words)) if words.word(k) == "TABLE"), 1) + 1
        at += 2 if words.says("IF", "EXISTS", at=at) else 0
        for part in words.cut(at).by_commas():
            name, _behind = name_at(part, 0, self.script.folding) if part.tokens else (None, 0)
            made = self.script.find(name) if name is not None else None
            if made is not None:
                self.script.tables.remove(made)
                self.script.warn(made.table["name"], "is dropped again", part)
                place = part.place(self.script.source)
                self.script.left_out.append((place, f"{made.table['name']}: is dropped again"))

    def _set_schema(self, statement: ScriptStatement) -> None:
        """USE SCHEMA s, SET search_path TO s: where names without a schema are from now on."""
        found = re.match(
            r"(?:use\s+(?:schema\s+|database\s+)?|set\s+(?:search_path\s*(?:to\s|=)|schema\s)\s*)"
            r"[\w.]*?['\"`]?(\w+)['\"`]?\s*(?:,|\Z)",
            statement.text,
            re.IGNORECASE,
        )
        if found is not None:
            self.script.schema = self.script.folding.name(found[1], quoted=False)

    def _say_comment(self, words: WordRun) -> None:
        tree = self.script.grammar.statement(words)
        if isinstance(tree, exp.Comment):
            _Commented(self.script, tree.expression.name).visit(tree.this)

    def _leave_out(self, statement: ScriptStatement) -> None:
        words = statement.words
        kinds = [word for word in words[:6] if word in _OBJECTS] if words[:1] == ["CREATE"] else []
        self.others.setdefault(" ".join([*words[:1], *kinds[:1]]), []).append(statement)

    def tell_others(self) -> None:
        """Tell what was no table, each kind in one line."""
        for alike in self.others.values():
            first = alike[0]
            place = self.script.source.place(first.start)
            text = f"{_begun(first)} ... is not a table and was left out"
            if _INSERTS.search(first.text):
                text += ", and so were the ones behind it"
            if len(alike) == 2:
                text += f", and so was 1 more like it ({self.script.source.place(alike[1].start)})"
            elif len(alike) > 1:
                lines = [f"{self.script.source.place(one.start).line}" for one in alike[1 : _MOST_LINES + 1]]
                more = "" if len(alike) <= _MOST_LINES + 1 else ", ..."
                text += f", and so were {len(alike) - 1:,} more like it (lines {', '.join(lines)}{more})"
            self.script.tell(place, text)


def _create_index(script: Script, words: WordRun) -> None:
    """How rows are found says nothing of them, but a unique index is a key."""
    if "UNIQUE" in [words.word(k) for k in range(1, 4)]:
        from dw_simulator.plugins.dialects.ddl.unique_indexes import create_unique_index  # noqa: PLC0415

        create_unique_index(script, words)


_MAKES: Mapping[str, Callable[[Script, WordRun], None]] = {
    "INDEX": _create_index,
    "SEQUENCE": create_sequence,
    "TYPE": create_type,
    "DOMAIN": create_domain,
}
"""What reads a CREATE statement of no table, by what it makes."""
_DOES: Mapping[str, Callable[[_Statements, ScriptStatement], None]] = {
    "CREATE": _Statements._create,
    "ALTER TABLE": _Statements._alter_table,
    **dict.fromkeys(
        ("ALTER SEQUENCE", "ALTER TYPE", "ALTER DOMAIN", "ALTER INDEX"), _Statements._alter_other
    ),
    "COMMENT": _Statements._comment,
    "DROP": _Statements._drop,
    "DROP INDEX": _Statements._drop_index,
    **dict.fromkeys(("SELECT", "WITH"), _Statements._select),
    "IF": _Statements._if,
    "RENAME": _Statements._rename,
    **dict.fromkeys(("EXEC", "EXECUTE"), _Statements._execute),
    **dict.fromkeys(("USE", "SET"), _Statements._set_schema),
}
"""What reads a statement, by its first words."""


def _begun(statement: ScriptStatement) -> str:
    """How a statement begins: of a CREATE, up to the name of what it makes."""
    said = statement.text.split(maxsplit=_MOST_BEGUN)[:_MOST_BEGUN]
    kinds = [at for at, word in enumerate(said) if word.upper() in _OBJECTS]
    if said[0].upper() != "CREATE" or not kinds:
        return " ".join(said[:3])
    named = kinds[0] + 1
    named += 3 if [word.upper() for word in said[named : named + 3]] == ["IF", "NOT", "EXISTS"] else 0
    return " ".join(said[: named + 1])


def _mistyped_beginning(words: Sequence[str]) -> tuple[str, str] | None:
    """What a statement begins with, or TABLE behind it, where it is typed wrongly, and what was meant."""
    first, second = [*words[:2], "", ""][:2]
    if first in ("ALTER", "DROP"):
        return (second, "TABLE") if meant(second, frozenset({"TABLE"})) else None
    instead = "" if first in _OTHER_BEGINNINGS else meant(first, _BEGINNINGS)
    return (first, instead) if instead and _is_about_table(words) else None


def _is_about_table(words: Sequence[str]) -> bool:
    """Whether TABLE, or what may be meant for it, stands behind a statement's first word."""
    return any(word in _READ or meant(word, frozenset({"TABLE"})) for word in words[1:5])


def _mistyped_object(words: Sequence[str]) -> tuple[str, str] | None:
    """The word that says what a CREATE makes, where it is typed wrongly, and what was meant."""
    behind = [word for word in words[1:6] if word not in _BEFORE_OBJECTS][:1]
    found = [(word, meant(word, frozenset({"TABLE"}))) for word in words[1:5]]
    found += [(word, meant(word, _READ)) for word in behind]
    return next(((word, instead) for word, instead in found if instead), None)


def _on_table(words: Sequence[str]) -> bool:
    """Whether a statement makes something else for a table: CREATE STREAM s ON TABLE t."""
    before = words[1 : words.index("TABLE")]
    return "ON" in before or any(word in _OBJECTS - {"EVENT"} for word in before)


@dataclass
class _Commented(Visitor[None]):
    """What a COMMENT statement is about: a table or a column of the script, or something else."""

    script: Script
    text: str

    def visit_table(self, named: exp.Table) -> None:
        if (made := self.script.find(self.script.name(named))) is not None:
            made.table["comment"] = self.text

    def visit_column(self, named: exp.Column) -> None:
        owner = named.args.get("table")
        schema = named.args.get("db")
        if owner is None:
            return
        made = self.script.find(
            Name(
                self.script.folded(owner), self.script.folded(schema) if isinstance(schema, exp.Expr) else ""
            )
        )
        column = made.column(self.script.folded(named.this)) if made is not None else None
        if column is not None:
            column["comment"] = self.text

    def visit_other(self, node: exp.Expr) -> None:
        """The schema has no comments on schemas and the like."""
