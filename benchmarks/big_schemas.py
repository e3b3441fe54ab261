"""Scripts of hundreds or thousands of tables, as warehouses have them: the same script for the same number.

    python -m benchmarks.big_schemas 2000 > big.sql

Tables come in areas (`billing`, `retail_returns`, ...). An area has parties, things, documents with their
lines, events, and lists of codes, with 5 to 25 columns, keys, and references of which half are declared.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from random import Random

_AREAS = """sales crm billing claims web app store payroll hr travel fleet risk treasury tax legal audit
    marketing media ads loyalty returns pricing supply planning quality labs clinic ward pharmacy campus
    courses grid meters mobile roaming towers cargo ports rail routes hotel rooms booking events tickets
    stadium farm
    crops mills mining wells energy solar retail kiosk parts garage repair rental housing loans cards deposits
    funds brokerage trades""".split()
_PARTIES = """customer supplier employee agent patient student driver member tenant merchant doctor teacher
    contractor subscriber broker carrier""".split()
_THINGS = """product account device vehicle policy course building machine campaign contract warehouse
    store item asset meter room article plan license sensor route project""".split()
_DOCUMENTS = """order invoice shipment payment claim return booking visit quote ticket transfer delivery
    inspection enrollment subscription purchase loan refund""".split()
_EVENTS = """page_view login click scan reading call message alert movement status_change download
    search""".split()
_LISTS = """country currency category status_code channel region unit department reason_code language
    segment brand""".split()

_OF_A_PARTY = (
    ("first_name", "VARCHAR(50)"),
    ("last_name", "VARCHAR(50)"),
    ("email", "VARCHAR(120)"),
    ("phone", "VARCHAR(30)"),
    ("birth_date", "DATE"),
    ("gender", "CHAR(1)"),
    ("street", "VARCHAR(100)"),
    ("city", "VARCHAR(60)"),
    ("postal_code", "VARCHAR(12)"),
    ("country_code", "CHAR(2)"),
    ("is_active", "BOOLEAN NOT NULL"),
    ("marketing_opt_in", "BOOLEAN"),
    ("credit_limit", "DECIMAL(12,2)"),
    ("loyalty_points", "INTEGER"),
    ("notes", "VARCHAR(500)"),
    ("registered_at", "TIMESTAMP"),
    ("last_login_at", "TIMESTAMP"),
    ("company_name", "VARCHAR(100)"),
    ("tax_id", "VARCHAR(20)"),
    ("website", "VARCHAR(200)"),
)
_OF_A_THING = (
    ("name", "VARCHAR(100)"),
    ("description", "VARCHAR(400)"),
    ("sku", "VARCHAR(20)"),
    ("serial_number", "VARCHAR(30)"),
    ("list_price", "DECIMAL(10,2)"),
    ("unit_cost", "DECIMAL(10,2)"),
    ("weight_kg", "DECIMAL(8,3)"),
    ("color", "VARCHAR(20)"),
    ("size", "VARCHAR(10)"),
    ("status", "VARCHAR(20)"),
    ("valid_from", "DATE"),
    ("valid_to", "DATE"),
    ("is_discontinued", "BOOLEAN"),
    ("stock_quantity", "INTEGER"),
    ("reorder_level", "INTEGER"),
    ("manufacturer", "VARCHAR(80)"),
    ("latitude", "DECIMAL(9,6)"),
    ("longitude", "DECIMAL(9,6)"),
    ("capacity", "INTEGER"),
    ("opened_on", "DATE"),
)
_OF_A_DOCUMENT = (
    ("status", "VARCHAR(20) NOT NULL"),
    ("total_amount", "DECIMAL(14,2)"),
    ("tax_amount", "DECIMAL(12,2)"),
    ("net_amount", "DECIMAL(12,2)"),
    ("discount_amount", "DECIMAL(12,2)"),
    ("currency_code", "CHAR(3)"),
    ("due_date", "DATE"),
    ("paid_at", "TIMESTAMP"),
    ("cancelled_at", "TIMESTAMP"),
    ("approved_at", "TIMESTAMP"),
    ("reference_number", "VARCHAR(30)"),
    ("priority", "VARCHAR(10)"),
    ("channel", "VARCHAR(20)"),
    ("comments", "VARCHAR(300)"),
    ("item_count", "INTEGER"),
    ("shipping_city", "VARCHAR(60)"),
    ("shipping_postal_code", "VARCHAR(12)"),
    ("payment_method", "VARCHAR(20)"),
    ("exchange_rate", "DECIMAL(10,6)"),
)
_OF_A_LINE = (
    ("quantity", "INTEGER NOT NULL"),
    ("unit_price", "DECIMAL(10,2)"),
    ("discount", "DECIMAL(5,2)"),
    ("line_total", "DECIMAL(12,2)"),
    ("tax_rate", "DECIMAL(5,4)"),
    ("description", "VARCHAR(200)"),
    ("status", "VARCHAR(20)"),
    ("delivered_on", "DATE"),
)
_OF_AN_EVENT = (
    ("event_time", "TIMESTAMP NOT NULL"),
    ("session_id", "VARCHAR(36)"),
    ("ip_address", "VARCHAR(45)"),
    ("user_agent", "VARCHAR(300)"),
    ("url", "VARCHAR(400)"),
    ("duration_seconds", "INTEGER"),
    ("result_code", "INTEGER"),
    ("value", "DOUBLE PRECISION"),
    ("source", "VARCHAR(30)"),
    ("severity", "VARCHAR(10)"),
    ("payload", "VARCHAR(1000)"),
    ("is_error", "BOOLEAN"),
)
_OF_A_LIST = (
    ("code", "VARCHAR(10) NOT NULL"),
    ("name", "VARCHAR(80) NOT NULL"),
    ("description", "VARCHAR(200)"),
    ("sort_order", "INTEGER"),
    ("is_active", "BOOLEAN"),
)
_OF_ANY = (
    ("created_at", "TIMESTAMP"),
    ("updated_at", "TIMESTAMP"),
    ("created_by", "VARCHAR(50)"),
    ("source_system", "VARCHAR(20)"),
    ("load_date", "DATE"),
    ("batch_id", "INTEGER"),
    ("is_deleted", "BOOLEAN"),
)
Named = tuple[str, str]
"""A column's name, and its type with what follows."""


def script(tables: int) -> str:
    """CREATE TABLE statements, which every dialect reads."""
    return "\n".join(islice(_statements(), tables))


def _statements() -> Iterator[str]:
    """Without end, as far as there are areas."""
    for area in _areas():
        yield from _Area(area).statements()


def _areas() -> Iterator[str]:
    yield from _AREAS
    yield from (f"{one}_{other}" for one in _AREAS for other in _AREAS if one != other)


class _Area:
    """The tables of one area, which are drawn by its name alone."""

    def __init__(self, name: str) -> None:
        self.name, self.random = name, Random(f"big schemas: {name}")
        self.known: list[str] = []

    def statements(self) -> Iterator[str]:
        draw = self.random
        for noun in draw.sample(_LISTS, draw.randint(1, 3)):
            yield self._table(noun, _OF_A_LIST, 0)
        for noun in draw.sample(_PARTIES, draw.randint(1, 2)):
            yield self._table(noun, _OF_A_PARTY, 1)
        for noun in draw.sample(_THINGS, draw.randint(2, 4)):
            yield self._table(noun, _OF_A_THING, 2)
        for noun in draw.sample(_DOCUMENTS, draw.randint(2, 4)):
            yield self._table(noun, _OF_A_DOCUMENT, 3, ((f"{noun}_date", "DATE NOT NULL"),))
            if draw.random() < 0.6:
                yield self._lines(noun)
        for noun in draw.sample(_EVENTS, draw.randint(1, 3)):
            yield self._table(noun, _OF_AN_EVENT, 2)

    def _table(self, noun: str, pool: Sequence[Named], links: int, own: tuple[Named, ...] = ()) -> str:
        parents = self.random.sample(self.known, min(links, len(self.known)))
        body = self._body(f"{noun}_id", pool, own, parents)
        self.known.append(noun)
        return _statement(self._called(noun), [f"{noun}_id INTEGER NOT NULL PRIMARY KEY", *body])

    def _lines(self, noun: str) -> str:
        key = [f"{noun}_id INTEGER NOT NULL", "line_number INTEGER NOT NULL"]
        things = [one for one in self.known if one in _THINGS]
        body = self._body(f"{noun}_id", _OF_A_LINE, (), things[:1])
        ends = [f"PRIMARY KEY ({noun}_id, line_number)", self._reference(noun)]
        return _statement(self._called(f"{noun}_line"), [*key, *body, *ends])

    def _body(
        self, key: str, pool: Sequence[Named], own: tuple[Named, ...], parents: Sequence[str]
    ) -> list[str]:
        """Columns, with references to tables of the area; half of these are declared."""
        draw = self.random
        some = draw.sample(pool, draw.randint(min(4, len(pool)), len(pool) - 1))
        said = draw.sample(_OF_ANY, draw.randint(0, 4))
        columns = {**dict(own), **{f"{one}_id": "INTEGER" for one in parents}, **dict(some), **dict(said)}
        columns.pop(key, None)
        declared = [self._reference(one) for one in parents if draw.random() < 0.5]
        return [*(f"{name} {type_}" for name, type_ in columns.items()), *declared]

    def _reference(self, noun: str) -> str:
        return f"FOREIGN KEY ({noun}_id) REFERENCES {self._called(noun)} ({noun}_id)"

    def _called(self, noun: str) -> str:
        plural = (
            f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}es" if noun.endswith("ch") else f"{noun}s"
        )
        return f"{self.name}_{plural}"


def _statement(name: str, parts: Sequence[str]) -> str:
    inner = ",\n  ".join(parts)
    return f"CREATE TABLE {name} (\n  {inner}\n);"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tables", type=int)
    sys.stdout.write(script(parser.parse_args().tables))
