"""`sqlglot[c]`, the compiled build that other programs bring along, takes no class derived from its own."""

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.generator import Generator
from sqlglot.parser import Parser

from dw_simulator.plugins.dialects.translation import targets
from dw_simulator.registry.manager import registry


def derived(base: type) -> Iterator[type]:
    for one in base.__subclasses__():
        yield one
        yield from derived(one)


def test_no_class_of_the_program_is_derived_from_what_is_compiled() -> None:
    """An interpreted class can be derived from a compiled one, and fails when it is made."""
    dialects = registry().dialects
    assert all(dialects.get(name).read("CREATE TABLE t (a INT)").tables for name in dialects.names)
    assert targets.TARGETS
    own = [
        one
        for base in (Parser, Generator, exp.Expression)
        for one in derived(base)
        if one.__module__.startswith("dw_simulator")
    ]
    assert not own
