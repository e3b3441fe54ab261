"""Functions that compare two values and give -1, 0 or 1."""

from dw_simulator.plugins.dialects.translation.rewriting import Rewrites, duckdb

_TYPES = {
    "DATE_CMP": "DATE",
    **dict.fromkeys(("TIMESTAMP_CMP", "DATE_CMP_TIMESTAMP", "TIMESTAMP_CMP_DATE"), "TIMESTAMP"),
    **dict.fromkeys(
        (
            *("TIMESTAMPTZ_CMP", "TIMESTAMPTZ_CMP_DATE", "TIMESTAMPTZ_CMP_TIMESTAMP"),
            *("DATE_CMP_TIMESTAMPTZ", "TIMESTAMP_CMP_TIMESTAMPTZ"),
        ),
        "TIMESTAMPTZ",
    ),
    "INTERVAL_CMP": "INTERVAL",
    **dict.fromkeys(("BPCHARCMP", "BTTEXT_PATTERN_CMP"), "VARCHAR"),
}
"""What both are compared as, by the name of the function."""
_COMPARE = """CASE WHEN {a} < {b} THEN -1 WHEN {a} > {b} THEN 1 WHEN {a} = {b} THEN 0 END"""

COMPARES: Rewrites = {
    name: duckdb(_COMPARE.format(a=f"CAST(:a AS {type_})", b=f"CAST(:b AS {type_})"))
    for name, type_ in _TYPES.items()
}
