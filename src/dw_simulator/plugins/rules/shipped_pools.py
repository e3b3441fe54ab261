"""Pools of values that this package ships, so that the default rules need no Faker and no time to draw.

    shipped("last_name", "en_US")      ("Smith", "Smith", …, "Johnson", …), as often as each was drawn

They are Faker's values, drawn once by `tools/faker_pools.py`: the same on every machine, whichever Faker is
installed there. Its licence lies with them in the archive.
"""

from functools import cache
from importlib.resources import files
from io import BytesIO
from zipfile import ZipFile

ARCHIVE = files(__package__) / "data" / "faker.zip"


@cache
def shipped(provider: str, locale: str) -> tuple[str, ...] | None:
    """What a provider of Faker's answers in thousands of draws, equal ones together; None: not shipped."""
    archive = _archive()
    if f"{locale}/{provider}" not in archive.NameToInfo:
        return None
    found: list[str] = []
    for line in archive.read(f"{locale}/{provider}").decode().split("\n"):
        value, _tab, count = line.partition("\t")
        found += [value] * int(count or 1)
    return tuple(found)


@cache
def _archive() -> ZipFile:
    return ZipFile(BytesIO(ARCHIVE.read_bytes()))
