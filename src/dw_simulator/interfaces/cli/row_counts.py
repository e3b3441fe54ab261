"""Numbers of rows, moments, and lists of names, as people write them."""

from datetime import UTC, date, datetime

import typer

from dw_simulator.schema.counts import count_of


def parse_count(text: str) -> int:
    """50000, 50_000, 50k, 2M, 1.5M, 1e6 -> rows."""
    try:
        return count_of(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def parse_rows(items: list[str]) -> dict[str, int]:
    """["orders=2M"] -> {"orders": 2000000}."""
    rows = {}
    for item in items:
        table, equals, count = item.rpartition("=")
        if not equals or not table:
            raise typer.BadParameter(
                f"{item!r} is not TABLE=COUNT; write orders=50k, say", param_hint="--rows"
            )
        rows[table] = parse_count(count)
    return rows


def parse_scale(text: str | None) -> float | None:
    """10, 0.1, 2k -> how many times."""
    if text is None:
        return None
    try:
        return float(text)
    except ValueError:
        return float(parse_count(text))


def parse_moment(text: str | None) -> date | None:
    """2026-01-31 or 2026-01-31T12:00:00; a moment with an offset is taken to UTC."""
    if text is None:
        return None
    try:
        moment = date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
        if isinstance(moment, datetime) and moment.tzinfo is not None:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise typer.BadParameter(
            f"{text!r} is not a date; write 2026-01-31 or 2026-01-31T12:00:00", param_hint="--as-of"
        ) from None
    return moment


def parse_names(text: str | None) -> tuple[str, ...]:
    """'redshift, snowflake' -> ('redshift', 'snowflake'); none where nothing is said."""
    if text is None:
        return ()
    names = tuple(name for item in text.split(",") if (name := item.strip()))
    if not names:
        raise typer.BadParameter(f"{text!r} names nothing; write redshift,snowflake, say")
    return names
