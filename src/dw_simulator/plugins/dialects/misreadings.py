"""What sqlglot says of SQL that it cannot read, as a reader understands it."""

import re

_OPERATORS = "Add|Sub|Mul|Div|Mod|And|Or|N?EQ|[GL]TE?|DPipe|Is|Like"
_SENTENCES = {
    r"Expecting \)": "a bracket is not closed: a ) is missing at {word}",
    r"Expecting \(": "a ( is missing at {word}",
    r"(?:Expecting|Expected) [\]}>]": "a list or an object is not closed: a bracket is missing at {word}",
    r"Invalid expression": (
        "{word} does not belong here; a comma, an operator or a keyword is missing, or one is misspelt"
    ),
    r"Expected table name|Expected table or query": "the name of a table is wanted here, not {word}",
    r"Expected END after CASE": "a CASE is not closed: END is missing at {word}",
    r"Expected TYPE after CAST|Expected type": "{word} is no type; write one, as in CAST(a AS INTEGER)",
    r"Expected AS after CAST": (
        "CAST takes a value and a type, as in CAST(a AS INTEGER); AS is missing at {word}"
    ),
    r"after EXTRACT": "EXTRACT takes a part and a value, as in EXTRACT(YEAR FROM a)",
    r"Expected at least one argument": "the values of a function are missing at {word}",
    r"number of provided arguments \((\d+)\) is greater than .*\((\d+)\)": (
        "a function has too many values; it ends at {word}"
    ),
    r"Found multiple '([^']+)' clauses": "there is more than one {0}; put them together",
    r"Required keyword: 'this' missing for .*\.(?:Where|Having|Qualify)'": (
        "the condition is missing at {word}"
    ),
    rf"Required keyword: 'expression' missing for .*\.({_OPERATORS})'": "what follows {word} is missing",
    r"Required keyword: .* missing for": "something is missing at {word}; check how many values stand there",
    r"CTE to have alias": "a part of WITH has no name; write WITH name AS (SELECT ...)",
    r"following CTE|not support CTE": (
        "no SELECT stands behind WITH; write WITH name AS (SELECT ...) SELECT ..."
    ),
    r"DISTINCT or ALL|both ALL and DISTINCT": "write DISTINCT or ALL, one of them",
    r"PIVOT|Expecting (?:FOR|IN)": "write PIVOT(SUM(a) FOR b IN ('x', 'y'))",
    r"extra column alias in unnest": "what is unfolded has more names than columns",
    r"[Ii]nterval": "an interval cannot be read; write it as INTERVAL '3 days'",
    r"No closing": "a text is not closed at {word}",
    r"Adjacent string literals": "two texts stand side by side; put || between them",
    r"AST nodes": "the statement is too long; send it in parts",
}
_PATTERNS = [(re.compile(pattern), sentence) for pattern, sentence in _SENTENCES.items()]
_OTHERWISE = "this cannot be read at {word}; check the words before it"
_LONGEST_WORD = 60


def misreading(description: str, word: str) -> str:
    """What sqlglot describes, in plain words; word: what stands where it has found out.

    >>> misreading("Expecting )", "FROM")
    "a bracket is not closed: a ) is missing at 'FROM'"
    >>> misreading("Failed to parse the flux", "x")
    "this cannot be read at 'x'; check the words before it"
    """
    shown = repr(word[:_LONGEST_WORD]) if word else "the end"
    for pattern, sentence in _PATTERNS:
        if found := pattern.search(description):
            return sentence.format(*found.groups(), word=shown)
    return _OTHERWISE.format(word=shown)
