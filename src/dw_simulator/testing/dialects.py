"""What a dialect keeps: the tables it writes are those it reads again, and errors say where they are."""

from collections.abc import Hashable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from dw_simulator.errors import RequestError
from dw_simulator.ports.dialect import Dialect
from dw_simulator.registry.manager import registry
from dw_simulator.schema import reading
from dw_simulator.schema.model import Experiment, Table
from dw_simulator.types import SqlType

_PLAIN = """
CREATE TABLE countries (
    id INTEGER NOT NULL,
    name VARCHAR(60) NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE customers (
    id BIGINT NOT NULL,
    email VARCHAR(100) NOT NULL,
    balance DECIMAL(12,2),
    born DATE,
    seen TIMESTAMP,
    active BOOLEAN NOT NULL,
    country_id INTEGER,
    PRIMARY KEY (id),
    UNIQUE (email),
    FOREIGN KEY (country_id) REFERENCES countries (id)
);
"""


class DialectContract:
    """Inherit it and name your dialect.

    fixtures  scripts of CREATE TABLE statements, as text or as paths, that it reads
    """

    dialect: ClassVar[str]
    fixtures: ClassVar[Sequence[str | Path]] = (_PLAIN,)

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """A test for each fixture."""
        if "fixture" in metafunc.fixturenames:
            names = [
                one.stem if isinstance(one, Path) else f"script{k}" for k, one in enumerate(self.fixtures)
            ]
            metafunc.parametrize("fixture", self.fixtures, ids=names)

    @property
    def plugin(self) -> Dialect:
        """The dialect itself."""
        return registry().dialects.get(self.dialect)

    def experiment(self, sql: str) -> Experiment:
        """What a script means."""
        tables = self.plugin.read(sql).tables
        return reading.parse({"name": "contract", "tables": tables}, strict_names=False)

    def test_what_is_written_reads_the_same(self, fixture: str | Path) -> None:
        first = self.experiment(fixture.read_text() if isinstance(fixture, Path) else fixture)
        written = self.plugin.write(first)
        again = self.experiment(written.sql)
        assert sorted(table.name for table in again.tables) == sorted(table.name for table in first.tables)
        for table in first.tables:
            found = again.table(table.name)
            assert found is not None
            assert _columns(found) == _columns(table), table.name
            lost = _relations(table) - _relations(found)
            assert not lost or written.warnings, f"{table.name}: {lost} are lost, and nobody is told"
            assert _relations(found) <= _relations(table), "nothing is there that was not said"
        assert self.plugin.write(again).sql == written.sql, "what was read is written the same again"

    def test_plain_tables_are_understood(self) -> None:
        customers = self.experiment(_PLAIN).table("customers")
        assert customers is not None
        kinds = [str(column.type.kind) for column in customers.columns]
        assert kinds == "integer text decimal date timestamp boolean integer".split()
        assert customers.primary_key == ("id",)
        assert ("email",) in customers.keys
        assert [reference.references_table for reference in customers.references] == ["countries"]
        optional = {column.name for column in customers.columns if not column.required}
        assert optional == {"balance", "born", "seen", "country_id"}

    def test_an_error_says_where_it_is(self) -> None:
        with pytest.raises(RequestError, match=r"line 3, column [1-9]\d*: .*NOTT"):
            self.plugin.read("CREATE TABLE t (\n  a INTEGER,\n  b INTEGER NOTT NULL\n)")

    def test_text_that_is_no_ddl_is_refused(self) -> None:
        with pytest.raises(Exception, match="no CREATE TABLE") as caught:
            self.plugin.read("SELECT 1")
        assert isinstance(caught.value, RequestError), "the request was wrong, not the program"


def _columns(table: Table) -> list[tuple[str, SqlType, bool]]:
    """Names, types as they are resolved, and whether they can be NULL."""
    return [(c.name, replace(c.type, declared=""), c.required) for c in table.columns]


def _relations(table: Table) -> set[Hashable]:
    """Keys and references, whichever way they are declared."""
    references: set[Hashable] = {
        (one.columns, one.references_table, one.references_columns) for one in table.references
    }
    return references | {frozenset(key) for key in table.keys}
