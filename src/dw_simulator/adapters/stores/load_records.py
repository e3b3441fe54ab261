"""The record of where experiments were loaded to, written before a load begins, so that none is forgotten."""

from sqlalchemy import ColumnElement, delete, insert, select, update

from dw_simulator.adapters.stores.database import Database
from dw_simulator.adapters.stores.relational import experiments, loads, utcnow
from dw_simulator.errors import UnknownNameError
from dw_simulator.ports.store import LoadRecords


class SqlLoadRecords(LoadRecords):
    """The loads of every experiment, one for each place."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, name: str, place: str, run_id: int) -> bool:
        """Remember a place; returns whether it is new to the experiment. Raises UnknownNameError."""
        with self._database.transaction() as connection:
            found = select(experiments.c.id).where(experiments.c.name == name)
            owner = connection.execute(found).scalar()
            if owner is None:
                raise UnknownNameError("experiment", name)
            mine = (loads.c.experiment_id == owner) & (loads.c.place == place)
            if connection.execute(select(loads.c.id).where(mine)).first():
                return False
            values = {"experiment_id": owner, "place": place, "run_id": run_id}
            connection.execute(insert(loads).values(values))
            return True

    def end(self, name: str, place: str, run_id: int) -> bool:
        """A load has come to its end; False where the experiment is not there any more."""
        values = {"run_id": run_id, "loaded_at": utcnow()}
        with self._database.transaction() as connection:
            if connection.execute(update(loads).where(_of(name, place)).values(values)).rowcount:
                return True
            # another load that failed may have forgotten the place
            owner = connection.execute(select(experiments.c.id).where(experiments.c.name == name)).scalar()
            if owner is not None:
                connection.execute(insert(loads).values(experiment_id=owner, place=place, **values))
            return owner is not None

    def forget(self, name: str, place: str) -> None:
        """Nothing of the experiment is there."""
        with self._database.transaction() as connection:
            connection.execute(delete(loads).where(_of(name, place)))

    def of(self, name: str) -> list[str]:
        """Where an experiment was loaded to, or may have been, the last one last: URLs without passwords.

        Where no load has come to its end is first, in every database.
        """
        mine = select(loads.c.place).join(experiments).where(experiments.c.name == name)
        query = mine.order_by(loads.c.loaded_at.is_not(None), loads.c.loaded_at, loads.c.id)
        with self._database.transaction() as connection:
            return list(connection.execute(query).scalars())


def _of(name: str, place: str) -> ColumnElement[bool]:
    owner = select(experiments.c.id).where(experiments.c.name == name).scalar_subquery()
    return (loads.c.experiment_id == owner) & (loads.c.place == place)
