"""The service's part that imports: scripts, and contracts, which declare tables without being SQL."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from dw_simulator.errors import RequestError, SchemaError
from dw_simulator.ports.store import Store, StoredExperiment
from dw_simulator.registry.manager import Registry
from dw_simulator.runs.request import Created

if TYPE_CHECKING:
    from dw_simulator.ports.contract import ContractSource
    from dw_simulator.registry.rulebook import Rulebook
    from dw_simulator.registry.script_import import Inferring, ScriptImport
    from dw_simulator.registry.script_options import ScriptOptions
    from dw_simulator.schema.model import Experiment
    from dw_simulator.schema.overlay import RulesSource


class Imports(Protocol):
    """What a service knows that imports, and the use cases."""

    registry: Registry

    @property
    def rule(self) -> "Rulebook":
        """Every rule by its name and options."""

    @property
    def persistence(self) -> Store:
        """The experiment store."""

    def _importing(
        self,
        rules: "RulesSource | None",
        infer: "Inferring" = True,
        as_of: date | None = None,
        script: "ScriptOptions | None" = None,
    ) -> "ScriptImport": ...

    def _meant(self, name: str, version: str) -> StoredExperiment: ...

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

    def add_sql(  # noqa: PLR0913 - each is an option of its own for whoever asks
        self,
        sql: str,
        *,
        name: str,
        dialect: str | None = None,
        target_rows: int | None = None,
        infer: "Inferring" = True,
        as_of: date | None = None,
        rules: "RulesSource | None" = None,
        script: "ScriptOptions | None" = None,
        version: str = "",
    ) -> Created:
        """Store the tables of a DDL script in an experiment, as if they had been there from the start.

        References that led nowhere lead to the tables that come. What an import chose is chosen anew over the
        whole, by the options of this one; what somebody changed stays, and so does a table that is there.
        Runs and their files stay, too.

        dialect      the experiment's own when it is None
        target_rows  of the tables that come
        version      of the experiment that is meant; any where it is empty

        The others are as in `import_sql`. Raises UnknownNameError, RunningError, VersionError, and
        RequestError for an experiment whose tables are in a warehouse, which have the shape that it has now.
        """
        self.persistence.ledger.bury_the_dead(name)
        stored = self._meant(name, version)
        if places := self.persistence.loads.of(name):
            message = f"{name} is loaded into {', '.join(places)}, and its tables there keep their shape"
            raise RequestError(f"{message}; import its scripts together under another name")
        made = self._importing(rules, infer, as_of, script)
        experiment, warnings = made.of_more(stored, sql, dialect, target_rows)
        if problems := list(self.rule.problems(experiment)):
            raise SchemaError(problems)
        created = Created(experiment, tuple(warnings))
        self.persistence.replace_experiment(experiment, stored.version, created.warnings)
        return created

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
