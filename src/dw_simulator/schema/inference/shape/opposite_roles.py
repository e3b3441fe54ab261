"""Two references of a row to one table whose roles exclude each other: nobody buys from himself.

    sale (seller_id -> member: via listing_id, buyer_id -> member)      distinct: never the same
    sale (seller_id, buyer_id: pick at sold_at)                         the buyer is of another team

A row that is picked by what it is cannot be told apart afterwards. So members are in teams, and a buyer is
picked from another team than the seller's; teams are hidden, and say nothing else.
"""

from collections.abc import Mapping

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.keys.key_names import pieces
from dw_simulator.schema.inference.keys.reference_words import OPPOSITES
from dw_simulator.schema.inference.sketch import Link, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expressed
from dw_simulator.schema.quoting import quoted_name

_TEAMS = 4
_MEANING = "a team, of which rows that exclude each other are never both"


def opposite_roles(sketch: Sketch) -> None:
    """The second of two opposite references is another row than the first, if nothing says which it is."""
    for table in sketch.tables.values():
        to: dict[str, list[Link]] = {}
        for link in table.links:
            if len(link.columns) == 1 and not link.to_itself:
                to.setdefault(link.parent.name, []).append(link)
        for pair in to.values():
            if len(pair) != 2 or not _are_opposites(*pair):
                continue
            first, second = pair
            if _is_free(second):
                second.says(f"it is never the row that {first.name} is", {"distinct": True})
            elif first.required and sketch.has("expression"):
                _of_another_team(first, second)


def _of_another_team(first: Link, second: Link) -> None:
    pick = second.said.get("pick")
    if not isinstance(pick, Mapping) or "match" in pick or "at" not in pick:
        return
    team = _team(second.parent)
    own = f"{quoted_name(first.name)}.{quoted_name(team)}"
    sql = f"({own} + 1 + CAST(FLOOR(noise('other') * {_TEAMS - 1}) AS INTEGER)) % {_TEAMS}"
    told = f"another team than that of {first.name}"
    other = second.child.add_hidden("other_team", "INTEGER", Found("", expressed(sql), told))
    second.says(f"it is never the row that {first.name} is", {"pick": {**pick, "match": {team: other.name}}})


def _team(table: TableSketch) -> str:
    """A hidden column of the parent with the team of each row."""
    for name, column in table.columns.items():
        if column.hidden and column.found is not None and column.found.meaning == _MEANING:
            return name
    sql = f"CAST(FLOOR(noise('team') * {_TEAMS}) AS INTEGER)"
    return table.add_hidden("team", "INTEGER", Found(_MEANING, expressed(sql))).name


def _is_free(link: Link) -> bool:
    said = {"via", "pick", "tree", "distinct"}
    declared = any(getattr(link.reference, name) for name in said)
    return not (declared or said & link.said.keys() or link.keyed)


def _are_opposites(one: Link, other: Link) -> bool:
    """Whether the names of two references say opposite roles, and are the same otherwise."""
    first, second = ({*_words(link)} for link in (one, other))
    return any((a & first and b & second) or (b & first and a & second) for a, b in OPPOSITES)


def _words(link: Link) -> tuple[str, ...]:
    """A name's words as they are written; `buyerid` is one of a buyer."""
    found = pieces(link.name)
    return (*found, *(piece.removesuffix("id") for piece in found), *link.words)
