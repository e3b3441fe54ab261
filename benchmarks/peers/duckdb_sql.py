"""The retail job as an expert would write it in DuckDB's SQL: COPY from range(), on two cursors at once.

range() is read by one thread, so two cursors share the tables out, and order_items goes into two files.
Word lists come from Faker, as in the program itself; DuckDB gets them as variables before the clock starts.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path

import duckdb
from faker import Faker

COUNTRIES = {"US": 40, "DE": 15, "FR": 12, "GB": 10, "ES": 8, "IT": 7, "NL": 5, "PL": 3}
STATUSES = {"delivered": 60, "shipped": 18, "pending": 10, "cancelled": 8, "returned": 4}
CATEGORIES = ["Books", "Toys", "Garden", "Grocery", "Beauty", "Sports", "Home", "Music"]
CATEGORIES += ["Office", "Shoes", "Pets", "Tools"]
NOTES = 3600
DOMAINS = ["example.com", "example.org", "example.net"]
CREATED_SECONDS = int((datetime(2025, 12, 31, 23, 59, 59) - datetime(2020, 1, 1)).total_seconds())  # noqa: DTZ001


def _spread(weights: dict[str, int]) -> list[str]:
    """A hundred entries, each value as often as its percentage."""
    return [value for value, weight in weights.items() for _ in range(weight)]


def variables() -> dict[str, list[str]]:
    """The lists that values are picked from."""
    faker = Faker("en_US")
    faker.seed_instance(1)
    return {
        "first": sorted({faker.first_name() for _ in range(2000)}),
        "last": sorted({faker.last_name() for _ in range(2000)}),
        "word": sorted({faker.word() for _ in range(2000)}),
        # as many different ones as the program makes for a column of this width
        "note": [" ".join(faker.words(8))[:60] for _ in range(NOTES)],
        "country": _spread(COUNTRIES),
        "status": _spread(STATUSES),
        "category": CATEGORIES,
        "domain": DOMAINS,
    }


def _pick(name: str) -> str:
    return f"getvariable('{name}')[1 + floor(random() * len(getvariable('{name}')))::INT]"


def _whole(low: int, high: int) -> str:
    return f"({low} + floor(random() * {high - low + 1}))"


def _day(first: date, last: date) -> str:
    return f"(DATE '{first}' + {_whole(0, (last - first).days)}::INT)"


def _words(count: int) -> str:
    return " || ' ' || ".join(_pick("word") for _ in range(count))


_MONEY = f"({_whole(100, 200_000)} / 100)::DECIMAL(10, 2)"


def statements(n: int) -> dict[str, str]:
    """A SELECT for each table; LOW and HIGH stand for the ids it makes."""
    return {
        "customers": f"""
            SELECT id::INT AS customer_id, f AS first_name, l AS last_name,
                   lower(f) || '.' || lower(l) || '.' || id || '@' || {_pick("domain")} AS email,
                   {_pick("country")} AS country, {_day(date(1940, 1, 1), date(2005, 12, 31))} AS birth_date,
                   random() < 0.9 AS is_active,
                   TIMESTAMP '2020-01-01' + to_seconds({_whole(0, CREATED_SECONDS)}::BIGINT) AS created_at
            FROM (SELECT range AS id, {_pick("first")} AS f, {_pick("last")} AS l FROM range(LOW, HIGH))""",
        "products": f"""
            SELECT range::INT AS product_id, 'SKU-' || lpad(range::VARCHAR, 8, '0') AS sku,
                   {_words(3)} AS name, {_pick("category")} AS category, {_MONEY} AS price
            FROM range(LOW, HIGH)""",
        "orders": f"""
            SELECT range AS order_id, {_whole(1, n)}::INT AS customer_id,
                   {_day(date(2022, 1, 1), date(2025, 12, 31))} AS order_date, {_pick("status")} AS status,
                   CASE WHEN random() >= 0.2 THEN random() * 0.5 END AS discount
            FROM range(LOW, HIGH)""",
        "order_items": f"""
            SELECT range AS item_id, {_whole(1, 5 * n)}::BIGINT AS order_id,
                   {_whole(1, max(n // 10, 1))}::INT AS product_id, {_whole(1, 10)}::INT AS quantity,
                   {_MONEY} AS unit_price,
                   CASE WHEN random() >= 0.5 THEN {_pick("note")} END AS note
            FROM range(LOW, HIGH)""",
    }


def run(n: int, output: Path, compression: str, workers: int) -> float:
    """Make the job's files; returns the seconds it took."""
    connection = duckdb.connect()
    connection.execute(f"SET threads = {workers}")
    connection.execute("SELECT setseed(0.42)")
    cursors = [connection.cursor(), connection.cursor()]
    for cursor in cursors:
        for name, values in variables().items():
            cursor.execute(f"SET VARIABLE {name} = $1", [values])
    selects = statements(n)
    half = 15 * n // 2
    shares = [
        [("order_items", 1, half + 1), ("customers", 1, n + 1), ("products", 1, max(n // 10, 1) + 1)],
        [("order_items", half + 1, 15 * n + 1), ("orders", 1, 5 * n + 1)],
    ]
    for table in selects:
        (output / table).mkdir(parents=True)

    def work(cursor: duckdb.DuckDBPyConnection, share: list[tuple[str, int, int]]) -> None:
        for table, low, high in share:
            select = selects[table].replace("LOW", str(low)).replace("HIGH", str(high))
            target = output / table / f"{low}.parquet"
            cursor.execute(f"COPY ({select}) TO '{target}' (FORMAT parquet, COMPRESSION {compression})")

    began = time.perf_counter()
    with ThreadPoolExecutor(len(cursors)) as pool:
        list(pool.map(work, cursors, shares))
    return time.perf_counter() - began
