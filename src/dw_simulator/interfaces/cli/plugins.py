"""`dw-sim plugins` and `dw-sim schema`: what is registered, by whom, and what it takes."""

from typing import TYPE_CHECKING, Annotated

import typer

from dw_simulator.interfaces.cli.arguments import AsJson

if TYPE_CHECKING:
    from dw_simulator.registry.cards import Card
    from dw_simulator.registry.manager import LeftOut, Owner, Registration
    from dw_simulator.schema.json_data import JsonObject

NameOrAll = Annotated[
    str | None, typer.Argument(help="Show everything about this one: choice, email, parquet.")
]
OfKind = Annotated[
    str | None,
    typer.Option(
        "--kind", help="rule, faker_provider, dialect, sink, warehouse, database, executor, store or engine."
    ),
]


def plugins(name: NameOrAll = None, kind: OfKind = None, as_json: AsJson = False) -> None:
    """List what is registered and by whom; with a NAME, what it does, its options and an example."""
    if name is None:
        _list(kind, as_json=as_json)
    else:
        _show(name, kind, as_json=as_json)


def schema() -> None:
    """Print the JSON Schema of an experiment, every rule's options in it, for editors and validators."""
    from dw_simulator.interfaces.cli.output import show_json  # noqa: PLC0415
    from dw_simulator.registry.json_schema import experiment_schema  # noqa: PLC0415

    show_json(experiment_schema())


def _list(kind: str | None, *, as_json: bool) -> None:
    from dw_simulator.interfaces.cli.output import show_json, show_line, show_table  # noqa: PLC0415
    from dw_simulator.registry.manager import registry  # noqa: PLC0415

    known = registry()
    left_out = [one for one in known.examine() if kind in (None, one.kind)]
    broken = {(one.kind, one.name, one.place) for one in left_out}
    registered = [one for one in known.registrations(kind) if (one.kind, one.name, one.place) not in broken]
    if as_json:
        show_json([*map(_row, registered), *(_row(one, one.cause) for one in left_out)])
        return
    rows = [(one.kind, one.name, _by(one.owner), one.owner.version, one.place) for one in registered]
    show_table(("kind", "name", "by", "version", "place"), rows)
    for owner in known.watchers() if kind is None else ():
        show_line(f"told of runs: {owner}")
    if left_out:
        cells = [(one.kind, one.name, _by(one.owner), one.owner.version, one.cause) for one in left_out]
        show_table(("left out", "name", "by", "version", "why"), cells)


def _by(owner: "Owner") -> str:
    return "built in" if owner.built_in else str(owner.distribution)


def _row(one: "Registration | LeftOut", cause: str | None = None) -> "JsonObject":
    return {
        "kind": one.kind,
        "name": one.name,
        "by": one.owner.distribution,
        "version": one.owner.version,
        "built_in": one.owner.built_in,
        "place": one.place,
        "left_out": cause,
    }


def _show(name: str, kind: str | None, *, as_json: bool) -> None:
    from dw_simulator.errors import UnknownNameError  # noqa: PLC0415
    from dw_simulator.interfaces.cli.output import show_json  # noqa: PLC0415
    from dw_simulator.registry.cards import card  # noqa: PLC0415
    from dw_simulator.registry.manager import registry  # noqa: PLC0415

    known = registry()
    found = [one for one in known.registrations(kind) if one.name == name]
    if not found:
        raise UnknownNameError(kind or "name", name, [one.name for one in known.registrations(kind)])
    cards = [card(known, one.kind, one.name) for one in found]
    if as_json:
        show_json([_document(one) for one in cards])
    else:
        for one in cards:
            _show_card(one)


def _document(card: "Card") -> "JsonObject":
    document: JsonObject = {**_row(card.registration), "description": card.description}
    del document["left_out"]
    if card.registration.kind == "rule":
        options = [option.__dict__ for option in card.options]
        document |= {
            "kinds": card.kinds,
            "options": options,
            "examples": card.examples,
            "schema": card.schema,
        }
    if card.methods:
        document["methods"] = card.methods
    return document


def _show_card(card: "Card") -> None:
    import json  # noqa: PLC0415

    from dw_simulator.interfaces.cli.output import show_line, show_table  # noqa: PLC0415

    one = card.registration
    show_line(f"{one.kind} {one.name}, {one.owner} ({one.place})")
    show_line(card.description)
    if card.kinds:
        show_line(f"\nFor columns of: {', '.join(card.kinds)}")
    if card.methods:
        show_line(f"\nProviders: {', '.join(card.methods)}")
    if card.options:
        rows = [
            (o.name, o.type, "required" if o.required else o.default or "", o.bounds, o.description)
            for o in card.options
        ]
        show_table(("option", "type", "default", "bounds", "what it says"), rows)
    for example in card.examples[:2]:
        show_line("Example:" if example is card.examples[0] else "")
        show_line(json.dumps(example, indent=2, ensure_ascii=False, default=str))
