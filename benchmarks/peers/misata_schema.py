"""People by misata: a schema, and its own Parquet sink, which takes batches as they are made.

    python misata_schema.py people ROWS OUTPUT

Larger batches than its ten thousand rows make it a little faster. Names and addresses that agree are its own.
"""

import sys
from typing import Any

from misata.compat import from_dict_schema
from misata.simulator import DataSimulator
from misata.sinks import open_sink

COUNTRIES = {"US": 0.40, "DE": 0.15, "FR": 0.12, "GB": 0.10, "ES": 0.08, "IT": 0.07, "NL": 0.05, "PL": 0.03}
BATCH = 100_000


def schema(rows: int) -> dict[str, Any]:
    """The table of people."""
    country = {"choices": list(COUNTRIES), "probabilities": list(COUNTRIES.values())}
    columns = {
        "id": {"type": "int", "primary_key": True},
        "first_name": {"type": "text", "text_type": "first_name", "nullable": False},
        "last_name": {"type": "text", "text_type": "last_name", "nullable": False},
        "email": {"type": "text", "text_type": "email", "unique": True, "nullable": False},
        "country": {"type": "categorical", "nullable": False, **country},
        "birth_date": {"type": "date", "start": "1940-01-01", "end": "2005-12-31", "nullable": False},
    }
    return {"name": "people", "seed": 42, "tables": {"people": {"rows": rows, "columns": columns}}}


def main() -> None:
    """Make what the command line names."""
    config = from_dict_schema(schema(int(sys.argv[2])))
    with open_sink("parquet", sys.argv[3], config) as sink:
        for table, batch in DataSimulator(config, batch_size=BATCH).generate_all(bounded_memory=True):
            sink.write(table, batch)


if __name__ == "__main__":
    main()
