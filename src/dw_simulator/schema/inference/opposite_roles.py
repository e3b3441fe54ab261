"""Two references of a row to one table whose roles exclude each other: nobody buys from himself."""

from dw_simulator.schema.inference.key_names import pieces
from dw_simulator.schema.inference.reference_words import OPPOSITES
from dw_simulator.schema.inference.sketch import Link, Sketch


def opposite_roles(sketch: Sketch) -> None:
    """The second of two opposite references is another row than the first, if nothing says which it is."""
    for table in sketch.tables.values():
        to: dict[str, list[Link]] = {}
        for link in table.links:
            if len(link.columns) == 1 and not link.to_itself:
                to.setdefault(link.parent.name, []).append(link)
        for pair in to.values():
            if len(pair) == 2 and _are_opposites(*pair) and _is_free(pair[1]):
                first, second = pair
                second.says(f"it is never the row that {first.name} is", {"distinct": True})


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
