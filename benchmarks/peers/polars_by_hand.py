"""People and order lines as an expert would write them in Polars: random codes from NumPy, values from lists.

    python polars_by_hand.py people|order_lines ROWS OUTPUT

Two threads make files of half a million rows, each a frame of its own: as fast as one large frame, in half
its memory. Values of a short list are an Enum made from codes, which costs no text at all.
"""

import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl

COUNTRIES = {"US": 40, "DE": 15, "FR": 12, "GB": 10, "ES": 8, "IT": 7, "NL": 5, "PL": 3}
ROWS_PER_FILE = 500_000
FIRST_DAY, LAST_DAY = -10_957, 13_148  # 1940-01-01 and 2005-12-31, counted from 1970-01-01

_WORDS = json.loads((Path(__file__).parent / "jobs" / "words.json").read_text())
_FIRST, _LAST = _WORDS["first_names"], _WORDS["last_names"]
_NOTES = [f"{one}. {other}" for one in _WORDS["phrases"] for other in _WORDS["phrases"]]
_BEGINNINGS = pl.Series([f"{name.lower()}." for name in _FIRST])
_MIDDLES = pl.Series([f"{name.lower()}." for name in _LAST])
_ENDS = pl.Series(["@example.com", "@example.org", "@example.net"])
_COUNTRY_OF = np.repeat(np.arange(len(COUNTRIES), dtype=np.uint8), list(COUNTRIES.values()))


def _picked(values: list[str], codes: np.ndarray) -> pl.Series:
    return pl.Series(codes).cat.to(pl.Enum(values))


def people(rng: np.random.Generator, low: int, high: int, _rows: int) -> pl.DataFrame:
    """The people with the ids from LOW to below HIGH."""
    size = high - low
    first = rng.integers(len(_FIRST), size=size, dtype=np.uint16)
    last = rng.integers(len(_LAST), size=size, dtype=np.uint16)
    ends = rng.integers(len(_ENDS), size=size, dtype=np.uint8)
    country = _COUNTRY_OF[rng.integers(len(_COUNTRY_OF), size=size, dtype=np.uint8)]
    born = pl.Series(rng.integers(FIRST_DAY, LAST_DAY, size, dtype=np.int32, endpoint=True))
    named = pl.DataFrame(
        {
            "id": pl.int_range(low, high, eager=True),
            "first_name": _picked(_FIRST, first),
            "last_name": _picked(_LAST, last),
        }
    )
    email = pl.concat_str(
        _BEGINNINGS.gather(first), _MIDDLES.gather(last), pl.col("id").cast(pl.String), _ENDS.gather(ends)
    )
    return named.with_columns(
        email=email, country=_picked(list(COUNTRIES), country), birth_date=born.cast(pl.Date)
    )


def order_lines(rng: np.random.Generator, low: int, high: int, rows: int) -> pl.DataFrame:
    """The order lines with the ids from LOW to below HIGH."""
    size = high - low
    note = pl.Series(rng.integers(2 * len(_NOTES), size=size, dtype=np.uint16))
    cents = pl.Series(rng.integers(100, 200_000, size, dtype=np.int32, endpoint=True))
    frame = pl.DataFrame(
        {
            "item_id": pl.int_range(low, high, eager=True),
            "order_id": rng.integers(1, max(rows // 3, 1), size, dtype=np.int64, endpoint=True),
            "product_id": rng.integers(1, 100_000, size, dtype=np.int32, endpoint=True),
            "quantity": rng.integers(1, 10, size, dtype=np.int32, endpoint=True),
            "unit_price": cents.cast(pl.Decimal(10, 0)),
            "note": note.set(note >= len(_NOTES), None).cat.to(pl.Enum(_NOTES)),
        }
    )
    price = (pl.col("unit_price") * pl.lit(Decimal("0.01"))).cast(pl.Decimal(10, 2))
    return frame.with_columns(unit_price=price)


def main() -> None:
    """Make what the command line names."""
    jobs: dict[str, Callable[[np.random.Generator, int, int, int], pl.DataFrame]]
    jobs = {"people": people, "order_lines": order_lines}
    make, rows, output = jobs[sys.argv[1]], int(sys.argv[2]), Path(sys.argv[3])

    def write(low: int) -> None:
        rng = np.random.Generator(np.random.SFC64([42, low]))
        frame = make(rng, low, min(low + ROWS_PER_FILE, rows + 1), rows)
        frame.write_parquet(output / f"{low}.parquet", compression="snappy")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, range(1, rows + 1, ROWS_PER_FILE)))


if __name__ == "__main__":
    main()
