"""Which media type a request is answered in."""

import pytest

from dw_simulator.interfaces.rest.accepting import accepted

OFFERED = ("application/json", "text/csv", "application/x-ndjson")


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/csv", "text/csv"),
        ("Text/CSV; charset=utf-8", "text/csv"),
        ("text/*", "text/csv"),
        ("application/*", "application/json"),
        ("text/html, */*;q=0.8", "application/json"),
        ("text/csv, application/json", "text/csv"),
        ("application/json, text/csv", "application/json"),
        ("application/json;q=0.5, text/csv;q=0.9", "text/csv"),
        ("application/json;q=0, */*", "text/csv"),
        ("text/csv, */*", "text/csv"),
        ("*/*, text/csv;q=0.5", "application/json"),
        ("application/x-ndjson;q=x", "application/x-ndjson"),
        (" , text/csv ,", "text/csv"),
        ("text/html", None),
        ("text/csv;q=0", None),
        ("csv", None),
    ],
)
def test_what_is_wanted_most(header: str, found: str | None) -> None:
    assert accepted(header, OFFERED) == found
