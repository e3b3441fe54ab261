"""All moments of a schema in their order: within rows, along references, among the rows of one parent."""

from dw_simulator.schema.inference.moments.billing_periods import billing_periods
from dw_simulator.schema.inference.moments.by_the_clock import by_the_clock
from dw_simulator.schema.inference.moments.chained_legs import chained_legs
from dw_simulator.schema.inference.moments.kept_plans import kept_plans
from dw_simulator.schema.inference.moments.kept_visits import say_visits, taken_apart
from dw_simulator.schema.inference.moments.last_doings import first_and_last
from dw_simulator.schema.inference.moments.loan_instalments import instalments_of
from dw_simulator.schema.inference.moments.loan_terms import loan_days, loan_of
from dw_simulator.schema.inference.moments.parent_trails import trails
from dw_simulator.schema.inference.moments.same_happenings import same_happenings
from dw_simulator.schema.inference.moments.shelf_lives import come_over_the_years
from dw_simulator.schema.inference.moments.timeline_parents import TableClock
from dw_simulator.schema.inference.moments.timelines import timelines
from dw_simulator.schema.inference.moments.told_expiries import told_expiries
from dw_simulator.schema.inference.sketch import Sketch


def moments_on_one_clock(sketch: Sketch) -> None:
    """Every moment in its order: within its row, along references, and among the rows of one parent."""
    if not sketch.has("after", "calendar", "expression"):
        return
    lines = timelines(sketch)
    told_expiries(lines)
    visits = taken_apart(sketch, lines)
    TableClock(sketch, lines).run()
    kept_plans(lines)
    billing_periods(sketch, lines)
    for line in lines.values():
        if (loan := loan_of(line)) is not None:
            loan_days(loan, sketch.compared(line.table))
            instalments_of(loan, lines)
    say_visits(sketch, visits)
    for line in lines.values():
        come_over_the_years(line)
    trails(sketch, lines)
    chained_legs(sketch, lines)
    same_happenings(sketch, lines)
    first_and_last(sketch, lines)
    for line in lines.values():
        by_the_clock(line, sketch.experiment.as_of)
