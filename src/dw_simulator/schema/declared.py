"""What everything that users declare has in common: errors for pydantic to collect, numbers, dates, names."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Annotated, Any, NamedTuple, Self, TypeAlias, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    PlainValidator,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from dw_simulator.schema.json_data import Json

T = TypeVar("T")

MAX_ROWS = 1 << 62
MAX_NAME = 255
_MOST_DIGITS = 400
RESERVED_WORDS = frozenset(
    """all alter analyse analyze and any array as asc between both by case cast check collate column
    constraint create cross current_date current_time current_timestamp current_user default delete desc
    distinct drop else end except exists false fetch for foreign from full grant group having in inner
    insert intersect into is join lateral leading left like limit natural not null offset on only or order
    outer overlaps primary qualify references revoke right rows sample select session_user set similar some
    start table tablesample then to trailing true union unique update user using values view when where
    window with""".split()
)
STRICT_NAMES = {"names": "strict"}


def refuse(message: str, mend: str = "") -> PydanticCustomError:
    """An error for pydantic to collect, with its mend beside it."""
    return refuse_all([Issue("", message, mend)])


def refuse_all(issues: Sequence["Issue"]) -> PydanticCustomError:
    """Several errors of one part, each with its field, as the one error a validator may raise."""
    return PydanticCustomError("dw_sim", "{text}", {"text": issues[0].message, "issues": list(issues)})


class Issue(NamedTuple):
    """What is wrong within one part of a schema: the field, what, and what mends it."""

    field: str
    message: str
    mend: str = ""


def _exact_number(value: Json | Decimal) -> Decimal:
    """A number as written: 0.1 means one tenth, not the binary float nearest to it."""
    if not isinstance(value, int | float | str | Decimal) or isinstance(value, bool):
        raise refuse("a number is needed")
    try:
        number = Decimal(repr(value) if isinstance(value, float) else value)
    except InvalidOperation:
        raise refuse(f"{value!r} is not a number") from None
    if not number.is_finite() or abs(number.adjusted()) > _MOST_DIGITS:
        raise refuse(f"a finite number of at most {_MOST_DIGITS} digits is needed")
    return number


def _plain_number(value: Decimal) -> int | float | str:
    """The same number for JSON; a string where a float would lose digits."""
    if value == value.to_integral_value():
        return int(value)
    return float(value) if Decimal(repr(float(value))) == value else str(value)


def _exact_date(value: Json | date) -> date:
    """A date, or a date with a time of day, from ISO 8601 text."""
    text = value.isoformat() if isinstance(value, date) else str(value)
    if re.search(r"[.,]\d{6}0*[1-9]", text):
        raise refuse(f"{text!r} has more than six digits of a second", "write six, or fewer")
    try:
        moment = date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
        # instants are kept in UTC
        if isinstance(moment, datetime) and moment.tzinfo is not None:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise refuse(f"{value!r} is not a date", "write it as 2024-12-31 or 2024-12-31T23:59:59") from None
    return moment


Count = Annotated[int, Field(ge=0, le=MAX_ROWS)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Number = Annotated[
    Decimal,
    PlainValidator(_exact_number, json_schema_input_type=int | float | str),
    PlainSerializer(_plain_number, when_used="json"),
]
Moment = Annotated[
    date,
    PlainValidator(_exact_date, json_schema_input_type=str),
    PlainSerializer(lambda value: value.isoformat(), when_used="json"),
]


def check_name(name: str, info: ValidationInfo) -> str:
    """Names in JSON are plain words; names that come from DDL are whatever its dialect allows."""
    if not name or len(name) > MAX_NAME or "\0" in name:
        raise refuse(f"a name has 1 to {MAX_NAME} characters, none of them NUL")
    if info.context == STRICT_NAMES:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise refuse(
                f"{name!r} is not a name", "use letters, digits and underscores, and start with no digit"
            )
        if name.lower() in RESERVED_WORDS:
            raise refuse(f"{name!r} is an SQL reserved word", f"call it {name}_ or {name}_id, say")
    return name


def some(parts: tuple[T, ...], noun: str) -> tuple[T, ...]:
    if not parts:
        raise refuse(f"at least one {noun} is needed")
    return parts


FieldValue: TypeAlias = Json | Decimal | date | BaseModel | tuple[BaseModel, ...] | Mapping[str, BaseModel]
"""What a field of a declared part may hold."""


class Declared(BaseModel):
    """A part of what users declare: unknown fields are refused with the closest match, none ever changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    def changed(self, **updates: FieldValue) -> Self:
        """The same with other fields, which are not checked.

        Unlike `model_copy`, it carries nothing along that a cached property has worked out from the former
        fields.
        """
        made = self.model_copy(update=updates)
        for name in made.__dict__.keys() - type(self).model_fields.keys():
            del made.__dict__[name]
        return made


@cache
def _reader(model: type[Declared], name: str) -> TypeAdapter[Any]:
    """Reads a value of a field alone."""
    whole: Any = model.model_fields[name].rebuild_annotation()
    return TypeAdapter(whole)


def still_guessed(part: Declared, name: str, guess: Json) -> bool:
    """Whether a field is what an import chose, in whatever way that is written."""
    value = getattr(part, name)
    return value is not None and same_field(type(part), name, value, guess)


def same_field(model: type[Declared], name: str, one: Json | Declared, other: Json | Declared) -> bool:
    """Whether two values of a field say the same, in whatever way they are written."""
    if one == other:
        return True
    try:
        return bool(_read_alone(model, name, one) == _read_alone(model, name, other))
    except ValidationError:
        return False


def _read_alone(model: type[Declared], name: str, value: Json | Declared) -> object:
    if isinstance(value, str) and "tuple" in str(model.model_fields[name].annotation):
        value = [value]  # one column in the place of several
    return _reader(model, name).validate_python(value)


class Distribution(Declared):
    """The shape of a numeric column's values within its bounds."""

    type: str
    parameters: dict[str, float] = Field(default_factory=dict)

    @field_validator("parameters")
    @classmethod
    def _no_name(cls, value: dict[str, float]) -> dict[str, float]:
        if "name" in value:
            raise refuse("no distribution has a parameter 'name'", "leave it out")
        return value


class SqlText(Declared):
    """SQL of a dialect that is named. dialect: that of the experiment's warehouse where it is left out."""

    sql: str = Field(min_length=1)
    dialect: str | None = None

    def __str__(self) -> str:
        return self.sql

    @property
    def options(self) -> dict[str, str]:
        """As the rule for expressions takes it."""
        return {"sql": self.sql} if self.dialect is None else {"sql": self.sql, "dialect": self.dialect}

    @model_validator(mode="before")
    @classmethod
    def _alone(cls, value: Json) -> Json:
        """SQL of the experiment's warehouse is a plain text."""
        return {"sql": value} if isinstance(value, str) else value

    @model_serializer
    def _plain(self) -> str | dict[str, str]:
        return self.sql if self.dialect is None else {"sql": self.sql, "dialect": self.dialect}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string", "minLength": 1}, handler(core)]}


class RuleSpec(BaseModel):
    """A column's rule by name; the options are declared and checked by the rule itself."""

    model_config = ConfigDict(extra="allow", frozen=True)

    name: str = Field(description="which rule")

    @property
    def options(self) -> dict[str, Json]:
        return dict(self.model_extra or {})
