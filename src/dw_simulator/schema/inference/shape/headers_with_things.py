"""A header is of somebody who has what its lines are about: a bill's customer has a line to pay for.

bill_line (bill_id -> bill, subscription_id -> subscription);  bill (customer_id), subscription (customer_id)
    subscription_id  one of the bill's customer: pick match customer_id
    bill             references one such subscription, which nobody sees; customer_id is that of it
"""

from dw_simulator.schema.inference.sketch import Link, TableSketch


def has_some(header: Link, own: Link, link: Link, owner: Link) -> None:
    """Let a header's owner be the owner of a thing.

    header  from the line to its header
    own     from the header to its owner
    link    from the line to the thing, owner: from the thing to its owner
    """
    table, thing = header.parent, link.parent
    free = own.open and own.required and not own.keyed and not own.one_to_one and len(own.columns) == 1
    if not (free and link.required and owner.required) or thing.hidden or _leads_to(thing, table):
        return
    key = thing.table.primary_key
    if len(key) != 1 or any(one.parent is thing for one in table.links):
        return
    spoken = " ".join(thing.noun)
    added = table.add_link(
        f"a_{'_'.join(thing.noun)}",
        thing,
        thing.column(key[0]).column.data_type,
        {"references_table": thing.name, "references_column": key[0]},
        f"a {spoken} that it is for",
    )
    own.says(f"{own.name} is that of a {spoken} that it is for", {"via": [added.name, owner.name]})


def _leads_to(start: TableSketch, goal: TableSketch) -> bool:
    """Whether references lead from a table to another."""
    seen, open_ = {start.name}, [start]
    while open_:
        table = open_.pop()
        if table is goal:
            return True
        for link in table.links:
            if link.parent.name not in seen:
                seen.add(link.parent.name)
                open_.append(link.parent)
    return False
