"""The pools that this package ships are Faker's values, and enough that default rules need no Faker."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.support import EXAMPLES, column, planned, table
from tools.faker_pools import LICENSE, name_pools, wanted

from dw_simulator.plugins.rules.faker_draws import MethodOrigin, samples
from dw_simulator.plugins.rules.shipped_pools import _archive, shipped


@pytest.mark.parametrize(
    ("provider", "locale"),
    [("last_name", "en_US"), ("first_name_female", "ja_JP"), ("job", "en_US"), ("city", "fr_FR")],
)
def test_they_are_what_faker_answers_as_often_as_it_does(provider: str, locale: str) -> None:
    """Whichever version is installed: lists of names change little from one to the next."""
    ready, drawn = shipped(provider, locale), samples(MethodOrigin(provider), locale, 4000)
    assert ready is not None
    common = {value for value in set(drawn) if drawn.count(value) > 20}
    assert common <= set(ready)
    for value in common:
        assert ready.count(value) / len(ready) == pytest.approx(drawn.count(value) / len(drawn), rel=0.5)


def test_every_pool_that_is_wanted_is_there_with_the_licence() -> None:
    names = set(_archive().namelist())
    assert "Permission is hereby granted" in _archive().read(LICENSE).decode()
    missing = {f"{locale}/{provider}" for locale, provider in wanted()} - names
    # some locales of Faker's know no persons
    assert all(place.split("/")[1] in name_pools(place.split("/")[0]) for place in missing)
    assert len(missing) < 60


def test_what_is_asked_for_with_a_size_is_drawn_by_faker() -> None:
    def pools(**options: object) -> set[str]:
        rule = {"name": "faker", "provider": "job", **options}
        made = planned(table("t", 10, column("a", "VARCHAR(90)", rule=rule)))
        return set(made.pools)

    assert pools() == set()
    assert pools(pool_size=2000) == {"faker job en_US 2000"}
    assert pools(arguments={}) == set()


def test_the_default_rules_import_no_faker(tmp_path: Path) -> None:
    code = """
import sys
from dw_simulator.service import ExperimentService, GenerateRequest
service = ExperimentService()
for schema in sys.argv[2:]:
    name = service.create_from(__import__("pathlib").Path(schema), target_rows=50).experiment.name
    service.generate(name, GenerateRequest(seed=1, output_dir=f"{sys.argv[1]}/{name}"))
print("faker" in sys.modules)
"""
    schemas = [str(EXAMPLES / f"{name}.sql") for name in ("orders", "tickit")]
    words = [sys.executable, "-c", code, str(tmp_path), *schemas]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
