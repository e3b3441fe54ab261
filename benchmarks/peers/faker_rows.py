"""People by Faker: a provider called for every value, in batches that Arrow writes.

    python faker_rows.py people ROWS OUTPUT

Without weights, which makes it faster. The e-mail address is put together from the names and the id, as by
hand: Faker's own knows nothing of the names, and costs more.
"""

import sys
from datetime import date
from itertools import accumulate
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from faker import Faker

COUNTRIES = {"US": 40, "DE": 15, "FR": 12, "GB": 10, "ES": 8, "IT": 7, "NL": 5, "PL": 3}
DOMAINS = ["example.com", "example.org", "example.net"]
FIRST_DAY, LAST_DAY = date(1940, 1, 1), date(2005, 12, 31)
BATCH = 50_000
SCHEMA = pa.schema(
    [
        ("id", pa.int64()),
        ("first_name", pa.string()),
        ("last_name", pa.string()),
        ("email", pa.string()),
        ("country", pa.string()),
        ("birth_date", pa.date32()),
    ]
)


def people(faker: Faker, ids: range) -> pa.RecordBatch:
    """The people with these ids."""
    size, choices = len(ids), faker.random.choices
    first = [faker.first_name() for _ in ids]
    last = [faker.last_name() for _ in ids]
    domain = choices(DOMAINS, k=size)
    whole = zip(first, last, ids, domain, strict=True)
    email = [f"{one}.{other}.{number}@{where}".lower() for one, other, number, where in whole]
    country = choices(list(COUNTRIES), cum_weights=list(accumulate(COUNTRIES.values())), k=size)
    born = [faker.date_between_dates(FIRST_DAY, LAST_DAY) for _ in ids]
    return pa.record_batch([list(ids), first, last, email, country, born], schema=SCHEMA)


def main() -> None:
    """Make what the command line names."""
    rows, output = int(sys.argv[2]), Path(sys.argv[3])
    faker = Faker("en_US", use_weighting=False)
    faker.seed_instance(42)
    with pq.ParquetWriter(output / "people.parquet", SCHEMA, compression="snappy") as writer:
        for low in range(1, rows + 1, BATCH):
            writer.write_batch(people(faker, range(low, min(low + BATCH, rows + 1))))


if __name__ == "__main__":
    main()
