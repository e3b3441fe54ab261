"""The load pack: a folder beside a run's files with the scripts that take them into a warehouse."""

from collections.abc import Callable, Collection, Mapping

from dw_simulator.errors import RequestError, closest
from dw_simulator.loading.job import check_same
from dw_simulator.ports.manifest import EXTRAS_NAME, Manifest
from dw_simulator.ports.plan import LoadOrder
from dw_simulator.ports.store import Run
from dw_simulator.registry.manager import registry
from dw_simulator.runs.beginning import Beginning
from dw_simulator.runs.experiment_pools import ExperimentPools, to_publish
from dw_simulator.schema.enforceable import enforceable
from dw_simulator.schema.model import Experiment

ALL = "all"
"""Asks for every dialect that knows how to load."""


def packer(run: Beginning) -> Callable[[Manifest], Mapping[str, bytes]]:
    """Makes what is published beside a run's tables: the pools it has used, and the load pack if asked for.

    Raises RequestError where it is asked for and cannot be.
    """
    pools = to_publish(run.plan)
    if not run.request.load_pack:
        return lambda _manifest: pools
    dialects = packed_dialects(run.request.load_pack, run.origin.format)
    order, place = run.plan.load_order, str(run.sink.root)
    return lambda manifest: {
        **load_pack(run.experiment, order, manifest, place, dialects=dialects),
        **pools,
    }


def packed_dialects(names: Collection[str], format_: str) -> tuple[str, ...]:
    """The names of the dialects that a load pack is asked for in. Raises RequestError."""
    formats, known = registry().formats, registry().dialects
    names = (names,) if isinstance(names, str) else names
    if not names:
        raise RequestError(f"load-pack: no dialect is named; say one of {', '.join(known.names)}, or {ALL}")
    if not formats.get(format_).scannable:
        raise RequestError(f"a load pack is for Parquet files, and these are {format_}")
    for name in names:
        if name != ALL and name not in known.names:
            raise RequestError(f"load-pack: unknown dialect {name!r}{closest(name, (*known.names, ALL))}")
        if name != ALL:
            known.get(name)  # which says what is wrong with it
    return tuple(known.usable()) if ALL in names else tuple(dict.fromkeys(names))


def packed(
    run: Run,
    dialects: Collection[str],
    published: Callable[[Run], Manifest],
    experiment: Experiment,
    pools: ExperimentPools,
) -> Mapping[str, bytes]:
    """The load pack of a run that is complete.

    published  the manifest in the place of a run's output

    Raises RequestError where none can be made, or the output is that of another run.
    """
    chosen, found = packed_dialects(dialects, run.format), published(run)
    check_same(run, found)
    order = pools.plan(experiment, run.seed, found.rows).load_order
    made = load_pack(experiment, order, found, run.output_dir, dialects=chosen)
    if not made:
        raise RequestError(f"load-pack: nothing is known of loading into {', '.join(chosen)}")
    return made


def load_pack(
    experiment: Experiment,
    order: LoadOrder,
    manifest: Manifest,
    place: str = "",
    *,
    dialects: Collection[str],
) -> Mapping[str, bytes]:
    """The files of the pack, by their path below the output directory. Reads and writes nothing.

    place     the URL of the output directory where that is object storage; where it is anything else, the
              scripts name files by their path below the output directory, or ask for a URL
    dialects  those whose warehouses are wanted; one that knows nothing of loading is left out

    The same manifest and place make the same bytes.
    """
    known = registry().dialects
    experiment, _left_out = enforceable(experiment)
    base = place.rstrip("/") if "://" in place and not place.startswith("file:") else ""
    files: dict[str, bytes] = {}
    for name in dialects:
        try:
            made = known.get(name).pack(experiment, order, manifest, place=base, folder=EXTRAS_NAME)
        except Exception as error:  # noqa: BLE001 - whatever a dialect stumbles over, the run is complete
            made = {"README.md": f"# {name}\n\nNo scripts could be made: {error!r}\n"}
        for path, text in (made or {}).items():
            files[f"{EXTRAS_NAME}/{name}/{path}"] = text.encode()
    return files
