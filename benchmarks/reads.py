"""How long reads over HTTP take, with nothing else going on and while a run of 20 million rows does.

python -m benchmarks.reads [--rows 20M] [--port 8765]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

RETAIL = Path(__file__).parent / "retail.json"
IDLE_SECONDS = 2.0


@contextmanager
def serving(home: Path, port: int) -> Iterator[httpx2.Client]:
    """A server in a process of its own, and a client that keeps one connection to it."""
    environment = {**os.environ, "DW_SIM_HOME": str(home)}
    command = [sys.executable, "-m", "dw_simulator", "api", "--port", str(port)]
    server = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            for _ in range(200):
                try:
                    client.get("/health")
                    break
                except httpx2.ConnectError:
                    time.sleep(0.05)
            yield client
    finally:
        server.terminate()
        server.wait()


def measure(client: httpx2.Client, paths: list[str], more: Callable[[], bool]) -> dict[str, list[float]]:
    """Milliseconds of every read, by path, for as long as there is more to see."""
    found: dict[str, list[float]] = {path: [] for path in paths}
    while more():
        for path in paths:
            began = time.perf_counter()
            client.get(path).raise_for_status()
            found[path].append((time.perf_counter() - began) * 1000)
            time.sleep(0.002)
    return found


def show(title: str, found: dict[str, list[float]]) -> None:
    """A line for each path: how many reads, their median, 99th percentile and maximum."""
    print(title)
    everything = [value for values in found.values() for value in values]
    for path, values in [*found.items(), ("all", everything)]:
        p99 = statistics.quantiles(values, n=100)[98]
        print(
            f"  {path:44} {len(values):6} reads  median {statistics.median(values):6.1f} ms  "
            f"p99 {p99:6.1f} ms  max {max(values):6.1f} ms"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--port", type=int, default=8765)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home, serving(Path(home), options.port) as client:
        client.post("/api/experiments", json=json.loads(RETAIL.read_text())).raise_for_status()
        client.post("/api/experiments/retail/generate", json={"rows": {"order_items": 10}}).raise_for_status()
        base = "/api/experiments"
        paths = ["/health", base, f"{base}/retail", f"{base}/retail/runs", f"{base}/retail/runs/1"]
        until = time.monotonic() + IDLE_SECONDS
        show("nothing else going on", measure(client, paths, lambda: time.monotonic() < until))
        n = options.rows // 21
        rows = {"customers": n, "products": n // 10, "orders": 5 * n, "order_items": 15 * n}
        asked = client.post(
            f"{base}/retail/generate", json={"rows": rows}, headers={"Prefer": "respond-async"}
        )
        where = asked.headers["location"]
        found = measure(client, [*paths, where], lambda: client.get(where).json()["completed_at"] is None)
        show(f"during a run of {sum(rows.values()):,} rows", found)
        run = client.get(where).json()
        print(f"  the run: {run['status']}, {run['started_at']} to {run['completed_at']}")


if __name__ == "__main__":
    main()
