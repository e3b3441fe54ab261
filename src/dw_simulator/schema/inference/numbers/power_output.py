"""What plants and turbines put out: energy by rated power, hours and wind.

turbine (rated_power_kw, rotor_diameter_m, swept_area_m2, hub_height_m, cut_in_wind_speed_ms, ...)
    swept_area_m2         the circle of the rotor
output (turbine_id -> turbine, day, energy_kwh, avg_wind_speed_ms, capacity_factor_pct)
    energy_kwh            rated_power_kw * 24 * what the wind gives
    capacity_factor_pct   energy_kwh / (rated_power_kw * 24) * 100
outage (turbine_id -> turbine, duration_minutes, lost_energy_kwh)
    lost_energy_kwh       a part of rated_power_kw * duration_minutes / 60
"""

from collections.abc import Iterator

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.free_measures import greatest, known_bounds
from dw_simulator.schema.inference.numbers.header_sums import may_be_said, may_stand_by
from dw_simulator.schema.inference.numbers.measure_roles import in_hundredths
from dw_simulator.schema.inference.numbers.row_numbers import numbers_of
from dw_simulator.schema.inference.numbers.up_hours import is_daily, up_of
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch, never_null
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.inference.words.tokens import read
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_KILO = {"kw": 1.0, "mw": 1000.0, "kwp": 1.0, "mwp": 1000.0, "kva": 1.0}
_KILOHOURS = {"kwh": 1.0, "mwh": 1000.0}
_RATED = frozenset({"rate", "rated", "nominal", "nameplate", "install", "installed", "peak", "max"})
_POWER = frozenset({"power", "capacity", "output"})
_WHOLE = frozenset({"install", "installed", "total", "nameplate"})
_OUTPUT = frozenset(
    """energy production produced generated generation yield output net gross active total daily export
    feed""".split()
)
_LOST = frozenset({"lost", "loss", "losses", "missed", "curtailed"})
_HOURS = {"minute": "60.0", "hour": "1.0", "second": "3600.0"}
_TURBINE = frozenset({"wind", "windmill", "turbine", "swept", "hub"})
"""Words beside a rotor that is not of a brake or a helicopter."""
_DAILY = frozenset("""day daily output production generation yield energy feed performance""".split())
_WIND = frozenset({"wind", "gust"})
_SOLAR = frozenset({"solar", "pv", "photovoltaic", "inverter", "panel", "module"})
_MANY = 20
"""So many plants have to have room in the sum of a park."""
_Numbers = list[ColumnSketch]
_FULL: tuple[list[Json], list[Json], str] = (
    [11, 11.5, 12, 12.5, 13, 14],
    [14, 20, 26, 18, 14, 8],
    "the wind of full power",
)
_LIMITS: tuple[tuple[frozenset[str], tuple[list[Json], list[Json], str]], ...] = (
    (
        frozenset({"cut", "in"}),
        ([3, 3.5, 2.5, 4], [50, 28, 14, 8], "the wind in which a turbine begins"),
    ),
    (
        frozenset({"cut", "out"}),
        ([25, 28, 20, 22.5, 30], [62, 14, 10, 8, 6], "the wind in which a turbine stops"),
    ),
    (frozenset({"rate"}), _FULL),
    (frozenset({"rated"}), _FULL),
    (frozenset({"nominal"}), _FULL),
)
"""The winds that a turbine is made for, in metres a second, by the words of their names."""


def power_output(sketch: Sketch) -> None:
    """Say the numbers of turbines, and what they put out."""
    if not sketch.has("expression", "choice", "triangular"):
        return
    shown = [table for table in sketch.tables.values() if not table.hidden]
    for table in shown:
        _say_machine(table, numbers_of(table))
    for table in shown:
        energies = [one for one in numbers_of(table) if _KILOHOURS.keys() & {*one.words}]
        for link in table.links if energies else ():
            rated = rated_power(link.parent)
            if rated is not None and not link.to_itself and len(link.columns) == 1 and link.required:
                _say_output(table, link, rated, energies)
                break
    for table in shown:
        plate = rated_power(table) if table.links else None
        for link in table.links:
            if plate is not None and not link.to_itself:
                _say_installed(link, plate)


def _say_machine(table: TableSketch, numbers: _Numbers) -> None:
    windy = [one for one in numbers if {*one.words} & _WIND and "speed" in one.words]
    if windy:
        _say_winds(windy)
    said = {word for one in numbers for word in one.words} | {*table.noun}
    if ("rotor" in said and said & _TURBINE) or any({"hub", "height"} <= {*one.words} for one in numbers):
        _say_turbine(table, numbers)


def rated_power(table: TableSketch) -> ColumnSketch | None:
    """The power that a plant has by its plate, where its row tells one."""
    found = [
        one
        for one in numbers_of(table)
        if {*one.words} & _KILO.keys() and {*one.words} & _RATED and {*one.words} & _POWER
    ]
    return found[0] if len(found) == 1 else None


def _unit(column: ColumnSketch, units: dict[str, float]) -> float:
    return next(units[word] for word in column.words if word in units)


# --- what a turbine is


def _say_turbine(table: TableSketch, numbers: _Numbers) -> None:
    rated = rated_power(table)
    if rated is not None and may_be_said(rated):
        unit = _unit(rated, _KILO)
        powers: list[Json] = [_plain(kilo / unit) for kilo in (2000, 2300, 3000, 3450, 4200, 5600)]
        _chosen(rated, powers, [14, 18, 26, 20, 14, 8], "what a turbine puts out at the most")
    rotor = _one(numbers, {"rotor", "diameter"})
    if rotor is not None and may_be_said(rotor):
        if rated is not None:
            kilo = f"{quoted_name(rated.name)} * {_unit(rated, _KILO):g}"
            sql = f"round(sqrt({kilo}) * (1.85 + 0.4 * noise('rotor')))"
            _expressed(rotor, sql, f"a rotor for {rated.name}", 20, 300)
        else:
            _drawn(rotor, 60, 115, 175, "the diameter of a rotor")
    if rotor is None:
        return
    across = quoted_name(rotor.name)
    area = _one(numbers, {"swept", "area"})
    if area is not None and may_be_said(area):
        _expressed(area, f"pi() / 4 * {across} * {across}", f"the circle of {rotor.name}", 100, 80_000)
    hub = _one(numbers, {"hub", "height"})
    if hub is not None and may_be_said(hub):
        _expressed(hub, f"round({across} * (0.68 + 0.4 * noise('hub')))", f"above {rotor.name}", 15, 350)


def _say_winds(windy: _Numbers) -> None:
    """Winds in metres a second: those that a turbine works in, and those that were measured."""
    measured: dict[str, ColumnSketch] = {}
    for one in windy:
        words = frozenset(one.words)
        if not may_be_said(one) or not words & {"ms", "mps", "m"}:
            continue
        limit = next((said for marks, said in _LIMITS if marks <= words), None)
        if limit is not None:
            _chosen(one, *limit)
        else:
            place = "low" if "min" in words else "high" if words & {"max", "gust", "peak"} else "middle"
            measured.setdefault(place, one)
    _say_measured(measured.get("low"), measured.get("middle"), measured.get("high"))


def _say_measured(low: ColumnSketch | None, middle: ColumnSketch | None, high: ColumnSketch | None) -> None:
    told = "a wind in metres a second"
    if middle is None:
        for one, between in ((low, (0, 2, 9)), (high, (9, 12, 30))):
            if one is not None:
                _drawn(one, *between, told)
        return
    _drawn(middle, 0.5, 5.5, 17, told)
    name = quoted_name(middle.name)
    if low is not None:
        _expressed(low, f"{name} * (0.15 + 0.5 * noise('low'))", f"less than {middle.name}", 0, 17)
    if high is not None:
        _expressed(high, f"{name} * (1.3 + 0.8 * noise('gust'))", f"more than {middle.name}", 0, 40)


# --- what it puts out


def _say_output(table: TableSketch, link: Link, rated: ColumnSketch, energies: _Numbers) -> None:
    power = f"CAST({quoted_name(link.name, rated.name)} AS DOUBLE) * {_unit(rated, _KILO):g}"
    most = _told_most(rated) * _unit(rated, _KILO)
    for one in energies:
        if {*one.words} & _LOST and may_be_said(one):
            _say_lost(table, one, power, most)
    made = [one for one in energies if {*one.words} <= _OUTPUT | _KILOHOURS.keys() and may_be_said(one)]
    if len(made) != 1 or not is_daily(table) or not _by_day(table, link):
        return
    energy, unit = made[0], _unit(made[0], _KILOHOURS)
    whole = f"{power} * 24"
    if greatest(energy.column.type) < most * 24 / unit:
        return
    _unbounded(
        energy,
        f"{whole} * {_share(table, link)} / {unit:g}",
        f"what {link.name}.{rated.name} gives in a day",
    )
    factor = next(iter(_factors(table)), None)
    if factor is not None and may_be_said(factor):
        scale = 100 if in_hundredths(factor.column.type, factor.words) else 1
        sql = f"{quoted_name(energy.name)} * {unit:g} * {scale}.0 / NULLIF({whole}, 0)"
        if factor.required:
            sql = f"COALESCE({sql}, 0)"
        told = f"{energy.name} by {link.name}.{rated.name} and 24 hours"
        _expressed(factor, sql, told, 0, scale)


def _by_day(table: TableSketch, link: Link) -> bool:
    """Whether a row is a plant's day, and no session of which a day has many: by its key or by its name."""
    days = {one.name for one in table.columns.values() if one.kind is Kind.DATE}
    days |= {other.name for other in table.links if {*other.parent.noun} & {"date", "day", "calendar"}}
    keyed = any(link.name in key and len(key) == 2 and {*key} & days for key in table.table.keys)
    return keyed or bool({*table.noun, *read(table.name).words} & _DAILY)


def _factors(table: TableSketch) -> Iterator[ColumnSketch]:
    for one in numbers_of(table):
        if {"capacity", "factor"} <= {*one.words} or {"load", "factor"} <= {*one.words}:
            yield one


def _share(table: TableSketch, link: Link) -> str:
    """SQL for the part of its rated power that a plant gives in a day."""
    words = {*table.noun, *link.parent.noun}
    winds = [one for one in numbers_of(table) if {*one.words} & _WIND and "speed" in one.words]
    middle = next((one for one in winds if not {*one.words} & {"min", "max", "gust", "peak"}), None)
    if middle is not None:
        cube = f"power({quoted_name(middle.name)}, 3)"
        wind = f"LEAST(GREATEST(({cube} - 27) / 1750.0, 0), 1)"
        share = f"COALESCE({wind}, 0.2) * (0.9 + 0.09 * noise('output'))"
    elif words & _SOLAR:
        share = "(0.01 + 0.24 * noise('output'))"
    else:
        share = "(0.1 + 0.75 * noise('output'))"
    up = up_of(table)
    if up is not None and up.up is not None:
        share += f" * LEAST(COALESCE({quoted_name(up.up.name)}, {up.whole}) / {up.whole}.0, 1)"
    return share


def _say_lost(table: TableSketch, column: ColumnSketch, power: str, most: float) -> None:
    """What was lost while it stood, where the row says for how long. most: kilowatts of a plant."""
    unit = _unit(column, _KILOHOURS)
    if greatest(column.column.type) < most / unit:
        return  # not even an hour of it
    for one in numbers_of(table):
        words = {*one.words}
        length = next((word for word in one.words if word in _HOURS), "")
        if "duration" in words and length:
            hours = f"{quoted_name(one.name)} / {_HOURS[length]}"
            sql = f"{power} * {hours} * (0.05 + 0.6 * noise('lost')) / {unit:g}"
            if column.required:
                sql = f"COALESCE({sql}, 0)"
            _unbounded(column, sql, f"what it did not give in {one.name}")
            return


def _say_installed(link: Link, rated: ColumnSketch) -> None:
    """What is installed in a park is the power of all that stands there."""
    for one in numbers_of(link.parent):
        words = {*one.words}
        if not (words & _WHOLE and words & _POWER and words & _KILO.keys()) or not may_be_said(one):
            continue
        if not may_stand_by(link):
            return
        factor = _unit(rated, _KILO) / _unit(one, _KILO)
        most = known_bounds(rated)[1] * factor
        if greatest(one.column.type) < most * _MANY:
            continue
        name = quoted_name(rated.name)
        value = name if rated.required else f"COALESCE({name}, 0)"
        sql = expression(f"{value} * {factor:g}")
        part = link.child.add_hidden(
            f"part_of_{one.name}",
            _of_sums(one),
            Found(f"{rated.name} in another unit", {"rule": sql, "min_value": 0, "max_value": most}),
        )
        rule: dict[str, Json] = {
            "name": "rollup",
            "function": "sum",
            "table": link.child.name,
            "reference": link.name,
            "column": part.name,
        }
        one.says(Found(f"the sum of {rated.name} in {link.child.name}", {"rule": rule}))
        return


def _of_sums(column: ColumnSketch) -> str:
    """The type of what is summed into a column: as many digits as are in the sum."""
    return "DECIMAL(18,3)" if column.kind is Kind.FLOAT else f"DECIMAL(18,{column.column.type.scale})"


# --- how it is said


def _one(numbers: _Numbers, words: set[str]) -> ColumnSketch | None:
    return next((one for one in numbers if words <= {*one.words}), None)


def _told_most(column: ColumnSketch) -> float:
    """The most of a number, as far as anything but its type tells it; a thousand where nothing does."""
    most = known_bounds(column)[1]
    return most if most < greatest(column.column.type) else min(most, 1000)


def _plain(number: float) -> int | float:
    return int(number) if number == int(number) else number


def _chosen(column: ColumnSketch, values: list[Json], weights: list[Json], told: str) -> None:
    if not column.column.type.scale and column.kind.name == "INTEGER":
        pairs: dict[Json, int] = {}
        for value, weight in zip(values, weights, strict=True):
            whole = round(float(str(value)))
            pairs[whole] = pairs.get(whole, 0) + int(str(weight))
        values, weights = [*pairs], [*pairs.values()]
    if max(float(str(value)) for value in values) > greatest(column.column.type):
        return
    rule: dict[str, Json] = {"name": "choice", "values": values, "weights": weights}
    column.says(Found(told, {"rule": rule, **never_null(column)}))


def _drawn(column: ColumnSketch, low: float, mode: float, high: float, told: str) -> None:
    if high > greatest(column.column.type):
        return
    rule: dict[str, Json] = {"name": "triangular", "low": low, "mode": mode, "high": high}
    fields: dict[str, Json] = {"rule": rule, "min_value": low, "max_value": high}
    column.says(Found(told, {**fields, **never_null(column)}))


def _expressed(column: ColumnSketch, sql: str, told: str, low: float, high: float) -> None:
    """Say what a number is; leave it where its type has no room, but for the last step."""
    room = greatest(column.column.type)
    if room < high * 0.99:
        return
    sql, high = (sql, high) if high <= room else (f"LEAST({sql}, {room})", room)
    fields: dict[str, Json] = {"rule": expression(sql), "min_value": low, "max_value": high}
    column.says(Found(told, {**fields, **never_null(column)}))


def _unbounded(column: ColumnSketch, sql: str, told: str) -> None:
    """Say what an amount is that goes by others, as far as its type reaches."""
    if column.kind is not Kind.FLOAT:
        sql = f"LEAST({sql}, {_plain(greatest(column.column.type))})"
    fields: dict[str, Json] = {"rule": expression(sql), "min_value": 0}
    column.says(Found(told, {**fields, **never_null(column)}))
