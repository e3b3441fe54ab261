"""What is built in keeps the contracts that strangers' plugins are held to; what breaks them is caught."""

from pathlib import Path

import pytest
from tests.plugins.test_dialects import FIXTURES
from tests.s3 import Bucket
from tests.warehouses import Place

from dw_simulator.registry.manager import registry
from dw_simulator.testing import (
    DialectContract,
    ExecutorContract,
    RuleContract,
    SinkContract,
    WarehouseContract,
)

SEEDLESS = ("date_key", "sequence", "numbered")
"""Rules whose values no seed changes, or need not: numbers of rows, days, sorted dates."""


class TestEveryRule(RuleContract):
    """Whatever is registered, by third parties, too."""

    rules = tuple(registry().names("rule"))
    seedless = SEEDLESS


class TestDirectory(SinkContract):
    scheme = "file"


class TestDirectoryOfCompressedText(SinkContract):
    scheme, format, compression = "file", "jsonl", "zstd"


class TestObjects(SinkContract):
    scheme = "s3"

    @pytest.fixture(autouse=True)
    def _bucket(self, bucket: Bucket) -> None:
        self.bucket = bucket

    def place(self, root: Path) -> str:
        return f"{self.bucket}/some/where"

    def left(self, root: Path) -> list[str]:
        return sorted(self.bucket.objects())


class TestDuckDbFile(WarehouseContract):
    scheme = "duckdb"


class TestPostgresDatabase(WarehouseContract):
    scheme = "postgresql"

    @pytest.fixture(autouse=True)
    def _database(self, pg: Place) -> None:
        self.address = pg.url

    def url(self, root: Path) -> str:
        return self.address


class _OfDialect(DialectContract):
    def __init_subclass__(cls) -> None:
        cls.fixtures = (*DialectContract.fixtures, *sorted(FIXTURES.glob(f"{cls.dialect}_*.sql")))


class TestBigQuery(_OfDialect):
    dialect = "bigquery"


class TestDatabricks(_OfDialect):
    dialect = "databricks"


class TestDuckDb(_OfDialect):
    dialect = "duckdb"


class TestPostgres(_OfDialect):
    dialect = "postgres"


class TestRedshift(_OfDialect):
    dialect = "redshift"


class TestSnowflake(_OfDialect):
    dialect = "snowflake"


class TestThreads(ExecutorContract):
    executor = "threads"


class TestProcesses(ExecutorContract):
    executor = "processes"
