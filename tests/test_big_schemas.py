"""Schemas of many tables: what each table costs does not grow with the others."""

import time
from collections.abc import Callable

from benchmarks.big_schemas import script

from dw_simulator import planning
from dw_simulator.arrow import Converter
from dw_simulator.engine.selectors import sampling
from dw_simulator.plugins.rules import times, weeks
from dw_simulator.ports.plan import Plan
from dw_simulator.registry.manager import registry
from dw_simulator.registry.rulebook import Rulebook
from dw_simulator.registry.script_import import ScriptImport
from dw_simulator.schema.model import Experiment
from dw_simulator.service import ExperimentService

FEW, MANY = 50, 400
MOST = 12
"""Times the cost for eight times the tables; what looks at every table for each takes up to 64 times."""
RULES = ExperimentService().rule


def imported(sql: str) -> Experiment:
    """The schema with 100 rows a table, and all that its names tell."""
    return ScriptImport(registry(), RULES).of_sql(sql, "big", "redshift", 100)[0]


def alike(tables: int) -> str:
    """Half of the tables have a key of one name; columns of the others may mean any of these."""
    return "\n".join(
        f"""CREATE TABLE a{k}_customers (customer_id INTEGER PRIMARY KEY, name VARCHAR(9));
        CREATE TABLE a{k}_visits (visit_id INTEGER PRIMARY KEY, customer_id INTEGER, approved_by INTEGER,
            buyer INTEGER REFERENCES a{k}_customers (customer_id));"""
        for k in range(tables // 2)
    )


def times_as_long(work: Callable[[int], object]) -> float:
    """What many tables cost more than few, in this process's time; the least of several tries."""

    def cost(tables: int) -> float:
        start = time.process_time()
        work(tables)
        return time.process_time() - start

    cost(FEW)  # what is read once is read now
    few = [cost(FEW) for _ in range(3)]
    many = cost(MANY)
    # somebody else may have been busy meanwhile
    return (many if many < MOST * min(few) else min(many, cost(MANY))) / min(few)


def test_the_script_is_the_same_each_time_and_begins_alike() -> None:
    assert script(50) == script(50)
    assert script(90).startswith(script(50))
    assert script(300).count("CREATE TABLE") == 300


def test_each_table_costs_the_same_to_import() -> None:
    scripts = {tables: alike(tables) for tables in (FEW, MANY)}
    assert times_as_long(lambda tables: imported(scripts[tables])) < MOST


def test_each_table_costs_the_same_to_plan() -> None:
    schemas = {tables: imported(alike(tables)) for tables in (FEW, MANY)}
    assert times_as_long(lambda tables: planning.plan(schemas[tables], 1, RULES)) < MOST


def test_columns_that_are_alike_share_what_they_show() -> None:
    """Places and people of a table would take hundreds of kilobytes by themselves."""
    columns = "city VARCHAR(60), first_name VARCHAR(50), email VARCHAR(90)"
    experiment = imported(
        "\n".join(f"CREATE TABLE customers_{k} (id INTEGER PRIMARY KEY, {columns});" for k in range(2))
    )
    one, other = planning.plan(experiment, 1, RULES).tables
    for name in ("city", "first_name", "email"):
        mine, yours = ({c.name: c.kernel for c in table.columns}[name] for table in (one, other))
        assert shown(mine) is shown(yours), name


def test_what_columns_share_changes_no_value() -> None:
    """Calendars, weights and rules are kept for columns that say the same; without them all is the same."""
    experiment = imported(script(12))
    before = made(experiment, RULES)
    times._calendar.cache_clear()
    weeks.open_time.cache_clear()
    sampling._tables.cache_clear()
    assert made(experiment, Rulebook(registry())) == before
    # as a plan in which nobody else has asked before, table by table and the last one first
    for name in reversed(list(before)):
        alone = planning.plan(experiment, 1, Rulebook(registry()), only=name)
        assert rows_of(alone)[name] == before[name], name


def made(experiment: Experiment, rules: Rulebook) -> dict[str, list[object]]:
    return rows_of(planning.plan(experiment, 1, rules))


def rows_of(plan: Plan) -> dict[str, list[object]]:
    converted = {table.name: (Converter(table), table.chunk(0, 50)) for table in plan.tables}
    return {name: converter.batch(rows).to_pylist() for name, (converter, rows) in converted.items()}


def shown(kernel: object) -> object:
    """The domain that a column of an entity shows, below what says when it is NULL."""
    return getattr(kernel, "kernel", kernel).domain.domain  # type: ignore[attr-defined]
