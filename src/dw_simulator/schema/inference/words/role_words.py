"""Words of references and of tables that say who does what, and what is a list of which others choose."""

from functools import cache

from dw_simulator.schema.inference.shape.calendar_names import lines_of


@cache
def role_words(name: str) -> frozenset[str]:
    """The words of a list of `roles.txt`."""
    return frozenset(
        word for which, words in lines_of("roles.txt") if which == name for word in words.split()
    )
