"""Numbers that are drawn but for rows that ask for another: the draw goes into a column that nobody sees."""

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.sketch import ColumnSketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name


def say_else_drawn(column: ColumnSketch, cases: str, told: str) -> None:
    """Say what a number is in some rows, `WHEN ... THEN ...`; in the others it is drawn as before."""
    fields = {name: said for name, said in column.fields.items() if name != "null_when"}
    drawn = column.table.add_hidden(
        f"{column.name}_drawn",
        column.column.data_type,
        Found("what it is else", fields),
        required=column.required,
    )
    sql = f"CASE {cases} ELSE {quoted_name(drawn.name)} END"
    rule: dict[str, Json] = expression(sql)
    nulls: dict[str, Json] = {} if column.required else {"null_fraction": 0}
    column.says(Found(told, {"rule": rule, **nulls}))
