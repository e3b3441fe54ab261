"""Random relation graphs: keys, references that share columns, chains, cycles, trees, copies.

`graph` makes a schema from nothing but choices among options, so that any source of choices will do.
"""

from collections.abc import Callable, Sequence
from typing import Any

Json = dict[str, Any]
Choose = Callable[[Sequence[Any]], Any]

ROWS = (0, 1, 2, 2, 5, 5, 17, 17, 17, 60, 60, 60, 400, 400)
PLAIN: tuple[tuple[int, Json], ...] = (
    # room for distinct values, the column
    (1 << 31, {"data_type": "INT"}),
    (1 << 31, {"data_type": "INT"}),
    (1 << 31, {"data_type": "BIGINT"}),
    (1 << 15, {"data_type": "SMALLINT"}),
    (12, {"data_type": "INT", "min_value": 1, "max_value": 12}),
    (500, {"data_type": "INT", "min_value": 1, "max_value": 500}),
    (36, {"data_type": "CHAR(1)"}),
    (1 << 30, {"data_type": "VARCHAR(8)"}),
    (31, {"data_type": "DATE", "date_start": "2024-01-01", "date_end": "2024-01-31"}),
    (14000, {"data_type": "DATE"}),
)
COUNTED = PLAIN[:3]
RARELY = (False, False, False, False, False, True)
SOMETIMES = (False, False, True)
OFTEN = (False, True, True)


def graph(choose: Choose) -> Json:
    """A schema of one to five tables."""
    return {"name": "random", "tables": _Graph(choose).tables}


def names(table: Json) -> list[str]:
    """The names of a table's columns."""
    return [column["name"] for column in table["columns"]]


class _Graph:
    """Tables in the making: first with their keys, then with more references, keys and copies."""

    def __init__(self, choose: Choose) -> None:
        self.choose = choose
        self.tables: list[Json] = []
        self.uncounted: list[Json] = []
        self.tenants = choose((True, True, True, False))
        count = choose((1, 2, 2, 3, 3, 4, 5))
        if self.tenants:
            count = max(count, 2)
        for number in range(count):
            self._add_table(number)
        for table in self.tables:
            for _ in range(choose((1, 1, 2, 0) if self.tenants else (0, 0, 1, 1, 2))):
                self._add_reference(table, choose(self.tables))
        for table in self.tables:
            self._decorate(table)
        for table in self.uncounted:
            del table["target_rows"]

    # --- tables and their keys

    def _add_table(self, number: int) -> None:
        rows = self.choose(ROWS)
        if self.tenants and number == 0:
            rows = self.choose((1, 2, 5, 5, 17, 60))
        table: Json = {"name": f"t{number}", "target_rows": rows, "columns": []}
        self.tables.append(table)
        inside = [other for other in self.tables[:-1] if len(other["primary_key"]) <= 3]
        if self.tenants and number and self.choose((True, True, True, False)):
            self._key_within(table, self.choose(inside))
        elif number and self.choose(SOMETIMES):
            self._key_of_references(table)
        else:
            self._plain_key(table)
        for _ in range(self.choose((0, 0, 1, 2))):
            self._plain_column(table)
        self._fit(table)

    def _fit(self, table: Json) -> None:
        """Mostly no more rows than a key of references has room for."""
        room = 1
        for name in table["primary_key"]:
            room *= self._room(table, name)
        if room < table["target_rows"] and self.choose((True, True, True, False)):
            table["target_rows"] = room

    def _room(self, table: Json, name: str) -> int:
        for reference in table.get("foreign_keys", []):
            if name in reference["columns"]:
                return self._named(reference["references_table"])["target_rows"]
        column = next(column for column in table["columns"] if column["name"] == name)
        told = {key: value for key, value in column.items() if key in _TELLING}
        return next((room for room, known in PLAIN if known == told), 1)

    def _named(self, name: str) -> Json:
        return next(table for table in self.tables if table["name"] == name)

    def _new_column(self, table: Json, made: Json) -> str:
        name = f"{table['name']}_{len(table['columns'])}"
        table["columns"].append({"name": name, **made})
        return name

    def _plain_column(self, table: Json) -> str:
        made = dict(self.choose(PLAIN)[1])
        if self.choose(SOMETIMES):
            made["required"] = False
            if self.choose((True, False)):
                made["null_fraction"] = self.choose((0.0, 0.3, 1.0))
        return self._new_column(table, made)

    def _plain_key(self, table: Json) -> None:
        size = self.choose((1, 1, 1, 2, 3))
        key = []
        for k in range(size):
            wide = [made for room, made in PLAIN if room >= table["target_rows"] or size > 1]
            key.append(self._new_column(table, dict(self.choose(wide if k else [m for _, m in COUNTED]))))
        table["primary_key"] = key

    def _key_within(self, table: Json, parent: Json) -> None:
        """The parent's key, and a number or so of one's own."""
        own = self._refer(table, parent, parent["primary_key"], reuse=False, optional=False)
        kind = self.choose(("prefix", "prefix", "prefix", "prefix", "surrogate", "alone"))
        if kind == "alone":  # one to one
            table["primary_key"] = own
        elif kind == "surrogate":
            number = self._new_column(table, {"data_type": "INT"})
            table["primary_key"] = [number]
            table["unique"] = [[*own, number]]
        else:
            column = dict(self.choose((*COUNTED, *COUNTED, *PLAIN))[1])
            key = [*own, self._new_column(table, column)]
            table["primary_key"] = key if self.choose((True, True, False)) else key[::-1]

    def _key_of_references(self, table: Json) -> None:
        key: list[str] = []
        for _ in range(self.choose((1, 2, 2, 3))):
            parent = self.choose(self.tables[:-1])
            made = self._refer(
                table, parent, self.choose(self._keys(parent)), reuse=self.choose(OFTEN), optional=False
            )
            key += [name for name in made if name not in key]
        if self.choose(SOMETIMES):
            key.append(self._new_column(table, dict(self.choose(COUNTED)[1])))
        table["primary_key"] = key

    def _keys(self, table: Json) -> list[list[str]]:
        found = [table["primary_key"]] * 2 if table.get("primary_key") else []
        found += table.get("unique", [])
        return [*found, *([column["name"]] for column in table["columns"] if column.get("is_unique"))]

    # --- references

    def _refer(self, table: Json, parent: Json, key: list[str], *, reuse: bool, optional: bool) -> list[str]:
        """Add a reference; where columns are reused, own ones that hold the same stand in for new ones."""
        own: list[str] = []
        for target in key:
            column = next(column for column in parent["columns"] if column["name"] == target)
            same = self._alike(table, parent, column, own) if reuse and len(key) > 1 else []
            if same:
                own.append(self.choose(same))
                continue
            made = {"data_type": column["data_type"]}
            own.append(self._new_column(table, made))
        if parent is table and own == key:
            last = table["columns"][self._index(table, own[-1])]
            own[-1] = self._new_column(table, {"data_type": last["data_type"]})
        reference: Json = {
            "columns": own,
            "references_table": parent["name"],
            "references_columns": list(key),
        }
        if optional:
            reference["nullable"] = True
        known = table.setdefault("foreign_keys", [])
        if not any(set(other["columns"]) == set(own) for other in known):
            known.append(reference)
        return own

    def _alike(self, table: Json, parent: Json, target: Json, used: list[str]) -> list[str]:
        """Own columns of the type that come from the same column in the end; now and then any at all."""
        goal = self._origin(parent, target["name"])
        within = parent is table and self.choose(OFTEN)
        if goal[0] == table["name"] and not within and not self._very_rarely():
            return []  # what comes from here cannot also come from there
        free = [
            column
            for column in table["columns"]
            if column["data_type"] == target["data_type"]
            and column["name"] not in used
            and column.get("required", True)
        ]
        same = [column["name"] for column in free if self._origin(table, column["name"]) == goal]
        if same or not self._very_rarely():
            return same
        return [column["name"] for column in free if not {"min_value", "date_start"} & set(column)]

    def _very_rarely(self) -> bool:
        return bool(self.choose(RARELY) and self.choose(SOMETIMES))

    def _origin(self, table: Json, name: str, depth: int = 0) -> tuple[str, str]:
        """The column where a column's values come from in the end."""
        for reference in table.get("foreign_keys", []):
            if name in reference["columns"] and depth < 6:
                target = reference["references_columns"][reference["columns"].index(name)]
                return self._origin(self._named(reference["references_table"]), target, depth + 1)
        return table["name"], name

    def _add_reference(self, table: Json, parent: Json) -> None:
        key = list(self.choose(self._keys(parent)))
        if self.tenants and self.choose(OFTEN):
            key = max(self._keys(parent), key=len)  # with all that it shares
        if self.choose(RARELY):
            key = key[::-1]
        before = len(table.get("foreign_keys", []))
        optional = self.choose((True, False)) or (parent["target_rows"] == 0 < table["target_rows"])
        self._refer(table, parent, key, reuse=self.choose((True, True, True, False)), optional=optional)
        made = table["foreign_keys"][before:]
        for reference in made:
            if set(reference["columns"]) <= set(table["primary_key"]):
                reference.pop("nullable", None)
            self._relate(table, parent, reference)
            if self.choose(RARELY):
                self._make_unique(table, parent, reference)

    def _relate(self, table: Json, parent: Json, reference: Json) -> None:
        """How often each parent is referenced, and when none is."""
        if parent is table:
            tree = self.choose((None, None, None, True, False, {"roots": 2}, {"branching": 2}, {"depth": 3}))
            if tree is not None:
                reference["tree"] = tree
            if isinstance(tree, dict):
                return
        if reference.get("nullable") and self.choose((True, False)):
            reference["null_fraction"] = self.choose((0.0, 0.2, 0.5, 1.0))
        if parent is table:
            return
        way = self.choose(("", "", "", "", "children", "skew", "childless"))
        if way == "children":
            self._count_children(table, parent, reference)
        elif way == "skew":
            reference["skew"] = self.choose(
                ({"zipf": 1.1}, {"share": 0.8, "of": 0.2}, {"zipf": 2, "hot": "first"})
            )
        elif way == "childless":
            reference["childless"] = 0.4

    def _count_children(self, table: Json, parent: Json, reference: Json) -> None:
        reference.pop("null_fraction", None)
        if parent["target_rows"] == 0:
            return
        mean = table["target_rows"] // parent["target_rows"]
        spread = self.choose((1, 1, 3))
        way = self.choose(("bounds", "bounds", "least", "distribution", "exact"))
        if way == "exact":
            reference["children"] = mean or 1
            table["target_rows"] = parent["target_rows"] * (mean or 1)
            if table not in self.uncounted and self.choose((True, False)):
                self.uncounted.append(table)
            return
        reference["children"] = {"min": max(mean - spread, 0)}
        if way == "bounds":
            reference["children"]["max"] = mean + spread
        if way == "distribution":
            reference["children"]["distribution"] = {"type": "poisson", "parameters": {"lambda": mean + 0.5}}

    def _make_unique(self, table: Json, parent: Json, reference: Json) -> None:
        if parent["target_rows"] < table["target_rows"] and not reference.get("nullable"):
            return
        if "null_fraction" in reference:
            reference.pop("null_fraction")
        if len(reference["columns"]) == 1:
            column = table["columns"][self._index(table, reference["columns"][0])]
            column["is_unique"] = True
        else:
            table.setdefault("unique", []).append(list(reference["columns"]))

    # --- what else a table may have

    def _decorate(self, table: Json) -> None:
        if self.choose(SOMETIMES):
            self._more_keys(table)
        if self.choose(RARELY):
            self._add_polymorphic(table)
        if self.choose(SOMETIMES):
            self._add_lookup(table)

    def _more_keys(self, table: Json) -> None:
        way = self.choose(("column", "nested", "free", "free"))
        free = names(table)
        if way == "column":
            made = dict(self.choose([made for room, made in PLAIN if room >= table["target_rows"]]))
            if self.choose(SOMETIMES):
                made["required"] = False
            table["columns"][self._index(table, self._new_column(table, made))]["is_unique"] = True
        elif way == "nested":
            more = [*table["primary_key"], self.choose(free)]
            self._add_key(table, more)
        else:
            for _ in range(self.choose((1, 1, 2))):
                self._add_key(table, [self.choose(free) for _ in range(self.choose((2, 2, 3)))])

    def _index(self, table: Json, name: str) -> int:
        return names(table).index(name)

    def _add_key(self, table: Json, key: list[str]) -> None:
        kept = list(dict.fromkeys(key))
        if len(kept) > 1:
            table.setdefault("unique", []).append(kept)

    def _add_polymorphic(self, table: Json) -> None:
        targets = [
            (other["name"], key[0], column["data_type"])
            for other in self.tables
            for key in self._keys(other)
            for column in other["columns"]
            if [column["name"]] == key and column.get("required", True)
        ]
        if not targets:
            return
        first = self.choose(targets)
        others = [target for target in targets if target[2] == first[2]]
        chosen = list(dict.fromkeys([first, self.choose(others)]))
        kind = self._new_column(table, {"data_type": "VARCHAR(10)"})
        parents = [
            {"type": name, "references_table": name, "references_column": column, "weight": 1 + k}
            for k, (name, column, _) in enumerate({target[0]: target for target in chosen}.values())
        ]
        declared: Json = {"type_column": kind, "parents": parents}
        if self.choose((True, False)):
            declared["nullable"] = True
        self._new_column(table, {"data_type": first[2], "polymorphic": declared})

    def _add_lookup(self, table: Json) -> None:
        path, at, optional = [], table, False
        for _ in range(self.choose((1, 1, 2))):
            if not at.get("foreign_keys"):
                break
            reference = self.choose(at["foreign_keys"])
            path.append(self.choose(reference["columns"]))
            # a column may stand in several references; the first is followed
            reference = next(one for one in at["foreign_keys"] if path[-1] in one["columns"])
            optional = optional or bool(reference.get("nullable"))
            at = self._named(reference["references_table"])
        if not path:
            return
        column = self.choose(at["columns"])
        made: Json = {
            "data_type": column["data_type"],
            "lookup": {"reference": path, "column": column["name"]},
        }
        if optional or not column.get("required", True) or self._in_nullable(at, column["name"]):
            made["required"] = False
        self._new_column(table, made)

    def _in_nullable(self, table: Json, name: str) -> bool:
        return any(
            name in reference["columns"] and bool(reference.get("nullable"))
            for reference in table.get("foreign_keys", [])
        ) or any(
            (column["name"] == name or column["polymorphic"]["type_column"] == name)
            and bool(column["polymorphic"].get("nullable"))
            for column in table["columns"]
            if "polymorphic" in column
        )


_TELLING = ("data_type", "min_value", "max_value", "date_start", "date_end")
