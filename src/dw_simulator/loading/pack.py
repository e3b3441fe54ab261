"""The load pack: a folder beside a run's files with the scripts that take them into any warehouse."""

from collections.abc import Callable, Collection, Mapping

from dw_simulator.ports.manifest import EXTRAS_NAME, Manifest
from dw_simulator.ports.plan import LoadOrder
from dw_simulator.registry.manager import registry
from dw_simulator.runs.beginning import Beginning
from dw_simulator.runs.experiment_pools import to_publish
from dw_simulator.schema.enforceable import enforceable
from dw_simulator.schema.model import Experiment


def packer(run: Beginning) -> Callable[[Manifest], Mapping[str, bytes]]:
    """Makes what is published beside a run's tables, if that is wanted: the load pack, and the pools."""
    pools = to_publish(run.plan) if run.request.pack else {}
    if not run.request.pack or not registry().formats.get(run.origin.format).scannable:
        return lambda _manifest: pools
    order, place = run.plan.load_order, str(run.sink.root)
    return lambda manifest: {**load_pack(run.experiment, order, manifest, place), **pools}


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
    known = registry().dialects
    experiment, _left_out = enforceable(experiment)
    base = place.rstrip("/") if "://" in place and not place.startswith("file:") else ""
    files: dict[str, bytes] = {}
    chosen = known.usable() if dialects is None else {name: known.get(name) for name in dialects}
    for name, dialect in chosen.items():
        try:
            made = dialect.pack(experiment, order, manifest, place=base, folder=EXTRAS_NAME)
        except Exception as error:  # noqa: BLE001 - whatever a dialect stumbles over, the run is complete
            made = {"README.md": f"# {name}\n\nNo scripts could be made: {error!r}\n"}
        for path, text in (made or {}).items():
            files[f"{EXTRAS_NAME}/{name}/{path}"] = text.encode()
    return files
