"""What depends on the value of another column: which column that is, and which of some keys its value is."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field

from dw_simulator.engine.values.cases import CaseOf
from dw_simulator.engine.values.facts import Facts, Stored
from dw_simulator.errors import Refusal, closest
from dw_simulator.plugins.rules.listed_values import LISTABLE, stored_value
from dw_simulator.ports.needs import Source
from dw_simulator.ports.rule import ColumnSpec
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.model import Lookup
from dw_simulator.types import Kind, SqlType

Given = Annotated[str, Field(min_length=1)] | Lookup
"""A column of the row, or one of a row that it references."""

MOST_SHOWN = 5
_MATCHED = LISTABLE - {Kind.JSON}
_TRUTH = {"true": True, "false": False}


def _as_texts(value: Json) -> Json:
    """YAML reads keys as what they look like: true, 1, 2024-12-31."""
    if not isinstance(value, dict):
        return value
    return {_as_text(key): item for key, item in value.items()}


def _as_text(key: object) -> str:
    if isinstance(key, bool):
        return str(key).lower()
    return key.isoformat() if isinstance(key, date) else str(key)


BY_VALUE = BeforeValidator(_as_texts)
"""For options that hold something for each value of a column."""


def shown(given: str | Lookup) -> str:
    """How a user names the column."""
    return given if isinstance(given, str) else ".".join((*given.reference, given.column))


def matched(
    source: Source, keys: Sequence[str], option: str, *, open_end: bool, spare: bool = False
) -> CaseOf:
    """Which of the keys the column's value is. Raises Refusal.

    option    where the keys stand
    open_end  whether something was said of values that are none of them
    spare     whether there may be keys that the column never is
    """
    if source.type.kind not in _MATCHED:
        words = f"{source.name} is {source.type.declared}"
        raise Refusal(words, "name a column of texts, numbers, dates or truth values")
    stored = tuple(_stored(source, key, option) for key in keys)
    if len(set(stored)) < len(stored):
        twice = next(key for key, item in zip(keys, stored, strict=True) if stored.count(item) > 1)
        raise Refusal(f"{option}: {twice!r} is there twice as {source.type.declared}", "name it once")
    known = source.kernel.facts
    if not spare:
        _check_possible(source, known, stored, option)
    found = CaseOf(source.kernel, stored)
    if not open_end:
        _check_all_named(source, found.known.missing(known), option)
    return found


def _stored(source: Source, key: str, option: str) -> Stored:
    type_ = source.type
    try:
        if type_.kind is Kind.BOOLEAN:
            return int(_TRUTH[key])
        return stored_value(type_, key)
    except KeyError:
        raise Refusal(f"{option}: {key!r} is no BOOLEAN", "write true or false") from None
    except (ValueError, OverflowError) as error:
        raise Refusal(f"{option}: {error}, as {source.name} is", "correct the value") from None


def _check_possible(source: Source, known: Facts, stored: Sequence[Stored], option: str) -> None:
    """Refuse texts that the column never has; of numbers there may be fewer in a smaller table."""
    texts = known.listed or ()
    for text in stored:
        if isinstance(text, str) and not known.may_be(text):
            close = closest(text, [str(one) for one in texts])
            raise Refusal(
                f"{option}: {source.name} is never {text!r}{close}",
                f"its values are {_some([repr(one) for one in texts])}" if texts else "correct the value",
            )


def _check_all_named(source: Source, missing: Sequence[Stored] | None, option: str) -> None:
    mend = 'say "otherwise" what holds for others; null for NULL'
    if missing is None:
        raise Refusal(f"{option}: which values {source.name} has is not known", mend)
    if missing:
        shown_ = _some([_shown(source.type, one) for one in missing])
        raise Refusal(f"{option}: nothing is said of {source.name} {shown_}", f"add it, or {mend}")


def _shown(type_: SqlType, stored: Stored) -> str:
    """A stored value as people write it, where that is easily said."""
    if type_.kind is Kind.BOOLEAN:
        return "true" if stored else "false"
    if type_.kind is Kind.DECIMAL and type_.scale:
        return f"{int(stored) / 10**type_.scale}"
    return repr(stored)


def _some(texts: Sequence[str]) -> str:
    shown = ", ".join(texts[:MOST_SHOWN])
    more = len(texts) - MOST_SHOWN
    return f"{shown} and {more:,} more" if more > 0 else shown


def check_column(spec: ColumnSpec, given: str | Lookup, option: str) -> None:
    """Raise Refusal where a column is made to depend on itself, which no row could begin with."""
    if given == spec.column.name:
        raise Refusal(f"{option} is the column itself", "name another column")
