"""How many truths hold in what comes of DDL alone.

    python -m tests.meaning.judging [NAME ...] [--all] [--dir CORPUS]

A corpus is a directory with `ddl/NAME.sql`, `sizes.tsv` (dialect and rows of each schema) and `truths.tsv`. A
truth is a query that counts its violations, and the share of them that is allowed; one that applies to no row
does not hold, for it has no witness.
"""

import argparse
import csv
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import load

CORPUS = Path(__file__).parent
SEED = 11
AS_OF = date(2026, 6, 30)  # what is kept has the day of its import as its present; this one does not move


@dataclass(frozen=True)
class Size:
    """A schema's dialect, and how many rows a sensible person would ask for."""

    schema: str
    dialect: str
    rows: dict[str, int]


@dataclass(frozen=True)
class Truth:
    """What is taken for granted, said by what violates it."""

    schema: str
    violation: str
    allowed: float
    source: str
    violated: str
    among: str

    @property
    def query(self) -> str:
        exceptions = f"count(*) FILTER (WHERE {self.violated})"
        rows = f"count(*) FILTER (WHERE ({self.violated}) IS NOT NULL)"
        return f"SELECT {exceptions}, {rows} FROM {self.source} WHERE {self.among}"


@dataclass(frozen=True)
class Verdict:
    """What came of asking one truth; `error` where it could not be asked."""

    truth: Truth
    violations: int = 0
    rows: int = 0
    error: str = ""

    @property
    def holds(self) -> bool:
        return self.rows > 0 and self.violations <= self.truth.allowed * self.rows

    def __str__(self) -> str:
        said = self.error or (
            f"{self.violations} of {self.rows} = {100 * self.violations / max(self.rows, 1):.1f} %,"
            f" allowed {100 * self.truth.allowed:g} %"
        )
        return f"{'holds ' if self.holds else 'BROKEN'} {self.truth.violation}: {said}"


def floors(corpus: Path = CORPUS) -> dict[str, int]:
    """How many truths of each schema have to hold: as many as have held once."""
    return {schema: int(count) for schema, count in _table(corpus / "floors.tsv")}


def raise_floors(held: Mapping[str, int], corpus: Path = CORPUS) -> None:
    """A floor rises to what holds now, and never sinks."""
    path = corpus / "floors.tsv"
    kept = floors(corpus) if path.exists() else {}
    kept.update({schema: max(count, kept.get(schema, 0)) for schema, count in held.items()})
    lines = ["schema\tcount", *(f"{schema}\t{count}" for schema, count in sorted(kept.items()))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def sizes(corpus: Path = CORPUS) -> dict[str, Size]:
    return {
        schema: Size(schema, dialect, {name: int(count) for name, count in _pairs(rows)})
        for schema, dialect, rows in _table(corpus / "sizes.tsv")
    }


def truths(schema: str, corpus: Path = CORPUS) -> list[Truth]:
    return [
        Truth(name, words, float(allowed), source, violated, among)
        for name, words, allowed, source, violated, among in _table(corpus / "truths.tsv")
        if name == schema
    ]


def generate(size: Size, output: Path, corpus: Path = CORPUS, seed: int = SEED) -> None:
    """Parquet from the DDL and the rows asked for, every other option being what it is by default."""
    service = ExperimentService(load(keep=False))
    script = corpus / "ddl" / f"{size.schema}.sql"
    created = service.create_from(script, dialect=size.dialect, as_of=AS_OF)
    service.generate(created.experiment.name, GenerateRequest(size.rows, seed, output))
    service.close()


def judge(schema: str, output: Path, corpus: Path = CORPUS) -> Iterator[Verdict]:
    db = duckdb.connect()
    db.execute(f'CREATE SCHEMA "{schema}"')
    for directory in sorted(path for path in output.iterdir() if any(path.glob("*.parquet"))):
        files = str(directory / "*.parquet").replace("'", "''")
        db.execute(f"""CREATE VIEW "{schema}"."{directory.name}" AS SELECT * FROM read_parquet('{files}')""")
    for truth in truths(schema, corpus):
        try:
            violations, rows = db.execute(truth.query).fetchall()[0]
        except duckdb.Error as error:
            yield Verdict(truth, error=f"not askable: {' '.join(str(error).split())[:200]}")
        else:
            yield Verdict(truth, violations, rows)
    db.close()


def _table(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]


def _pairs(rows: str) -> list[list[str]]:
    return [word.split("=") for word in rows.split()]


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.meaning.judging")
    parser.add_argument("name", nargs="*", help="schemas; all of the corpus if none is named")
    parser.add_argument("--all", action="store_true", help="print the truths that hold, too")
    parser.add_argument("--dir", type=Path, default=CORPUS, help="the corpus")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--keep", type=Path, help="write the data below this directory, and leave it there")
    parser.add_argument("--raise-floors", action="store_true", help="what holds now has to hold from now on")
    asked = parser.parse_args(words)
    known = sizes(asked.dir)
    held: dict[str, int] = {}
    of = 0
    with tempfile.TemporaryDirectory() as passing:
        for schema in asked.name or known:
            output = (asked.keep or Path(passing)) / schema
            generate(known[schema], output, asked.dir, asked.seed)
            verdicts = list(judge(schema, output, asked.dir))
            for verdict in verdicts:
                if asked.all or not verdict.holds:
                    sys.stdout.write(f"{verdict}\n")
            held[schema] = sum(verdict.holds for verdict in verdicts)
            of += len(verdicts)
            sys.stdout.write(f"{schema}: {held[schema]} of {len(verdicts)} truths hold\n\n")
    if asked.raise_floors:
        raise_floors(held, asked.dir)
    sys.stdout.write(f"all: {sum(held.values())} of {of} truths hold\n")
    return int(sum(held.values()) < of)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
