"""What columns that stand on others must hold, in DuckDB's SQL, by this module's own reading of the JSON.

`wrongs` gives for every column the rows that would be wrong, as what follows FROM. Tables stand in DuckDB with all that is
hidden, and with the number of the row in `#`.
"""

import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
Wrong = tuple[str, str]
CODES = {"ean": (1, 3), "luhn": (2, 1)}
LAST = {"done", "lost"}
"""States of the lives of random_rules that lead nowhere."""


def wrongs(document: Json) -> Iterator[Wrong]:
    """(place, what follows FROM) of every promise: none may have a row."""
    return _Truths(document).every()


def literal(value: Any) -> str:
    """A value in SQL."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return "NULL" if value is None else str(value)


def interval(span: str) -> str:
    """A span of one unit, such as 90d, in SQL."""
    days = {"y": 366, "w": 7, "d": 1}.get(span[-1])
    return f"INTERVAL {int(span[:-1]) * days} DAY" if days else f"INTERVAL {span[:-1]} HOUR"


class _Truths:
    def __init__(self, document: Json) -> None:
        self.tables = {table["name"]: table for table in document["tables"]}
        self.data = document.get("reference_data", {})
        self.as_of = document.get("as_of", "2025-12-31")
        self.has_present = "as_of" in document

    def every(self) -> Iterator[Wrong]:
        for table in self.tables.values():
            for reference in self.references(table):
                yield from self.reference(table, reference)
            for column in table["columns"]:
                place = f"{table['name']}.{column['name']}"
                rule = column.get("rule", {})
                check = getattr(self, f"rule_{rule.get('name')}", None)
                for sql in check(table, column, rule) if check else ():
                    yield f"{place} ({rule['name']})", sql
                for sql in self.declared(table, column):
                    yield f"{place} (declared)", sql

    # --- reading the schema

    def column(self, table: Json, name: str) -> Json:
        return next(c for c in table["columns"] if c["name"] == name)

    def references(self, table: Json) -> list[Json]:
        own = [
            {
                **{k: v for k, v in c["foreign_key"].items() if k != "references_column"},
                "columns": [c["name"]],
                "references_columns": [c["foreign_key"]["references_column"]],
            }
            for c in table["columns"]
            if "foreign_key" in c
        ]
        return [*own, *table.get("foreign_keys", [])]

    def leading(self, table: Json, name: str) -> Json:
        return next(r for r in self.references(table) if name in r["columns"])

    def on(self, reference: Json, child: str, parent: str) -> str:
        pairs = zip(reference["columns"], reference["references_columns"], strict=True)
        return " AND ".join(f"{child}.{ours} = {parent}.{theirs}" for ours, theirs in pairs)

    def joined(
        self, table: Json, path: list[str] | str, start: str = "c", stem: str = "p"
    ) -> tuple[str, str, Json]:
        """LEFT JOINs along references, the alias where they end, and the table there."""
        sql, alias = "", start
        for step, name in enumerate([path] if isinstance(path, str) else path):
            reference = self.leading(table, name)
            table = self.tables[reference["references_table"]]
            sql += f" LEFT JOIN {table['name']} {stem}{step} ON {self.on(reference, alias, f'{stem}{step}')}"
            alias = f"{stem}{step}"
        return sql, alias, table

    def named(self, table: Json, named: Any, stem: str) -> tuple[str, str]:
        """(joins, expression) of a column by its name, or of one of a referenced row."""
        if isinstance(named, str):
            return "", f"c.{named}"
        sql, alias, _ = self.joined(table, named["reference"], stem=stem)
        return sql, f"{alias}.{named['column']}"

    def kind(self, column: Json) -> str:
        return str(column["data_type"]).partition("(")[0]

    # --- what every column says

    def declared(self, table: Json, column: Json) -> Iterator[str]:
        name, own = column["name"], f"{table['name']} c WHERE"
        if "min_value" in column:
            yield f"{own} c.{name} < {column['min_value']}"
        if "max_value" in column:
            yield f"{own} c.{name} > {column['max_value']}"
        if "date_start" in column:
            yield f"{own} c.{name} < DATE {literal(column['date_start'])}"
        if "date_end" in column:
            yield f"{own} c.{name} >= DATE {literal(column['date_end'])} + INTERVAL 1 DAY"
        if column.get("rule", {}).get("order") == "sorted":
            ordered = f'(SELECT {name} AS v, lag({name}) OVER (ORDER BY "#") AS before FROM {table["name"]})'
            yield f"{ordered} WHERE v < before"
        if "null_when" in column:
            yield f"{own} ({column['null_when']}) AND c.{name} IS NOT NULL"
        if "lookup" in column:
            joins, alias, _ = self.joined(table, column["lookup"]["reference"])
            theirs = f"{alias}.{column['lookup']['column']}"
            yield f"{table['name']} c{joins} WHERE {self.differs({**column, 'data_type': ''}, theirs)}"

    def differs(self, column: Json, expected: str, alias: str = "c") -> str:
        """Where a column is not what is expected; what is expected and NULL beside it is the column's own NULLs."""
        name = f"{alias}.{column['name']}"
        if self.kind(column) == "DOUBLE":
            wrong = f"({name} IS NULL) <> ({expected} IS NULL) OR abs({name} - {expected}) > 1e-9 * (1 + abs({name}))"
        else:
            wrong = f"{name} IS DISTINCT FROM {expected}"
        own_nulls = "null_when" in column or column.get("null_fraction")
        return f"({wrong}) AND {name} IS NOT NULL" if own_nulls else f"({wrong})"

    # --- references

    def reference(self, table: Json, reference: Json) -> Iterator[Wrong]:
        place = f"{table['name']}({', '.join(reference['columns'])})"
        parent = self.tables[reference["references_table"]]
        match, first = self.on(reference, "c", "p"), reference["columns"][0]
        children = reference.get("children")
        if children is not None:
            key = ", ".join(f"p.{name}" for name in parent["primary_key"])
            counts = f"{parent['name']} p LEFT JOIN {table['name']} c ON {match} GROUP BY {key}"
            if isinstance(children, int):
                least = most = str(children)
            elif "column" in children:
                least = most = f"coalesce(any_value(p.{children['column']}), 0)"
            else:
                least, most = str(children["min"]), str(children["max"])
            found = f"count(c.{first})"
            some = f"EXISTS (FROM {table['name']})"  # an empty table stays empty
            yield (
                f"{place} children",
                f"(SELECT 1 FROM {counts} HAVING {found} < {least} OR {found} > {most}) WHERE {some}",
            )
        if "via" in reference:
            joins, alias, between = self.joined(table, reference["via"])
            further = next(r for r in self.references(between) if r["references_table"] == parent["name"])
            if sum(r["references_table"] == parent["name"] for r in self.references(between)) == 1:
                theirs = further["columns"][
                    further["references_columns"].index(reference["references_columns"][0])
                ]
                yield (
                    f"{place} via",
                    f"{table['name']} c{joins} WHERE c.{first} IS DISTINCT FROM {alias}.{theirs}",
                )
        if "pick" in reference:
            for sql in self.pick(table, parent, reference, match):
                yield f"{place} pick", sql

    def pick(self, table: Json, parent: Json, reference: Json, match: str) -> Iterator[str]:
        pick, first = reference["pick"], reference["columns"][0]
        if 0 in (table.get("target_rows"), parent.get("target_rows")):
            return  # nobody picks, and nobody looks what is asked
        pairs = [f"q.{theirs} = c.{ours}" for theirs, ours in pick.get("match", {}).items()]
        fits = " AND ".join(pairs) or "true"
        chosen = f"{table['name']} c JOIN {parent['name']} p ON {match}"
        within = f"(SELECT * FROM {parent['name']} WHERE {pick.get('where', 'true')}) q"
        fits = " AND ".join(pairs) or "true"
        if "at" in pick:
            fits += f" AND q.{pick['since']} <= c.{pick['at']}"
            last = f"(SELECT max(q.{pick['since']}) FROM {within} WHERE {fits})"
            good = f"p.{pick['since']} IS NOT DISTINCT FROM {last}"
            if "until" in pick:
                # the last one may be over, and one before it go on
                good = f"p.{pick['since']} <= c.{pick['at']} AND (p.{pick['until']} IS NULL OR p.{pick['until']} > c.{pick['at']})"
                if not reference.get("nullable"):
                    return
        else:
            good = re.sub(r"\bq\.", "p.", fits)
        possible = f"EXISTS (SELECT 1 FROM {within} WHERE {fits})"
        if reference.get("nullable"):
            yield f"{chosen} WHERE ({good}) IS NOT TRUE"
            if "until" not in pick and "null_when" not in self.column(table, first):
                yield f"{table['name']} c WHERE c.{first} IS NULL AND {possible}"
        else:
            yield f"{chosen} WHERE ({good}) IS NOT TRUE AND {possible}"
        if "where" in pick and "at" not in pick and not pairs:
            yield f"{chosen} WHERE ({pick['where'].replace(pick['where'].split()[0], 'p.' + pick['where'].split()[0], 1)}) IS NOT TRUE"

    # --- among the rows of a parent

    def rule_window(self, table: Json, column: Json, rule: Json) -> Iterator[str]:
        reference = self.leading(table, rule["reference"])
        by = ", ".join(f"w.{name}" for name in reference["columns"])
        filled = " AND ".join(f"w.{name} IS NOT NULL" for name in reference["columns"])
        value = f"w.{rule.get('column')}"
        so_far = f'(PARTITION BY {by} ORDER BY w."#")'
        all_of = (
            f'(PARTITION BY {by} ORDER BY w."#" ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)'
        )
        steps = rule.get("rows", 1)
        start = f"coalesce(p.{rule['start']}, 0)" if "start" in rule else "0"
        expected = {
            "number": f"row_number() OVER {so_far}",
            "count": f"count(*) OVER {all_of}",
            "lag": f"lag({value}, {steps}) OVER {so_far}",
            "lead": f"lead({value}, {steps}) OVER {so_far}",
            "first": f"first_value({value}) OVER {all_of}",
            "last": f"last_value({value}) OVER {all_of}",
            "sum": f"{start} + coalesce(sum({value}) OVER {so_far}, 0)",
            "share": f"{value} / nullif(sum({value}) OVER {all_of}, 0)",
        }[rule["function"]]
        if "decay" in rule:
            same = " AND ".join(f"o.{name} = w.{name}" for name in reference["columns"])
            expected = f"""(SELECT sum(coalesce(o.{rule["column"]}, 0) * {rule["decay"]} ** (w."#" - o."#"))
                FROM {table["name"]} o WHERE {same} AND o."#" <= w."#")"""
        sql = f"""(SELECT w.*, CASE WHEN {filled} THEN {expected} END AS expected, {filled} AS filled
            FROM {table["name"]} w LEFT JOIN {reference["references_table"]} p ON {self.on(reference, "w", "p")}) c"""
        if rule["function"] == "share":
            yield f"{sql} WHERE abs(c.{column['name']} - c.expected) > 1e-9"
            yield f"{sql} WHERE c.{column['name']} NOT BETWEEN 0 AND 1 AND c.expected BETWEEN 0 AND 1"
            return
        yield f"{sql} WHERE {self.differs(column, 'c.expected')}"

    def rule_rollup(self, table: Json, column: Json, rule: Json) -> Iterator[str]:
        child = self.tables[rule["table"]]
        reference = self.leading(child, rule["reference"])
        value = f"c.{rule.get('column')}"
        keys = ", ".join(f"c.{name}" for name in reference["columns"])
        function = {
            "count": "count(*)" if "column" not in rule else f"count({value})",
            "sum": f"sum({value})",
            "min": f"min({value})",
            "max": f"max({value})",
            "first": f'arg_min(struct_pack(v := {value}), c."#")',
            "last": f'arg_max(struct_pack(v := {value}), c."#")',
        }[rule["function"]]
        below = f"SELECT {keys}, {function} AS v FROM {child['name']} c WHERE {rule.get('where', 'true')} GROUP BY {keys}"
        expected = "b.v.v" if rule["function"] in ("first", "last") else "b.v"
        if rule["function"] in ("sum", "count"):
            expected = "coalesce(b.v, 0)"
        sql = f"{table['name']} c LEFT JOIN ({below}) b ON {self.on(reference, 'b', 'c')}"
        yield f"{sql} WHERE {self.differs(column, expected)}"

    def rule_target(self, table: Json, column: Json, rule: Json) -> Iterator[str]:
        name, by, total = f"c.{column['name']}", rule.get("by"), rule.get("sum")
        if by is None:
            yield f"(SELECT sum({name}) AS s, count(*) AS n FROM {table['name']} c) WHERE n > 0 AND s <> {total}"
        elif isinstance(by, dict):
            yield f"(SELECT sum({name}) AS s, count(*) AS n FROM {table['name']} c) WHERE n > 0 AND s <> {total['total']}"
        elif "sums" in rule:
            for word, asked in rule["sums"].items():
                sums = f"SELECT sum({name}) FILTER (c.{by} = '{word}') AS s, count(*) AS n FROM {table['name']} c"
                yield f"({sums}) WHERE n > 0 AND coalesce(s, 0) <> {asked}"
        else:
            reference = self.leading(table, by)
            asked = f"p.{total['column']}" if isinstance(total, dict) else str(total)
            keys = ", ".join(f"c.{key}" for key in reference["columns"])
            parents = (
                f"{table['name']} c JOIN {reference['references_table']} p ON {self.on(reference, 'c', 'p')}"
            )
            yield f"(SELECT 1 FROM {parents} GROUP BY {keys} HAVING sum({name}) IS DISTINCT FROM any_value({asked}))"
            some = f"c.{reference['columns'][0]} IS NULL AND {name} IS NOT NULL"
            yield f"{table['name']} c WHERE {some}"

    # --- moments

    def rule_after(self, table: Json, column: Json, rule: Json) -> Iterator[str]:
        name = column["name"]
        place = {"reference": rule["reference"], "column": rule["column"]} if "reference" in rule else None
        if place:
            joins, source = self.named(table, place, "p")
        else:
            listed = [rule["column"]] if isinstance(rule["column"], str) else rule["column"]
            joins, source = "", f"greatest({', '.join(f'c.{one}::TIMESTAMP' for one in listed)})"
        rows = f"{table['name']} c{joins}"
        if "roots" not in rule:
            yield f"{rows} WHERE c.{name} IS NOT NULL AND {source} IS NULL"
        day = self.kind(column) == "DATE"
        source = f"{source}::TIMESTAMP"
        least = f"date_trunc('day', {source})" if day else source
        yield f"{rows} WHERE c.{name}::TIMESTAMP < {least}"
        slack = "INTERVAL 1 DAY" if day else "INTERVAL 1 SECOND"
        yield f"{rows} WHERE c.{name}::TIMESTAMP > {source} + {interval(rule['within'])} + {slack}"
        if "at_least" in rule and "until" not in rule:
            yield f"{rows} WHERE c.{name}::TIMESTAMP + INTERVAL {24 if day else 0} HOUR < {source} + {interval(rule['at_least'])}"
        if "until" in rule:
            more, until = self.named(table, rule["until"], "u")
            until = f"{until}::TIMESTAMP"
            # a moment that is not before its source is rounded up to the column's digits
            slack = "INTERVAL 1 SECOND" if "(0)" in column["data_type"] else "INTERVAL 1 MICROSECOND"
            yield f"{rows}{more} WHERE {until} >= {source} AND c.{name}::TIMESTAMP > {until} + {slack}"
            if column.get("required") is False and "null_when" not in column:
                yield f"{rows}{more} WHERE c.{name}::TIMESTAMP > {until} + {slack}"
        if (
            column.get("required") is False
            and "null_when" not in column
            and "roots" not in rule
            and self.has_present
        ):
            yield f"{rows} WHERE c.{name}::TIMESTAMP > {self.present()}"
        if rule.get("ordered"):
            by = ", ".join(self.leading(table, rule["reference"])["columns"])
            first = by.partition(",")[0]
            before = f'lag({name}) OVER (PARTITION BY {by} ORDER BY "#")'
            yield f"(SELECT {name} AS v, {before} AS b FROM {table['name']} WHERE {first} IS NOT NULL) WHERE v < b"

    def present(self) -> str:
        """The last moment that has been."""
        if "T" in self.as_of:
            return f"TIMESTAMP {literal(self.as_of.replace('T', ' '))}"
        return f"(DATE {literal(self.as_of)} + INTERVAL 1 DAY - INTERVAL 1 MICROSECOND)"

    def rule_recurring(self, table: Json, column: Json, rule: Json) -> Iterator[str]:
        name, every = f"c.{column['name']}", rule["every"]
        reference = self.leading(table, rule["reference"])
        joins, alias, _ = self.joined(table, rule["reference"])
        by = ", ".join(reference["columns"])
        rows = f'(SELECT *, row_number() OVER (PARTITION BY {by} ORDER BY "#") AS k FROM {table["name"]}) c{joins}'
        steps = f"(c.k - 1 + {rule.get('skip', 0)})"
        unit = {"1 month": "to_months({})", "2 weeks": "to_days(14 * {})", "10 days": "to_days(10 * {})"}
        step = unit.get(every, "to_hours(12 * {})").format(f"{steps}::INT")
        expected = f"({alias}.{rule['column']}::TIMESTAMP + {step})"
        far = f"abs(epoch({name}::TIMESTAMP) - epoch({expected}))"
        slack = 86400 if self.kind(column) == "DATE" else 1
        yield f"{rows} WHERE {name} IS NOT NULL AND ({far} > {slack}) IS NOT FALSE"
        if self.has_present and "null_when" not in column:
            yield f"{rows} WHERE {name}::TIMESTAMP > {self.present()}"
        if "until" in rule and "null_when" not in column:
            more, until = self.named(table, rule["until"], "u")
            yield f"{rows}{more} WHERE {name}::TIMESTAMP > {until}::TIMESTAMP"

    # --- lives

    def life_of(self, table: Json) -> Json:
        return dict(table["lifecycles"]["life"])

    def rule_lifecycle(self, table: Json, column: Json, rule: Json) -> Iterator[str]:
        life, name, field = self.life_of(table), f"c.{column['name']}", rule["field"]
        joins, start = "", f"c.{life['starts']}"
        if "reference" in life:
            joins, start = self.named(table, {"reference": life["reference"], "column": life["starts"]}, "p")
        rows = f"{table['name']} c{joins}"
        states = {*life["states"], *(s for to in life["states"].values() for s in to)}
        listed = ", ".join(f"'{s}'" for s in sorted(states))
        if field in ("state", "from"):
            yield f"{rows} WHERE {name} NOT IN ({listed})"
        if field in ("at", "entered", "ended"):
            least = f"date_trunc('day', {start}::TIMESTAMP)" if self.kind(column) == "DATE" else start
            yield f"{rows} WHERE {name}::TIMESTAMP < date_trunc('second', {least}::TIMESTAMP)"
            yield f"{rows} WHERE {name}::TIMESTAMP > greatest({self.present()}, {start}::TIMESTAMP)"
        if field == "steps":
            yield f"{rows} WHERE ({name} = 0) <> ({start} IS NULL) OR {name} < 0"
        elif field == "was":
            yield f"{rows} WHERE {name} AND {start} IS NULL"
        elif "null_when" not in column:
            yield f"{rows} WHERE {start} IS NULL AND {name} IS NOT NULL"
            if field in ("state", "entered"):
                yield f"{rows} WHERE {start} IS NOT NULL AND {name} IS NULL"
        shown = {
            c["rule"]["field"]: c for c in table["columns"] if c.get("rule", {}).get("name") == "lifecycle"
        }
        clean = {key: c for key, c in shown.items() if "null_when" not in c}
        if "state" not in clean or "null_when" in column:
            return
        state = f"c.{clean['state']['name']}"
        if field == "at":
            yield f"{rows} WHERE {state} = '{rule['state']}' AND {name} IS NULL"
            if "entered" in clean and self.kind(column) == self.kind(clean["entered"]):
                entered = f"c.{clean['entered']['name']}"
                away = f"abs(epoch({name}) - epoch({entered})) >= 1"
                yield f"{rows} WHERE {state} = '{rule['state']}' AND {away}"
        if field == "was":
            yield f"{rows} WHERE {state} = '{rule['state']}' AND NOT {name}"
        if field == "reason":
            has = ", ".join(f"'{s}'" for s in life["reasons"])
            yield f"{rows} WHERE ({name} IS NOT NULL) <> coalesce({state} IN ({has}), false)"
            known = ", ".join(f"'{r}'" for reasons in life["reasons"].values() for r in reasons)
            yield f"{rows} WHERE {name} NOT IN ({known})"
        if field == "ended":
            last = ", ".join(f"'{s}'" for s in states - {*life["states"]}) or "''"
            yield f"{rows} WHERE ({name} IS NOT NULL) <> coalesce({state} IN ({last}), false)"
        if field == "from":
            ways = " OR ".join(
                f"({name} = '{a}' AND {state} = '{b}')" for a, to in life["states"].items() for b in to
            )
            yield f"{rows} WHERE {name} IS NOT NULL AND NOT ({ways})"

    def rule_step(self, table: Json, column: Json, rule: Json) -> Iterator[str]:
        reference = self.leading(table, rule["reference"])
        by = ", ".join(reference["columns"])
        joins, alias, parent = self.joined(table, rule["reference"])
        rows = f'(SELECT *, row_number() OVER (PARTITION BY {by} ORDER BY "#") AS k FROM {table["name"]}) c{joins}'
        name = f"c.{column['name']}"
        fields = {
            c["rule"]["field"]: c for c in parent["columns"] if c.get("rule", {}).get("name") == "lifecycle"
        }
        steps, state = fields.get("steps"), fields.get("state")
        if "null_when" in column:
            return
        if steps and "null_when" not in steps:
            none_yet = " OR c.k = 1" if rule["field"] == "from" else ""
            there = f"(c.k <= {alias}.{steps['name']}) IS TRUE"
            yield f"{rows} WHERE ({name} IS NOT NULL) <> ({there} AND NOT (false{none_yet}))"
            if rule["field"] == "state" and state and "null_when" not in state:
                yield f"{rows} WHERE c.k = {alias}.{steps['name']} AND {name} IS DISTINCT FROM {alias}.{state['name']}"
        if rule["field"] == "at":
            before = f'lag({column["name"]}) OVER (PARTITION BY {by} ORDER BY "#")'
            yield f"(SELECT {column['name']} AS v, {before} AS b FROM {table['name']}) WHERE v < b"

    # --- values of the row

    def rule_choice(self, table: Json, column: Json, rule: Json) -> Iterator[str]:
        name, values = f"c.{column['name']}", rule["values"]
        if "by" in rule:
            by = f"c.{rule['by']}"
            ways = " ".join(f"WHEN '{w}' THEN {name} IN ({self.listed(v)})" for w, v in values.items())
            yield f"{table['name']} c WHERE NOT (CASE {by} {ways} ELSE {name} IN ({self.listed(rule['otherwise'])}) END)"
            return
        yield f"{table['name']} c WHERE {name} NOT IN ({self.listed(values)})"
        if rule.get("exact"):
            whole = sum(rule["weights"])
            for value, weight in zip(values, rule["weights"], strict=True):
                counts = (
                    f"SELECT count(*) FILTER ({name} = '{value}') AS n, count(*) AS of FROM {table['name']} c"
                )
                yield f"({counts}) WHERE abs(n - of * {weight} / {whole}) >= 1"

    def listed(self, values: list[Any]) -> str:
        return ", ".join(literal(value) for value in values)

    def rule_cases(self, table: Json, column: Json, rule: Json) -> Iterator[str]:
        name = f"c.{column['name']}"
        joins, ways = "", []
        if "when" in rule:
            ways = [(f"({case['sql']})", case["rule"]) for case in rule["when"]]
        else:
            joins, given = self.named(table, rule["given"], "p")
            ways = [(f"{given} = '{word}'", case) for word, case in rule["cases"].items()]
        good = " ".join(f"WHEN {condition} THEN {self.fits(name, case)}" for condition, case in ways)
        if "when" in rule:
            used = {case["sql"].split()[0] for case in rule["when"]}
            good = good.replace(f"({next(iter(used))} ", f"(c.{next(iter(used))} ")
        other = self.fits(name, rule["otherwise"]) if "otherwise" in rule else "false"
        yield f"{table['name']} c{joins} WHERE NOT (CASE {good} ELSE {other} END)"

    def fits(self, name: str, rule: Json | None) -> str:
        if rule is None:
            return f"{name} IS NULL"
        return f"({name} IS NULL OR {name} BETWEEN {rule['min_value']} AND {rule['max_value']})"

    def rule_price(self, table: Json, column: Json, rule: Json) -> Iterator[str]:
        name, every = f"c.{column['name']}", rule["round_to"]
        yield f"{table['name']} c WHERE {name} % {every} NOT IN ({self.listed(rule['points'])})"

    def rule_expression(self, table: Json, column: Json, rule: Json) -> Iterator[str]:
        sql = rule["sql"]
        if "noise" in sql:
            return
        joins = ""
        own, _, more = sql.partition(" + ")
        if "." in more:
            *path, last = more.split(".")
            joins, alias, _ = self.joined(table, path)
            sql = f"c.{own} + {alias}.{last}"
        elif sql.startswith("CASE"):
            sql = sql.replace("WHEN ", "WHEN c.")
        else:
            sql = f"c.{sql}"
        digits = (
            f"round(({sql})::DECIMAL(24,8), {column['data_type'][-2]})"
            if "," in column["data_type"]
            else f"({sql})::DOUBLE"
        )
        yield f"{table['name']} c{joins} WHERE {self.differs(column, digits)}"

    def rule_numbered(self, table: Json, column: Json, rule: Json) -> Iterator[str]:
        name = f"c.{column['name']}"
        if "within" in rule:
            (word, day, pattern) = re.findall(r"^(\w+)-{(\w+):(.+)}-{number:05}$", rule["format"])[0]
            anew = {"year": f"year(c.{day})", "month": f"year(c.{day}), month(c.{day})"}[rule["within"]]
            number = f'row_number() OVER (PARTITION BY {anew} ORDER BY "#")'
            text = f"'{word}-' || strftime(c.{day}, '{pattern}') || '-' || lpad(({number})::VARCHAR, 5, '0')"
            yield f"(SELECT {name} AS v, {text} AS e FROM {table['name']} c) WHERE v <> e"
            return
        yield f"""{table["name"]} c WHERE {name} NOT LIKE '%-' || (c."#" + 1)"""

    def rule_pattern(self, table: Json, column: Json, rule: Json) -> Iterator[str]:
        kind = next((kind for kind in CODES if f"check:{kind}" in rule["pattern"]), None)
        if kind is None:
            return
        name, (odd, even) = f"c.{column['name']}", CODES[kind]
        # from the right, the check digit itself counts once
        digit = f"(reverse({name})[i])::INT * (CASE WHEN i % 2 = 1 THEN 1 ELSE {even if kind == 'ean' else odd} END)"
        added = f"list_sum([({digit}) // 10 + ({digit}) % 10 FOR i IN range(1, length({name}) + 1)])"
        if kind == "ean":
            added = f"list_sum([{digit} FOR i IN range(1, length({name}) + 1)])"
        yield f"{table['name']} c WHERE {added} % 10 <> 0"

    def rule_table(self, table: Json, column: Json, rule: Json) -> Iterator[str]:
        rows = self.data[rule["of"]]["rows"]
        name, shown = f"c.{column['name']}", rule["column"]
        if "by" not in rule:
            yield f"{table['name']} c WHERE {name} NOT IN ({self.listed([row[shown] for row in rows])})"
            return
        ((own, theirs),) = rule["by"].items()
        ways = " OR ".join(
            f"(c.{own} = {literal(row[theirs])} AND {name} = {literal(row[shown])})" for row in rows
        )
        yield f"{table['name']} c WHERE {name} IS NOT NULL AND ({ways}) IS NOT TRUE"

    def rule_date_key(self, table: Json, column: Json, rule: Json) -> Iterator[str]:
        day = f'(DATE {literal(table["rows"]["date_start"])} + c."#"::INT)'
        yield f"{table['name']} c WHERE c.{column['name']} <> strftime({day}, '%Y%m%d')::INT"
