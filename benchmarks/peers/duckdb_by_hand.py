"""People and order lines as an expert would write them in DuckDB's SQL: COPY from range(), on two cursors.

    python duckdb_by_hand.py people|order_lines ROWS OUTPUT

range() is read by one thread, so two cursors make half of the rows each. Lists of words come in as variables.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

COUNTRIES = {"US": 40, "DE": 15, "FR": 12, "GB": 10, "ES": 8, "IT": 7, "NL": 5, "PL": 3}


def variables() -> dict[str, list[str]]:
    """The lists that values are picked from."""
    words = json.loads((Path(__file__).parent / "jobs" / "words.json").read_text())
    return {
        "first": words["first_names"],
        "last": words["last_names"],
        "note": [f"{one}. {other}" for one in words["phrases"] for other in words["phrases"]],
        "country": [name for name, weight in COUNTRIES.items() for _ in range(weight)],
        "domain": ["example.com", "example.org", "example.net"],
    }


def _pick(name: str) -> str:
    return f"getvariable('{name}')[1 + floor(random() * len(getvariable('{name}')))::INT]"


def _whole(low: int, high: int) -> str:
    return f"({low} + floor(random() * {high - low + 1}))"


def people(_rows: int) -> str:
    """A SELECT of people; LOW and HIGH stand for the ids it makes."""
    return f"""
        SELECT id, f AS first_name, l AS last_name,
               lower(f) || '.' || lower(l) || '.' || id || '@' || {_pick("domain")} AS email,
               {_pick("country")} AS country,
               DATE '1940-01-01' + floor(random() * 24107)::INT AS birth_date
        FROM (SELECT range AS id, {_pick("first")} AS f, {_pick("last")} AS l FROM range(LOW, HIGH))"""


def order_lines(rows: int) -> str:
    """A SELECT of order lines; LOW and HIGH stand for the ids it makes."""
    return f"""
        SELECT range AS item_id, {_whole(1, max(rows // 3, 1))}::BIGINT AS order_id,
               {_whole(1, 100_000)}::INT AS product_id, {_whole(1, 10)}::INT AS quantity,
               ({_whole(100, 200_000)} / 100)::DECIMAL(10, 2) AS unit_price,
               CASE WHEN random() >= 0.5 THEN {_pick("note")} END AS note
        FROM range(LOW, HIGH)"""


def main() -> None:
    """Make what the command line names."""
    jobs = {"people": people, "order_lines": order_lines}
    rows, output = int(sys.argv[2]), Path(sys.argv[3])
    select = jobs[sys.argv[1]](rows)
    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    lists = variables()

    def copy(low: int, high: int) -> None:
        cursor = connection.cursor()
        for name, values in lists.items():
            cursor.execute(f"SET VARIABLE {name} = $1", [values])
        query = select.replace("LOW", str(low)).replace("HIGH", str(high))
        cursor.execute(
            f"COPY ({query}) TO '{output / f'{low}.parquet'}' (FORMAT parquet, COMPRESSION snappy)"
        )

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(copy, [1, rows // 2 + 1], [rows // 2 + 1, rows + 1]))


if __name__ == "__main__":
    main()
