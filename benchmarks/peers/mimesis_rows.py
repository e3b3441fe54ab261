"""People by Mimesis: a provider called for every value, in batches that Arrow writes.

    python mimesis_rows.py people ROWS OUTPUT

Its own e-mail addresses know nothing of the names, and unique ones are hashes; so the address is put together
from the names and the id, as by hand, which is also faster.
"""

import sys
from itertools import accumulate
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from mimesis import Person
from mimesis.locales import Locale

COUNTRIES = {"US": 40, "DE": 15, "FR": 12, "GB": 10, "ES": 8, "IT": 7, "NL": 5, "PL": 3}
DOMAINS = ["example.com", "example.org", "example.net"]
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


def people(person: Person, ids: range) -> pa.RecordBatch:
    """The people with these ids."""
    size, choices = len(ids), person.random.choices
    first = [person.first_name() for _ in ids]
    last = [person.last_name() for _ in ids]
    domain = choices(DOMAINS, k=size)
    whole = zip(first, last, ids, domain, strict=True)
    email = [f"{one}.{other}.{number}@{where}".lower() for one, other, number, where in whole]
    country = choices(list(COUNTRIES), cum_weights=list(accumulate(COUNTRIES.values())), k=size)
    born = [person.birthdate(1940, 2005) for _ in ids]
    return pa.record_batch([list(ids), first, last, email, country, born], schema=SCHEMA)


def main() -> None:
    """Make what the command line names."""
    rows, output = int(sys.argv[2]), Path(sys.argv[3])
    person = Person(Locale.EN, seed=42)
    with pq.ParquetWriter(output / "people.parquet", SCHEMA, compression="snappy") as writer:
        for low in range(1, rows + 1, BATCH):
            writer.write_batch(people(person, range(low, min(low + BATCH, rows + 1))))


if __name__ == "__main__":
    main()
