"""The service's part that imports: scripts, and contracts, which declare tables without being SQL."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from dw_simulator.errors import RequestError
from dw_simulator.registry.manager import Registry
from dw_simulator.runs.request import Created

if TYPE_CHECKING:
    from dw_simulator.ports.contract import ContractSource
    from dw_simulator.registry.script_import import Inferring, ScriptImport
    from dw_simulator.registry.script_options import ScriptOptions
    from dw_simulator.schema.model import Experiment
    from dw_simulator.schema.overlay import RulesSource


class Imports(Protocol):
    """What a service knows that imports, and the use cases."""

    registry: Registry

    def _importing(
        self,
        rules: "RulesSource | None",
        infer: "Inferring" = True,
        as_of: date | None = None,
        script: "ScriptOptions | None" = None,
    ) -> "ScriptImport": ...

    def _keep(self, experiment: "Experiment", warnings: Iterable[str] = ()) -> Created: ...

    def import_sql(  # noqa: PLR0913 - each is an option of its own for whoever asks
        self,
        sql: str,
        *,
        name: str,
        dialect: str,
        target_rows: int | None = None,
        infer: "Inferring" = True,
        as_of: date | None = None,
        rules: "RulesSource | None" = None,
        script: "ScriptOptions | None" = None,
    ) -> Created:
        """Store the tables of a DDL script.

        infer  with what names say: rules for columns, and references; "values": with rules alone
        as_of  the present of the data, which stays with the experiment; that of the rules, or else the day of
               the import, when it is None
        rules  a rules file, or what stands in one, laid over what the script says
        script what its placeholders stand for, and the like
        """
        made = self._importing(rules, infer, as_of, script)
        return self._keep(*made.of_sql(sql, name, dialect, target_rows))

    def import_contract(
        self,
        source: "ContractSource",
        *,
        name: str | None = None,
        kind: str | None = None,
        target_rows: int | None = None,
        infer: "Inferring" = True,
        as_of: date | None = None,
        rules: "RulesSource | None" = None,
    ) -> Created:
        """Store the tables of a contract: a dbt project, an ODCS contract, an Avro schema, ...

        name  the file's own name when it is None
        kind  of contract; found out when it is None

        The others are as in `import_sql`.
        """
        made = self._importing(rules, infer, as_of)
        return self._keep(*made.of_contract(source, name, kind, target_rows))

    def is_contract(self, path: Path) -> bool:
        """Whether a file or folder is a contract, and no schema and no script; nothing there is none."""
        from dw_simulator.ports.contract import ContractSource  # noqa: PLC0415 - imports NumPy
        from dw_simulator.registry.script_import import contract_of  # noqa: PLC0415

        if not path.exists():
            return False
        try:
            return contract_of(ContractSource(path), self.registry.contracts) is not None
        except RequestError:  # whoever reads it as a schema says what is wrong
            return False
