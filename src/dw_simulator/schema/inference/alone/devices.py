"""Device, system and browser of a row are of one device: there is no Safari on Windows.

session (device_type, os, browser, user_agent)       one row of a list of devices
event (session_id -> session, platform)               the device of the session
"""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from importlib.resources import files

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.types import Kind

_NAMED: Sequence[tuple[frozenset[str], str]] = tuple(
    (frozenset(words.split()), field)
    for words, field in (
        ("user agent", "user_agent"),
        ("browser version", "browser_version"),
        ("browser", "browser"),
        ("os version", "os_version"),
        ("operating system version", "os_version"),
        ("system version", "os_version"),
        ("os", "os"),
        ("operating system", "os"),
        ("device model", "model"),
        ("phone model", "model"),
        ("device brand", "brand"),
        ("device manufacturer", "brand"),
        ("device vendor", "brand"),
        ("screen resolution", "resolution"),
        ("screen size", "resolution"),
        ("screen width", "width"),
        ("screen height", "height"),
        ("mobile", "mobile"),
        ("mobile device", "mobile"),
        ("platform", "platform"),
        ("device type", "type"),
        ("device category", "type"),
        ("device class", "type"),
        ("device kind", "type"),
        ("device", "type"),
    )
)
"""What columns say of a device, by the words of their names, the whole of them."""
_BY_WORDS = dict(reversed(_NAMED))
_DULL = frozenset("name family code is flag client user app visitor session".split())
_TELLING = frozenset({"type", "browser", "user_agent", "platform", "model"})
"""One of these is there where people use devices: a server has an operating system, too."""
_VISITS = frozenset(
    """session visit impression view click hit login device install event visitor conversion""".split()
)
"""Tables whose device is that of the rows below."""
_LETTERS = {"m": "mobile", "d": "desktop", "t": "tablet", "p": "mobile", "s": "mobile"}
_PHONES = {"phone": "mobile", "smartphone": "mobile", "pc": "desktop", "computer": "desktop"}
_NUMBERS = frozenset({"width", "height"})
_NO = "no"

Row = Mapping[str, Json]


@cache
def _rows() -> Sequence[Row]:
    text = (files("dw_simulator.schema.inference") / "data" / "devices.txt").read_text(encoding="utf-8")
    found: list[Row] = []
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        share, kind, brand, model, system, versions, browser, releases, screen, agent = (
            part.strip() for part in line.split("|")
        )
        pairs = [
            (one, other)
            for one in versions.split()
            for other in ([one] if releases == "=os" else releases.split())
        ]
        width, _, height = screen.partition("x")
        platform = {"iOS": "ios", "iPadOS": "ios", "Android": "android"}.get(system, "web")
        for version, release in pairs:
            said = agent.replace("{os}", version).replace("{os_}", version.replace(".", "_"))
            found.append(
                {
                    _NO: len(found),
                    "share": round(float(share) / len(pairs), 3),
                    "type": kind,
                    "brand": brand,
                    "model": model,
                    "os": system,
                    "os_version": version,
                    "browser": browser,
                    "browser_version": release,
                    "resolution": screen,
                    "width": int(width),
                    "height": int(height),
                    "platform": platform,
                    "mobile": kind != "desktop",
                    "user_agent": said.replace("{browser}", release),
                }
            )
    return found


def devices(sketch: Sketch) -> None:
    """Columns that say what somebody uses are of one device, that of the visit where there is one."""
    if not sketch.has("table"):
        return
    groups = {table.name: _group(table) for table in sketch.tables.values() if not table.hidden}
    leading = {name: group for name, group in groups.items() if len(group) > 1 and _tells(group)}
    following = {
        name: link
        for name, group in groups.items()
        if group and (link := _visit(sketch.table(name), leading)) is not None
    }
    if not leading:
        return
    data = _Data(sketch)
    for name, group in leading.items():
        if name not in following:
            for column, field in group.items():
                data.say(sketch.table(name).column(column), field, {})
    for name, link in following.items():
        number = _number(sketch.table(name), link, data)
        for column, field in groups[name].items():
            data.say(sketch.table(name).column(column), field, {"by": {number: _NO}})


def _tells(group: Mapping[str, str]) -> bool:
    return not _TELLING.isdisjoint(group.values())


def _group(table: TableSketch) -> Mapping[str, str]:
    """What each column says of a device; of two that say the same, the first."""
    found: dict[str, str] = {}
    for column in table.columns.values():
        field = _field(column)
        if field and field not in found.values():
            found[column.name] = field
    return found


def _field(column: ColumnSketch) -> str:
    if not column.open or column.keyed or not may_be_said(column):
        return ""
    words = [word for word in column.words if word not in _DULL]
    if not words and column.words:
        words = [*column.words]
    field = _BY_WORDS.get(frozenset(words), "")
    if "user" in column.words and "agent" in column.words:
        field = "user_agent"
    fits = {
        "mobile": column.kind is Kind.BOOLEAN,
        "width": column.kind is Kind.INTEGER,
        "height": column.kind is Kind.INTEGER,
    }.get(field, column.kind is Kind.TEXT)
    if not field or not fits:
        return ""
    if field == "type" and not _kinds(column):
        return ""
    if field == "platform" and {str(one).lower() for one in _values(column)} - {"ios", "android", "web"}:
        return ""
    shown = [str(row[field]) for row in _rows()]
    room = column.column.type.length
    return field if field == "type" or column.kind is not Kind.TEXT or max(map(len, shown)) <= room else ""


def _values(column: ColumnSketch) -> Sequence[Json]:
    listed = column.rule.get("values")
    return listed if isinstance(listed, list) else []


def _kinds(column: ColumnSketch) -> Mapping[str, str]:
    """How a column writes mobile, desktop and tablet; empty where it lists other things, too."""
    found: dict[str, str] = {}
    for value in map(str, _values(column)):
        low = value.lower()
        short = len(low) < len("phone") and low not in _PHONES
        kind = _LETTERS.get(low[:1], "") if short else _PHONES.get(low, low)
        if kind not in ("mobile", "desktop", "tablet") or (short and not kind.startswith(low[:1])):
            return {}
        found[kind] = value
    return found if len(found) == len(("mobile", "desktop", "tablet")) else {}


def _visit(table: TableSketch, leading: Collection[str]) -> Link | None:
    """The reference to the visit in which a row happened."""
    for link in table.links:
        plain = not link.to_itself and len(link.columns) == 1
        if plain and link.parent.name in leading and {*link.parent.noun} & _VISITS:
            return link
    return None


def _number(table: TableSketch, link: Link, data: "_Data") -> str:
    """A hidden column with the number of the device of a row's visit, or of that before it."""
    name = data.number(link.parent)
    lookup: dict[str, Json] = {"reference": link.name, "column": name}
    found = Found(f"the device of the {link.parent.name}", {"lookup": lookup})
    return table.add_hidden("device_number", "INTEGER", found, required=link.required).name


class _Data:
    """The list of devices, as the schema keeps it; with how the columns of this schema write their kinds."""

    def __init__(self, sketch: Sketch) -> None:
        self._sketch, self._name = sketch, ""
        self._numbers: dict[str, str] = {}
        self._fields: dict[str, Mapping[str, str]] = {}

    def say(self, column: ColumnSketch, field: str, more: JsonObject) -> None:
        shown = field
        if field == "type":
            kinds = _kinds(column)
            shown = "type" if all(kind == value for kind, value in kinds.items()) else _named(kinds)
            self._fields.setdefault(shown, kinds)
        rule: JsonObject = {"name": "table", "of": self._of(), "column": shown, "entity": "device", **more}
        kept = {
            name: value for name, value in column.fields.items() if name in ("null_fraction", "null_when")
        }
        spoken = field.replace("_", " ")
        told = f"the {spoken} of a device, of which all columns of the row are"
        column.says(Found(told, {**kept, "rule": rule}))

    def number(self, table: TableSketch) -> str:
        if table.name not in self._numbers:
            rule: JsonObject = {"name": "table", "of": self._of(), "column": _NO, "entity": "device"}
            found = Found("which device it is", {"rule": rule})
            self._numbers[table.name] = table.add_hidden("device_number", "INTEGER", found).name
        return self._numbers[table.name]

    def _of(self) -> str:
        if not self._name:
            self._name = self._sketch.add_data("devices", [dict(row) for row in _rows()])
            self._sketch.data[self._name]["weights"] = "share"
        rows = self._sketch.data[self._name]["rows"]
        assert isinstance(rows, list), "rows are a list"
        for field, kinds in self._fields.items():
            for row in rows:
                if isinstance(row, dict) and field != "type":
                    row[field] = kinds[str(row["type"])]
        return self._name


def _named(kinds: Mapping[str, str]) -> str:
    return "_".join(["type", *(kinds[kind] for kind in ("mobile", "desktop", "tablet"))])
