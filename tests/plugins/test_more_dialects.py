"""MySQL, SQL Server, Oracle, Spark, the standard: what is read there is written so that it reads the same."""

from typing import Any

import pytest

from dw_simulator.planning import plan
from dw_simulator.registry.manager import registry
from dw_simulator.registry.rulebook import Rulebook
from dw_simulator.registry.script_import import ScriptImport, guessed
from dw_simulator.schema import reading

SCRIPTS = {
    "mysql": """
CREATE TABLE `users` (
  `id` INT UNSIGNED NOT NULL AUTO_INCREMENT, `flag` TINYINT(1) DEFAULT '1', `kind` ENUM('a','b') NOT NULL,
  `note` MEDIUMTEXT CHARACTER SET utf8,
  `seen` DATETIME(6) DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  `price` DECIMAL(10,2) UNSIGNED, `year` YEAR,
  PRIMARY KEY (`id`), KEY `by_kind` (`kind`), UNIQUE KEY `u` (`note`(10))
) ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=utf8mb4 COMMENT='who';
/*!40101 SET x = 1 */;
INSERT INTO `users` VALUES (1,'it\\'s;');
DELIMITER ;;
CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW BEGIN SET NEW.flag = 1; CREATE TABLE no (a INT); END ;;
DELIMITER ;
ALTER TABLE users ADD COLUMN z INT AFTER flag, MODIFY COLUMN flag SMALLINT NOT NULL,
  CHANGE `year` `since` YEAR;
CREATE TABLE logins LIKE users;
""",
    "tsql": """
USE [shop]
GO
IF NOT EXISTS (SELECT * FROM sys.objects WHERE name = 'x')
BEGIN
CREATE TABLE [dbo].[Orders] ([OrderID] INT IDENTITY(100,10) NOT NULL, [Name] NVARCHAR(MAX) NULL,
  At DATETIME2(7) DEFAULT (getdate()),
  k UNIQUEIDENTIFIER, paid MONEY, done BIT NOT NULL, twice AS (paid*2) PERSISTED,
  CONSTRAINT [PK] PRIMARY KEY CLUSTERED ([OrderID] ASC) WITH (PAD_INDEX = OFF) ON [PRIMARY]) ON [PRIMARY]
END
GO
CREATE TABLE dbo.Lines (id int NOT NULL PRIMARY KEY, order_id int REFERENCES dbo.Orders(orderid))
CREATE TABLE #tmp (a int)
GO
CREATE PROCEDURE p AS BEGIN CREATE TABLE zz (a int); SELECT 1; END
GO
""",
    "oracle": """
CREATE TABLE "HR"."EMP" ("ID" NUMBER(10) GENERATED ALWAYS AS IDENTITY,
  "NAME" VARCHAR2(30 CHAR) NOT NULL ENABLE,
  "HIRED" DATE DEFAULT SYSDATE, bonus NUMBER(10,-2), spell INTERVAL DAY (2) TO SECOND (6), cv CLOB,
  CONSTRAINT "EMP_PK" PRIMARY KEY ("ID") USING INDEX PCTFREE 10 TABLESPACE "USERS" ENABLE)
  SEGMENT CREATION IMMEDIATE PCTFREE 10 STORAGE(INITIAL 65536) TABLESPACE "USERS";
/
CREATE OR REPLACE TRIGGER t BEFORE INSERT ON emp FOR EACH ROW
BEGIN
  SELECT s.nextval INTO :new.id FROM dual;
END;
/
COMMENT ON COLUMN "HR"."EMP"."NAME" IS 'the name';
CREATE GLOBAL TEMPORARY TABLE tmp (a NUMBER) ON COMMIT PRESERVE ROWS;
""",
    "spark": """
CREATE TABLE a.b.c (x INT COMMENT 'k', s STRUCT<a: INT, b: ARRAY<STRING>>, m MAP<STRING, INT>) USING parquet
  PARTITIONED BY (x) TBLPROPERTIES ('a'='b');
CREATE EXTERNAL TABLE e (a DECIMAL(9,2)) ROW FORMAT SERDE 'x' STORED AS PARQUET LOCATION '/x';
""",
    "ansi": """
CREATE TABLE t (a INTEGER GENERATED ALWAYS AS IDENTITY (START WITH 5 INCREMENT BY 2) PRIMARY KEY,
  b CHARACTER VARYING(9) NOT NULL, c TIMESTAMP(3) WITH TIME ZONE, d DOUBLE PRECISION, CHECK (d > 0));
""",
}  # fmt: skip
TABLES = {
    "mysql": "users logins",
    "tsql": "Orders lines tmp",
    "oracle": "emp tmp",
    "spark": "c e",
    "ansi": "t",
}


def read(dialect: str, sql: str) -> list[dict[str, Any]]:
    return [dict(table) for table in registry().dialects.get(dialect).read(sql).tables]


@pytest.mark.parametrize("dialect", SCRIPTS)
def test_their_scripts_are_read_and_written(dialect: str) -> None:
    tables = read(dialect, SCRIPTS[dialect])
    assert [table["name"] for table in tables] == TABLES[dialect].split()
    first = reading.parse({"name": "x", "tables": tables, "target_warehouse": dialect}, strict_names=False)
    written = registry().dialects.get(dialect).write(first)
    again = reading.parse({"name": "x", "tables": read(dialect, written.sql)}, strict_names=False)
    for table in first.tables:
        other = again.table(table.name)
        assert other is not None
        assert [(c.name, c.type.kind, c.type.length, c.required) for c in other.columns] == [
            (c.name, c.type.kind, c.type.length, c.required) for c in table.columns
        ]
        assert set(other.keys) == set(table.keys) or written.warnings
    twice = registry().dialects.get(dialect).write(again.changed(target_warehouse=dialect))
    assert twice.sql == written.sql


def test_what_each_says() -> None:
    users, _logins = read("mysql", SCRIPTS["mysql"])
    assert [column["name"] for column in users["columns"]] == [
        *("id", "flag", "z", "kind", "note", "seen", "price", "since"),
    ]
    assert (users["primary_key"], users["comment"]) == (["id"], "who")
    orders, lines, _tmp = read("tsql", SCRIPTS["tsql"])
    assert orders["columns"][0]["rule"] == {"name": "sequence", "start": 100, "step": 10}
    assert orders["columns"][-1]["generated"]
    assert lines["columns"][1]["foreign_key"] == {
        "references_table": "Orders",
        "references_column": "OrderID",
    }
    emp, _tmp = read("oracle", SCRIPTS["oracle"])
    assert [column["data_type"] for column in emp["columns"]] == [
        *("NUMBER(10)", "VARCHAR2(30 CHAR)", "TIMESTAMP(0)", "NUMBER(10,-2)"),
        *("INTERVAL DAY(2) TO SECOND(6)", "CLOB"),
    ]
    assert emp["columns"][1]["comment"] == "the name"


@pytest.mark.parametrize("dialect", ["mysql", "tsql", "oracle"])
def test_whose_script_it_is_is_seen(dialect: str) -> None:
    assert guessed(SCRIPTS[dialect], registry().dialects)[0] == dialect


@pytest.mark.parametrize("dialect", SCRIPTS)
def test_their_tables_can_be_made(dialect: str) -> None:
    made = ScriptImport(registry(), Rulebook(registry()))
    experiment, _told = made.of_sql(SCRIPTS[dialect], "shop", dialect, 20)
    assert plan(experiment, 1, Rulebook(registry())).tables
