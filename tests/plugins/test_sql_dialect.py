"""A dialect that a stranger makes of tables takes part in everything that the built-in ones do."""

from collections.abc import Mapping

import pytest
from tests.plugins import acme
from tests.support import column, made, table, untyped

from dw_simulator.errors import PlanError, SchemaError, UnknownNameError
from dw_simulator.planning import plan
from dw_simulator.ports.constraints import Like, Range
from dw_simulator.ports.hookspecs import hookimpl
from dw_simulator.ports.plan import Plan
from dw_simulator.registry.manager import Owner, Registry
from dw_simulator.registry.rulebook import Rulebook
from dw_simulator.schema import reading
from dw_simulator.schema.model import Column, Table


class Plugin:
    @hookimpl
    def dw_simulator_dialects(self) -> Mapping[str, str]:
        return {"acme": "tests.plugins.acme:dialect"}


@pytest.fixture(scope="module")
def rules() -> Rulebook:
    registry = Registry()
    registry.register(Plugin(), Owner("acme", "1.0"))
    return Rulebook(registry)


def test_it_reads_and_writes_tables() -> None:
    ddl = acme.dialect.read("CREATE TABLE t (q INT NOT NULL, name VARCHAR(9), CHECK (q DIV 2 > 1))")
    assert ddl.tables[0]["columns"] == [
        {"name": "q", "data_type": "INTEGER", "required": True},
        {"name": "name", "data_type": "VARCHAR(9)", "required": False},
    ]
    experiment = reading.parse({"name": "x", "tables": [{**ddl.tables[0], "target_rows": 1}]})
    written = acme.dialect.write(experiment)
    assert written.warnings == ()
    assert written.sql == (
        "CREATE TABLE `t` (\n  `q` INT NOT NULL,\n  `name` VARCHAR(9),\n  CHECK (`q` DIV 2 > 1)\n);\n"
    )


def test_it_reads_checks() -> None:
    columns = [Column(name="q", data_type="INT"), Column(name="name", data_type="VARCHAR(9)")]
    checks = ["q BETWEEN 1 AND 9", "`name` LIKE 'a\\\\_%'", "LENGTH(name) > 3"]
    found = acme.dialect.checks(Table(name="t", target_rows=1, columns=columns, checks=checks))
    assert [one.constraints for one in found] == [
        (Range("q", low=1), Range("q", high=9)),
        (Like("name", ("a", "_", ("%",))),),
        (),
    ]
    assert found[-1].left == ("the function LENGTH is not understood",), "it counts bytes there"


def test_it_is_translated() -> None:
    tables = untyped({"t": ["q"]})
    assert acme.dialect.translate("SELECT TWICE(q) FROM t", to="duckdb", tables=tables).sql == (
        'SELECT ("q" * 2) FROM "t"'
    )
    with pytest.raises(UnknownNameError, match="unknown target of acme's queries 'postgres'; known: duckdb"):
        acme.dialect.translate("SELECT q FROM t", to="postgres", tables=tables)


def planned(rules: Rulebook, sql: str, dialect: str) -> Plan:
    rule = {"name": "expression", "sql": sql, "dialect": dialect}
    columns = (column("q", "INT", rule={"name": "sequence"}), column("v", "INT", rule=rule))
    return plan(reading.parse({"name": "x", "tables": [table("t", 4, *columns)]}), 7, rules)


def test_expressions_are_written_in_it(rules: Rulebook) -> None:
    assert made(planned(rules, "TWICE(q) DIV 3", "acme"), "t", "v") == [0, 1, 2, 2]
    with pytest.raises(PlanError, match=r"line 1, column 1 of 'NIX\(q\)': function NIX"):
        planned(rules, "NIX(q)", "acme")
    with pytest.raises((PlanError, SchemaError), match=r"should be .*'acme'"):
        planned(rules, "q", "bigquery")
