"""Tables that get another name: ALTER TABLE ... RENAME, RENAME TABLE, and SQL Server's sp_rename."""

import re

from dw_simulator.plugins.dialects.ddl.changed_columns import rename_column
from dw_simulator.plugins.dialects.ddl.constraint_names import rename_constraint
from dw_simulator.plugins.dialects.ddl.script import MadeTable, Script
from dw_simulator.plugins.dialects.ddl.table_head import Name, name_at
from dw_simulator.plugins.dialects.ddl.word_runs import WordRun

_PROCEDURE = re.compile(
    r"""exec(?:ute)?\s+(?:\[?\w+\]?\.)*\[?sp_rename\]?\s+(?:@\w+\s*=\s*)?n?'(?P<old>[^']+)'\s*,
    \s*(?:@\w+\s*=\s*)?n?'(?P<new>[^']+)'(?:\s*,\s*(?:@\w+\s*=\s*)?n?'(?P<what>\w+)')?\s*\Z""",
    re.IGNORECASE | re.VERBOSE,
)


def rename_table(script: Script, made: MadeTable, name: Name) -> None:
    """Call a table by another name, wherever it is referenced."""
    old = made.name
    made.former.append(old)
    script.tables.rename(made, Name(name.name, name.schema or old.schema))
    made.table["name"] = name.name
    for other in script.tables:
        for reference in other.references:
            if script.find(reference.parent) is None and reference.parent.name == old.name:
                reference.parent = made.name


def rename_tables(script: Script, words: WordRun) -> bool:
    """[RENAME] TABLE a TO b, c TO d. False where none of them is in the script."""
    done = False
    for part in words.cut(1 if words.word(0) in ("TABLE", "TABLES") else 0).by_commas():
        old, behind = name_at(part, 0, script.folding) if part.tokens else (None, 0)
        new = name_at(part, behind + 1, script.folding)[0] if part.word(behind) == "TO" else None
        made = script.find(old) if old is not None else None
        if made is not None and new is not None:
            rename_table(script, made, new)
            done = True
    return done


def rename_by_procedure(script: Script, text: str) -> bool:
    """EXEC sp_rename 'dbo.t.c', 'd', 'COLUMN'. False where it is another, or of nothing in the script."""
    found = _PROCEDURE.match(text)
    if found is None:
        return False
    quoted = [part.startswith(("[", '"')) for part in found["old"].split(".")]
    parts = [
        script.folding.name(part.strip('[]"'), quoted=is_quoted)
        for part, is_quoted in zip(found["old"].split("."), quoted, strict=True)
    ]
    new = script.folding.name(found["new"], quoted=False)
    if (found["what"] or "OBJECT").upper() == "OBJECT":
        made = script.find(Name(parts[-1], parts[-2] if len(parts) > 1 else ""))
        if made is not None:
            rename_table(script, made, Name(new))
        elif any(rename_constraint(script, one, parts[-1], new) for one in script.tables):
            return True
        return made is not None
    owner = Name(parts[-2], parts[-3] if len(parts) > 2 else "") if len(parts) > 1 else Name("")
    made = script.find(owner)
    if made is None:
        return False
    if found["what"].upper() == "COLUMN":
        rename_column(script, made, parts[-1], new)
    else:
        rename_constraint(script, made, parts[-1], new)
    return True


def swap_tables(script: Script, made: MadeTable, words: WordRun) -> None:
    """SWAP WITH other: each has the other's name."""
    name, _behind = name_at(words, 2, script.folding)
    other = script.find(name) if name is not None else None
    if other is None:
        script.warn(made.table["name"], f"{words} is about no table of this script, left out")
        return
    ours, theirs = made.name, other.name
    for one, called in ((made, theirs), (other, ours)):
        script.tables.rename(one, called)
        one.table["name"] = called.name
