"""Two ways to one parent agree: a sale's seller is that of its listing, an address is the customer's.

sale (listing_id -> listing, seller_id -> member);  listing (seller_id -> member)
    seller_id    via listing_id, seller_id
    buyer_id     never the seller: distinct
invoice (customer_id -> customer, address_id -> address);  address (customer_id -> customer)
    address_id   one of that customer's: pick match customer_id
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dw_simulator.schema.inference.candidates import Words
from dw_simulator.schema.inference.lives.followed_up import is_outcome
from dw_simulator.schema.inference.shape.day_tables import day_of
from dw_simulator.schema.inference.shape.headers_with_things import has_some
from dw_simulator.schema.inference.sketch import Link, Sketch, TableSketch
from dw_simulator.schema.inference.words.role_words import role_words
from dw_simulator.schema.inference.words.tokens import singular
from dw_simulator.schema.json_data import Json

_LONGEST = 6
"""References of a way, one after another."""
_MOST_WAYS = 200
_SHORTEST = 3
_SURE = 2
_KEY_WORDS = frozenset(
    {"id", "key", "sk", "fk", "code", "number", "no", "ref", "uuid", "bk", "wk", "idx", "oid"}
)

Way = tuple[Link, ...]


def role_of(link: Link) -> Words:
    """What a reference says of its parent besides what that is: (seller,) of seller_id to members."""
    things = {singular(word) for word in link.parent.noun}
    return tuple(word for word in _plain_words(link) if word not in things)


def _plain_words(link: Link) -> Words:
    """The words of a reference without those that only say that it is a key: (seller,) of sellerid."""
    cut = (_without_key(singular(word)) for word in link.words)
    return tuple(word for word in cut if word not in _KEY_WORDS)


def _without_key(word: str) -> str:
    for key in ("id", "key", "code", "sk", "fk", "nr"):
        if word.endswith(key) and len(word) >= len(key) + _SHORTEST:
            return word[: -len(key)]
    return word


def agreeing(sketch: Sketch) -> None:
    """References that lead to one parent by two ways agree."""
    for table in sketch.tables.values():
        if table.table.rows is None and len(table.links) > 1:
            _agree(table)
            _match_of_lines(table)
            _match_owners(table)


# --- the same parent by another way


def _agree(table: TableSketch) -> None:
    for link in table.links:
        if not may_follow(link):
            continue
        ways = [way for way in _ways(table, link) if _is_same(link, way)]
        best = min(ways, key=_worth, default=None)
        if best is None:
            continue
        names: list[Json] = [step.name for step in best]
        if link.required and not all(step.required for step in best):
            if not _came_of(best):
                continue
            best[0].said.setdefault("null_fraction", 0)
        link.said.pop("distinct", None)
        link.says(f"{link.name} is that of the {_spoken(best[0])}", {"via": names})
        if not link.required:
            link.said.setdefault("null_fraction", 0)  # NULL where its source is, and nowhere else


def _came_of(way: Way) -> bool:
    """Whether a row is what became of another: a contract of a booking, of whose customer it is."""
    first, *others = way
    came = first.open and is_outcome(first) and all(step.required for step in others)
    if came:
        first.says(f"each came of a {_spoken(first)}", {})
    return came


def _spoken(link: Link) -> str:
    return " ".join(link.parent.noun) or link.parent.name


def may_follow(link: Link) -> bool:
    """Whether which parent a row has is left to what else the row says."""
    alone = len(link.columns) == 1 and not any(
        link.name in other.columns for other in link.child.links if other is not link
    )
    return (
        alone
        and (link.open or link.said.keys() == {"distinct"})
        and not link.keyed
        and not link.to_itself
        and not (set(link.parent.noun) & role_words("never"))
        and not (set(role_of(link)) & role_words("audit"))
        and day_of(link.parent) is None
        and link.child.column(link.name).column.lookup is None
    )


def _ways(table: TableSketch, link: Link, goal: TableSketch | None = None) -> Iterator[Way]:
    """Ways of two and more references to the parent of one; no table twice, and no circle of copies.

    goal  the table that they lead to instead
    """
    found, goal = 0, goal or link.parent
    pending: list[Way] = [
        (other,)
        for other in table.links
        if other is not link
        and link.name not in other.columns
        and not other.to_itself
        and not _leads_back(other, link)
    ]
    while pending and found < _MOST_WAYS:
        way = pending.pop(0)
        found += 1
        for step in way[-1].parent.links:
            seen = {table.name, *(one.parent.name for one in way)}
            if len(step.columns) != 1 or step.to_itself or step.parent.name in seen - {goal.name}:
                continue
            longer = (*way, step)
            if step.parent is goal:
                yield longer
            elif len(longer) < _LONGEST:
                pending.append(longer)


def _leads_back(other: Link, link: Link) -> bool:
    """Whether a reference is itself copied by way of another one of its table."""
    table, seen = link.child, {link.name}
    while other.name not in seen:
        seen.add(other.name)
        names = other.said.get("via")
        following = table.link(str(names[0])) if isinstance(names, list) and names else None
        if following is None:
            return False
        other = following
    return True


def _is_same(link: Link, way: Way) -> bool:
    """Whether the last reference of a way means the same row of the parent as a reference does."""
    last = way[-1]
    if role_of(link) != role_of(last) or way[0].parent is link.parent:
        return False
    if day_of(way[0].parent) is not None:
        return False
    words = {*_plain_words(link)}
    generic = not words or bool(words & role_words("general"))
    person = {*link.parent.noun} & role_words("general")
    if generic and person:
        acts = {*link.child.noun} & role_words("reactions")
        earned = {*link.child.noun} & role_words("payouts")
        return not acts and bool(earned or {*way[0].parent.noun} & role_words("deals"))
    return True


def _worth(way: Way) -> tuple[int, bool, bool, int]:
    """The best way first: the shortest, by what happens, by references that are always there."""
    happens = bool({*way[0].parent.noun} & role_words("deals"))
    return len(way), not happens, not all(step.required for step in way), -len(way[0].parent.links)


# --- things of one owner


@dataclass(frozen=True)
class _Owned:
    """A reference of a parent to its owner, and where a row of the child has that owner.

    header  from the row to what it is a part of, and from there to the owner, where it is found that way
    """

    step: Link
    owner: Json
    header: tuple[Link, Link] | None = None

    @property
    def column(self) -> str:
        return self.step.name


def _match_owners(table: TableSketch) -> None:
    """What belongs to an owner is that of the row's owner: the address of an order is its customer's."""
    for link in table.links:
        if not may_follow(link):
            continue
        owned = next(_owned(table, link), None)
        if owned is not None:
            link.said.pop("distinct", None)
            said = f"{link.name} leads to what has the same {owned.column}"
            link.says(said, {"pick": {"match": {owned.column: owned.owner}}})
            if owned.header is not None:
                has_some(*owned.header, link, owned.step)


def _match_of_lines(table: TableSketch) -> None:
    """What a line is about is of the one whom its header is of: the delivery that an invoice bills.

    invoice_line (invoice_id -> invoice, delivery_id -> delivery);  invoice (member_id), delivery (member_id)
        delivery_id  one of the invoice's member: pick match member_id
    """
    header = next((link for link in table.links if _is_header(table, link)), None)
    if header is None:
        return
    theirs = {step.parent.name: step for step in header.parent.links if _is_shared(step)}
    for link in table.links:
        if link is header or not may_follow(link) or goes_by(header, link):
            continue
        match: dict[str, Json] = {
            step.name: {"reference": header.name, "column": theirs[step.parent.name].name}
            for step in link.parent.links
            if _is_shared(step) and step.parent.name in theirs and step.parent is not header.parent
        }
        if match:
            link.said.pop("distinct", None)
            link.says(f"{link.name} leads to what is of the {_spoken(header)}'s", {"pick": {"match": match}})
            for step in link.parent.links if len(match) == 1 else ():
                if step.name in match:
                    has_some(header, theirs[step.parent.name], link, step)


def _is_header(table: TableSketch, link: Link) -> bool:
    """Whether rows are parts of what a reference leads to: lines of an invoice."""
    whole = {*map(singular, link.parent.noun)}
    return (
        link.required
        and len(link.columns) == 1
        and not link.to_itself
        and whole < {*map(singular, table.noun)}
        and bool(whole & role_words("deals"))
    )


def _is_shared(step: Link) -> bool:
    """Whether a reference says whose something is, or of when: no list that many have in common by chance."""
    lists = role_words("lookups") | role_words("never")
    return (
        is_plain(step) and step.required and not {*step.parent.noun} & lists and day_of(step.parent) is None
    )


def _owned(table: TableSketch, link: Link) -> Iterator[_Owned]:
    for step in link.parent.links:
        person = bool({*step.parent.noun} & role_words("general")) and not _is_deal(link)
        days = day_of(step.parent) is not None  # each has a day of its own
        if not is_plain(step) or not step.required or step.parent is table or person or days:
            continue
        for own in table.links:
            if own is link or not is_plain(own) or goes_by(own, link):
                continue
            if own.parent is step.parent and (own.required or not link.required):
                yield _Owned(step, own.name)
        yield from _owned_above(table, link, step)


def _is_deal(link: Link) -> bool:
    """Whether a row may come from a deal of somebody's: the prescription of a sale, the booking of a stay."""
    return not link.required and not link.one_to_one and bool({*link.parent.noun} & role_words("deals"))


def _owned_above(table: TableSketch, link: Link, step: Link) -> Iterator[_Owned]:
    """The owner that another reference of the row leads to, by one step or by several."""
    if not {*step.parent.noun} & role_words("owners"):
        return
    ways = [way for way in _ways(table, link, step.parent) if _leads_to_owner(table, link, way)]
    best = min(ways, key=_worth, default=None)
    if best is not None:
        path = [one.name for one in best[:-1]]
        reference: Json = path[0] if len(path) == 1 else list(path)
        header = (best[0], best[-1]) if len(best) == _SURE and _is_header(table, best[0]) else None
        yield _Owned(step, {"reference": reference, "column": best[-1].name}, header)


def _leads_to_owner(table: TableSketch, link: Link, way: Way) -> bool:
    """Whether a way says whose a row is: not by what the reference leads to, and by required references.

    A longer one may come by a reference that is not always there.
    """
    first, last = way[0], way[-1]
    if first.parent is link.parent or goes_by(first, link) or not _is_first(table, first, link):
        return False
    sure = all(one.required for one in way) or len(way) > _SURE
    return sure and is_plain(last)


def is_plain(link: Link) -> bool:
    """Whether it is of one column, to another table, and in no special role."""
    return len(link.columns) == 1 and not link.to_itself and not role_of(link)


def _is_first(table: TableSketch, other: Link, link: Link) -> bool:
    """Whether what happens leads, else the reference that stands first."""
    deals = role_words("deals")
    leads, follows = bool({*other.parent.noun} & deals), bool({*link.parent.noun} & deals)
    return leads if leads != follows else table.links.index(other) < table.links.index(link)


def goes_by(own: Link, link: Link) -> bool:
    """Whether a reference takes its parent from another, by way of it or by what it matches."""
    if _leads_by_via(own, link):
        return True
    pick = own.said.get("pick")
    match = pick.get("match") if isinstance(pick, dict) else None
    if not isinstance(match, dict):
        return False
    for value in match.values():
        name = value.get("reference") if isinstance(value, dict) else value
        following = own.child.link(str(name))
        if following is link or (
            following is not None and following is not own and _leads_by_via(following, link)
        ):
            return True
    return False


def _leads_by_via(own: Link, link: Link) -> bool:
    names = own.said.get("via")
    return (
        isinstance(names, list)
        and bool(names)
        and (
            names[0] == link.name
            or any(
                _leads_by_via(following, link)
                for following in [own.child.link(str(names[0]))]
                if following is not None and following is not own
            )
        )
    )
