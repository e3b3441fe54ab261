"""What a place costs: the retail job to a local directory, and to the same disk and to S3 as objects.

    python -m benchmarks.places [--n 100000] [--workers 2] [--rounds 3] [--format parquet]

"objects" is the object sink over the local file system: its own work, with no protocol. "s3" is S3 by Arrow's
client to a server in another process of this machine that answers as S3 would and throws everything away; it
shares the processor with what is measured, so the true ratio is better. Rounds take turns; the best of each
counts. Each line gives seconds, and the speed as a share of the directory's.
"""

import argparse
import multiprocessing
import os
import shutil
import tempfile
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa

from benchmarks.measure import SEED, row_counts, service
from dw_simulator.adapters.executors.workers import run_in_threads
from dw_simulator.adapters.locations import Location, location_of
from dw_simulator.adapters.sinks.directory import DirectorySink
from dw_simulator.adapters.sinks.objects import ObjectSink
from dw_simulator.ports.executor import Execution
from dw_simulator.runs import bookkeeping

_LIST = b"<ListBucketResult><IsTruncated>false</IsTruncated><KeyCount>0</KeyCount></ListBucketResult>"
_BEGUN = b"<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>"
_DONE = b'<CompleteMultipartUploadResult><ETag>"1"</ETag></CompleteMultipartUploadResult>'
_COPY = 1 << 20


class LocalFolder(Location):
    """A local file system, which wants directories."""

    def output(self, file: str) -> pa.NativeFile:
        Path(self.path_of(file)).parent.mkdir(parents=True, exist_ok=True)
        return super().output(file)


class LocalObjects(ObjectSink):
    """Objects in a local file system."""

    @property
    def _location(self) -> Location:
        found = location_of(self.root)
        return LocalFolder(found.url, found.filesystem, found.path)


class Void(BaseHTTPRequestHandler):
    """An S3 server whose buckets stay empty whatever is put there."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or every answer waits 40 ms

    def _take(self, size: int) -> None:
        held = memoryview(bytearray(min(size, _COPY)))
        while size:
            size -= self.rfile.readinto(held[: min(size, _COPY)]) or size

    def _body(self) -> None:
        if "transfer-encoding" not in self.headers:
            return self._take(int(self.headers.get("content-length", 0)))
        while size := int(self.rfile.readline(), 16):
            self._take(size)
            self.rfile.readline()
        self.rfile.readline()
        return None

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response_only(status)
        self.send_header("ETag", '"1"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_HEAD(self) -> None:
        bucket_alone = urlsplit(self.path).path.strip("/").count("/") == 0
        self._answer(200 if bucket_alone else 404)

    def do_GET(self) -> None:
        self._answer(200, _LIST)

    def do_PUT(self) -> None:
        self._body()
        self._answer(200)

    def do_POST(self) -> None:
        self._body()
        self._answer(200, _BEGUN if "uploads" in self.path else _DONE)

    def do_DELETE(self) -> None:
        self._answer(204)

    def log_message(self, *_words: Any) -> None:
        """Nobody reads it."""


def _serve(told: Connection) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Void)
    told.send(server.server_port)
    server.serve_forever()


def seconds(kind: str, root: Path, options: argparse.Namespace) -> float:
    """How long one run takes, from its first part to its publication."""
    door = service(root)
    counts = row_counts(options.n)
    plan, experiment = door.plan("retail", seed=SEED, rows=counts), door.get("retail").experiment
    origin = bookkeeping.origin(experiment, SEED, counts, "zstd", options.format)
    rest: tuple[str, ...] = ("zstd", origin.digest, "t", options.format)
    sink: DirectorySink | ObjectSink
    if kind == "directory":
        sink = DirectorySink(root / "data", *rest)
    else:
        url = f"file://{root}/data" if kind == "objects" else "s3://bucket/data"
        sink = (LocalObjects if kind == "objects" else ObjectSink)(url, *rest)
    began = time.perf_counter()
    sink.prepare(plan)
    receipts = run_in_threads(plan, sink, Execution(workers=options.workers))
    # the server here keeps nothing that could be listed
    vars(sink)["_check_there"] = lambda _receipts: None
    sink.publish(plan, receipts, bookkeeping.manifest_of(experiment, plan, origin, receipts), {})
    sink.tidy()
    took = time.perf_counter() - began
    door.persistence.close()
    return took


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--n", type=int, default=100_000, help="customers; 21 rows of all tables for each")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--format", default="parquet")
    options = parser.parse_args()
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
    server.start()
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_EC2_METADATA_DISABLED": "true"}
    os.environ.update(keys, AWS_ENDPOINT_URL=f"http://127.0.0.1:{ours.recv()}")
    best: dict[str, float] = {}
    for _ in range(options.rounds):
        for kind in ("directory", "objects", "s3"):
            with tempfile.TemporaryDirectory(prefix="dw-sim-places-") as root:
                took = seconds(kind, Path(root), options)
                shutil.rmtree(Path(root) / "data", ignore_errors=True)
            best[kind] = min(took, best.get(kind, took))
    server.terminate()
    for kind, took in best.items():
        print(f"{kind:<10} {took:6.2f} s  {best['directory'] / took:.2f}")


if __name__ == "__main__":
    main()
