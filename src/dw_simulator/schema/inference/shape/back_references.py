"""Two tables that reference each other: the owner of an account is one of its own users.

account (owner_user_id -> user, NULL);  user (account_id -> account)
    owner_user_id  a user of this account: pick match account_id
"""

from dw_simulator.schema.inference.shape.day_tables import day_of
from dw_simulator.schema.inference.sketch import Link, Sketch


def back_references(sketch: Sketch) -> None:
    """References to rows that belong to the row are to its own."""
    for table in sketch.tables.values():
        for link in table.links:
            step = leads_back(link)
            if step is None or not link.open or link.keyed or link.one_to_one or table.table.rows is not None:
                continue
            (key,) = step.reference.references_columns
            told = f"one of its own {link.parent.name}"
            link.says(told, {"pick": {"match": {step.name: key}}})


def leads_back(link: Link) -> Link | None:
    """The reference by which what a row references belongs to the row; None where it does not."""
    if link.required or link.to_itself or len(link.columns) != 1 or day_of(link.parent) is not None:
        return None
    found = [
        step
        for step in link.parent.links
        if step.parent is link.child and step.required and len(step.columns) == 1
    ]
    return found[0] if len(found) == 1 else None
