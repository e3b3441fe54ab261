"""What stands in the brackets of a CREATE TABLE, and behind them, as far as it is understood.

Where sqlglot understands all of it, that is all. Where it does not, each column and constraint is read by
itself, and of a column clause by clause: what is not understood is shown and left out. What looks like a word
of SQL that was typed wrongly is an error, and so is a key or reference that is not understood: left out, it
would be missing in silence.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.tokens import TokenType

from dw_simulator.errors import closest
from dw_simulator.plugins.dialects.ddl.column_clauses import ColumnClauses, read_column, type_text
from dw_simulator.plugins.dialects.ddl.column_words import COLUMN_WORDS, CONSTRAINT_WORDS, begins_constraint
from dw_simulator.plugins.dialects.ddl.missing_commas import may_lack, without_commas
from dw_simulator.plugins.dialects.ddl.script import MadeTable, Script
from dw_simulator.plugins.dialects.ddl.stand_ins import STAND_INS
from dw_simulator.plugins.dialects.ddl.table_clauses import TableClauses
from dw_simulator.plugins.dialects.ddl.word_runs import WordRun, meant, shortened, start_and_step
from dw_simulator.types import UnknownTypeError, sql_type

_TABLE_CONSTRAINTS = CONSTRAINT_WORDS | {"LIKE"}
_GENERATED = re.compile(r"\bgenerated\b", re.IGNORECASE)
_HARMLESS = frozenset("NULLS VALIDATE NOVALIDATE USING INITIALLY IMMEDIATE DEFERRED".split())
"""Words behind a clause that are no other word typed wrongly, and say nothing of values."""
_BETWEEN_TWO = frozenset({"=", "<", ">", "<=", ">=", "<>", "!=", "AND", "OR"})
"""What stands between two operands."""
_KEPT_SOMEHOW = frozenset({"STORED", "VIRTUAL", "PERSISTED"})
"""Whether a generated column is stored is nothing that anybody sees of its values."""
_KEYS = frozenset({"PRIMARY", "FOREIGN"})
"""Words that begin a key, and that no column is called by."""
_WITHIN_KEYS = frozenset({"REFERENCES", "KEY"})
_MATTERS = frozenset({"NOT", "PRIMARY", "UNIQUE", "REFERENCES", "FOREIGN", "CONSTRAINT"})
"""Clauses that say what values have to be: none of them is left out in silence."""
MOST_TRIED = 40


@dataclass
class TableItems:
    """Reads columns and constraints of one table."""

    script: Script
    made: MadeTable

    @property
    def _name(self) -> str:
        return self.made.table["name"]

    def read(self, words: WordRun) -> None:
        """Everything in the brackets."""
        words = _without_generated(words)
        items = words.by_commas()
        if items and not items[-1].tokens and len(items) > 1:
            items.pop()  # a comma behind the last column, which several warehouses take
        if any(not item.tokens for item in items):
            commas = [k for k in range(len(words)) if _is_comma(words, k)]
            at = next(k for k in commas if not k or k - 1 in commas)
            message = "there is nothing in front of this comma"
            self.script.complain(self._name, message, "delete it", words.cut(at, at + 1))
            return
        trees = self.script.grammar.items(words) if items else []
        whole = trees is not None and len(trees) == len(items)
        apart = [
            one for item in items for one in ([item] if whole and not may_lack(item) else self._apart(item))
        ]
        whole, items, late = whole and len(apart) == len(items), apart, []
        for k, item in enumerate(items):
            with self.script.at(item):
                tree = trees[k] if whole and trees is not None else self.script.grammar.item(item)
                if self._is_index(item, tree) or self._lacks_as(item):
                    continue  # how rows are found says nothing of them
                if _is_not_null(item):
                    late.append(item)
                    continue
                if tree is None or not is_understood(tree) or self._is_key_as_column(item, tree):
                    self._by_itself(item)
                else:
                    TableClauses(self.script, self.made).visit(tree)
        for item in late:
            with self.script.at(item):
                self._not_null(item)

    def _apart(self, item: WordRun) -> list[WordRun]:
        """What stands between two commas, and where one is missing there, what is in front and behind."""
        found = without_commas(item, self.script.grammar, self._knows)
        for one in found[1:]:
            message = f"a comma is missing in front of {one.tokens[0].text!r}"
            self.script.complain(self._name, message, "", one.cut(0, 1))
        return found

    def _knows(self, kind: exp.DataType | None) -> bool:
        return bool(type_text(self.script, kind))

    def _is_index(self, item: WordRun, tree: exp.Expr | None) -> bool:
        """Whether it is an index, and no column that is called so."""
        if item.word(0) not in ("INDEX", "KEY", "FULLTEXT", "SPATIAL") or not begins_constraint(item):
            return False
        return not (isinstance(tree, exp.ColumnDef) and self._knows(tree.args.get("kind")))

    def _lacks_as(self, item: WordRun) -> bool:
        """Whether a column is GENERATED without AS, which sqlglot passes over; that is complained of."""
        for at in range(2, len(item) - 2) if item.mentions(_GENERATED) else ():
            if item.word(at) != "GENERATED":
                continue
            behind = at + (2 if item.says("ALWAYS", at=at + 1) else 3)
            if item.kind(behind) is TokenType.L_PAREN:
                message = f"{short(item.cut(at, behind))} lacks what it is generated as"
                self.script.complain(self._name, message, "write AS in front of the bracket", item.cut(at))
                return True
        return False

    def _is_key_as_column(self, item: WordRun, tree: exp.Expr) -> bool:
        """Whether sqlglot takes a key that is typed wrongly for a column: PRIMARY KYE (id)."""
        named = item.word(0) in _KEYS and isinstance(tree, exp.ColumnDef)
        return named and not self._knows(tree.args.get("kind"))

    def _not_null(self, item: WordRun) -> None:
        """NOT NULL a, as a line of its own."""
        at = 4 if item.says("CONSTRAINT") else 2
        name = self.script.folding.name(item.tokens[at].text, quoted=item.is_quoted(at))
        column = self.made.column(name)
        if column is None:
            self.script.mention(self.made, [name])
            return
        column["required"] = True
        if at == 4:
            called = self.script.folding.name(item.tokens[1].text, quoted=item.is_quoted(1))
            self.made.constraints[called] = ("required", column["name"])

    def _by_itself(self, item: WordRun) -> None:
        """A column or constraint that sqlglot does not understand as a whole."""
        if item.word(0) in _KEYS and not begins_constraint(item):
            self._refuse(item, item.word(0))
        elif begins_constraint(item):
            self._constraint(item)
        elif item.kind(0) is TokenType.NUMBER:
            message = "a name does not begin with a digit"
            self.script.complain(self._name, message, "write it in quotes", item.cut(0, 2))
        elif len(item) == 1:
            self.script.complain(f"{self._name}.{item}", "the column has no type", "give it one", item)
        elif item.kind(1) is TokenType.L_PAREN or not _is_name(item):
            self._unknown(item, _TABLE_CONSTRAINTS)
        else:
            self._column(item)

    def read_more(self, item: WordRun) -> None:
        """A constraint, or clauses of a column that is there already: name WITH OPTIONS NOT NULL."""
        column = self.made.column(self.script.folding.name(item.tokens[0].text, quoted=item.is_quoted(0)))
        if column is None or begins_constraint(item):
            self.read(item)
            return
        rest = item.cut(3 if item.says("WITH", "OPTIONS", at=1) else 1)
        typed = self.script.grammar.words("plain INT", 0)
        clauses = ColumnClauses(self.script, self.made, column)
        for part in _parts(WordRun([*typed.tokens, *rest.tokens], item.text, item.start)):
            if part.tokens[0] is not typed.tokens[0]:
                self._clause(part, clauses)

    # --- constraints

    def _constraint(self, item: WordRun) -> None:
        """A constraint whose last words are not understood, or all of it."""
        clauses = TableClauses(self.script, self.made)
        item = self._without_periods(item.but("ASC", "DESC"))  # how the key is kept
        for count in range(len(item), max(0, len(item) - MOST_TRIED), -1):
            tree = self.script.grammar.item(item.cut(0, count))
            if tree is not None and is_understood(tree):
                clauses.visit(tree)
                if count < len(item):
                    self._leave_out(item.cut(count))
                return
        for at, depth in item.depths():
            known = CONSTRAINT_WORDS if at == 2 and item.says("CONSTRAINT") else _WITHIN_KEYS
            if at and not depth and self._is_typed_wrongly(item, at, known):
                return
        first = item.cut(2) if item.says("CONSTRAINT") and len(item) > 2 else item
        if first.word(0) in CONSTRAINT_WORDS:
            self._refuse(item, first.word(0))
        else:
            self._unknown(item, _TABLE_CONSTRAINTS)

    def _without_periods(self, item: WordRun) -> WordRun:
        """A key whose last column is a range that overlaps no other, as if it were any column."""
        spans = any(item.says("WITHOUT", "OVERLAPS", at=at) for at in range(len(item)))
        if spans:
            message = "WITHOUT OVERLAPS is not kept: the key is unique as a whole, and ranges may overlap"
            self.script.warn(self._name, message, item)
        references = any(item.word(at) == "REFERENCES" for at in range(len(item)))
        return item.but(*(("WITHOUT", "OVERLAPS") if spans else ()), *(("PERIOD",) if references else ()))

    # --- columns

    def _column(self, item: WordRun) -> None:
        """A column, of which a clause is not understood."""
        if item.says("NATIONAL", at=1):  # NATIONAL CHARACTER is CHARACTER in other letters
            item = WordRun([*item.tokens[:1], *item.tokens[2:]], item.text, item.start)
        parts = list(_parts(item))
        definition, behind = self._typed(parts[0])
        if definition is None:
            self._refuse_column(item, parts[0])
            return
        read_column(self.script, self.made, definition)
        column = self.made.column(self.script.folded(definition.this))
        if column is None:  # its type is not known, and it is left out
            return
        clauses = ColumnClauses(self.script, self.made, column)
        if behind < len(parts[0]):
            self._stray(item, parts[0].cut(behind))
        for part in parts[1:]:
            with self.script.at(part):
                self._clause(part, clauses)

    def _typed(self, words: WordRun) -> tuple[exp.ColumnDef | None, int]:
        """A column's name and type, and how many words these are."""
        plain = words.with_plain_name()
        for count in _lengths(len(words)):
            tree = self.script.grammar.item(plain.cut(0, count))
            text = words.cut(1, count).spelled if tree is None else ""
            known = text.upper() in STAND_INS or text.upper() in self.script.types
            if text and (known or is_type(text)):  # which sqlglot does not read as one
                kind = exp.DataType(this=exp.DType.USERDEFINED, kind=text)
                tree = exp.ColumnDef(this=exp.Identifier(this="plain"), kind=kind)
            if isinstance(tree, exp.ColumnDef) and tree.args.get("kind") is not None:
                name = exp.Identifier(this=words.tokens[0].text, quoted=words.is_quoted(0))
                tree.set("this", name)
                return tree, count
        return None, 0

    def _clause(self, part: WordRun, clauses: ColumnClauses) -> None:
        """One clause of a column."""
        own = self.script.column_words.get(part.word(0)) if len(part) == 1 else None
        if own is None:
            self._by_sqlglot(part, clauses)
        else:
            clauses.visit(own(this=exp.var("column")))

    def _by_sqlglot(self, part: WordRun, clauses: ColumnClauses) -> None:
        """One clause, or as many of its first words as are understood."""
        whole = part.word(0) == "DEFAULT"  # half of a default is another one
        for count in range(len(part), len(part) - 1 if whole else max(0, len(part) - MOST_TRIED), -1):
            # behind a type that sqlglot reads, whatever the column's own one is
            both = WordRun([*self.script.grammar.plain_column, *part.tokens[:count]], part.text, part.start)
            tree = self.script.grammar.item(both)
            if count < len(part) and _counts(part):
                clauses.count(*start_and_step(part))
                return
            if isinstance(tree, exp.ColumnDef):
                found = tree.args.get("constraints") or ()
                for constraint in found:
                    clauses.visit(constraint)
                if count < len(part):
                    self._leave_out(part.cut(count))
                return
        if (whole and clauses.counts_by(str(part))) or self._generated(part, clauses):
            return
        first = part.cut(2).word(0) if part.says("CONSTRAINT") and len(part) > 2 else part.word(0)
        if first == "NOT" and part.word(1) in ("DEFERRABLE", "ENFORCED", "VALID", "FOR", "VISIBLE"):
            self._leave_out(part)
        elif first in _MATTERS or _is_incomplete(part):
            self._refuse(part, first)
        else:
            self._leave_out(part)

    def _generated(self, part: WordRun, clauses: ColumnClauses) -> bool:
        """AS and an expression without brackets around it, as external tables have it."""
        if not part.says("AS") or len(part) == 1:
            return False
        *words, closed = self.script.grammar.words("plain INT AS ()", 0).tokens
        tree = self.script.grammar.item(WordRun([*words, *part.tokens[1:], closed], part.text, part.start))
        found = tree.args.get("constraints") if isinstance(tree, exp.ColumnDef) else None
        for constraint in found or ():
            clauses.visit(constraint)
        return bool(found)

    # --- what is not understood

    def _stray(self, item: WordRun, words: WordRun) -> None:
        """Words behind a type that begin no clause."""
        self._unknown(words, COLUMN_WORDS, owner=f"{self._name}.{item.tokens[0].text}")

    def _is_typed_wrongly(self, words: WordRun, at: int, known: frozenset[str], owner: str = "") -> bool:
        """Whether a word looks like another one; that is complained of, then."""
        written = words.tokens[at].text if not words.is_quoted(at) else ""
        instead = meant(written, known)
        if instead:
            message = f"{written!r} is not understood; did you mean {instead!r}?"
            self.script.complain(owner or self._name, message, "", words.cut(at, at + 1))
        return bool(instead)

    def _unknown(self, words: WordRun, known: frozenset[str], owner: str = "") -> None:
        """Words that are left out, unless they look like others that were typed wrongly."""
        if self._is_typed_wrongly(words, 0, known | {"NOT NULL"}, owner):
            return
        self.script.warn(owner or self._name, f"{short(words)} is not understood, left out", words)

    def _leave_out(self, words: WordRun) -> None:
        """Words behind a clause that was understood."""
        first = words.word(0)
        if (len(words) == 1 and first in _KEPT_SOMEHOW) or words.says("NULLS", "DISTINCT"):
            return
        if first not in COLUMN_WORDS | _HARMLESS and self._is_typed_wrongly(words, 0, COLUMN_WORDS):
            return
        message = f"{short(words)} has no effect on the values, left out"
        self.script.warn(self._name, message, words, shown=False)

    def _refuse(self, words: WordRun, first: str) -> None:
        expected = {
            "NOT": "NULL is expected behind NOT",
            "PRIMARY": "write PRIMARY KEY, and its columns in brackets where it is a line of its own",
            "FOREIGN": "write FOREIGN KEY (column) REFERENCES table (column)",
            "UNIQUE": "write UNIQUE, and its columns in brackets where it is a line of its own",
            "REFERENCES": "write REFERENCES table (column)",
            "CHECK": "write CHECK (condition)",
            "DEFAULT": "write DEFAULT value",
            "CONSTRAINT": "write CONSTRAINT name, and what it is",
        }
        message = f"{short(words)} is not understood"
        self.script.complain(self._name, message, expected.get(first, ""), words)

    def _refuse_column(self, item: WordRun, typed: WordRun) -> None:
        name = item.tokens[0].text
        words = typed.cut(1) if len(typed) > 1 else item
        if self._is_typed_wrongly(item, 0, CONSTRAINT_WORDS):
            return
        if len(typed) == 1:
            self.script.complain(f"{self._name}.{name}", "the column has no type", "give it one", item)
        else:
            message = (
                f"unknown type {str(words.cut(0, 1))!r}{closest(words.word(0), self.script.grammar.types)}"
            )
            mend = "use another type, or leave such columns out by --skip-unknown"
            if self.script.skip_unknown:
                self.script.warn(f"{self._name}.{name}", f"{message}; the column was left out", words)
            else:
                self.script.complain(f"{self._name}.{name}", message, mend, words)


def _is_not_null(item: WordRun) -> bool:
    """Whether it is NOT NULL a, as a line of its own."""
    at = 2 if item.says("CONSTRAINT") else 0
    named = item.kind(at + 2) in (TokenType.VAR, TokenType.IDENTIFIER)
    return item.says("NOT", "NULL", at=at) and named


def _lengths(most: int) -> Iterator[int]:
    """How many words to try for a name and its type: all, then fewer; of very many, the last and first."""
    yield from range(most, max(1, most - MOST_TRIED), -1)
    yield from range(min(MOST_TRIED, most - MOST_TRIED), 1, -1)


def is_type(text: str) -> bool:
    """Whether a text is a type, as any dialect writes it."""
    try:
        sql_type(text)
    except UnknownTypeError:
        return False
    return True


def _is_incomplete(part: WordRun) -> bool:
    """Whether a DEFAULT or a CHECK ends before its expression does."""
    if part.word(0) not in ("DEFAULT", "CHECK"):
        return False
    last = part.tokens[-1 if part.kind(len(part) - 1) is not TokenType.R_PAREN else -2]
    unfinished = last.text.upper() in ("AND", "OR", "NOT", "(", "IN", "BETWEEN", "LIKE", "IS")
    lacks = any(_lacks_operand(part, at) for at in range(2, len(part)))
    sign = not last.text[-1:].isalnum() and last.token_type not in (
        *(TokenType.R_PAREN, TokenType.STRING, TokenType.IDENTIFIER, TokenType.R_BRACKET),
    )
    bare = part.word(0) == "CHECK" and part.kind(1) is not TokenType.L_PAREN
    return len(part) == 1 or unfinished or sign or bare or lacks


def _lacks_operand(part: WordRun, at: int) -> bool:
    """Whether nothing stands between a comparison and the sign, word or bracket before it."""
    before, word = part.tokens[at - 1], part.tokens[at]
    joined = before.end + 1 == word.start and before.token_type is not TokenType.L_PAREN
    if joined and not word.text.isalpha():  # PostgreSQL's signs are several of ours
        return False
    opens = before.token_type is TokenType.L_PAREN or not re.search(r"[\w)\]}'\"`?*]$", before.text)
    return word.text.upper() in _BETWEEN_TWO and (opens or before.text.upper() in ("AND", "OR", "NOT"))


def short(words: WordRun) -> str:
    """The words, of many the first few."""
    return shortened(str(words))


def is_understood(tree: exp.Expr) -> bool:
    """Whether sqlglot's tree is of a column with a type, or of a constraint with what it is about."""
    return not _is_loose(tree) and not _is_bare(tree)


def _is_loose(tree: exp.Expr) -> bool:
    """Whether sqlglot has taken words for something that is neither a column with a type nor a constraint."""
    return tree.key in ("identifier", "column", "anonymous") or (
        isinstance(tree, exp.ColumnDef) and tree.args.get("kind") is None and not tree.args.get("constraints")
    )


def _is_bare(tree: exp.Expr) -> bool:
    """Whether a constraint of a table lacks what it is about."""
    if isinstance(tree, exp.Constraint):
        return not tree.expressions or any(not is_understood(one) for one in tree.expressions)
    lacks = tree.key == "foreignkey" and tree.args.get("reference") is None
    if tree.key == "uniquecolumnconstraint":
        return not isinstance(tree.this, exp.Expr) or not tree.this.expressions
    return lacks or tree.key == "primarykeycolumnconstraint"


def _is_comma(words: WordRun, index: int) -> bool:
    return words.kind(index) is TokenType.COMMA


def _is_name(item: WordRun) -> bool:
    return item.kind(0) is not TokenType.STRING and bool(item.tokens[0].text[:1].strip("()[]{}.,;=<>*+-/'"))


def names_alone(inner: WordRun) -> tuple[list[WordRun], list[WordRun]] | None:
    """(names of columns without types, constraints) in the brackets of a table that a SELECT fills.

    Behind a name may be a comment and the like. None where a column has its type.
    """
    names, constraints = [], []
    for item in inner.by_commas():
        if begins_constraint(item):
            constraints.append(item)
        elif len(item) == 1 or item.word(1) in COLUMN_WORDS - {"AS", "CHARACTER"}:
            names.append(item)
        else:
            return None
    return names, constraints


def _parts(item: WordRun) -> Iterator[WordRun]:
    """A column's name with its type, and each of its clauses."""
    starts = [0]
    for at, depth in item.depths():
        if at < 2 or depth or item.word(at) not in COLUMN_WORDS:
            continue
        if _continues(item, at, starts[-1]):
            continue
        starts.append(at)
    for first, last in zip(starts, [*starts[1:], len(item)], strict=True):
        yield item.cut(first, last)


def _without_generated(words: WordRun) -> WordRun:
    """Of columns without a type, c GENERATED ALWAYS AS (...) in short: c AS (...)."""
    if not words.mentions(_GENERATED):
        return words
    untyped = [item for item in words.by_commas() if item.says("GENERATED", "ALWAYS", "AS", at=1)]
    gone = {id(token) for item in untyped for token in item.tokens[1:3]}
    if not gone:
        return words
    return WordRun([token for token in words.tokens if id(token) not in gone], words.text, words.start)


def _counts(part: WordRun) -> bool:
    """Whether a clause says that the column counts by itself."""
    first = part.word(0)
    is_identity = first == "GENERATED" and any(part.word(k) == "IDENTITY" for k in range(len(part)))
    return is_identity or first in ("IDENTITY", "AUTOINCREMENT", "AUTO_INCREMENT")


def _continues(item: WordRun, at: int, start: int) -> bool:
    """Whether a word that could begin a clause belongs to the one before it."""
    word, before, after, beginning = item.word(at), item.word(at - 1), item.word(at + 1), item.word(start)
    if before in ("SET", "DEFAULT", "START", "NULLS") or (before == "NOT" and word != "KEY"):
        return True  # ON DELETE SET NULL, DEFAULT NULL, NOT NULL
    if beginning == "CONSTRAINT" and word != "KEY":
        return at <= start + 2
    generated = word in ("AS", "IDENTITY", "DEFAULT", "ON", "NULL", "STORED", "VIRTUAL")
    if beginning == "GENERATED" and generated:
        return True
    within = {
        "WITH": after in ("TIME", "LOCAL") or beginning == "MASKED",
        "KEY": before in ("PRIMARY", "UNIQUE", "FOREIGN"),
        "ON": beginning == "REFERENCES" or after in ("NULL", "DELETE"),
        "REFERENCES": beginning == "FOREIGN",
        "CHARACTER": after != "SET",
        **dict.fromkeys(("STORED", "VIRTUAL", "PERSISTED"), beginning == "AS"),
    }
    return within.get(word, False)
