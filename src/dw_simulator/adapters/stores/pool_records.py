"""The values that other programs have made for an experiment, kept so that they stay as they are.

Every change takes the experiment's row first, so of several processes that make a pool at once one comes
first, and the others find what it has kept.
"""

import json
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from dw_simulator.adapters.stores.database import Database
from dw_simulator.adapters.stores.relational import experiments, fingerprints, pools, utcnow
from dw_simulator.errors import UnknownNameError
from dw_simulator.ports.kept_pools import KeptPool
from dw_simulator.ports.store import Fingerprints, PoolRecords


class SqlPoolRecords(PoolRecords):
    """The pools of every experiment, and the fingerprints of the columns that were made with them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, name: str) -> dict[str, KeptPool]:
        """The pools of an experiment, by their names; none for an experiment that is not there."""
        query = select(pools).join(experiments).where(experiments.c.name == name)
        with self._database.transaction() as connection:
            return _pools(connection.execute(query).mappings())

    def keep(self, name: str, made: Mapping[str, KeptPool]) -> dict[str, KeptPool]:
        """Keep new pools, unless others of their names are kept; returns all of the experiment.

        Raises UnknownNameError.
        """
        with self._database.transaction() as connection:
            owner = _taken(connection, name)
            mine = select(pools).where(pools.c.experiment_id == owner)
            kept = _pools(connection.execute(mine).mappings())
            _insert(connection, owner, {new: made[new] for new in made if new not in kept})
            return {**made, **kept}

    def replace(self, name: str, made: Mapping[str, KeptPool], connection: Connection) -> None:
        """Keep these pools and no others, and forget the fingerprints, in a transaction of the store.

        Raises UnknownNameError.
        """
        owner = _taken(connection, name)
        connection.execute(delete(pools).where(pools.c.experiment_id == owner))
        _insert(connection, owner, made)
        self.forget_fingerprints(name, connection)

    @staticmethod
    def forget_fingerprints(name: str, connection: Connection) -> None:
        """Forget an experiment's fingerprints, in a transaction of the store. Raises UnknownNameError."""
        owner = _taken(connection, name)
        connection.execute(delete(fingerprints).where(fingerprints.c.experiment_id == owner))

    def with_checksums(self, wanted: Collection[str]) -> dict[str, KeptPool]:
        """Pools of any experiment, by their checksums, as far as they are kept."""
        found: dict[str, KeptPool] = {}
        with self._database.transaction() as connection:
            for checksum in wanted:
                query = select(pools).where(pools.c.checksum == checksum).limit(1)
                for kept in _pools(connection.execute(query).mappings()).values():
                    found[checksum] = kept
        return found

    # --- fingerprints

    def fingerprints(self, name: str) -> Fingerprints | None:
        """What was recorded of an experiment's columns; None where nothing was."""
        query = select(fingerprints).join(experiments).where(experiments.c.name == name)
        with self._database.transaction() as connection:
            row = connection.execute(query).mappings().first()
        return Fingerprints(json.loads(row["versions"]), json.loads(row["columns"])) if row else None

    def record(self, name: str, taken: Fingerprints) -> None:
        """Record fingerprints, unless there are some. Raises UnknownNameError."""
        with self._database.transaction() as connection:
            owner = _taken(connection, name)
            mine = select(fingerprints.c.id).where(fingerprints.c.experiment_id == owner)
            if connection.execute(mine).first() is None:
                texts = {"versions": json.dumps(dict(taken.versions)), "columns": json.dumps(taken.columns)}
                values = {"experiment_id": owner, "taken_at": utcnow(), **texts}
                connection.execute(insert(fingerprints).values(values))


def _taken(connection: Connection, name: str) -> int:
    """The experiment's number. A write, which other writers of it wait for."""
    mine = experiments.c.name == name
    connection.execute(update(experiments).where(mine).values(name=name))
    owner = connection.execute(select(experiments.c.id).where(mine)).scalar()
    if owner is None:
        raise UnknownNameError("experiment", name)
    return int(owner)


def _insert(connection: Connection, owner: int, made: Mapping[str, KeptPool]) -> None:
    for name, pool in made.items():
        values = {
            "experiment_id": owner,
            "name": name,
            "checksum": pool.checksum,
            "made_by": pool.made_by,
            "made_at": utcnow(),
            "content": json.dumps(pool.values, separators=(",", ":")),
        }
        connection.execute(insert(pools).values(values))


def _pools(rows: Iterable[RowMapping]) -> dict[str, KeptPool]:
    return {row["name"]: KeptPool(tuple(json.loads(row["content"])), row["made_by"]) for row in rows}
