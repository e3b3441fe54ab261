"""The scripts of a pack, from what a dialect says of its warehouse."""

from collections.abc import Iterable, Iterator

from dw_simulator.plugins.dialects.ddl.ddl_writer import DdlOptions, write_ddl
from dw_simulator.plugins.dialects.ddl.type_names import sort_of
from dw_simulator.plugins.loadpacks.loader import Loader
from dw_simulator.plugins.loadpacks.shipment import Shipment
from dw_simulator.plugins.loadpacks.verifying import verify_sql
from dw_simulator.ports.dialect import WrittenDdl
from dw_simulator.schema.model import Table

_VERIFY = """One row for each check: its name, what the manifest says, what was found, and whether they agree.
All is well when ok is true in every row. Only reads, each table once and once more for each reference."""


def pack(shipment: Shipment, loader: Loader) -> dict[str, str]:
    """The files of a dialect's pack, by their path below its folder."""
    tables = tuple(_declared(table, loader) for table in shipment.experiment.tables)
    experiment = shipment.experiment.model_copy(update={"tables": tables})
    written = write_ddl(experiment, shipment.words, DdlOptions(keys_late=loader.enforces))
    warnings = [*written.warnings, *_unread(shipment, loader)]
    files = {
        "README.md": _readme(shipment, loader, warnings),
        "ddl.sql": _ddl(shipment, loader, written),
        "copy.sql": _script("Fills the tables, parents before children.", loader.copy(shipment)),
        "verify.sql": _script(_VERIFY, [verify_sql(shipment, loader.total)]),
        **loader.files(shipment),
    }
    if loader.enforces:
        words = "Keys and references, for when every row is there: those that do not hold are refused."
        files["constraints.sql"] = _script(words, written.late)
    return files


def _declared(table: Table, loader: Loader) -> Table:
    """A table as the data fits it: not every CHECK can be followed."""
    return loader.declares(table).model_copy(update={"checks": ()})


def _ddl(shipment: Shipment, loader: Loader, written: WrittenDdl) -> str:
    checks = [
        _comment(f"{table.name}: CHECK ({check}) is left out; values follow what the run has not warned of")
        for table in shipment.experiment.tables
        for check in table.checks
    ]
    late = () if loader.enforces else written.late
    keys = " Their keys: constraints.sql." if loader.enforces else ""
    return _script(f"The tables, parents before children.{keys}", [*checks, *written.tables, *late])


def _script(about: str, statements: Iterable[str]) -> str:
    """Statements with their semicolons; comments and commands of a client stand as they are."""
    plain = (text if text.startswith(("--", "\\")) else f"{text};" for text in statements)
    return "\n\n".join((_comment(about), *plain)) + "\n"


def _comment(text: str) -> str:
    return "\n".join(f"-- {line}".rstrip() for line in text.splitlines())


def _readme(shipment: Shipment, loader: Loader, warnings: Iterable[str]) -> str:
    usage = loader.usage.replace("{folder}", shipment.folder)
    told = [f"- {' '.join(text.split())}" for text in warnings]
    notes = ["", "## What is not as in the schema", "", *told] if told else []
    title = f"# {shipment.experiment.name} in {shipment.words.name}"
    return "\n".join((title, "", usage.strip(), *notes)) + "\n"


def _unread(shipment: Shipment, loader: Loader) -> Iterator[str]:
    """Columns that the warehouse does not read from Parquet."""
    for table in shipment.experiment.tables:
        for column in table.columns:
            sort = sort_of(column.type)
            fine = f"{sort} ns" if column.type.digits > 6 else sort
            if why := loader.unread.get(sort, loader.unread.get(fine)):
                yield f"{table.name}.{column.name}: {why}"
