"""The words of which the columns and constraints of a table consist."""

from sqlglot.tokens import TokenType

from dw_simulator.plugins.dialects.ddl.word_runs import WordRun

COLUMN_WORDS = frozenset(
    """NOT NULL DEFAULT PRIMARY UNIQUE REFERENCES FOREIGN CHECK CONSTRAINT GENERATED IDENTITY AUTOINCREMENT
    AUTO_INCREMENT COMMENT COLLATE ENCODE DISTKEY SORTKEY OPTIONS KEY AS WITH MASKING TAG PROJECTION ON
    CHARACTER CHARSET INVISIBLE VISIBLE STORED VIRTUAL PERSISTED ENABLE DISABLE RELY NORELY ENFORCED
    DEFERRABLE INITIALLY MATCH SPARSE ROWGUIDCOL STORAGE COMPRESSION UNMASK MASK ENCRYPTED HIDDEN
    TTL CODEC MASKED SRID ZEROFILL NO""".split()
)
"""Words that begin a clause of a column."""
CONSTRAINT_WORDS = frozenset({"PRIMARY", "FOREIGN", "UNIQUE", "CHECK", "CONSTRAINT"})
"""Words that begin a constraint of a table."""


def begins_constraint(item: WordRun) -> bool:
    """Whether an item is a constraint of the table; a column may have the name of one."""
    second = item.word(1)
    opened = item.kind(1) is TokenType.L_PAREN
    with_key = item.kind(0) in (TokenType.PRIMARY_KEY, TokenType.FOREIGN_KEY) or second == "KEY"
    begins = {
        "PRIMARY": with_key,
        "FOREIGN": with_key,
        "UNIQUE": opened or second in ("KEY", "INDEX", "NULLS", "CLUSTERED", "NONCLUSTERED"),
        "CHECK": opened,
        "CONSTRAINT": True,
        "LIKE": True,
        "EXCLUDE": opened or second == "USING",
        "PERIOD": second == "FOR",
    }
    keyed = opened or item.kind(2) is TokenType.L_PAREN or second in ("KEY", "INDEX")
    keyed |= item.word(2) in ("CLUSTERED", "NONCLUSTERED", "USING", "UNIQUE", "HASH")
    begins |= dict.fromkeys(("INDEX", "KEY", "FULLTEXT", "SPATIAL"), keyed)
    return begins.get(item.word(0), False)
