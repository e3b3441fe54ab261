"""What shows the rule `after`."""

from dw_simulator.ports.rule import Examples

EXAMPLES: Examples = (
    [
        {"name": "ordered_at", "data_type": "TIMESTAMP", "rule": {"name": "calendar", "weekends": False}},
        {
            "name": "value",
            "data_type": "TIMESTAMP",
            "rule": {"name": "after", "column": "ordered_at", "at_least": "2h", "within": "30d"},
        },
    ],
    [
        {
            "name": "ordered_at",
            "data_type": "TIMESTAMP(0)",
            "required": False,
            "date_start": "2024-01-01",
            "date_end": "2024-12-31",
        },
        {
            "name": "value",
            "data_type": "DATE",
            "required": False,
            "date_end": "2024-12-31",
            "rule": {
                "name": "after",
                "column": "ordered_at",
                "within": "3w",
                "distribution": "exponential",
                "mean": "2d",
            },
        },
    ],
    [
        {"name": "hired_on", "data_type": "DATE"},
        {
            "name": "value",
            "data_type": "DATE",
            "rule": {
                "name": "after",
                "column": "hired_on",
                "before": True,
                "at_least": "18y",
                "within": "60y",
            },
        },
    ],
    {
        "tables": [
            {
                "name": "orders",
                "target_rows": 100,
                "primary_key": ["id"],
                "columns": [
                    {"name": "id", "data_type": "INT"},
                    {"name": "ordered_at", "data_type": "TIMESTAMP"},
                ],
            },
            {
                "name": "events",
                "target_rows": 1000,
                "columns": [
                    {
                        "name": "order_id",
                        "data_type": "INT",
                        "foreign_key": {"references_table": "orders", "references_column": "id"},
                    },
                    {
                        "name": "value",
                        "data_type": "TIMESTAMP",
                        "rule": {
                            "name": "after",
                            "reference": "order_id",
                            "column": "ordered_at",
                            "within": "14d",
                            "ordered": True,
                        },
                    },
                ],
            },
        ]
    },
    [
        {"name": "ordered_at", "data_type": "TIMESTAMP"},
        {"name": "paid_at", "data_type": "TIMESTAMP", "required": False},
        {
            "name": "due_at",
            "data_type": "TIMESTAMP",
            "rule": {"name": "after", "column": "ordered_at", "at_least": "20d", "within": "40d"},
        },
        {
            "name": "value",
            "data_type": "TIMESTAMP",
            "required": False,
            "rule": {
                "name": "after",
                "column": ["ordered_at", "paid_at"],
                "at_least": "1h",
                "until": "due_at",
                "distribution": "exponential",
                "mean": "3d",
                "censor": True,
            },
        },
    ],
    {
        "tables": [
            {
                "name": "staff",
                "target_rows": 400,
                "primary_key": ["id"],
                "columns": [
                    {"name": "id", "data_type": "INT"},
                    {
                        "name": "manager_id",
                        "data_type": "INT",
                        "foreign_key": {
                            "references_table": "staff",
                            "references_column": "id",
                            "nullable": True,
                            "tree": {"roots": 4, "depth": 5},
                        },
                    },
                    {
                        "name": "value",
                        "data_type": "DATE",
                        "rule": {
                            "name": "after",
                            "reference": "manager_id",
                            "column": "value",
                            "at_least": "30d",
                            "within": "2y",
                            "roots": {"date_start": "2010-01-01", "date_end": "2010-12-31"},
                        },
                    },
                ],
            },
        ]
    },
    [
        {"name": "opened_at", "data_type": "TIMESTAMP(0)"},
        {
            "name": "value",
            "data_type": "TIMESTAMP(0)",
            "rule": {
                "name": "after",
                "column": "opened_at",
                "within": "5d",
                "distribution": "exponential",
                "mean": "2d",
                "business_hours": "09:00-17:00",
                "weekdays": {"sat": 0.2, "sun": 0},
            },
        },
    ],
)
