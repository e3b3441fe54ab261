"""The service's part that imports a live database: its shapes in, nothing of its rows."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from dw_simulator.errors import RequestError
from dw_simulator.runs.imports import Imports

if TYPE_CHECKING:
    from dw_simulator.ports.live_database import Look
    from dw_simulator.registry.script_import import Inferring
    from dw_simulator.runs.request import Created
    from dw_simulator.schema.overlay import RulesSource


class DatabaseImports(Imports, Protocol):
    """What a service knows that imports databases, and the use case."""

    def import_db(
        self,
        url: str,
        asked: "Look | None" = None,
        *,
        name: str | None = None,
        target_rows: int | None = None,
        infer: "Inferring" = True,
        as_of: date | None = None,
        rules: "RulesSource | None" = None,
    ) -> "Created":
        """Store the tables of a live database, which is read only: their shapes and how many rows they have.

        asked  of which schemas, how rows are counted, and how long that may take
        name   the database's own when it is None

        The others are as in `import_sql`. Raises RequestError for the URL and for schemas that are not there,
        WarehouseError for a database that cannot be reached; no message has the URL's password.
        """
        from dw_simulator.ports.live_database import Look  # noqa: PLC0415
        from dw_simulator.registry.database_import import ddl_of  # noqa: PLC0415
        from dw_simulator.registry.script_import import name_of  # noqa: PLC0415

        scheme, there, _rest = url.partition("://")
        if not there:
            known = ", ".join(self.registry.databases.names)
            raise RequestError(f"a database is named by a URL such as postgresql://host/name; known: {known}")
        database = self.registry.databases.get(scheme.partition("+")[0])(url)
        asked = asked or Look()
        if target_rows is not None:
            asked = replace(asked, row_counts="none")
        dialect, own = self.registry.dialects.get(database.dialect), database.dialect is not None
        ddl = ddl_of(database.look(asked), dialect, own=own)
        made = self._importing(rules, infer, as_of)
        name = name or name_of(Path(database.name))
        return self._keep(*made.of_ddl(ddl, name, database.dialect, target_rows))
