"""Random schemas in which columns of every kind stand on each other.

`composed` makes a schema from nothing but choices among options, so that any source of choices will do.
What is chosen mostly can be made; what cannot is refused, and that is a good answer, too.
"""

import copy
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

Json = dict[str, Any]
Choose = Callable[[Sequence[Any]], Any]

ROWS = (0, 1, 2, 7, 20, 20, 60, 60, 120, 300)
WORDS = ("red", "blue", "green")
COLOURS = (WORDS, WORDS[:2], (*WORDS, "grey"))
SELDOM = (False, False, False, True)
HALF = (False, True)
NUMBERS = ("int", "decimal", "float")
MOMENTS = ("date", "moment")
TYPES = {
    "int": ("INT", "INT", "BIGINT", "SMALLINT"),
    "decimal": ("DECIMAL(10,2)", "DECIMAL(8,2)", "DECIMAL(14,4)"),
    "float": ("DOUBLE",),
    "text": ("VARCHAR(12)", "VARCHAR(30)", "CHAR(8)"),
    "date": ("DATE",),
    "moment": ("TIMESTAMP", "TIMESTAMP(0)", "TIMESTAMP_NTZ"),
    "bool": ("BOOLEAN",),
}
SHAPES: tuple[Json, ...] = (
    {"name": "uniform"},
    {"name": "lognormal", "mean": 2, "stddev": 0.7},
    {"name": "gamma", "shape": 2, "scale": 9},
    {"name": "normal", "mean": 30, "stddev": 12},
    {"name": "exponential", "lambda": 0.1},
    {"name": "mixture", "components": [
        {"type": "normal", "parameters": {"mean": 10, "stddev": 3}, "weight": 2},
        {"type": "gamma", "parameters": {"shape": 2, "scale": 15}, "weight": 1}]},
)  # fmt: skip
CODES = ("40{digits:10}{check:ean}", "4{digits:8}{check:luhn}", "{letters:3}-{digits:5}")
KNOWN = [
    {"colour": "red", "shade": "dark", "price": 10, "share": 2},
    {"colour": "red", "shade": "light", "price": 12, "share": 5},
    {"colour": "blue", "shade": "navy", "price": 7, "share": 1},
    {"colour": "green", "shade": "lime", "price": 9, "share": 3},
    {"colour": "grey", "shade": "ash", "price": 4, "share": 3},
]
LIVES: tuple[Json, ...] = (
    {
        "states": {"new": {"paid": 0.8, "lost": 0.1}, "paid": {"sent": 1}, "sent": {"done": 0.6}},
        "after": {
            "paid": {"within": "3d", "mean": "5h"},
            "lost": {"within": "9d"},
            "sent": {"at_least": "4h", "within": "10d"},
            "done": {"at_least": "1d", "within": "60d"},
        },
        "reasons": {"lost": {"late": 2, "dear": 1}},
    },
    {
        "states": {"open": {"wait": 0.3, "shut": 0.6}, "wait": {"open": 0.8}, "shut": {"open": 0.1}},
        "first": "open",
        "after": {
            "wait": {"within": "5d"},
            "open": {"at_least": "1h", "within": "2d"},
            "shut": {"within": "30d", "mean": "4d"},
        },
    },
)


LIFE_WORDS = {"state": ("new", "paid"), "from": ("open", "wait"), "reason": ("late", "dear")}


def composed(choose: Choose) -> Json:
    """A schema of two to five tables."""
    return _Composition(choose).document()


def kind_of(data_type: str) -> str:
    """The word for a data type in `TYPES`, with what stands in brackets left out."""
    word = data_type.partition("(")[0]
    return next(kind for kind, types in TYPES.items() if any(t.partition("(")[0] == word for t in types))


class _Composition:
    """Tables in the making: first their keys, then references, then columns on columns."""

    def __init__(self, choose: Choose) -> None:
        self.choose = choose
        self.tables: list[Json] = []
        self.data: Json = {}
        self.names = 0

    def document(self) -> Json:
        for number in range(self.choose((2, 2, 3, 3, 4, 5))):
            self._add_table(number)
        for table in self.tables:
            self._start(table)
        for _ in range(2):
            for table in self.tables:
                for _ in range(self.choose((1, 2, 3, 4))):
                    self.choose(MECHANISMS)(self, table)
        self._hide()
        made: Json = {"name": "random", "tables": self.tables}
        if self.data:
            made["reference_data"] = self.data
        if self.choose(HALF):
            made["as_of"] = self.choose(("2024-12-31", "2024-06-30", "2024-07-01T12:00:00"))
        return made

    # --- tables, their keys and references

    def _add_table(self, number: int) -> None:
        table: Json = {"name": f"t{number}", "target_rows": self.choose(ROWS), "columns": []}
        way = self.choose(("int", "int", "int", "code", "pair", "days", "rows", "number"))
        if way == "days":
            del table["target_rows"]
            table["rows"] = {
                "date_start": "2024-01-01",
                "date_end": self.choose(("2024-01-31", "2024-06-30")),
            }
            table["columns"] = [
                {"name": "id", "data_type": "INT", "rule": {"name": "date_key"}},
                {"name": "day", "data_type": "DATE"},
            ]
        elif way == "rows":
            del table["target_rows"]
            table["rows"] = [
                {"id": 3 * k + 7, "colour": WORDS[k % 3], "size": 10.25 * k}
                for k in range(self.choose((1, 3, 8)))
            ]
            table["columns"] = [
                {"name": "id", "data_type": "INT"},
                {"name": "colour", "data_type": "VARCHAR(12)"},
                {"name": "size", "data_type": "DECIMAL(10,2)"},
            ]
        elif way == "code":
            rule = {"name": "pattern", "pattern": self.choose(CODES)}
            table["columns"] = [{"name": "id", "data_type": "VARCHAR(30)", "rule": rule}]
        elif way == "pair":
            table["columns"] = [
                {"name": "id", "data_type": "INT", "min_value": 1, "max_value": 40},
                {"name": "part", "data_type": self.choose(("INT", "CHAR(2)"))},
            ]
        elif way == "number":
            table["columns"] = [
                {"name": "day", "data_type": "DATE", "date_start": "2023-11-01", "date_end": "2024-02-10",
                 "rule": {"name": "uniform", "order": "sorted"}},
                {"name": "id", "data_type": "VARCHAR(30)", "rule": {
                    "name": "numbered", "format": "N-{day:%Y-%m}-{number:05}",
                    "within": self.choose(("year", "month"))}},
            ]  # fmt: skip
        else:
            table["columns"] = [{"name": "id", "data_type": self.choose(("INT", "BIGINT"))}]
        table["primary_key"] = ["id", "part"] if way == "pair" else ["id"]
        self.tables.append(table)

    def _start(self, table: Json) -> None:
        """References, and what others stand on: numbers, words, moments."""
        earlier = self.tables[: self.tables.index(table)]
        for _ in range(self.choose((1, 1, 2)) if earlier else 0):
            self._refer(table, self.choose(earlier))
        if self.choose(SELDOM):
            self._refer(table, table)
        for add in (self.choice, self.number, self.moment):
            if self.choose((True, True, False)):
                add(table)

    def _refer(self, table: Json, parent: Json, **options: Any) -> list[str]:
        optional = self.choose(SELDOM) or parent is table or parent.get("target_rows") == 0
        names, fields = [], {"required": False} if optional else {}
        for target in parent["primary_key"]:
            column = next(c for c in parent["columns"] if c["name"] == target)
            names.append(self._new(table, column["data_type"], stem="r", **fields))
        reference: Json = {
            "columns": names,
            "references_table": parent["name"],
            "references_columns": list(parent["primary_key"]),
        }
        if optional:
            reference["nullable"] = True
            if self.choose(HALF):
                reference["null_fraction"] = self.choose((0.0, 0.3))
        if parent is table:
            reference["tree"] = self.choose((True, {"roots": 2}, {"depth": 3}))
            reference.pop("null_fraction", None)
        elif options:
            reference |= options
            if "pick" in options:
                reference["null_fraction"] = 0.0
            if not optional:
                reference.pop("null_fraction", None)
        elif self.choose(HALF) and not optional:
            self._count(table, parent, reference)
        elif self.choose(SELDOM):
            reference |= self.choose(({"skew": {"zipf": 1.1}}, {"childless": 0.3}))
        table.setdefault("foreign_keys", []).append(reference)
        return names

    def _count(self, table: Json, parent: Json, reference: Json) -> None:
        """How many children a parent has: a number, a range, or what its column says."""
        if "rows" in table or any("children" in r for r in table.get("foreign_keys", [])):
            return
        way = self.choose(("range", "range", "exact", "column"))
        if way == "column":
            sql = self.choose(("floor(4 * noise('n'))", "1 + floor(3 * noise('n'))"))
            name = self._new(parent, "INT", rule={"name": "expression", "sql": sql})
            if self.choose(HALF):
                parent["columns"][-1]["hidden"] = True
            reference["children"] = {"column": name}
        elif way == "exact":
            reference["children"] = self.choose((1, 2, 3))
        else:
            reference["children"] = {"min": self.choose((0, 1)), "max": self.choose((4, 400))}
            return
        table.pop("target_rows", None)

    def _hide(self) -> None:
        for table in self.tables[1:]:
            if self.choose((False,) * 5 + (True,)):
                table["hidden"] = True
            for column in table["columns"][1:]:
                if self.choose((False,) * 7 + (True,)):
                    column["hidden"] = True

    # --- finding what a column may stand on

    def _new(self, table: Json, data_type: str, stem: str = "c", **fields: Any) -> str:
        self.names += 1
        table["columns"].append({"name": f"{stem}{self.names}", "data_type": data_type, **fields})
        return f"{stem}{self.names}"

    def _derived(self, table: Json, kind: str, rule: Json, *, nullable: bool, **fields: Any) -> str:
        """A column with a rule; mostly it may be NULL where that can be."""
        if nullable or self.choose((False,) * 7 + (True,)):
            fields["required"] = False
            if self.choose(SELDOM):
                fields["null_fraction"] = self.choose((0.0, 0.2))
        return self._new(table, self._type(kind), rule=rule, **fields)

    def _type(self, kind: str) -> str:
        return str(self.choose(TYPES[kind]))

    def _of(self, table: Json, kinds: Sequence[str]) -> list[Json]:
        keys = {n for r in table.get("foreign_keys", []) for n in r["columns"]} | {*table["primary_key"]}
        return [c for c in table["columns"] if kind_of(c["data_type"]) in kinds and c["name"] not in keys]

    def _own(self, table: Json, *kinds: str) -> Json | None:
        found = self._of(table, kinds)
        if not found and self.choose(HALF):
            {"text": self.choice, "date": self.moment, "moment": self.moment}.get(kinds[0], self.number)(
                table
            )
            found = self._of(table, kinds)
        return self.choose(found) if found else None

    def _reference(self, table: Json, *, tree: bool = False) -> Json | None:
        found = [r for r in table.get("foreign_keys", []) if (r["references_table"] == table["name"]) == tree]
        return self.choose(found) if found else None

    def _together(self, table: Json) -> Json | None:
        """A reference by which the table's rows may stand together: mostly the same one."""
        found = [r for r in table.get("foreign_keys", []) if r["references_table"] != table["name"]]
        found = [r for r in found if not {"pick", "via"} & {*r} or self.choose((False,) * 5 + (True,))]
        if not found or self.choose((False,) * 9 + (True,)):
            return self._reference(table)
        return next((r for r in found if "children" in r), found[0])

    def _parent(self, reference: Json) -> Json:
        return next(t for t in self.tables if t["name"] == reference["references_table"])

    def _far(self, table: Json, *kinds: str) -> tuple[list[str], Json, bool] | None:
        """A column of a referenced row: the way there, the column, whether it may be NULL."""
        path: list[str] = []
        nullable = False
        for _ in range(self.choose((1, 1, 2))):
            reference = self._reference(table)
            if reference is None:
                break
            path.append(reference["columns"][0])
            nullable = nullable or bool(reference.get("nullable"))
            table = self._parent(reference)
        if not path:
            return None
        column = self._own(table, *kinds)
        return (path, column, nullable or may_be_null(column)) if column else None

    def _children(self, table: Json) -> tuple[Json, Json] | None:
        found = [
            (other, r)
            for other in self.tables
            for r in [self._together(other)]
            if r and r["references_table"] == table["name"] and other is not table
        ]
        return self.choose(found) if found else None

    # --- columns that stand on nothing

    def number(self, table: Json) -> None:
        kind = self.choose(NUMBERS)
        low = self.choose((0, 1, 5))
        rule = dict(self.choose(SHAPES))
        if self.choose(SELDOM) and kind != "float":
            rule = {"name": "price", "rule": rule, "round_to": 10, "points": [9, 5], "weights": [3, 1]}
            low, kind = 1, self.choose(("int", "decimal"))
        fields: Json = {"min_value": low, "max_value": low + self.choose((9, 80, 300)), "rule": rule}
        if self.choose(SELDOM):
            fields |= {"required": False, "null_fraction": self.choose((0.1, 0.5, 1.0))}
        self._new(table, self._type(kind), **fields)

    def choice(self, table: Json) -> None:
        words = list(self.choose(COLOURS))
        rule: Json = {"name": "choice", "values": words, "weights": [k + 1 for k in range(len(words))]}
        fields: Json = {}
        if self.choose(HALF):
            rule["exact"] = True
        elif self.choose(SELDOM):
            fields = {"required": False, "null_fraction": 0.2}
        self._new(table, self._type("text"), rule=rule, **fields)

    def moment(self, table: Json) -> None:
        fields: Json = {"date_start": "2024-01-01", "date_end": self.choose(("2024-01-20", "2024-12-31"))}
        if self.choose(HALF):
            fields["rule"] = {"name": self.choose(("uniform", "calendar")), "order": "sorted"}
        elif self.choose(SELDOM):
            fields |= {"required": False, "null_fraction": 0.3}
        self._new(table, self._type(self.choose(MOMENTS)), **fields)

    def own_data(self, table: Json) -> None:
        self.data["known"] = {"weights": "share", "rows": KNOWN}
        by = self._own(table, "text")
        rule: Json = {"name": "table", "of": "known", "column": "shade"}
        if by and self.choose(HALF):
            rule["by"] = {by["name"]: "colour"}
            self._derived(table, "text", rule, nullable=True)
            self._derived(table, "int", {**rule, "column": "price"}, nullable=True)
            return
        self._derived(table, "text", rule, nullable=False)
        self._derived(table, "text", {**rule, "column": "colour"}, nullable=False)

    # --- columns on columns of the row and of rows that it references

    def expression(self, table: Json) -> None:
        far = self._far(table, *NUMBERS)
        own = self._own(table, *NUMBERS)
        if own is None:
            return
        if far and self.choose(HALF):
            path, column, nullable = far
            sql = f"{own['name']} * 0.5 + {'.'.join(path)}.{column['name']}"
            self._derived(
                table, "float", {"name": "expression", "sql": sql}, nullable=nullable or may_be_null(own)
            )
            return
        sql = self.choose((f"{own['name']} + 3", f"CASE WHEN {own['name']} > 10 THEN 2 ELSE 0 END"))
        self._derived(table, "decimal", {"name": "expression", "sql": sql}, nullable=may_be_null(own))

    def lookup(self, table: Json) -> None:
        far = self._far(table, *NUMBERS, *MOMENTS, "text", "bool")
        if far:
            path, column, nullable = far
            fields: Json = {"required": False} if nullable else {}
            self._new(
                table, column["data_type"], lookup={"reference": path, "column": column["name"]}, **fields
            )

    def cases(self, table: Json) -> None:
        low = {"name": "uniform", "min_value": 1, "max_value": 5}
        rules = (low, {"name": "lognormal", "mean": 3, "stddev": 0.5, "min_value": 10, "max_value": 90}, None)
        far = self._far(table, "text") if self.choose(HALF) else None
        own = self._own(table, "text")
        number = self._own(table, *NUMBERS)
        if self.choose(SELDOM) and number:
            when = [{"sql": f"{number['name']} > {bound}", "rule": self.choose(rules)} for bound in (40, 8)]
            rule: Json = {"name": "cases", "when": when, "otherwise": self.choose(rules)}
        elif far or own:
            given = {"reference": far[0], "column": far[1]["name"]} if far else own["name"] if own else ""
            words = self._words(far[1] if far else own)
            cases = {word: self.choose(rules) for word in words[:2]}
            rule = {"name": "cases", "given": given, "cases": cases, "otherwise": self.choose(rules)}
        else:
            return
        self._derived(table, self.choose(NUMBERS), rule, nullable=True)

    def choice_by(self, table: Json) -> None:
        own = self._own(table, "text")
        if own:
            words = self._words(own)
            values = {word: [f"{word[0]}{k}" for k in range(self.choose((1, 3)))] for word in words[:2]}
            rule = {"name": "choice", "by": own["name"], "values": values, "otherwise": ["x", "y"]}
            self._derived(table, "text", rule, nullable=False)

    def _words(self, column: Json | None) -> list[str]:
        rule = (column or {}).get("rule", {})
        found = rule.get("values", WORDS)
        if rule.get("name") in ("lifecycle", "step"):
            found = LIFE_WORDS.get(str(rule["field"]), WORDS)
        return list(WORDS if isinstance(found, dict) else found)

    def after(self, table: Json) -> None:
        rule: Json = {"name": "after"}
        far = self._far(table, *MOMENTS) if self.choose(HALF) else None
        own = self._own(table, *MOMENTS)
        if far:
            path, column, nullable = far
            rule |= {"reference": path[0] if len(path) == 1 else path, "column": column["name"]}
            near = self._together(table)
            if len(path) == 1 and near and path[0] in near["columns"] and self.choose(HALF):
                rule["ordered"] = True
        elif own:
            other = self._own(table, *MOMENTS)
            several = bool(other and other is not own and self.choose(SELDOM))
            nullable = may_be_null(own) and (not several or may_be_null(other))
            rule["column"] = [own["name"], other["name"]] if several and other else own["name"]
        else:
            return
        rule["within"] = self.choose(("90d", "30d", "5d", "12h"))
        if self.choose(SELDOM):
            rule["at_least"] = self.choose(("1d", "1h"))
            rule["within"] = "40d"
        end = self._far(table, *MOMENTS) if self.choose(HALF) else None
        limit = self._own(table, *MOMENTS)
        if end and self.choose(HALF) and "ordered" not in rule:
            rule["until"] = {"reference": end[0], "column": end[1]["name"]}
        elif limit and self.choose(SELDOM) and "ordered" not in rule:
            rule["until"] = limit["name"]
        if self.choose(SELDOM):
            rule |= {"distribution": "exponential", "mean": "2d"}
        self._derived(table, self.choose(MOMENTS), rule, nullable=nullable or self.choose(HALF))

    def along_a_tree(self, table: Json) -> None:
        reference = self._reference(table, tree=True) or self._reference_to_itself(table)
        if not reference:
            return
        self.names += 1
        name = f"c{self.names}"
        roots = {"date_start": "2020-01-01", "date_end": "2020-12-31"}
        rule = {
            "name": "after",
            "reference": reference["columns"][0],
            "column": name,
            "within": "1y",
            "roots": roots,
        }
        table["columns"].append({"name": name, "data_type": self._type(self.choose(MOMENTS)), "rule": rule})

    def _reference_to_itself(self, table: Json) -> Json | None:
        self._refer(table, table)
        return self._reference(table, tree=True)

    def lifecycle(self, table: Json) -> None:
        own, far = self._own(table, *MOMENTS), self._far(table, *MOMENTS)
        if "lifecycles" in table or not (own or far):
            return
        life = dict(self.choose(LIVES))
        nullable = may_be_null(own)
        if own and (not far or self.choose(HALF)):
            life["starts"] = own["name"]
        elif far:
            life |= {"starts": far[1]["name"], "reference": far[0]}
            nullable = far[2]
        table["lifecycles"] = {"life": life}
        states = [
            *life["states"],
            *(s for to in life["states"].values() for s in to if s not in life["states"]),
        ]
        shows = [("text", {"field": "state"}, nullable), ("int", {"field": "steps"}, False)]
        shows += [("moment", {"field": "entered"}, nullable), ("text", {"field": "from"}, True)]
        shows += [(self.choose(MOMENTS), {"field": "at", "state": s}, True) for s in dict.fromkeys(states)]
        shows += [("bool", {"field": "was", "state": states[1]}, False)]
        if "reasons" in life:
            shows += [("text", {"field": "reason"}, True), ("date", {"field": "ended"}, True)]
        for kind, options, optional in shows:
            if self.choose(HALF):
                fields = {"required": False} if optional else {}
                rule = {"name": "lifecycle", **options}
                self._new(table, self._type(kind), rule=rule, **fields)

    # --- columns on other rows

    def window(self, table: Json) -> None:
        reference = self._together(table)
        if not reference:
            return
        function = self.choose(("number", "count", "lag", "lead", "first", "last", "sum", "sum", "share"))
        rule: Json = {"name": "window", "function": function, "reference": reference["columns"][0]}
        nullable, kind, fields = bool(reference.get("nullable")), "int", {}
        if function in ("lag", "lead", "first", "last"):
            column = self._own(table, *NUMBERS, *MOMENTS, "text")
            if column is None:
                return
            rule["column"] = column["name"]
            kind = kind_of(column["data_type"])
            nullable = nullable or function in ("lag", "lead") or may_be_null(column)
            if function == "lag":
                rule["rows"] = self.choose((1, 2))
        elif function in ("sum", "share"):
            column = self._own(table, *NUMBERS)
            if column is None:
                return
            rule["column"] = column["name"]
            kind = "float" if function == "share" else kind_of(column["data_type"])
            nullable = nullable or (function == "share" and may_be_null(column))
            starts = self._of(self._parent(reference), (kind,)) if function == "sum" else []
            if starts and self.choose(HALF):
                start = self.choose(starts)
                nullable = nullable or may_be_null(start)
                rule["start"] = start["name"]
            elif kind == "float" and function == "sum" and self.choose(HALF):
                rule["decay"] = 0.5
            if kind in ("int", "decimal"):
                wide = "BIGINT" if kind == "int" else "DECIMAL(18,4)"
                fields = {"required": False} if nullable else {}
                self._new(table, wide, rule=rule, **fields)
                return
        if "column" in rule:
            fields = {"required": False} if nullable else {}
            self._new(table, column["data_type"] if kind != "float" else "DOUBLE", rule=rule, **fields)
            return
        self._derived(table, kind, rule, nullable=nullable)

    def rollup(self, table: Json) -> None:
        found = self._children(table)
        if not found:
            return
        child, reference = found
        function = self.choose(("count", "sum", "sum", "min", "max", "first", "last"))
        rule: Json = {
            "name": "rollup",
            "function": function,
            "table": child["name"],
            "reference": reference["columns"][0],
        }
        word, number = self._own(child, "text"), self._own(child, *NUMBERS)
        if word and self.choose(SELDOM):
            rule["where"] = f"{word['name']} = 'red'"
        elif number and self.choose(SELDOM):
            rule["where"] = f"{number['name']} > 8"
        if function == "count":
            self._new(table, "INT", rule=rule)
            return
        column = (
            self._own(child, *NUMBERS) if function == "sum" else self._own(child, *NUMBERS, *MOMENTS, "text")
        )
        if column is None or (function in ("min", "max") and kind_of(column["data_type"]) == "text"):
            return
        rule["column"] = column["name"]
        if function == "sum":
            wide = {"int": "BIGINT", "decimal": "DECIMAL(18,4)", "float": "DOUBLE"}
            self._new(table, wide[kind_of(column["data_type"])], rule=rule)
        else:
            self._new(table, column["data_type"], rule=rule, required=False)

    def target(self, table: Json) -> None:
        way = self.choose(("table", "reference", "column", "choice", "months"))
        rule: Json = {"name": "target"}
        if self.choose(HALF):
            rule["like"] = dict(self.choose(SHAPES))
        fields: Json = {"min_value": 0} if self.choose(HALF) else {}
        reference = self._together(table)
        if way == "table":
            rule["sum"] = self.choose((0, 500, 2500))
        elif way in ("reference", "column") and reference:
            rule["by"] = reference["columns"][0]
            totals = self._of(self._parent(reference), NUMBERS)
            if way == "column" and totals:
                rule["sum"] = {"column": self.choose(totals)["name"]}
                fields |= {"required": False} if self.choose(HALF) else {}
            else:
                rule["sum"] = self.choose((100, 60))
            fields |= {"required": False} if reference.get("nullable") else {}
        elif way == "choice":
            exact = [c for c in self._of(table, ("text",)) if c.get("rule", {}).get("exact")]
            if not exact:
                return
            by = self.choose(exact)
            rule |= {"by": by["name"], "sums": {w: 90 * k + 70 for k, w in enumerate(by["rule"]["values"])}}
        else:
            days = [c for c in self._of(table, MOMENTS) if c.get("rule", {}).get("order") == "sorted"]
            if not days:
                return
            rule |= {"by": {"column": self.choose(days)["name"], "every": self.choose(("month", "quarter"))}}
            rule["sum"] = {"total": self.choose((1000, 4000)), "growth": 1.2}
        kind = self.choose(("int", "decimal", "decimal", "float"))
        self._new(
            table, {"int": "INT", "decimal": "DECIMAL(10,2)", "float": "DOUBLE"}[kind], rule=rule, **fields
        )

    def recurring(self, table: Json) -> None:
        reference = self._together(table)
        if reference is None:
            return
        parent = self._parent(reference)
        start = self._own(parent, *MOMENTS)
        if start is None:
            return
        rule: Json = {"name": "recurring", "reference": reference["columns"][0], "column": start["name"]}
        rule["every"] = self.choose(("1 month", "2 weeks", "10 days", "12h"))
        if self.choose(SELDOM):
            rule["skip"] = 1
        ends = self._own(parent, *MOMENTS)
        if ends and ends is not start and self.choose(HALF):
            rule["until"] = {"reference": reference["columns"][0], "column": ends["name"]}
        kind = "moment" if rule["every"] == "12h" else self.choose(MOMENTS)
        self._new(table, self._type(kind), rule=rule, required=False)

    def step(self, table: Json) -> None:
        reference = self._together(table)
        if reference and "lifecycles" not in self._parent(reference):
            self.lifecycle(self._parent(reference))
        if reference and "lifecycles" in self._parent(reference):
            for field, kind in (("state", "text"), ("at", self.choose(MOMENTS)), ("from", "text")):
                rule = {"name": "step", "reference": reference["columns"][0], "field": field}
                self._new(table, self._type(kind), rule=rule, required=False)

    # --- references by what parents are

    def pick(self, table: Json) -> None:
        parents = [t for t in self.tables if t is not table]
        if not parents or "rows" in table:
            return
        parent = self.choose(parents)
        options: Json = {}
        way = self.choose(("weights", "where", "match", "at"))
        number, word = self._own(parent, *NUMBERS), self._own(parent, "text")
        if way == "weights" and number:
            options["weights"] = f"1 + coalesce({number['name']}, 0)"
        if way in ("where", "weights") and word and self.choose(HALF):
            options["where"] = f"{word['name']} <> 'blue'"
        if way in ("match", "at") and word and self.choose((way == "match", True)):
            own = self._own(table, "text")
            if own:
                options["match"] = {word["name"]: own["name"]}
        if way == "at":
            at, since = self._own(table, *MOMENTS), self._own(parent, *MOMENTS)
            if not at or not since:
                return
            options |= {"at": at["name"], "since": since["name"]}
            until = self._own(parent, *MOMENTS)
            if until and until is not since and self.choose(SELDOM):
                options["until"] = until["name"]
        if options:
            self._refer(table, parent, pick=options)

    def via(self, table: Json) -> None:
        reference = self._reference(table)
        further = self._reference(self._parent(reference)) if reference else None
        if reference and further:
            self._refer(table, self._parent(further), via=reference["columns"][0])

    # --- what the table says

    def correlate(self, table: Json) -> None:
        taken = {n for entry in table.get("correlate", []) for n in entry["columns"]}
        found = [c["name"] for c in self._of(table, (*NUMBERS, *MOMENTS)) if c["name"] not in taken]
        if not found:
            return
        one, other = self.choose(found), self.choose(found)
        far = self._far(table, *NUMBERS, *MOMENTS)
        if far and is_drawn(far[1]) and self.choose(HALF):
            entry: Json = {"columns": [one], "with": {"reference": far[0], "column": far[1]["name"]}}
        elif one != other:
            entry = {"columns": [one, other]}
        else:
            return
        table.setdefault("correlate", []).append({**entry, "rank": self.choose((0.6, -0.4))})

    def null_when(self, table: Json) -> None:
        word, free = self._own(table, "text"), self._of(table, (*NUMBERS, *MOMENTS))
        free = [
            column for column in free if column.get("required") is False and "null_fraction" not in column
        ]
        if word and free:
            self.choose(free)["null_when"] = f"{word['name']} = 'red'"

    def numbered(self, table: Json) -> None:
        word = self._own(table, "text")
        if word:
            rule = {"name": "numbered", "format": f"{{{word['name']}:slug}}-{{number}}"}
            self._new(table, "VARCHAR(60)", rule=rule, is_unique=True)


def may_be_null(column: Json | None) -> bool:
    """Whether a column of these schemas says of itself that it may be NULL."""
    return column is not None and column.get("required") is False


def is_drawn(column: Json) -> bool:
    """Whether a column's values have an order by which they are drawn."""
    rule = column.get("rule", {})
    drawn = {shape["name"] for shape in SHAPES} | {"price", "calendar", None}
    return rule.get("name") in drawn and "order" not in rule and "lookup" not in column


MECHANISMS = (
    *(_Composition.window, _Composition.rollup, _Composition.rollup, _Composition.after) * 3,
    *(_Composition.via, _Composition.pick),
    *(_Composition.target, _Composition.cases, _Composition.pick, _Composition.lifecycle) * 2,
    *(_Composition.step, _Composition.recurring, _Composition.expression, _Composition.lookup) * 2,
    *(_Composition.choice_by, _Composition.along_a_tree, _Composition.via, _Composition.correlate),
    *(_Composition.null_when, _Composition.numbered, _Composition.own_data, _Composition.number),
    *(_Composition.choice, _Composition.moment),
)


WAYS = ("children", "skew", "childless", "pick", "via", "tree")
"""What a reference may say of how its parents are picked."""


def without(document: Json, places: Iterable[str]) -> Json | None:
    """The schema without what stands at some places of a refusal; None where none can be left out."""
    made = copy.deepcopy(document)
    gone = [place for place in sorted(places, reverse=True) if _leave_out(made["tables"], place)]
    return made if gone else None


def _leave_out(tables: list[Json], place: str) -> bool:
    if found := re.match(r"tables\[(\d+)\]\.(columns|foreign_keys|correlate)\[(\d+)\]", place):
        table = tables[int(found[1])]
        listed = table[found[2]]
        number = int(found[3])
        if found[2] == "columns":
            return number < len(listed) and _drop(table, [listed[number]["name"]])
        return number < len(listed) and bool(listed.pop(number))
    if found := re.match(r"(?:tables\[)?t?(\d+)\]?\.(?:lifecycles|life)", place):
        return bool(tables[int(found[1])].pop("lifecycles", None))
    found = re.match(r"t(\d+)(?:\.(\w+)|\((.*?)\))", place)
    if found is None or int(found[1]) >= len(tables):
        return False
    table = tables[int(found[1])]
    names = [found[2]] if found[2] else found[3].split(", ")
    for reference in table.get("foreign_keys", []):
        if set(names) & {*reference["columns"]}:
            ways = [
                way for way in ("children", "skew", "childless", "pick", "via", "tree") if way in reference
            ]
            for way in ways:
                del reference[way]
            if "children" in ways and "rows" not in table:
                table.setdefault("target_rows", 60)
            return bool(ways) or _drop_reference(table, reference)
    entries = table.get("correlate", [])
    table["correlate"] = [entry for entry in entries if not set(names) & {*entry["columns"]}]
    return len(entries) > len(table["correlate"]) or _drop(table, names)


def _drop(table: Json, names: Sequence[str]) -> bool:
    kept = {*table["primary_key"], *(n for r in table.get("foreign_keys", []) for n in r["columns"])}
    left = [c for c in table["columns"] if c["name"] not in names or c["name"] in kept]
    changed = len(left) < len(table["columns"])
    table["columns"] = left
    return changed


def _drop_reference(table: Json, reference: Json) -> bool:
    table["foreign_keys"].remove(reference)
    return _drop(table, reference["columns"])
