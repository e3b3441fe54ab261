"""Which declared lifecycle a column speaks of: one of its own table, or of one that it references."""

from collections.abc import Callable

from dw_simulator.errors import Refusal, closest
from dw_simulator.planning.draft import Draft
from dw_simulator.ports.needs import (
    Answer,
    LifeOf,
    Living,
    Need,
    Source,
)
from dw_simulator.schema.lifecycle import Lifecycle
from dw_simulator.schema.model import Column, Lookup, Table

Ask = Callable[[Table, Column, Need], Answer | None]


def living(draft: Draft, table: Table, column: Column, need: LifeOf, ask: Ask) -> Living | None:
    """What a column asks for; `ask` answers its other needs. None where that was refused; raises Refusal."""
    owner, name, declared = _declared(draft, table, need)
    path = declared.reference
    starts = ask(owner, column, Lookup(reference=path, column=declared.starts) if path else declared.starts)
    return Living(owner.name, name, declared, starts) if isinstance(starts, Source) else None


def _declared(draft: Draft, table: Table, need: LifeOf) -> tuple[Table, str, Lifecycle]:
    """Whose lifecycle it is, its name, and what is declared of it. Raises Refusal."""
    owner = table if need.reference is None else _parent(draft, table, need.reference)
    known = owner.lifecycles
    if not known:
        words = (
            f'declare one: "lifecycles": {{"{need.name or owner.name}": {{"starts": ..., "states": ...}}}}'
        )
        raise Refusal(f"{owner.name} has no lifecycle", words)
    if need.name is None and len(known) > 1:
        raise Refusal(f"{owner.name} has several lifecycles", f'say "of": one of {", ".join(sorted(known))}')
    name = next(iter(known)) if need.name is None else need.name
    if name not in known:
        raise Refusal(f"{owner.name} has no lifecycle {name!r}{closest(name, known)}")
    return owner, name, known[name]


def _parent(draft: Draft, table: Table, reference: str) -> Table:
    found = draft.declared_at(table, reference)
    void = [one for one in draft.void if one.table.name == table.name and reference in one.columns]
    parents = {one.parent.name: one.parent for one in [*found, *void]}
    if not parents:
        names = [own for relation in draft.relations[table.name] for own in relation.columns]
        words = f"{table.name}.{reference} is no reference{closest(reference, names)}"
        raise Refusal(words, "name a column of a foreign key")
    if len(parents) > 1:
        words = f"{table.name}.{reference} references {' and '.join(parents)}"
        raise Refusal(words, "name a column that stands in one reference alone")
    return next(iter(parents.values()))
