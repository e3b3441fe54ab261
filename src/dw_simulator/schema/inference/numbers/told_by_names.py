"""Everything that names alone say of the numbers of a row, the surest first."""

from collections.abc import Iterator

from dw_simulator.schema.inference.numbers.borne_by import borne_by
from dw_simulator.schema.inference.numbers.charge_levels import charge_levels
from dw_simulator.schema.inference.numbers.counter_readings import readings
from dw_simulator.schema.inference.numbers.kept_back import kept_back
from dw_simulator.schema.inference.numbers.measured_prices import measured_prices
from dw_simulator.schema.inference.numbers.reference_ranges import range_bounds, within_ranges
from dw_simulator.schema.inference.numbers.row_numbers import Row
from dw_simulator.schema.inference.numbers.sold_for_less import sold_for_less
from dw_simulator.schema.inference.numbers.taxed_prices import taxed_prices
from dw_simulator.schema.inference.numbers.twin_numbers import Twin, twins
from dw_simulator.schema.inference.numbers.two_currencies import converted
from dw_simulator.schema.inference.numbers.unit_rates import unit_rates
from dw_simulator.schema.inference.numbers.within_limits import at_most_the_parents, within_limits
from dw_simulator.schema.inference.numbers.worded_sums import worded_sums
from dw_simulator.schema.inference.sketch import TableSketch


def sure_names(row: Row) -> Iterator[Twin]:
    """What names leave no doubt of: it goes before what roles say."""
    yield from converted(row.table)
    yield from worded_sums(row.table, row.numbers)
    yield from kept_back(row)
    yield from taxed_prices(row)
    yield from borne_by(row)
    yield from sold_for_less(row)
    yield from readings(row.table, row.numbers)
    yield from charge_levels(row.table)
    yield from range_bounds(row.table)
    yield from within_ranges(row.table)
    yield from within_limits(row.table)
    yield from measured_prices(row)
    yield from unit_rates(row.table, row.numbers)
    yield from at_most_the_parents(row.table)


def likely_names(table: TableSketch) -> Iterator[Twin]:
    """What names say where roles say nothing."""
    yield from twins(table)
