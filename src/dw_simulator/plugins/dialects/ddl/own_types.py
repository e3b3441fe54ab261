"""Types and sequences of a script's own: CREATE TYPE, CREATE DOMAIN, CREATE SEQUENCE."""

from sqlglot import exp
from sqlglot.tokens import TokenType

from dw_simulator.plugins.dialects.ddl.script import ReadSequence, Script
from dw_simulator.plugins.dialects.ddl.table_head import name_at
from dw_simulator.plugins.dialects.ddl.word_runs import WordRun, beginning, start_and_step


def create_type(script: Script, words: WordRun) -> None:
    """A list of values, or a whole of parts."""
    at = next((k for k in range(1, len(words)) if words.word(k) == "TYPE"), 1) + 1
    at += 3 if words.says("IF", "NOT", "EXISTS", at=at) else 0
    name, behind = name_at(words, at, script.folding)
    behind += words.says("AS", at=behind)
    is_list = words.says("ENUM", at=behind)
    if words.says("FROM", at=behind):  # another name for a type, as SQL Server has it
        behind += 1
    opened = behind + is_list
    closing = words.closing(opened) if words.kind(opened) is TokenType.L_PAREN else None
    inner = words.cut(opened + 1, closing) if closing is not None else words.cut(len(words))
    if (
        is_list
        and (odd := next((k for k in range(0, len(inner), 2) if not inner.is_quoted(k)), None)) is not None
    ):
        message = f"{inner.tokens[odd].text} is no text"
        script.complain("", message, "write it in single quotes", inner.cut(odd, odd + 1))
    kind = (
        _listed(inner)
        if is_list
        else _whole(script, inner) or _alias(script, words.cut(behind).but("FINAL", "NOT"))
    )
    if name is None or kind is None:
        script.warn("", f"{beginning(words)} ... is not understood, and was left out")
        return
    script.own_types[name.name.lower()] = exp.ColumnDef(this=exp.Identifier(this=name.name), kind=kind)


def _whole(script: Script, inner: WordRun) -> exp.DataType | None:
    """A type of several parts, each with its own."""
    parts = script.grammar.items(inner) if len(inner) else None
    if not parts or not all(isinstance(part, exp.ColumnDef) for part in parts):
        return None
    return exp.DataType(this=exp.DType.STRUCT, expressions=parts, nested=True)


def _alias(script: Script, words: WordRun) -> exp.DataType | None:
    """Another name for a type."""
    plain = script.grammar.words("value", 0).tokens
    bare = WordRun(words.tokens, words.text, words.start).unquoted(0)
    tree = script.grammar.item(WordRun([*plain, *bare.tokens], words.text, words.start))
    kind = tree.args.get("kind") if isinstance(tree, exp.ColumnDef) else None
    return kind if isinstance(kind, exp.DataType) else None


def create_domain(script: Script, words: WordRun) -> None:
    """A type with what is said of its values."""
    name, behind = name_at(words, 2, script.folding)
    behind += words.says("AS", at=behind)
    typed = WordRun([*words.tokens[behind - 1 : behind], *words.tokens[behind:]], words.text, words.start)
    first = script.grammar.words("value", 0).tokens
    tree = script.grammar.item(WordRun([*first, *typed.tokens[1:]], words.text, words.start))
    if name is None or not isinstance(tree, exp.ColumnDef):
        script.warn("", f"{beginning(words)} ... is not understood, and was left out", words)
        return
    script.own_types[name.name.lower()] = tree


def _listed(inner: WordRun) -> exp.DataType | None:
    """A type of one of several texts."""
    texts = [one.text for one in inner.tokens if one.token_type is TokenType.STRING]
    if not texts:
        return None
    return exp.DataType(this=exp.DType.ENUM, expressions=[exp.Literal.string(text) for text in texts])


def create_sequence(script: Script, words: WordRun) -> None:
    at = next((k for k in range(1, len(words)) if words.word(k) == "SEQUENCE"), 1) + 1
    at += 3 if words.says("IF", "NOT", "EXISTS", at=at) else 0
    name, behind = name_at(words, at, script.folding)
    if name is None:
        return
    start, step = start_and_step(words.cut(behind))
    for at in range(behind, len(words)):
        if words.word(at) in ("START", "INCREMENT") and not _is_number_behind(words, at):
            message = f"{words.word(at)} is a number, such as {words.word(at)} 1"
            script.complain(name.name, message, "", words.cut(at, at + 3))
    script.sequences[script.full(name)] = ReadSequence(name="sequence", start=start, step=step)


def _is_number_behind(words: WordRun, at: int) -> bool:
    """Whether a number stands there, with or without WITH, BY, = and a sign before it."""
    behind = (k for k in range(at + 1, len(words)) if words.word(k) not in ("WITH", "BY", "=", "-", "+"))
    return words.kind(next(behind, len(words))) is TokenType.NUMBER
