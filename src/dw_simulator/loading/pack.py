"""The load pack: a folder beside a run's files with the scripts that take them into any warehouse."""

from collections.abc import Collection, Mapping

from dw_simulator.ports.manifest import EXTRAS_NAME, Manifest
from dw_simulator.ports.plan import LoadOrder
from dw_simulator.registry.manager import registry
from dw_simulator.schema.enforceable import enforceable
from dw_simulator.schema.model import Experiment


def load_pack(
    experiment: Experiment,
    order: LoadOrder,
    manifest: Manifest,
    place: str = "",
    *,
    dialects: Collection[str] | None = None,
) -> Mapping[str, bytes]:
    """The files of the pack, by their path below the output directory. Reads and writes nothing.

    place     the URL of the output directory where that is object storage; where it is anything else, the
              scripts name files by their path below the output directory, or ask for a URL
    dialects  those whose warehouses are wanted; by default all that know how to load

    The same manifest and place make the same bytes.
    """
    known = registry()
    experiment, _left_out = enforceable(experiment)
    base = place.rstrip("/") if "://" in place and not place.startswith("file:") else ""
    files: dict[str, bytes] = {}
    chosen = known.usable("dialect") if dialects is None else {n: known.load("dialect", n) for n in dialects}
    for name, dialect in chosen.items():
        pack = getattr(dialect, "pack", None)
        if pack is not None:
            try:
                made: Mapping[str, str] = pack(experiment, order, manifest, place=base, folder=EXTRAS_NAME)
            except Exception as error:  # noqa: BLE001 - whatever a dialect stumbles over, the run is complete
                made = {"README.md": f"# {name}\n\nNo scripts could be made: {error!r}\n"}
            files |= {f"{EXTRAS_NAME}/{name}/{path}": text.encode() for path, text in made.items()}
    return files
