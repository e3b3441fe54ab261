"""ALTER TABLE of a part of a column: ADD COLUMN address.city STRING, DROP COLUMN address.city, ..."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp
from sqlglot.tokens import TokenType

from dw_simulator.plugins.dialects.ddl.script import MadeTable, Script
from dw_simulator.plugins.dialects.ddl.word_runs import WordRun
from dw_simulator.types import UnknownTypeError

_WITHIN = {"element": 0, "key": 0, "value": 1}
"""What the parts of lists and maps are called."""


@dataclass
class NestedField:
    """One such action."""

    script: Script
    made: MadeTable
    words: WordRun

    @cached_property
    def _named(self) -> int:
        """Where the path begins."""
        at = 2 if self.words.word(1) == "COLUMN" else 1
        at += 2 if self.words.says("IF", "EXISTS", at=at) else 0
        return at + 3 if self.words.says("IF", "NOT", "EXISTS", at=at) else at

    @property
    def is_one(self) -> bool:
        """Whether it is about a part of a column."""
        begins = self.words.word(0) in ("ADD", "DROP", "RENAME", "ALTER", "CHANGE")
        return begins and self.words.kind(self._named + 1) is TokenType.DOT

    def carry_out(self) -> None:
        """Change the column's type."""
        path, behind = [self.words.tokens[self._named].text], self._named + 1
        while self.words.kind(behind) is TokenType.DOT and behind + 1 < len(self.words):
            path.append(self.words.tokens[behind + 1].text)
            behind += 2
        column = self.made.column(self.script.folding.name(path[0], quoted=False))
        kind = self.made.types.get(column["name"]) if column is not None else None
        owner = _within(kind, path[1:-1]) if kind is not None else None
        if column is None or kind is None or owner is None or not self._change(owner, path[-1], behind):
            text = " ".join(str(self.words).split())
            self.script.warn(self.made.table["name"], f"{text} was left out", self.words)
            return
        with suppress(UnknownTypeError):
            column["data_type"] = self.script.type_of(kind)

    def _change(self, owner: exp.DataType, name: str, behind: int) -> bool:
        """Change one part of a type; False where that is not understood."""
        parts = list(owner.expressions)
        at = next((k for k, one in enumerate(parts) if one.name.lower() == name.lower()), None)
        match self.words.word(0):
            case "ADD" if owner.this is exp.DType.STRUCT and at is None:
                parts.append(self._definition(name, self.words.cut(behind)))
            case "DROP" if owner.this is exp.DType.STRUCT:
                parts = [one for k, one in enumerate(parts) if k != at]
            case "RENAME" if at is not None and self.words.word(behind) == "TO":
                parts[at].set("this", exp.Identifier(this=self.words.tokens[-1].text))
            case "ALTER" | "CHANGE":
                return self._alter(owner, name, at, self.words.cut(behind))
            case _:
                return False
        if None in parts or not parts:
            return False
        owner.set("expressions", parts)
        return True

    def _alter(self, owner: exp.DataType, name: str, at: int | None, action: WordRun) -> bool:
        """TYPE BIGINT; what is said of a part besides says nothing of its values."""
        typed = 1 if action.says("TYPE") else 3 if action.says("SET", "DATA", "TYPE") else 0
        if not typed:
            return action.word(0) in ("COMMENT", "FIRST", "AFTER", "DROP", "SET")
        read = self._definition(name, action.cut(typed))
        if read is None:
            return False
        if at is not None:
            owner.expressions[at].set("kind", read.args["kind"])
        elif owner.this is not exp.DType.STRUCT and _WITHIN.get(name.lower(), 9) < len(owner.expressions):
            owner.expressions[_WITHIN[name.lower()]].replace(read.args["kind"])
        else:
            return False
        return True

    def _definition(self, name: str, typed: WordRun) -> exp.ColumnDef | None:
        """A part of this name and type."""
        plain = self.script.grammar.words("plain", 0).tokens
        for count in range(len(typed), 0, -1):  # behind it may stand COMMENT and AFTER
            words = WordRun([*plain, *typed.tokens[:count]], typed.text, typed.start)
            tree = self.script.grammar.item(words)
            if isinstance(tree, exp.ColumnDef) and tree.args.get("kind") is not None:
                return exp.ColumnDef(this=exp.Identifier(this=name), kind=tree.args["kind"])
        return None


def _within(kind: exp.DataType, path: Sequence[str]) -> exp.DataType | None:
    """The type at the end of a path of names."""
    for name in path:
        if kind.this is exp.DType.STRUCT:
            part = next((one for one in kind.expressions if one.name.lower() == name.lower()), None)
            inner = part.args.get("kind") if part is not None else None
        else:
            at = _WITHIN.get(name.lower())
            inner = kind.expressions[at] if at is not None and at < len(kind.expressions) else None
        if not isinstance(inner, exp.DataType):
            return None
        kind = inner
    return kind
