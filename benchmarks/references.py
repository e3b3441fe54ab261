"""Examples of references that pick their parents by what these are, for `benchmarks.rules`."""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]
_PARENTS = 20_000


def _reference(parent: str, name: str = "value", **options: Any) -> Json:
    column = {"references_table": parent, "references_column": "id", **options}
    return {"name": name, "data_type": "INT", "required": False, "null_fraction": 0.0, "foreign_key": column}


def _key() -> Json:
    return {"name": "id", "data_type": "INT"}


_STORES: Json = {
    "name": "stores",
    "target_rows": _PARENTS,
    "primary_key": ["id"],
    "columns": [
        _key(),
        {"name": "size", "data_type": "INT", "min_value": 1, "max_value": 100},
        {"name": "area", "data_type": "INT", "min_value": 1, "max_value": 500},
    ],
}
_CLIENTS: Json = {
    "name": "clients",
    "target_rows": _PARENTS,
    "primary_key": ["id"],
    "columns": [_key(), {"name": "joined", "data_type": "DATE", "date_end": "2020-12-31"}],
}
_VERSIONS: Json = {
    "name": "versions",
    "primary_key": ["id"],
    "target_rows": 3 * _PARENTS,
    "columns": [
        _key(),
        {**_reference("clients", "client_id", children={"min": 1, "max": 6}), "required": True},
        {
            "name": "since",
            "data_type": "DATE",
            "rule": {
                "name": "after",
                "reference": "client_id",
                "column": "joined",
                "within": "1500d",
                "ordered": True,
            },
        },
    ],
}
_AT: Json = {"name": "at", "data_type": "DATE", "date_start": "2023-01-01"}


def _rows(*columns: Json) -> Json:
    return {"name": "t", "columns": list(columns)}


REFERENCES: Mapping[str, Json] = {
    "pick: weights": {"tables": [_STORES, _rows(_reference("stores", pick={"weights": "size * size"}))]},
    "pick: weights and match": {
        "tables": [
            _STORES,
            _rows(
                {"name": "area", "data_type": "INT", "min_value": 1, "max_value": 500},
                _reference("stores", pick={"weights": "size", "match": {"area": "area"}}),
            ),
        ]
    },
    "pick: the version of a date": {
        "tables": [
            _CLIENTS,
            _VERSIONS,
            _rows(
                {**_reference("clients", "client_id"), "required": True},
                _AT,
                _reference(
                    "versions", pick={"match": {"client_id": "client_id"}, "at": "at", "since": "since"}
                ),
            ),
        ]
    },
}
"""By what is picked: examples as those of rules are (see RuleOptions.examples)."""
