"""People by seedfaker: batches of records from its native core, which Arrow writes.

    python seedfaker_records.py people ROWS OUTPUT

Its values are all text, so the dates are read from it. Its own e-mail addresses repeat; so the address is put
together from the names and the id, as by hand. Ids are counted here: its counter of records is for templates.
"""

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from seedfaker import SeedFaker

COUNTRY = "enum:US=40,DE=15,FR=12,GB=10,ES=8,IT=7,NL=5,PL=3"
DOMAIN = "enum:example.com,example.org,example.net"
FIELDS = ["first-name", "last-name", DOMAIN, COUNTRY, "date:1940..2005"]
NAMES = ["id", "first_name", "last_name", "email", "country", "birth_date"]
BATCH = 50_000


def people(faker: SeedFaker, ids: range) -> pa.RecordBatch:
    """The people with these ids."""
    records = (record.values() for record in faker.records(FIELDS, n=len(ids)))
    first, last, domain, country, born = (pa.array(column) for column in zip(*records, strict=True))
    keys = pa.array(ids, pa.int64())
    local = pc.binary_join_element_wise(first, last, keys.cast(pa.string()), ".")
    email = pc.binary_join_element_wise(pc.utf8_lower(local), domain, "@")
    return pa.record_batch([keys, first, last, email, country, born.cast(pa.date32())], names=NAMES)


def main() -> None:
    """Make what the command line names."""
    rows, output = int(sys.argv[2]), Path(sys.argv[3])
    faker = SeedFaker(seed="42", locale="en")
    batches = (people(faker, range(low, min(low + BATCH, rows + 1))) for low in range(1, rows + 1, BATCH))
    first = next(batches)
    with pq.ParquetWriter(output / "people.parquet", first.schema, compression="snappy") as writer:
        writer.write_batch(first)
        for batch in batches:
            writer.write_batch(batch)


if __name__ == "__main__":
    main()
