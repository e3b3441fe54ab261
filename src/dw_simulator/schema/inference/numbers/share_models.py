"""By which model the shares of one parent are given: the same for all of them, and what it says of each.

touch (conversion_id, model, weight)
    model   one for each conversion: last_click, linear, ...
    weight  last_click gives all to the last, linear as much to each; the sum is 1 whichever it is
"""

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.header_sums import counted_rows
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, TableSketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import Kind

_MODELS = frozenset({"model", "method", "scheme", "basis", "methodology"})
_ATTRIBUTED = frozenset({"conversion", "lead", "opportunity", "click", "sale", "order", "deal", "signup"})
_ATTRIBUTION = {"last_click": 38, "linear": 20, "first_click": 14, "time_decay": 12, "data_driven": 16}
"""Models of attribution, and how often they are used."""
_SO_FAR = {
    "last_click": "CASE WHEN {k} >= {n} THEN 1 ELSE 0 END",
    "linear": "{k} / {n}",
    "first_click": "CASE WHEN {k} > 0 THEN 1 ELSE 0 END",
    "time_decay": "(power(2.0, {k} - {n}) - power(2.0, -{n})) / (1 - power(2.0, -{n}))",
    "data_driven": "power({k} / {n}, 0.8)",
}
"""What the first {k} of {n} have together, of 1."""


def one_model(table: TableSketch, link: Link, share: ColumnSketch, whole: int) -> None:
    """The shares of one parent are given by one model. share: the column, which sums to the whole."""
    for column in list(table.columns.values()):
        words = {*column.words[-1:]}
        if column.kind is not Kind.TEXT or not column.open or column.keyed or not _MODELS & words:
            continue
        attributes = _is_attribution(column, link)
        found = _attribution() if attributes else column.found
        if found is None:
            continue
        above = link.parent.add_hidden(f"{table.name}_{column.name}", column.column.data_type, found)
        lookup: dict[str, Json] = {"reference": link.name, "column": above.name}
        column.says(Found(f"{found.meaning}, one for each of {link.parent.name}", {"lookup": lookup}))
        if attributes:
            _by_model(link, share, above, whole)
            return


def _is_attribution(column: ColumnSketch, link: Link) -> bool:
    """Whether it tells models of attribution: beside what is sold or won."""
    return column.column.type.length >= max(map(len, _ATTRIBUTION)) and bool(
        {*link.parent.noun} & _ATTRIBUTED
    )


def _attribution() -> Found:
    values: list[Json] = [*_ATTRIBUTION]
    weights: list[Json] = [*_ATTRIBUTION.values()]
    return Found("a model of attribution", {"rule": {"name": "choice", "values": values, "weights": weights}})


def _by_model(link: Link, share: ColumnSketch, model: ColumnSketch, whole: int) -> None:
    """Each row has what comes with it: rounded sums are taken from each other, so that nothing gets lost."""
    counted, numbered = counted_rows(link)
    count, number = (f"{quoted_name(one.name)}::DOUBLE" for one in (counted, numbered))
    digits = share.column.type.scale or 0
    cases = []
    for name, part in _SO_FAR.items():
        by_then, before = (
            f"round({whole} * ({part.format(k=place, n=count)}), {digits})"
            for place in (number, f"({number} - 1)")
        )
        cases.append(f"WHEN {quoted_text(name)} THEN {by_then} - {before}")
    told = f"{quoted_name(link.name)}.{quoted_name(model.name)}"
    made = f"CASE {told} {' '.join(cases)} END"
    nulls: dict[str, Json] = {} if share.required else {"null_fraction": 0}
    why = f"a share of its {link.parent.name}, as {model.name} gives it: they sum to {whole}"
    share.says(Found(why, {"rule": expression(made), **nulls}))
