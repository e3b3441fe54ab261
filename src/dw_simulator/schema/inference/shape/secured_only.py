"""What secures a loan is of loans of a product that is secured.

collateral (loan_id -> loan);  loan (product_id -> product);  product (is_secured)
    loan_id  one whose product is secured: pick where
"""

from collections.abc import Mapping

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.stage_reading import written
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch
from dw_simulator.schema.inference.words.flags import YES_LETTERS
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import Kind

_SECURITIES = frozenset(
    """collateral coll pledge lien guarantee sicherheit kreditsicherheit pfand garantie surete garantia
    garanzia pegno onderpand zekerheid""".split()
)
_SECURED = frozenset(
    """secured sec collateralized collateralised besichert gesichert garanti garantizado garantito garantido
    gedekt collateral""".split()
)


def secured_only(sketch: Sketch) -> None:
    """References of what secures something lead to what is secured."""
    for table in sketch.tables.values():
        words = {*table.noun, *written(table.name)}
        if table.hidden or not words & _SECURITIES:
            continue
        for link in table.links:
            plain = len(link.columns) == 1 and not (link.keyed or link.to_itself)
            if plain and (link.open or _is_picked(link)):
                _of_secured(link)


def _is_picked(link: Link) -> bool:
    """Whether a pass has said among which rows it is picked."""
    pick = link.said.get("pick")
    return isinstance(pick, Mapping) and "where" not in pick and not link.reference.pick


def _of_secured(link: Link) -> None:
    for step in link.parent.links:
        flag = next((one for one in step.parent.columns.values() if _is_flag(step.parent, one)), None)
        if flag is None or len(step.columns) != 1 or step.to_itself or not step.required:
            continue
        lookup: JsonObject = {"lookup": {"reference": step.name, "column": flag.name}}
        known_ones = (one for one in link.parent.columns.values() if one.hidden and one.fields == lookup)
        hidden = next(known_ones, None)
        if hidden is None:
            found = Found("", lookup, f"the {flag.name} of its {step.parent.name}")
            hidden = link.parent.add_hidden("its_security", flag.column.data_type, found, required=False)
        test = quoted_name(hidden.name)
        if flag.kind is Kind.TEXT:
            test = f"{test} = {quoted_text(_yes(flag))}"
        told = f"one of a {' '.join(step.parent.noun) or step.parent.name} that is secured"
        known = link.said.get("pick")
        link.says(told, {"pick": {**(known if isinstance(known, Mapping) else {}), "where": test}})
        return


def _is_flag(table: TableSketch, column: ColumnSketch) -> bool:
    words = {*column.words, *written(column.name)} - {*table.noun}
    told = column.kind is Kind.BOOLEAN or (column.kind is Kind.TEXT and bool(_yes(column)))
    return bool(words & _SECURED) and told and not column.hidden


def _yes(column: ColumnSketch) -> str:
    values = column.rule.get("values")
    listed = [str(one) for one in values] if isinstance(values, list) else []
    return next((one for one in listed if len(listed) == 2 and one.upper() in YES_LETTERS), "")
