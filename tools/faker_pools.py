"""Write the pools that this package ships: values of Faker's that the default rules draw from.

    PYTHONHASHSEED=0 python tools/faker_pools.py [OUTPUT]

A pool is what a provider answers in so many draws under a fixed seed, each value once, with how often it came
up. It is a member `locale/provider` of the archive, a line a value: the value, a tab and the count, which is
left out where it is 1. The same Faker makes the same bytes. Run it again to take over a new version of Faker;
the values of the columns that draw from its pools change then, which is for the changelog.
Some of Faker's lists are sets, whose order Python's hashes decide: they have to be fixed, PYTHONHASHSEED=0.
"""

import os
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from faker.config import AVAILABLE_LOCALES

from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules import faker_draws, shipped_pools
from dw_simulator.plugins.rules.faker_draws import MethodOrigin
from dw_simulator.plugins.rules.population import name_pools
from dw_simulator.schema.inference.candidates import LOCALES
from dw_simulator.schema.inference.words.glossary import all_guesses

LICENSE = "LICENSE.Faker"
NAME_DRAWS = 4000
"""Names are common or rare, and it takes more draws to show that."""
BY_NAME = (
    *("bs", "catch_phrase", "color_name", "company_suffix", "country_code", "currency_code", "currency_name"),
    *("day_of_week", "file_extension", "http_method", "job", "language_name", "mime_type", "month_name"),
    *("prefix", "suffix", "timezone", "tld", "user_agent", "word"),
)
"""What users ask of Faker most, and what is not drawn anew for a hundred milliseconds of Faker's start."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


def wanted() -> Iterator[tuple[str, str]]:
    """(locale, provider) of every pool that a default rule may ask for, and of what users name most."""
    yield from (("en_US", provider) for provider in BY_NAME)
    for locale in sorted(AVAILABLE_LOCALES):
        yield from ((locale, provider) for provider in name_pools(locale))
    spoken = sorted({locale for locale, _called in LOCALES.values()})
    for guess in all_guesses():
        if provider := guess.fields.get("faker_rule"):
            yield "en_US", str(provider)
            yield from ((locale, str(provider)) for locale in spoken if guess.local)


def pool(locale: str, provider: str) -> str | None:
    """A pool as the archive has it; None where Faker has none."""
    try:
        size = NAME_DRAWS if "_name" in provider and provider != "domain_name" else faker_draws.POOL_SIZE
        draws = faker_draws.samples(MethodOrigin(provider), locale, size)
    except Refusal:
        return None
    lines = [value if n == 1 else f"{value}\t{n}" for value, n in Counter(draws).items()]
    assert not any("\n" in value or "\t" in value for value in draws), "values are lines"
    return "\n".join(lines)


def main(output: Path) -> None:
    """Write the archive."""
    if os.environ.get("PYTHONHASHSEED") != "0":
        raise SystemExit("run it with PYTHONHASHSEED=0, so that the same Faker makes the same bytes")
    faker = metadata.distribution("faker")
    terms = next(file for file in faker.files or () if file.name.startswith("LICENSE"))
    members = {LICENSE: f"Values drawn from Faker {faker.version}.\n\n{terms.read_text()}"}
    for locale, provider in dict.fromkeys(wanted()):
        if (text := pool(locale, provider)) is not None:
            members[f"{locale}/{provider}"] = text
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, text in sorted(members.items()):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), text, zipfile.ZIP_DEFLATED, 9)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(str(shipped_pools.ARCHIVE)))
