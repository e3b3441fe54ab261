"""ALTER TYPE, ALTER DOMAIN, ALTER SEQUENCE, ALTER INDEX: what columns have of these changes with them."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp
from sqlglot.tokens import TokenType

from dw_simulator.plugins.dialects.ddl.column_clauses import of_column, take_over
from dw_simulator.plugins.dialects.ddl.script import MadeTable, ReadColumn, Script
from dw_simulator.plugins.dialects.ddl.table_head import Name, name_at
from dw_simulator.plugins.dialects.ddl.type_called import own_name_of
from dw_simulator.plugins.dialects.ddl.word_runs import WordRun, number_behind
from dw_simulator.types import UnknownTypeError

_HARMLESS = frozenset({"NO", "MAXVALUE", "MINVALUE", "CACHE", "CYCLE", "AS", "SET"})
"""What else may be said of a sequence, and changes no number that is made."""


@dataclass
class AlteringOther:
    """One such statement."""

    script: Script
    words: WordRun

    def carried_out(self) -> bool:
        """Do what it says; False where that is about nothing of the script, or not understood."""
        at = 4 if self.words.says("IF", "EXISTS", at=2) else 2
        name, behind = name_at(self.words, at, self.script.folding)
        if name is None:
            return False
        changes = {
            "SEQUENCE": self._sequence,
            "INDEX": self._index,
            "TYPE": self._type,
            "DOMAIN": self._domain,
        }
        change = changes.get(self.words.word(1))
        return change is not None and change(name, self.words.cut(behind))

    # --- sequences and indexes

    def _sequence(self, name: Name, action: WordRun) -> bool:
        full = self.script.full(name)
        known = self.script.sequence(full)
        if known is None:
            return False
        if action.says("RENAME", "TO"):
            new, _behind = name_at(action, 2, self.script.folding)
            if new is not None:  # the old one is what defaults were read with
                self.script.sequences[Name(new.name, new.schema or full.schema)] = known
            return new is not None
        if action.word(0) in ("OWNED", "OWNER"):
            return True
        if action.says("SET", "SCHEMA"):
            return True
        begin, step = number_behind(action, "RESTART"), number_behind(action, "INCREMENT")
        known["start"] = known["start"] if begin is None else begin
        known["step"] = step or known["step"]
        return begin is not None or step is not None or action.word(0) in _HARMLESS

    def _index(self, name: Name, action: WordRun) -> bool:
        new = name_at(action, 2, self.script.folding)[0] if action.says("RENAME", "TO") else None
        if new is None or name.name not in self.script.indexes:
            return not new  # how an index is kept says nothing of values
        self.script.indexes[new.name] = self.script.indexes.pop(name.name)
        return True

    # --- types

    @cached_property
    def _own(self) -> exp.ColumnDef | None:
        at = 4 if self.words.says("IF", "EXISTS", at=2) else 2
        name, _behind = name_at(self.words, at, self.script.folding)
        return self.script.own_types.get(name.name.lower()) if name is not None else None

    def _rename(self, name: Name, action: WordRun) -> bool:
        """Columns that have it go on having it, by its new name."""
        new, _behind = name_at(action, 2, self.script.folding)
        if new is None or self._own is None:
            return False
        old, called = name.name.lower(), new.name.lower()
        for kind in list(self._kinds_of(old)):
            kind.set("kind", called)
        self.script.own_types[called] = self.script.own_types.pop(old)
        return True

    def _kinds_of(self, name: str) -> Iterator[exp.DataType]:
        """Wherever a type of this name stands within others, or is a column's."""
        trees = [
            own.args["kind"] for own in self.script.own_types.values() if own.args.get("kind") is not None
        ]
        trees += [kind for made in self.script.tables for kind in made.types.values()]
        for tree in trees:
            yield from _called(tree, name)

    def _type(self, name: Name, action: WordRun) -> bool:
        if self._own is None:
            return False
        if action.says("RENAME", "TO"):
            return self._rename(name, action)
        if action.word(0) == "OWNER" or action.says("SET", "SCHEMA"):
            return True
        kind = self._own.args.get("kind")
        if not isinstance(kind, exp.DataType):
            return False
        if kind.this is exp.DType.ENUM:
            changed = self._listed(kind, action)
        else:
            done = [self._part(kind, part) for part in action.by_commas()]
            changed = all(done)
        self._tell_columns(name.name.lower())
        return changed

    def _tell_columns(self, name: str) -> None:
        """Give the columns of a type what it has become."""
        for made, column in _with_type(self.script, name):
            with suppress(UnknownTypeError):
                column["data_type"] = self.script.type_of(made.types[column["name"]])

    def _listed(self, kind: exp.DataType, action: WordRun) -> bool:
        """ADD VALUE [IF NOT EXISTS] 'b' [BEFORE 'a'], RENAME VALUE 'a' TO 'c', DROP VALUE 'a'."""
        texts = [token.text for token in action.tokens if token.token_type is TokenType.STRING]
        values = [one.name for one in kind.expressions]
        if action.word(1) not in ("VALUE", "ATTRIBUTE") or not texts:
            return False
        first, other = texts[0], texts[-1]
        beside = values.index(other) if len(texts) > 1 and other in values else None
        match action.word(0):
            case "ADD" if first not in values:
                before = any(action.word(k) == "BEFORE" for k in range(len(action)))
                values.insert(len(values) if beside is None else beside + (not before), first)
            case "RENAME" if first in values and len(texts) > 1:
                values[values.index(first)] = other
            case "DROP" if first in values:
                values.remove(first)
        kind.set("expressions", [exp.Literal.string(value) for value in values])
        return True

    def _part(self, kind: exp.DataType, action: WordRun) -> bool:
        """ADD ATTRIBUTE a INT, DROP ATTRIBUTE a, ALTER ATTRIBUTE a TYPE TEXT, RENAME ATTRIBUTE a TO b."""
        if action.word(1) != "ATTRIBUTE" or kind.this is not exp.DType.STRUCT:
            return False
        at = 4 if action.says("IF", "EXISTS", at=2) else 2
        if at >= len(action):
            return False
        name = self.script.folding.name(action.tokens[at].text, quoted=action.is_quoted(at))
        parts = list(kind.expressions)
        found = next((one for one in parts if self.script.folded(one.this) == name), None)
        match action.word(0):
            case "ADD":
                added = self.script.grammar.item(action.cut(2).without_last("CASCADE", "RESTRICT"))
                parts += [added] if isinstance(added, exp.ColumnDef) else []
            case "DROP":
                parts = [one for one in parts if one is not found]
            case "RENAME" if found is not None:
                found.this.set("this", action.tokens[-1].text)
            case "ALTER" if found is not None:
                typed = next((k for k in range(at, len(action)) if action.word(k) == "TYPE"), at)
                words = WordRun([action.tokens[at], *action.tokens[typed + 1 :]], action.text, action.start)
                read = self.script.grammar.item(words.without_last("CASCADE", "RESTRICT"))
                if isinstance(read, exp.ColumnDef) and read.args.get("kind") is not None:
                    found.set("kind", read.args["kind"])
            case _:
                return False
        kind.set("expressions", parts)
        return True

    # --- domains

    def _domain(self, name: Name, action: WordRun) -> bool:
        if self._own is None:
            return False
        own = name.name.lower()
        clause = action.cut(1) if action.word(0) in ("ADD", "SET") else None
        if action.says("RENAME", "TO"):
            return self._rename(name, action)
        if clause is not None:
            return self._say(own, clause)
        if action.word(0) == "DROP":
            return self._unsay(own, action)
        return action.word(0) in ("OWNER", "VALIDATE", "RENAME")

    def _say(self, own: str, clause: WordRun) -> bool:
        """Say something more of a domain's values."""
        clause = clause.cut(0, -2) if clause.says("NOT", "VALID", at=len(clause) - 2) else clause
        typed = self.script.grammar.words("plain INT", 0).tokens
        tree = self.script.grammar.item(WordRun([*typed, *clause.tokens], clause.text, clause.start))
        said = tree.args.get("constraints") if isinstance(tree, exp.ColumnDef) else None
        if not said or self._own is None:
            return False
        for made, column in _with_type(self.script, own):
            if own_name_of(made.types[column["name"]]) == own:  # and not within another
                take_over(self.script, made, column, exp.ColumnDef(constraints=said))
        self._own.set("constraints", [*(self._own.args.get("constraints") or ()), *said])
        return True

    def _unsay(self, own: str, action: WordRun) -> bool:
        """DROP NOT NULL, DROP DEFAULT, DROP CONSTRAINT."""
        assert self._own is not None, "it was looked for"
        at = 4 if action.says("IF", "EXISTS", at=2) else 2
        named = action.word(1) == "CONSTRAINT" and len(action) > at
        name = self.script.folding.name(action.tokens[at].text, quoted=action.is_quoted(at)) if named else ""
        said = self._own.args.get("constraints") or []
        gone = [one for one in said if self._is_meant(one, action.word(1), name)]
        kept = [one for one in said if one not in gone]
        self._own.set("constraints", kept)
        for made, column in _with_type(self.script, own):
            checks = [
                self.script.sql(of_column(one.args["kind"].this, column["name"])) for one in gone if named
            ]
            made.table["checks"] = [one for one in made.table.get("checks", ()) if one not in checks]
            if action.word(1) == "NOT":
                column["required"] = False
            if action.word(1) == "DEFAULT":
                column.pop("default", None)
        return bool(gone)

    def _is_meant(self, constraint: exp.Expr, what: str, name: str) -> bool:
        """Whether something that is said of a domain is what goes."""
        if name:
            called = constraint.args.get("this")
            is_check = isinstance(constraint.args.get("kind"), exp.CheckColumnConstraint)
            return is_check and called is not None and self.script.folded(called) == name
        kinds = {"NOT": exp.NotNullColumnConstraint, "DEFAULT": exp.DefaultColumnConstraint}
        return what in kinds and isinstance(constraint.args.get("kind"), kinds[what])


def _called(tree: exp.DataType, name: str) -> Iterator[exp.DataType]:
    """The types of this name within one."""
    for kind in tree.find_all(exp.DataType):
        if kind.this is exp.DType.USERDEFINED and own_name_of(kind) == name:
            yield kind


def _with_type(script: Script, name: str) -> Iterator[tuple[MadeTable, ReadColumn]]:
    """The columns of a type of the script's own, or with it in theirs; each with its table."""
    for made in script.tables:
        for column in made.table["columns"]:
            kind = made.types.get(column["name"])
            if kind is not None and any(_called(kind, name)):
                yield made, column
