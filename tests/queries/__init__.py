"""Queries of production kinds, a topic a file: each begins with a comment that says what it asks."""

import re
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent


def queries(dialect: str) -> dict[str, str]:
    """What is asked -> the query."""
    files = sorted((HERE / dialect).glob("*.sql"))
    return dict(pair for file in files if file.stem != "twins" for pair in parts(file))


def twins(dialect: str) -> dict[str, str]:
    """Some of the same questions, put by hand to the database that is compared with."""
    return dict(parts(HERE / dialect / "twins.sql"))


def parts(file: Path) -> Iterator[tuple[str, str]]:
    """The questions of a file: what each asks, and the query."""
    for part in re.split(r";\n", file.read_text()):
        if part.strip():
            title = part.strip().splitlines()[0].removeprefix("--").strip()
            yield title, part.strip()
