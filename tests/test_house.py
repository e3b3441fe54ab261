"""The house keeps its shape: sizes, names and seams, as `tools/house.py` measures them."""

import sys
from importlib import util
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def house() -> Any:
    spec = util.spec_from_file_location("house", ROOT / "tools" / "house.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.measure(ROOT / "src" / "dw_simulator")


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


def test_the_house_keeps_its_shape(house: Any) -> None:
    broken = {name: most for name, most in MOST.items() if house[name] > most}
    told = [
        f"{name}: {house[name]:g}, at most {most}\n{_places(house, name)}" for name, most in broken.items()
    ]
    assert not told, "\n\n".join(told)


def _places(house: Any, name: str) -> str:
    return "\n".join(map(str, house.places(name)))


def test_every_measure_that_is_held_has_something_to_measure(house: Any) -> None:
    assert house["modules"] > 200
    assert house["registered names"] > 50
    assert house["functions"] > 2000
