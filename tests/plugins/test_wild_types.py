"""Every type of every dialect: it comes back as it was, makes values, and is loaded by real databases."""

import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.plugins.wild_types import TYPES, read_and_written, script
from tests.warehouses import Place

from dw_simulator.arrow import plain_type
from dw_simulator.ports.dialect import Dialect
from dw_simulator.registry.manager import registry
from dw_simulator.schema import reading
from dw_simulator.schema.model import Experiment
from dw_simulator.service import ExperimentService, GenerateRequest

ROWS = 500
every_dialect = pytest.mark.parametrize("name", TYPES)


def dialect(name: str) -> Dialect:
    loaded: Dialect = registry().dialects.get(name)
    return loaded


def imported(name: str, sql: str) -> Experiment:
    tables = dialect(name).read(sql).tables
    return reading.parse({"name": "wild", "tables": tables, "target_warehouse": name}, strict_names=False)


@every_dialect
def test_a_type_comes_back_as_it_was(name: str) -> None:
    experiment = imported(name, script(name))
    written = dialect(name).write(experiment)
    assert not written.warnings
    lines = [line.strip().rstrip(",") for line in written.sql.splitlines()]
    found = [re.sub(r"^\W?c\d+\W? | NOT NULL$", "", line) for line in lines if re.match(r"\W?c\d", line)]
    assert found == [shown for _, shown in read_and_written(name)]
    again = imported(name, written.sql)
    assert [one.type for one in again.tables[0].columns if one.name != "id"] == [
        imported(name, f"CREATE TABLE t (a {shown})").tables[0].columns[0].type
        for _, shown in read_and_written(name)
    ]


@every_dialect
def test_values_are_made_and_loaded(name: str, service: ExperimentService, duck: Place, pg: Place) -> None:
    experiment = imported(name, script(name))
    service.persistence.add_experiment(experiment)
    service.generate("wild", GenerateRequest({"wild": ROWS}, seed=3))
    output = Path(service.settings.output / "wild")
    schema = pq.read_schema(next(output.glob("wild/*.parquet")))
    for column in experiment.tables[0].columns:
        found = schema.field(column.name).type
        assert found == plain_type(column.type) or "decimal" in str(found) or "extension" in str(found)
    assert service.verify(output, deep=True).ok
    for place in (duck, pg):
        loaded = service.load("wild", to=place.url)
        assert loaded.row_counts == {"wild": ROWS}
        counts = ", ".join(f'count("{column.name}")' for column in experiment.tables[0].columns)
        assert place.ask(f"SELECT {counts} FROM wild.wild")[0][0] == ROWS
