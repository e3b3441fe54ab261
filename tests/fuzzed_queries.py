"""Queries that are broken at random: each engine answers with rows, or an error in this project's words.

    python -m tests.fuzzed_queries --count 1000 --engine embedded --dialect redshift --seed 3

Prints what told something that nobody has written, what has no place, and what was no error of this program.
"""

import argparse
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import SecretStr
from tests.postgres import postgres
from tests.queries import queries
from tests.support import EXAMPLES
from tests.test_translated_queries import ROWS, fakesnow_server

from dw_simulator.errors import QueryError, RequestError, SqlError, WarehouseError
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import Settings

HERE = Path(__file__).parent / "fuzz"
DIALECTS = ("redshift", "snowflake", "postgres", "duckdb")
ENGINES = ("embedded", "postgres", "snowflake")
_SEMI_STRUCTURED = {"redshift": "SUPER", "snowflake": "VARIANT"}
_EXAMPLES = {"redshift": "tickit", "snowflake": "orders"}
_ROWS = 40
_HOW_ROUGH = 0.25


# --- what is asked


def experiment(dialect: str) -> dict[str, Any]:
    """Three small tables, as the seeds read them."""
    return {
        "name": f"fuzzed_{dialect}",
        **({"target_warehouse": dialect} if dialect in _SEMI_STRUCTURED else {}),
        "tables": [
            {
                "name": "shops",
                "target_rows": 8,
                "columns": [
                    {"name": "id", "data_type": "INT", "is_unique": True},
                    {"name": "name", "data_type": "VARCHAR(40)", "faker_rule": "company"},
                    {"name": "city", "data_type": "VARCHAR(30)", "faker_rule": "city"},
                    {"name": "opened", "data_type": "DATE"},
                    {"name": "rating", "data_type": "DECIMAL(3,1)", "min_value": 0, "max_value": 5},
                ],
            },
            {
                "name": "sales",
                "target_rows": _ROWS,
                "columns": [
                    {"name": "id", "data_type": "INT", "is_unique": True},
                    {
                        "name": "shop_id",
                        "data_type": "INT",
                        "foreign_key": {"references_table": "shops", "references_column": "id"},
                    },
                    {"name": "sold_at", "data_type": "TIMESTAMP"},
                    {"name": "amount", "data_type": "DECIMAL(10,2)", "min_value": 0, "max_value": 100},
                    {"name": "quantity", "data_type": "INT", "min_value": 0, "max_value": 9},
                    {"name": "note", "data_type": "VARCHAR(60)", "required": False},
                    {"name": "paid", "data_type": "BOOLEAN"},
                ],
            },
            {
                "name": "events",
                "target_rows": _ROWS,
                "columns": [
                    {"name": "id", "data_type": "INT", "is_unique": True},
                    {"name": "kind", "data_type": "VARCHAR(10)"},
                    {"name": "payload", "data_type": _SEMI_STRUCTURED.get(dialect, "JSON")},
                ],
            },
        ],
    }


def seeds(dialect: str) -> list[tuple[str, str]]:
    """Experiments, and sound queries of a dialect about them."""
    lines = [
        line
        for name in ("common", dialect)
        for line in (HERE / f"{name}.sql").read_text().splitlines()
        if line
    ]
    own = [(f"fuzzed_{dialect}", line) for line in lines]
    example = _EXAMPLES.get(dialect)
    return [*own, *((example, sql.rstrip(";")) for sql in queries(dialect).values())] if example else own


_TOKEN = re.compile(
    r"\s+|--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"[^\"]*\"|\w+|::|->>?|<=|>=|<>|!=|\|\||=>|:=|\S", re.DOTALL
)
_LITERALS = (
    "0 -1 1.5 1e400 99999999999999999999999999999999999999999 NULL TRUE '' 'a' '2024-13-45' DATE'2024-01-01' "
    "'{\"a\":' '(' '\\' INTERVAL'1day' ARRAY[1] (1,2) * ? $1 :x 'é€' X'0g' 1_0 0x1F .5 5. NaN"
).split()
_FUNCTIONS = (
    "sum count upper left date_trunc coalesce to_char row_number lag sqrt repeat chr substring extract cast "
    "listagg json_parse parse_json to_date dateadd datediff regexp_replace nosuch max unnest flatten round"
).split()
_NAMES = (
    "id name city amount payload sold_at nosuch shops sales a t select from table user x.y shops.* Ünïcode"
).split()
_ODD = "\x00 \u200b \ufeff é 💡 \ud800 \\ ` ' \" ; /* -- $$ @ { [ ( )".split(" ")


def mutated(sql: str, others: Sequence[str], draw: random.Random) -> str:
    """A query that was changed in a few places."""
    tokens = _TOKEN.findall(sql)
    for _ in range(draw.choice((1, 1, 1, 2, 2, 3))):
        draw.choice(_ROUGH if draw.random() < _HOW_ROUGH else _FINE)(tokens, others, draw)
    return "".join(tokens)


Tokens = list[str]


def _at(tokens: Tokens, draw: random.Random, pattern: str = r"\S") -> int:
    places = [k for k, token in enumerate(tokens) if re.match(pattern, token)]
    return draw.choice(places) if places else 0


def _put(tokens: Tokens, k: int, words: Sequence[str]) -> None:
    tokens[k : k + 1] = words


def _delete(tokens: Tokens, _others: Sequence[str], draw: random.Random) -> None:
    _put(tokens, _at(tokens, draw), [])


def _double(tokens: Tokens, _others: Sequence[str], draw: random.Random) -> None:
    k = _at(tokens, draw)
    _put(tokens, k, [*tokens[k : k + 1], " ", *tokens[k : k + 1]])


def _swap(tokens: Tokens, _others: Sequence[str], draw: random.Random) -> None:
    if tokens:
        j, k = _at(tokens, draw), _at(tokens, draw)
        tokens[j], tokens[k] = tokens[k], tokens[j]


def _cut(tokens: Tokens, _others: Sequence[str], draw: random.Random) -> None:
    del tokens[draw.randrange(len(tokens) + 1) :]


def _name(tokens: Tokens, _others: Sequence[str], draw: random.Random) -> None:
    _put(tokens, _at(tokens, draw, r"[a-z]\w*"), [draw.choice(_NAMES)])


def _literal(tokens: Tokens, _others: Sequence[str], draw: random.Random) -> None:
    _put(tokens, _at(tokens, draw, r"\d|'|[a-z]\w*"), [draw.choice(_LITERALS)])


def _function(tokens: Tokens, _others: Sequence[str], draw: random.Random) -> None:
    called = [k for k, pair in enumerate(pairwise(tokens)) if pair[1] == "(" and pair[0].isidentifier()]
    if called:
        _put(tokens, draw.choice(called), [draw.choice(_FUNCTIONS)])
    else:
        k = _at(tokens, draw, r"[a-z]\w*")
        _put(tokens, k, [draw.choice(_FUNCTIONS), "(", *tokens[k : k + 1], ")"])


def _odd(tokens: Tokens, _others: Sequence[str], draw: random.Random) -> None:
    tokens.insert(draw.randrange(len(tokens) + 1), draw.choice(_ODD))


def _nest(tokens: Tokens, _others: Sequence[str], draw: random.Random) -> None:
    depth, k = draw.choice((2, 30, 300)), _at(tokens, draw, r"\d|'|[a-z]\w*")
    left, right = draw.choice(
        (("(", ")"), ("-(", ")"), ("(SELECT ", ")"), ("upper(", ")"), ("[", "]"), ("NOT ", ""))
    )
    _put(tokens, k, [left * depth, *tokens[k : k + 1], right * depth])


def _cast(tokens: Tokens, _others: Sequence[str], draw: random.Random) -> None:
    k = _at(tokens, draw, r"\d|'|[a-z]\w*")
    type_ = draw.choice(
        ("INT", "DATE", "TIMESTAMP", "DECIMAL(3,2)", "BOOLEAN", "VARCHAR", "nosuch", "SUPER", "SMALLINT")
    )
    _put(tokens, k, ["CAST(", *tokens[k : k + 1], f" AS {type_})"])


def _join(tokens: Tokens, others: Sequence[str], draw: random.Random) -> None:
    """A part of another query."""
    other = _TOKEN.findall(draw.choice(others))
    start = draw.randrange(len(other))
    _put(tokens, _at(tokens, draw), other[start : start + draw.randrange(1, 8)])


def _column(tokens: Tokens, _others: Sequence[str], draw: random.Random) -> None:
    """Another name that the query has already."""
    names = [token for token in tokens if re.match(r"[a-z]\w*$", token)]
    if names:
        _put(tokens, _at(tokens, draw, r"[a-z]\w*$"), [draw.choice(names)])


_ROUGH = (_delete, _double, _swap, _cut, _odd, _nest, _join)
_FINE = (_name, _literal, _function, _cast, _column)
"""What leaves most queries readable."""


# --- what must not be told

_NEVER = re.compile(
    r"Traceback|(?-i:File) \"|sqlglot|fakesnow|pyarrow|adbc|libpq|PGRES|SQLSTATE|psycopg|<class|_dw_sim|"
    r"0x[0-9a-f]{8}|(?:/[\w.-]+){3,}|https?://|localhost|127\.0\.0\.1|INTERNAL|\b(?-i:SET) |\nLINE \d",
    re.IGNORECASE,
)
_OF_DUCKDB = re.compile(
    r"duckdb|Candidate|\b(?:U?INT(?:8|16|32|64|128)|U?HUGEINT|(?:STRING|INTEGER)_LITERAL|BIGNUM|SQLNULL)\b|"
    r"\bU(?:TINY|SMALL|BIG)?INT\b|explicit type cast|character varying|double precision|Binder|Catalog Error",
    re.IGNORECASE,
)
_PLACE = re.compile(r"^line \d+, column \d+: ")
_HINT = re.compile(r"[;:,] (?:use|write|take|put) .*", re.DOTALL)
_CALL = re.compile(r"\b([A-Za-z_]\w+)\(")
_IN_HINTS = frozenset(
    "cast nullif over pivot case in select interval values name sum numeric decimal".split()
)
"""Functions and words that hints advise to write."""


def faults(sql: str, dialect: str, error: Exception) -> list[str]:
    """What is wrong with an error: what it tells that nobody has written, or that it has no place."""
    if not isinstance(error, (SqlError, RequestError, QueryError, WarehouseError)):
        return [f"{type(error).__name__}"]
    text, asked = str(error), sql.lower()
    # a user is called that in this process, which is a value as others are
    text = text.replace("the text 'duckdb'", "the text")
    said = error.message if isinstance(error, SqlError) else _PLACE.sub("", text).split("\n  ")[0]
    found = [match[0] for match in _NEVER.finditer(said) if match[0].lower() not in asked]
    if dialect != "duckdb":
        found += [match[0] for match in _OF_DUCKDB.finditer(said) if match[0].lower() not in asked]
        called = {match[1].lower() for match in _CALL.finditer(_HINT.sub("", said))}
        found += [f"{name}()" for name in called - _IN_HINTS if name not in asked]
    if isinstance(error, SqlError) and not error.line and sql.strip():
        found.append("no place")
    return found


# --- asking


@dataclass
class Asked:
    """What came of a query."""

    dialect: str
    sql: str
    error: Exception | None
    faults: list[str]


@contextmanager
def service(engine: str, dialects: Sequence[str], *, examples: bool = False) -> Iterator[ExperimentService]:
    """The experiments, generated, and loaded where the engine is a warehouse.

    examples  whether those of longer queries are there, too
    """
    with ExitStack() as held:
        home = Path(held.enter_context(TemporaryDirectory()))
        urls: dict[str, SecretStr] = {}
        if engine == "postgres":
            server = contextmanager(postgres.__wrapped__)  # type: ignore[attr-defined]
            urls["redshift_url"] = SecretStr(held.enter_context(server()))
        if engine == "snowflake":
            port = held.enter_context(fakesnow_server())
            urls["snowflake_url"] = SecretStr(
                f"snowflake://me:x@near/DW?host=127.0.0.1&port={port}&protocol=http"
            )
        made = ExperimentService(Settings(home=home / "home", **urls))
        held.callback(made.persistence.close)
        for dialect in dialects:
            name = f"fuzzed_{dialect}"
            made.create(experiment(dialect))
            made.generate(name, GenerateRequest(seed=1))
            if engine != "embedded":
                made.load(name)
            elif examples and (example := _EXAMPLES.get(dialect)):
                made.import_sql((EXAMPLES / f"{example}.sql").read_text(), name=example, dialect=dialect)
                made.generate(example, GenerateRequest(seed=1, rows=ROWS[example]))
        yield made


def ask(made: ExperimentService, engine: str, dialect: str, name: str, sql: str) -> Asked:
    error: Exception | None = None
    try:
        with made.query(
            name, sql, dialect=dialect, limit=20, seconds=2, loaded=engine != "embedded"
        ) as answer:
            for _row in answer.rows():
                pass
    except Exception as found:  # noqa: BLE001 - that is what is looked for
        error = found
    return Asked(dialect, sql, error, faults(sql, dialect, error) if error else [])


def fuzzed(
    made: ExperimentService,
    engine: str,
    dialects: Sequence[str],
    *,
    count: int,
    seed: int,
    examples: bool = False,
) -> Iterator[Asked]:
    """Broken queries, by turns of each dialect, and what came of them."""
    draw = random.Random(seed)
    known = {dialect: seeds(dialect) for dialect in dialects}
    if not examples:
        known = {
            dialect: [one for one in found if one[0].startswith("fuzzed")] for dialect, found in known.items()
        }
    for number in range(count):
        dialect = dialects[number % len(dialects)]
        name, sql = draw.choice(known[dialect])
        yield ask(made, engine, dialect, name, mutated(sql, [other for _, other in known[dialect]], draw))


def main(words: Sequence[str]) -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=1000)
    options.add_argument("--engine", choices=ENGINES, default="embedded")
    options.add_argument("--dialect", choices=DIALECTS, action="append")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--show", type=int, default=0, help="print every so manieth message")
    asked = options.parse_args(words)
    only = {"postgres": ["redshift"], "snowflake": ["snowflake"]}.get(asked.engine)
    kinds: Counter[str] = Counter()
    began = time.monotonic()
    dialects = asked.dialect or only or list(DIALECTS)
    examples = asked.engine == "embedded"
    with service(asked.engine, dialects, examples=examples) as made:
        broken = fuzzed(made, asked.engine, dialects, count=asked.count, seed=asked.seed, examples=examples)
        for number, one in enumerate(broken):
            kinds[type(one.error).__name__ if one.error else "rows"] += 1
            if one.faults:
                kinds["faults"] += 1
            if one.faults or (asked.show and one.error and number % asked.show == 0):
                sys.stdout.write(f"--- {one.faults} {one.dialect}: {one.sql[:600]!a}\n")
                sys.stdout.write(f"    {type(one.error).__name__}: {str(one.error)[:700]!a}\n")
                sys.stdout.flush()
    sys.stdout.write(f"{dict(kinds)} {time.monotonic() - began:.0f} s\n")


if __name__ == "__main__":
    main(sys.argv[1:])
