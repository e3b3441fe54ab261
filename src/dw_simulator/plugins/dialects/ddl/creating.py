"""CREATE TABLE in all its forms: with columns, from a SELECT, and from another table."""

import re
from copy import deepcopy
from dataclasses import dataclass, field

from sqlglot import exp
from sqlglot.tokens import TokenType

from dw_simulator.plugins.dialects.ddl.column_clauses import UNTOLD, read_column, type_text
from dw_simulator.plugins.dialects.ddl.script import (
    MadeTable,
    ReadColumn,
    ReadTable,
    Script,
    Selected,
    Unselectable,
)
from dw_simulator.plugins.dialects.ddl.table_head import TableHead, name_at
from dw_simulator.plugins.dialects.ddl.table_items import TableItems, names_alone, short
from dw_simulator.plugins.dialects.ddl.table_tail import TableTail
from dw_simulator.plugins.dialects.ddl.word_runs import WordRun, meant

_LIKE = re.compile(r"\blike\b", re.IGNORECASE)
_TEMPORARY = frozenset({"TEMP", "TEMPORARY", "TRANSIENT", "VOLATILE"})
_MODIFIERS = _TEMPORARY | frozenset(
    """OR REPLACE ALTER LOCAL GLOBAL EXTERNAL UNLOGGED HYBRID ICEBERG DYNAMIC EVENT SNAPSHOT FOREIGN STREAMING
    LIVE COLUMN ROW IMMUTABLE READ ONLY DUPLICATE SHARDED PRIVATE BLOCKCHAIN MULTISET SET INTERACTIVE MANAGED
    REFRESH INCREMENTAL MEMORY CACHED""".split()
)
"""What may stand between CREATE and TABLE."""
_INTO = _TEMPORARY | {"UNLOGGED", "TABLE", "LOCAL", "GLOBAL"}
"""What may stand between INTO and the name."""
_COPIES = frozenset({"CLONE", "COPY"})
_RULE = frozenset({"rule", "generated", "inferred"})
_PARTS = {
    "DEFAULTS": ("default",),
    "INDEXES": ("primary_key", "unique", "nulls_not_distinct", "is_unique"),
    "CONSTRAINTS": ("checks",),
    "COMMENTS": ("comment",),
    "STORAGE": ("dist_key", "dist_style", "sort_key"),
}
"""What a table may take from another besides its columns: the fields of tables and columns that say it."""
_ALL = frozenset({*_PARTS, "IDENTITY", "GENERATED", "REFERENCES"})
_INHERITED = frozenset({"DEFAULTS", "GENERATED", "CONSTRAINTS"})


@dataclass(frozen=True, eq=False)
class Waiting:
    """A table whose SELECT reads what the script has not made yet."""

    made: MadeTable
    query: WordRun
    names: list[str]
    named: WordRun


@dataclass
class Creating:
    """Makes tables of a script.

    waiting  tables that are made when the others are there
    """

    script: Script
    waiting: list[Waiting] = field(default_factory=list)

    def finish(self) -> None:
        """Make the tables that have waited for others; what is still missing then is in no script."""
        whole = True
        while self.waiting:
            ready = [one for one in self.waiting if self._finished(one, whole=whole)]
            self.waiting = [one for one in self.waiting if one not in ready]
            whole = bool(ready) and whole

    def _finished(self, one: Waiting, *, whole: bool) -> bool:
        is_view = one.made in self.script.views
        with self.script.at(one.named):
            try:
                found = self._selected(one.query, whole=whole)
            except Unselectable as reason:
                self._forget(one.made)
                if not is_view:
                    self.script.leave_out(one.made.table["name"], f"{reason}, so the table was left out")
                return True
            if found is None:
                return False
            told = len(self.script.told)
            if not self._take_selected(one.made, found, one.names):
                self._forget(one.made)
            if is_view:
                del self.script.told[told:]  # what is no table is told by itself
        return True

    def _forget(self, made: MadeTable) -> None:
        for known in (self.script.tables, self.script.views):
            if made in known:
                known.remove(made)

    def create_view(self, words: WordRun) -> None:
        """What a view shows is none of the tables, and others may be made from it."""
        at = next((k for k in range(1, len(words)) if words.word(k) == "VIEW"), 1) + 1
        at += 3 if words.says("IF", "NOT", "EXISTS", at=at) else 0
        name, behind = name_at(words, at, self.script.folding)
        _tail, query = _split_query(words.cut(behind))
        if name is None or query is None:
            return
        full = self.script.full(name)
        made = MadeTable(ReadTable(name=full.name, columns=[]), full, self.script.here, is_made=False)
        closing = words.closing(behind) if words.kind(behind) is TokenType.L_PAREN else None
        named = words.cut(behind + 1, closing).by_commas() if closing is not None else []
        names = [self._called(one) for one in named if one.tokens]
        if query.says("WITH", "NO", "SCHEMA", "BINDING", at=len(query) - 4):  # as Redshift has it
            query = query.cut(0, -4)
        self.waiting.append(Waiting(made, query, names, words.cut(at, behind)))
        self.script.views.add(made)

    def _called(self, words: WordRun) -> str:
        return self.script.folding.name(words.tokens[0].text, quoted=words.is_quoted(0))

    def _complain_of_open(self, name: str, opened: WordRun, inner: WordRun) -> None:
        from dw_simulator.plugins.dialects.ddl.open_brackets import (  # noqa: PLC0415 - few are open
            open_bracket,
            wrong_semicolon,
        )

        grammar, text = self.script.grammar, self.script.source.text
        wrong = wrong_semicolon(inner, text, grammar)
        wrong = wrong or open_bracket(opened, inner, grammar, lambda kind: bool(type_text(self.script, kind)))
        self.script.complain(name, wrong.message, wrong.mend, wrong.words)

    def create(self, head: TableHead, words: WordRun) -> None:
        """The table that a CREATE TABLE statement makes, where it says its columns."""
        name = self.script.full(head.name)
        existing = self.script.tables.exactly(name)
        if existing is not None and head.if_absent:
            self.script.warn(name.name, "is there already, so this CREATE TABLE IF NOT EXISTS makes none")
            return
        made = MadeTable(ReadTable(name=name.name, columns=[]), name, head.named.place(self.script.source))
        with self.script.at(head.named):
            if head.opened is not None and head.brackets is not None:
                self._complain_of_open(name.name, head.opened, head.brackets)
                return
            filled = self._fill(made, head)
            if filled and made.is_made and not made.table["columns"] and not self.script.wrong:
                filled = False
                if self.script.skip_unknown and head.brackets:
                    self.script.leave_out(name.name, "has no column of a known type, and was left out")
                else:
                    self.script.complain(name.name, "the table has no columns", "give it one", head.named)
        if not filled:
            return
        if made.is_made:
            self.script.check_mentions(made)
        self._tell_modifiers(head, words)
        if made.reads_files:
            self.script.warn(name.name, "columns taken from its files are ordinary ones")
        if existing is not None:
            self.script.tables.remove(existing)
            self.script.warn(name.name, "is created again; the last CREATE TABLE counts")
        self.script.tables.add(made)

    def _tell_modifiers(self, head: TableHead, words: WordRun) -> None:
        for k, word in enumerate(head.modifiers, start=1):
            if word in _TEMPORARY:
                self.script.warn(head.name.name, "becomes an ordinary table")
            elif word not in _MODIFIERS:
                hint = f"; did you mean {instead!r}?" if (instead := meant(word, _MODIFIERS)) else ""
                message = f"{word} is not understood, left out{hint}"
                self.script.warn(head.name.name, message, words.cut(k, k + 1))

    # --- where the columns come from

    def _fill(self, made: MadeTable, head: TableHead) -> bool:
        """Give a table its columns; False where nothing says them, which is told."""
        tail, query = _split_query(head.tail)
        inner = head.brackets
        if inner is not None and inner.word(0) in ("SELECT", "WITH"):
            inner, query = None, inner
        if inner is not None and query is not None and (found := names_alone(inner)) is not None:
            return self._named_columns(made, query, found, head.named) and self._behind(made, tail)
        if inner is not None and (len(inner) or query is None):
            filled = self._columns(made, inner, tail)
            if filled and query is not None and self._adds_columns:
                return self._made_from(made, query, [], head.named)
            return filled
        if query is not None:
            return self._made_from(made, query, [], head.named) and self._behind(made, tail)
        return self._otherwise(made, head.tail)

    def _named_columns(
        self, made: MadeTable, query: WordRun, found: tuple[list[WordRun], list[WordRun]], named: WordRun
    ) -> bool:
        """The columns of a SELECT under other names, and what is said of them besides."""
        items, constraints = found
        if not self._made_from(made, query, [self._name(item) for item in items], named):
            return False
        reader = TableItems(self.script, made)
        for item in [*constraints, *(item for item in items if len(item) > 1)]:
            with self.script.at(item):
                if made.is_made:
                    reader.read_more(item)
                else:
                    self.script.warn(made.table["name"], f"{short(item)} was left out", item)
        return True

    @property
    def _adds_columns(self) -> bool:
        """Whether the columns of a SELECT stand beside those in brackets."""
        return any(one.__name__ == "MySQL" for one in self.script.dialect.__mro__)

    def _columns(self, made: MadeTable, inner: WordRun, tail: WordRun) -> bool:
        if tail.says("INHERITS") and tail.kind(1) is TokenType.L_PAREN:
            closing = tail.closing(1) or len(tail)
            for parent in tail.cut(2, closing).by_commas():
                self._take(made, parent, _INHERITED)
            tail = tail.cut(closing + 1)
        items = TableItems(self.script, made)
        if not inner.mentions(_LIKE):
            items.read(inner)
            return self._behind(made, tail)
        for item in inner.by_commas():
            if not item.says("LIKE") or len(item) == 1:
                items.read(item)
                continue
            with self.script.at(item):
                if not self._take(made, item.cut(1), _taken(item) | {"STORAGE"}):
                    return False
        return self._behind(made, tail)

    def _behind(self, made: MadeTable, tail: WordRun) -> bool:
        TableTail(self.script, made).read(tail)
        return True

    def select_into(self, words: WordRun) -> bool:
        """The table that SELECT ... INTO makes; False where it makes none."""
        at = next((k for k, depth in words.depths() if not depth and words.word(k) == "INTO"), None)
        if at is None:
            return False
        behind = at + 1
        while words.word(behind) in _INTO:
            behind += 1
        name, end = name_at(words, behind, self.script.folding)
        if name is None:
            return False
        modifiers = tuple(word for k in range(at + 1, behind) if (word := words.word(k)) != "TABLE")
        named = words.cut(behind, end)
        self.create(TableHead(modifiers, False, name, named, None, None, words), words)
        return True

    def _name(self, item: WordRun) -> str:
        return self.script.folding.name(item.tokens[0].text, quoted=item.is_quoted(0))

    def _otherwise(self, made: MadeTable, tail: WordRun) -> bool:
        """A table without brackets: of the form of another one, or of none that is said."""
        name = made.table["name"]
        if tail.says("PARTITION", "OF"):
            self.script.leave_out(name, "is a partition of another table, and was left out")
            return False
        if tail.says("OF"):
            return self._of_type(made, tail)
        for at in range(len(tail)):
            if tail.word(at) == "LIKE" or tail.word(at) in _COPIES:
                rest = tail.cut(at + 1)
                if rest.says("GRANTS"):  # COPY GRANTS
                    continue
                return self._take(made, rest, _ALL)
        if tail.tokens and tail.tokens[-1].token_type is TokenType.R_PAREN and _closes_too_much(tail):
            self.script.complain(
                name, "a bracket is missing behind the name", "write ( there", tail.cut(0, 1)
            )
            return False
        self.script.leave_out(name, "does not say its columns, and was left out")
        return False

    def _of_type(self, made: MadeTable, tail: WordRun) -> bool:
        """The columns of a type that the script makes, and what brackets say of them."""
        named, behind = name_at(tail, 1, self.script.folding)
        own = self.script.own_types.get(named.name.lower()) if named is not None else None
        kind = own.args.get("kind") if own is not None else None
        if kind is None or kind.this is not exp.DType.STRUCT:
            called = named.name if named is not None else str(tail)
            message = f"is of the type {called}, which this script does not make, and was left out"
            self.script.leave_out(made.table["name"], message)
            return False
        for part in kind.expressions:
            read_column(self.script, made, part.copy())
        closing = tail.closing(behind) if tail.kind(behind) is TokenType.L_PAREN else None
        items = TableItems(self.script, made)
        for item in tail.cut(behind + 1, closing).by_commas() if closing is not None else ():
            with self.script.at(item):
                items.read_more(item)
        return self._behind(made, tail.cut(closing + 1 if closing is not None else behind))

    def _take(self, made: MadeTable, words: WordRun, parts: frozenset[str]) -> bool:
        """The columns of another table, and of what else is said there these parts."""
        name, _behind = name_at(words, 0, self.script.folding)
        source = self.script.find(name, made.name.schema) if name is not None else None
        own = made.table["name"]
        if source is None or name is None:
            called = name.name if name is not None else str(words)
            self.script.leave_out(
                own, f"is made like {called}, which this script does not make before it, and was left out"
            )
            return False
        copied = deepcopy(source.table)
        gone = {key for part, keys in _PARTS.items() if part not in parts for key in keys}
        for column in copied["columns"]:
            column["required"] |= column["name"] in copied.get("primary_key", ())
            generated = {"GENERATED"} if column.get("generated") else {"IDENTITY", "DEFAULTS"}
            for key in gone | (set() if generated & parts else _RULE):
                column.pop(key, None)  # type: ignore[misc]  # both are columns as they were read
        made.table["columns"] += copied["columns"]
        made.columns.update({column["name"]: self.script.here for column in copied["columns"]})
        made.types.update(source.types)
        for key, value in copied.items():
            if key not in ("name", "columns") and key not in gone:
                made.table[key] = value  # type: ignore[literal-required]  # both are tables as they were read
        if "REFERENCES" in parts:
            made.references += deepcopy(source.references)
        return True

    def _made_from(self, made: MadeTable, query: WordRun, names: list[str], named: WordRun) -> bool:
        """The columns of a SELECT, now or when what it reads is there; False where nothing says them."""
        try:
            found = self._selected(query, whole=True)
        except Unselectable as reason:
            self.script.leave_out(made.table["name"], f"{reason}, so the table was left out")
            return False
        if found is None:
            made.is_made = False
            self.waiting.append(Waiting(made, query, names, named))
            return True
        return self._take_selected(made, found, names)

    def _selected(self, query: WordRun, *, whole: bool) -> list[Selected] | None:
        from dw_simulator.plugins.dialects.ddl.selecting import selected  # noqa: PLC0415 - it takes 50 ms

        return selected(self.script, str(query), whole=whole)

    def _take_selected(self, made: MadeTable, found: list[Selected], names: list[str]) -> bool:
        made.is_made = True
        own = made.table["name"]
        if names and len(names) != len(found):
            self.script.leave_out(own, "names other columns than its SELECT has, and was left out")
            return False
        declared = {column["name"] for column in made.table["columns"]}
        untold = []
        for k, one in enumerate(found):
            name = names[k] if names else one.name
            if made.column(name) is not None:
                if name not in declared:  # MySQL fills the column in brackets with it
                    self.script.warn(f"{own}.{name}", "is there twice in the SELECT; the first is taken")
                continue
            text = one.data_type or type_text(self.script, one.kind)
            untold += [] if text else [name]
            column: ReadColumn = {"name": name, "data_type": text or UNTOLD, "required": one.required}
            made.table["columns"].append(column)
            made.columns[name] = self.script.here
            if one.kind is not None:
                made.types[name] = one.kind
        if untold:
            message = f"the types of {', '.join(untold)} cannot be told, and were taken for {UNTOLD}"
            self.script.warn(own, message)
        return True


def _split_query(tail: WordRun) -> tuple[WordRun, WordRun | None]:
    """What stands behind the brackets, and the query that fills the table, where there is one."""
    end = len(tail)
    if tail.says("DATA", at=end - 1):  # WITH NO DATA
        end -= 3 if tail.says("NO", at=end - 2) else 2
    for at, depth in tail.depths():
        if depth:
            continue
        begins = tail.word(at) in ("SELECT", "WITH", "FROM", "VALUES") or tail.kind(at) is TokenType.L_PAREN
        if tail.word(at) == "AS" and at + 1 < end:
            follows = tail.word(at + 1) in ("SELECT", "WITH", "FROM", "VALUES", "TABLE")
            if follows or tail.kind(at + 1) is TokenType.L_PAREN:
                return tail.cut(0, at), tail.cut(at + 1, end)
        elif begins and tail.word(at) == "SELECT":  # MySQL needs no AS
            return tail.cut(0, at), tail.cut(at, end)
        elif at == 0 and tail.word(at) == "WITH" and "AS" in (tail.word(2), tail.word(3)):
            return tail.cut(0, 0), tail.cut(0, end)
    return tail, None


def _taken(item: WordRun) -> frozenset[str]:
    """What a LIKE takes with the columns: INCLUDING DEFAULTS, or all but references."""
    parts: set[str] = set()
    for at in range(len(item)):
        named = {item.word(at + 1)} if item.word(at + 1) != "ALL" else set(_ALL - {"REFERENCES"})
        if item.word(at) == "INCLUDING":
            parts |= named
        elif item.word(at) == "EXCLUDING":
            parts -= named
    return frozenset(parts)


def _closes_too_much(tail: WordRun) -> bool:
    kinds = [token.token_type for token in tail.tokens]
    return kinds.count(TokenType.R_PAREN) > kinds.count(TokenType.L_PAREN)
