"""How a DuckDB inside this process is kept from everything but what it is given.

Queries, expressions and warehouse files are different databases with one rule: nothing is fetched, nothing is
loaded, no secret is read. It is plain data, in the lowest room that both adapters and plugins may see.
"""

from collections.abc import Mapping

Setting = str | bool | int | float | list[str]

_CLOSED: Mapping[str, Setting] = {
    "allow_community_extensions": False,
    "allow_persistent_secrets": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
}

SHUT = ("SET enable_external_access = false", "SET lock_configuration = true")
"""The last two settings: from then on no file is opened, and nothing is set otherwise."""


def sandboxed(**settings: Setting) -> dict[str, Setting]:
    """The `config` of `duckdb.connect` for a database that reaches nothing, with other settings besides."""
    return {**_CLOSED, **settings}
