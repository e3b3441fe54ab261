"""A warehouse of eight tables in which everything that columns may stand on stands on everything else."""

from typing import Any

from tests.support import column, reference, table

OPTIONAL: dict[str, Any] = {"required": False}
SEGMENTS = ("home", "small", "large")


def uncounted(name: str, *columns: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A table that does not say how many rows it has."""
    return {"name": name, "columns": list(columns), **fields}


def rule(name: str, **options: Any) -> dict[str, Any]:
    return {"rule": {"name": name, **options}}


LIFE = {
    "starts": "ordered_at",
    "states": {"new": {"paid": 0.8, "lost": 0.1}, "paid": {"sent": 1}, "sent": {"done": 0.6}},
    "after": {
        "paid": {"within": "3d", "mean": "5h"},
        "lost": {"within": "9d"},
        "sent": {"at_least": "4h", "within": "10d"},
        "done": {"at_least": "1d", "within": "60d"},
    },
    "reasons": {"lost": {"late": 2, "dear": 1}},
}
REGIONS = uncounted(
    "regions",
    column("id", "INT"),
    column("label", "VARCHAR(12)"),
    column(
        "revenue",
        "DECIMAL(18,2)",
        **rule("rollup", function="sum", table="customers", reference="region_id", column="revenue"),
    ),
    primary_key=["id"],
    rows=[{"id": 7, "label": "North"}, {"id": 9, "label": "South"}, {"id": 4, "label": "West"}],
)
DAYS = uncounted(
    "days",
    column("id", "INT", **rule("date_key")),
    column("day", "DATE"),
    column("weekend", "BOOLEAN", **rule("date_part", of="day", part="is_weekend")),
    primary_key=["id"],
    rows={"date_start": "2024-01-01", "date_end": "2024-12-31"},
)
CUSTOMERS = table(
    "customers",
    600,
    column(
        "joined", "DATE", date_start="2022-01-01", date_end="2023-12-31", **rule("uniform", order="sorted")
    ),
    column("id", "VARCHAR(20)", **rule("numbered", format="C-{joined:%Y}-{number:05}", within="year")),
    column("region_id", "INT", **reference("regions.id")),
    column("segment", "VARCHAR(8)", **rule("choice", values=list(SEGMENTS), weights=[6, 3, 1], exact=True)),
    column("size", "DOUBLE", hidden=True, **rule("expression", sql="0.5 + noise('size')")),
    column(
        "n_orders",
        "INT",
        **rule(
            "cases",
            given="segment",
            cases={
                "home": {"name": "uniform", "min_value": 0, "max_value": 3},
                "small": {"name": "uniform", "min_value": 1, "max_value": 6},
                "large": {"name": "uniform", "min_value": 5, "max_value": 12},
            },
        ),
    ),
    column("income", "DECIMAL(10,2)", min_value=1, max_value=9000, **rule("lognormal", mean=6, stddev=0.7)),
    column("staff", "INT", min_value=1, max_value=80, **rule("gamma", shape=2, scale=9)),
    column(
        "revenue",
        "DECIMAL(14,2)",
        **rule("rollup", function="sum", table="orders", reference="customer_id", column="total"),
    ),
    column(
        "last_order",
        "TIMESTAMP",
        **OPTIONAL,
        **rule("rollup", function="max", table="orders", reference="customer_id", column="ordered_at"),
    ),
    primary_key=["id"],
    correlate=[{"columns": ["income", "staff"], "rank": 0.6}],
)
VERSIONS = table(
    "versions",
    1500,
    column("id", "INT"),
    column("customer_id", "VARCHAR(20)", **reference("customers.id", children={"min": 1, "max": 5})),
    column("number", "INT"),
    column("versions", "INT", **rule("window", function="count", reference="customer_id")),
    column(
        "valid_from",
        "DATE",
        **rule("after", reference="customer_id", column="joined", within="300d", ordered=True),
    ),
    column(
        "valid_to",
        "DATE",
        **OPTIONAL,
        **rule("window", function="lead", reference="customer_id", column="valid_from"),
    ),
    primary_key=["id"],
    unique=[["customer_id", "number"]],
)
PRODUCTS = table(
    "products",
    80,
    column("code", "CHAR(13)", **rule("pattern", pattern="40{digits:10}{check:ean}")),
    column("colour", "VARCHAR(12)", **rule("table", of="known", column="colour")),
    column("shade", "VARCHAR(12)", **rule("table", of="known", column="shade")),
    column(
        "price",
        "DECIMAL(8,2)",
        min_value=1,
        max_value=300,
        **rule("price", rule={"name": "lognormal", "mean": 3, "stddev": 0.7}, round_to=10, points=[9, 5]),
    ),
    primary_key=["code"],
)
ORDERS = uncounted(
    "orders",
    column("id", "INT"),
    column("customer_id", "VARCHAR(20)", **reference("customers.id", children={"column": "n_orders"})),
    column(
        "ordered_at",
        "TIMESTAMP",
        **rule("after", reference="customer_id", column="joined", at_least="1d", within="400d", ordered=True),
    ),
    column(
        "version_id",
        "INT",
        **OPTIONAL,
        null_fraction=0.0,
        **reference(
            "versions.id",
            pick={"match": {"customer_id": "customer_id"}, "at": "ordered_at", "since": "valid_from"},
        ),
    ),
    column("state", "VARCHAR(8)", **rule("lifecycle", field="state")),
    column("steps", "INT", **rule("lifecycle", field="steps")),
    column("paid_at", "TIMESTAMP", **OPTIONAL, **rule("lifecycle", field="at", state="paid")),
    column("sent_on", "DATE", **OPTIONAL, **rule("lifecycle", field="at", state="sent")),
    column("reason", "VARCHAR(8)", **OPTIONAL, **rule("lifecycle", field="reason")),
    column(
        "checked_at",
        "TIMESTAMP",
        **OPTIONAL,
        **rule("after", column="ordered_at", within="30d", until="paid_at"),
    ),
    column(
        "total",
        "DECIMAL(12,2)",
        min_value=1,
        max_value=4000,
        **rule("target", sum=350000, like={"name": "lognormal", "mean": 5, "stddev": 0.8}),
    ),
    column(
        "running", "DECIMAL(14,2)", **rule("window", function="sum", reference="customer_id", column="total")
    ),
    column(
        "before",
        "VARCHAR(8)",
        **OPTIONAL,
        **rule("window", function="lag", reference="customer_id", column="state"),
    ),
    primary_key=["id"],
    lifecycles={"life": LIFE},
    checks=["paid_at > ordered_at", "state IN ('new', 'paid', 'lost', 'sent', 'done')"],
)
RECEIPTS = table(
    "receipts",
    9000,
    column("id", "INT"),
    column("order_id", "INT", **reference("orders.id", children={"min": 1, "max": 9})),
    column("customer_id", "VARCHAR(20)", **reference("customers.id", via="order_id")),
    column("day_id", "INT", **reference("days.id", pick={"weights": "1 + month(day)"})),
    column("day", "DATE", lookup={"reference": "day_id", "column": "day"}),
    column(
        "code",
        "CHAR(13)",
        **reference("products.code", pick={"weights": "price", "where": "colour <> 'grey'"}),
    ),
    column("units", "INT", min_value=1, max_value=9),
    column(
        "amount",
        "DECIMAL(12,2)",
        **rule(
            "target",
            by="order_id",
            sum={"column": "total"},
            like={"name": "expression", "sql": "units * code.price"},
        ),
    ),
    column("percent", "DECIMAL(5,2)", **rule("target", by="order_id", sum=100)),
    column(
        "note", "VARCHAR(12)", **rule("choice", by="kind", values={"home": ["h0", "h1"]}, otherwise=["x"])
    ),
    column(
        "kind",
        "VARCHAR(8)",
        hidden=True,
        lookup={"reference": ["order_id", "customer_id"], "column": "segment"},
    ),
    primary_key=["id"],
)
HISTORY = uncounted(
    "history",
    column("order_id", "INT", **reference("orders.id", children=4)),
    column("number", "SMALLINT"),
    column("state", "VARCHAR(8)", **OPTIONAL, **rule("step", reference="order_id", field="state")),
    column("entered_at", "TIMESTAMP", **OPTIONAL, **rule("step", reference="order_id", field="at")),
    primary_key=["order_id", "number"],
)
KNOWN = [
    {"colour": "red", "shade": "dark", "share": 2},
    {"colour": "red", "shade": "light", "share": 5},
    {"colour": "blue", "shade": "navy", "share": 1},
    {"colour": "grey", "shade": "ash", "share": 3},
]
WAREHOUSE: dict[str, Any] = {
    "name": "composed",
    "as_of": "2024-12-31",
    "tables": [REGIONS, DAYS, CUSTOMERS, VERSIONS, PRODUCTS, ORDERS, RECEIPTS, HISTORY],
    "reference_data": {"known": {"weights": "share", "rows": KNOWN}},
}
