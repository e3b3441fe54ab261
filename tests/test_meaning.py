"""What holds in data that comes of DDL alone: never less than held before.

`meaning/ddl/NAME.sql` are scripts as teams write them, `meaning/truths.tsv` is what anyone who knows the
business takes for granted of their data. What holds now is kept by `python -m tests.meaning.judging
--raise-floors`.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.meaning import judging

SIZES = judging.sizes()
FLOORS = judging.floors()


@pytest.mark.parametrize("schema", SIZES)
def test_no_truth_is_lost(schema: str, tmp_path: Path) -> None:
    judging.generate(SIZES[schema], tmp_path / schema)
    verdicts = list(judging.judge(schema, tmp_path / schema))
    assert [str(verdict) for verdict in verdicts if verdict.error] == []
    broken = "\n".join(str(verdict) for verdict in verdicts if not verdict.holds)
    assert sum(verdict.holds for verdict in verdicts) >= FLOORS[schema], broken


IMPORTED = """
import hashlib
from tests.meaning import judging
from dw_simulator.service import ExperimentService
from dw_simulator.settings import load
service, found = ExperimentService(load(keep=False)), hashlib.sha256()
for size in judging.sizes().values():
    script = judging.CORPUS / "ddl" / f"{size.schema}.sql"
    made = service.create_from(script, dialect=size.dialect, as_of=judging.AS_OF)
    found.update(repr(made.experiment.to_json()).encode())
print(found.hexdigest())
"""


def test_an_import_is_the_same_whatever_the_order_of_sets() -> None:
    """Python orders sets of texts by a number that it draws for each process."""
    found = {
        subprocess.run(
            [sys.executable, "-c", IMPORTED],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(found) == 1


def test_each_schema_has_its_script_truths_and_floor() -> None:
    scripts = {path.stem for path in (judging.CORPUS / "ddl").glob("*.sql")}
    assert scripts == set(SIZES) == set(FLOORS)
    for schema in SIZES:
        asked = [truth.violation for truth in judging.truths(schema)]
        assert len(asked) >= 25
        assert len(asked) == len(set(asked)), "each has words of its own"
        assert 0 < FLOORS[schema] <= len(asked)


SCRIPT = "CREATE TABLE visit (visit_id INTEGER PRIMARY KEY, ward VARCHAR(10))"
TRUTHS = [
    ("no number is negative", "0", "clinic.visit", "visit_id < 0", "true"),
    ("a half may be odd", "0.5", "clinic.visit", "visit_id % 2 = 1", "true"),
    ("fewer may not", "0.4", "clinic.visit", "visit_id % 2 = 1", "true"),
    ("of none nothing is known", "1", "clinic.visit", "visit_id < 0", "visit_id > 1000"),
    ("nor of what is NULL", "1", "clinic.visit", "NULL", "true"),
    ("no such column", "1", "clinic.visit", "nurse = 1", "true"),
]


def test_a_truth_holds_by_its_share_and_needs_a_witness(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = tmp_path / "corpus"
    (corpus / "ddl").mkdir(parents=True)
    (corpus / "ddl" / "clinic.sql").write_text(SCRIPT)
    (corpus / "sizes.tsv").write_text("schema\tdialect\trows\nclinic\tpostgres\tvisit=40\n")
    rows = [
        ("schema", "truth", "allowed", "from", "violated", "among"),
        *(("clinic", *truth) for truth in TRUTHS),
    ]
    (corpus / "truths.tsv").write_text("".join("\t".join(row) + "\n" for row in rows))
    (corpus / "floors.tsv").write_text("schema\tcount\nclinic\t1\nother\t9\n")
    assert judging.main(["--dir", str(corpus), "--all", "--raise-floors"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert [line.startswith("holds") for line in said[:6]] == [True, True, False, False, False, False]
    assert "20 of 40 = 50.0 %, allowed 40 %" in said[2]
    assert "not askable" in said[5]
    assert said[-1] == "all: 2 of 6 truths hold"
    assert judging.floors(corpus) == {"clinic": 2, "other": 9}, "floors rise, and never sink"
