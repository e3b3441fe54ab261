"""Some rows of a table, made without any others."""

from collections.abc import Mapping

from dw_simulator.errors import RequestError, closest
from dw_simulator.runs.experiment_pools import ExperimentPools
from dw_simulator.runs.request import MAX_PREVIEW, Preview, checked_seed
from dw_simulator.schema.model import Experiment

MAX_PREVIEW_VALUES = 500_000


def preview(
    experiment: Experiment,
    pools: ExperimentPools,
    table: str,
    *,
    offset: int,
    count: int,
    seed: int,
    rows: Mapping[str, int] | None,
) -> Preview:
    """Rows `offset` to `offset + count` of a table.

    rows  other row counts than the schema's, by table

    Raises RequestError for rows that are not there, PlanError for what cannot be made.
    """
    _check_count(experiment, table, count)
    plan = pools.plan(experiment, checked_seed(seed), rows, only=table, hidden=True)
    total = plan.table(table).rows
    if not 0 <= offset <= max(total - 1, 0):
        raise RequestError(f"{table} has {total:,} rows; ask for an offset of 0 to {max(total - 1, 0):,}")
    from dw_simulator.arrow import rows_of  # noqa: PLC0415 - imports PyArrow

    shown = rows_of(plan.window(table, offset, min(offset + count, total)))[table]
    return Preview(experiment.name, table, seed, offset, total, shown)


def _check_count(experiment: Experiment, table: str, count: int) -> None:
    """Raise RequestError for a table that is not there, and for more than can be shown."""
    if not 1 <= count <= MAX_PREVIEW:
        raise RequestError(f"{count:,} rows cannot be shown; ask for 1 to {MAX_PREVIEW:,}")
    declared = experiment.table(table)
    if declared is None:
        names = [one.name for one in experiment.tables]
        raise RequestError(f"{experiment.name} has no table {table!r}{closest(table, names)}")
    width = len(declared.columns)
    if count * width > MAX_PREVIEW_VALUES:
        fits = MAX_PREVIEW_VALUES // width
        raise RequestError(f"{count:,} rows of {width:,} columns are too much; ask for {fits:,} or fewer")
