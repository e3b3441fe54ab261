"""The house keeps its shape: sizes, names and seams, as `tools/house.py` measures them."""

import sys
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent


def _tool() -> ModuleType:
    spec = util.spec_from_file_location("house", ROOT / "tools" / "house.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


HOUSE = _tool().measure(ROOT / "src" / "dw_simulator")

MOST = {
    "root modules": 10,
    "shared base names": 0,
    "public class names not unique": 0,
    "Any per kloc": 3,
    "hasattr/getattr with a literal string in the core": 0,
    "functions with three or more type tests": 25,
    "type tests per kloc": 10,
    "type tables": 3,
    "singledispatch registrations": 0,
    "import cycles, top level": 0,
    "import cycles, lazy imports included": 0,
    "function length, p90": 20,
    "modules over 500 lines": 0,
    "rule, dialect, sink, executor or format names in the core": 0,
    "registration tables that cannot be read": 0,
}


@pytest.mark.parametrize("name", MOST)
def test_the_house_keeps_its_shape(name: str) -> None:
    places = "\n".join(map(str, HOUSE.places(name)))
    assert HOUSE[name] <= MOST[name], f"{name}: {HOUSE[name]:g}, at most {MOST[name]}\n{places}"


def test_every_measure_that_is_held_has_something_to_measure() -> None:
    assert HOUSE["modules"] > 200
    assert HOUSE["registered names"] > 50
    assert HOUSE["functions"] > 2000
