"""People and order lines by dbldatagen on a local Spark of two threads: its column specs, two partitions.

    python dbldatagen_local.py people|order_lines ROWS OUTPUT

Everything stays in Spark's generated code: values, ranges and one SQL expression. A template would be Python.
"""

import json
import sys
from pathlib import Path
from typing import Any

import dbldatagen as dg
from pyspark.sql import SparkSession

COUNTRIES = {"US": 40, "DE": 15, "FR": 12, "GB": 10, "ES": 8, "IT": 7, "NL": 5, "PL": 3}
DOMAINS = ["example.com", "example.org", "example.net"]
EMAIL = "concat(lower(first_name), '.', lower(last_name), '.', id, '@', domain)"
WORDS = json.loads((Path(__file__).parent / "jobs" / "words.json").read_text())


def _generator(spark: SparkSession, rows: int, key: str) -> Any:
    return dg.DataGenerator(
        spark, name="job", rows=rows, partitions=2, startingId=1, seedColumnName=key, random=True
    ).withIdOutput()


def people(spark: SparkSession, rows: int) -> Any:
    """People."""
    made = _generator(spark, rows, "id")
    made = made.withColumn("first_name", "string", values=WORDS["first_names"])
    made = made.withColumn("last_name", "string", values=WORDS["last_names"])
    made = made.withColumn("domain", "string", values=DOMAINS, omit=True)
    made = made.withColumn("email", "string", expr=EMAIL, baseColumn=["first_name", "last_name", "domain"])
    made = made.withColumn("country", "string", values=list(COUNTRIES), weights=list(COUNTRIES.values()))
    return made.withColumn("birth_date", "date", begin="1940-01-01", end="2005-12-31", interval="1 day")


def order_lines(spark: SparkSession, rows: int) -> Any:
    """Order lines."""
    notes = [f"{one}. {other}" for one in WORDS["phrases"] for other in WORDS["phrases"]]
    made = _generator(spark, rows, "item_id")
    made = made.withColumn("order_id", "long", minValue=1, maxValue=max(rows // 3, 1))
    made = made.withColumn("product_id", "int", minValue=1, maxValue=100_000)
    made = made.withColumn("quantity", "int", minValue=1, maxValue=10)
    made = made.withColumn("unit_price", "decimal(10,2)", minValue=1, maxValue=2000, step=0.01)
    return made.withColumn("note", "string", values=notes, percentNulls=0.5)


def main() -> None:
    """Make what the command line names."""
    jobs = {"people": people, "order_lines": order_lines}
    make, rows, output = jobs[sys.argv[1]], int(sys.argv[2]), sys.argv[3]
    settings = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    settings = settings.config("spark.driver.host", "localhost")
    spark = settings.config("spark.driver.bindAddress", "127.0.0.1").getOrCreate()
    made = make(spark, rows).build()
    made.write.mode("overwrite").option("compression", "snappy").parquet(output)
    spark.stop()


if __name__ == "__main__":
    main()
