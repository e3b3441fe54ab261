"""Output in an object store: published by its manifest, whatever the network and the processes do."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from tests import dying
from tests.dying import Step
from tests.interfaces.rest.serving import client
from tests.processes import free_port
from tests.s3 import Bucket
from tests.support import column, planned, publish, table

from dw_simulator.adapters import locations
from dw_simulator.adapters.executors.workers import write_part
from dw_simulator.adapters.sinks.directory import DirectorySink
from dw_simulator.adapters.sinks.objects import ObjectSink
from dw_simulator.errors import OutputError, RequestError, StoreError
from dw_simulator.ports.executor import Execution
from dw_simulator.ports.hookspecs import hookimpl
from dw_simulator.ports.plan import Plan
from dw_simulator.registry.manager import Registry
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import Settings

TABLES = [
    table("a", 3000, column("id", "INT", is_unique=True), column("n", "VARCHAR(60)", required=False)),
    table("b/c d", 5, column("x", "DECIMAL(20,8)"), column("j", "SUPER")),
]


@pytest.fixture
def shop(service: ExperimentService) -> ExperimentService:
    service.create({"name": "shop", "tables": [TABLES[0], {**TABLES[1], "name": "b"}]})
    return service


_SINK = "dw_simulator.adapters.sinks.objects:ObjectSink"
_PUBLICATION = "dw_simulator.adapters.sinks.object_publication:ObjectPublication"
STEPS = [
    Step(f"{_SINK}.prepare", "after"),
    Step(f"{_SINK}._keep", "before", 2),
    Step(f"{_SINK}._keep", "after", 1),
    Step(f"{_PUBLICATION}.keep_former", "after"),
    Step(f"{_SINK}.publish", "after"),
    Step(f"{_SINK}.tidy", "before"),
    Step(f"{_PUBLICATION}.remove_replaced", "after"),
]


def run(service: ExperimentService, bucket: Bucket, prefix: str = "out", **asked: Any) -> dict[str, bytes]:
    """What lies in the bucket after a run."""
    service.generate("shop", GenerateRequest(output_dir=f"{bucket}/{prefix}", **asked))
    return bucket.objects()


def write(plan: Plan, sink: ObjectSink) -> list[Any]:
    return [write_part(t, part, sink, Execution()) for t in plan.tables for part in t.parts]


# --- what is published


@pytest.mark.parametrize("format_", ["parquet", "csv", "jsonl"])
def test_a_run_is_published_and_verified(shop: ExperimentService, bucket: Bucket, format_: str) -> None:
    found = run(shop, bucket, "some/where", seed=3, format=format_)
    document = json.loads(found["some/where/_manifest.json"])
    named = {f"some/where/{part['file']}" for entry in document["tables"] for part in entry["parts"]}
    assert set(found) == named | {"some/where/_manifest.json"}
    assert all(found[f"some/where/{p['file']}"] for t in document["tables"] for p in t["parts"])
    report = shop.verify(f"{bucket}/some/where", deep=True)
    assert (report.mismatches, report.rows) == ([], report.rows)
    assert report.rows >= 3000
    last = shop.persistence.list_generation_runs("shop")[0]
    assert (last.output_dir, last.format, last.token) == (f"{bucket}/some/where", format_, None)


def test_the_same_request_makes_the_same_objects(
    shop: ExperimentService, bucket: Bucket, tmp_path: Path
) -> None:
    first, second = run(shop, bucket, "one", seed=3), run(shop, bucket, "two", seed=3, executor="processes")
    one = {key.removeprefix("one/"): body for key, body in first.items()}
    two = {key.removeprefix("two/"): body for key, body in second.items() if key.startswith("two/")}
    assert one == two
    local = shop.generate("shop", GenerateRequest(seed=3, output_dir=tmp_path / "local"))
    here = sorted(Path(path).read_bytes() for paths in local.files.values() for path in paths)
    assert here == sorted(body for key, body in one.items() if not key.endswith(".json"))


def test_a_load_pack_is_added_to_what_is_there(shop: ExperimentService, bucket: Bucket) -> None:
    before = run(shop, bucket, seed=1)
    files = shop.add_load_pack("shop", ["redshift"])
    after = bucket.objects()
    assert {f"{bucket}/{key.removeprefix('/')}" for key in set(after) - set(before)} == set(files)
    assert {key for key in before if after[key] != before[key]} == {"out/_manifest.json"}
    assert f"{bucket}/out/".encode() in after["out/load/redshift/copy.sql"]
    assert shop.verify(f"{bucket}/out").ok
    run(shop, bucket, seed=2)
    assert not [key for key in bucket.objects() if "/redshift/" in key]


def test_what_a_run_replaces_is_gone(shop: ExperimentService, bucket: Bucket) -> None:
    former = run(shop, bucket, seed=1)
    later = run(shop, bucket, seed=2, format="csv", compression="none")
    assert set(former) & set(later) == {"out/_manifest.json"}
    again = run(shop, bucket, seed=2, format="csv", compression="none")
    assert sorted(body for key, body in again.items() if key.endswith(".csv")) == sorted(
        body for key, body in later.items() if key.endswith(".csv")
    )
    assert len(again) == len(later)
    assert shop.verify(f"{bucket}/out", deep=True).ok


def test_damage_is_found(shop: ExperimentService, bucket: Bucket) -> None:
    found = run(shop, bucket, seed=1)
    key = next(key for key in found if key.startswith("out/a/"))
    bucket.put("out/a/stranger.parquet", b"x")
    bucket.put(key, found[key][:-1] + b"x")
    assert {str(fault) for fault in shop.verify(f"{bucket}/out").mismatches} == {
        "a/stranger.parquet: is not in the manifest",
        f"{key.removeprefix('out/')}: has changed: its checksum is not that of the manifest",
    }
    bucket.client.delete_object(Bucket=bucket.name, Key=key)
    assert any("is not there" in str(fault) for fault in shop.verify(f"{bucket}/out").mismatches)


def test_extras_appear_and_vanish_with_the_tables(bucket: Bucket) -> None:
    plan, sink = planned(TABLES[0]), ObjectSink(f"{bucket}/x", origin="o", token="t")
    sink.prepare(plan)
    publish(sink, plan, write(plan, sink), {"load/redshift/copy.sql": b"COPY a", "load/old.sql": b"old"})
    assert sink.tidy()
    before = bucket.objects()
    assert before["x/load/redshift/copy.sql"] == b"COPY a"
    later = ObjectSink(f"{bucket}/x", origin="other", token="u")
    later.prepare(plan)
    publish(later, plan, write(plan, later), {"load/redshift/copy.sql": b"COPY b", "load/new.sql": b"new"})
    later.abort()
    assert bucket.objects() == before
    later.prepare(plan)
    publish(later, plan, write(plan, later), {"load/redshift/copy.sql": b"COPY b"})
    later.tidy()
    load = {key: body for key, body in bucket.objects().items() if "/load/" in key}
    assert load == {"x/load/redshift/copy.sql": b"COPY b"}
    bucket.put("x/load/foreign.sql")
    with pytest.raises(RequestError, match=r"load/foreign\.sql was written by no run"):
        ObjectSink(f"{bucket}/x", token="v").check(plan)


def test_a_published_part_is_read_in_batches(bucket: Bucket) -> None:
    plan = planned(*TABLES[:1])
    for format_ in ("parquet", "csv", "jsonl"):
        sink = ObjectSink(f"{bucket}/{format_}", origin="o", token="t", format=format_)
        sink.prepare(plan)
        publish(sink, plan, write(plan, sink))
        columns = plan.tables[0].columns
        parts = [part for entry in sink.manifest().tables for part in entry.parts]
        read = pa.Table.from_batches([batch for part in parts for batch in sink.batches(part, columns)])
        assert read.num_rows == 3000
        assert [str(type_) for type_ in read.schema.types] == ["int32", "string"]


def test_a_large_part_goes_up_in_pieces(shop: ExperimentService, bucket: Bucket) -> None:
    hashes = column("v", "CHAR(40)", rule={"name": "hash", "algorithm": "sha1"})
    shop.create({"name": "big", "tables": [table("t", 900_000, column("u", "UUID"), hashes)]})
    place = f"{bucket}/big"
    summary = shop.generate("big", GenerateRequest(seed=1, output_dir=place, compression="none"))
    assert summary.bytes > 25_000_000
    pieces = [path for method, path in bucket.proxy.seen if method == "PUT" and "partNumber=" in path]
    assert len(pieces) >= 3
    assert shop.verify(place).ok


# --- what must not be replaced


@pytest.mark.parametrize(
    "foreign", ["a/precious.csv", "a/part-00000.parquet", "_manifest.json", "load/x.sql"]
)
def test_what_no_run_has_written_is_left_alone(shop: ExperimentService, bucket: Bucket, foreign: str) -> None:
    bucket.put(f"out/{foreign}")
    with pytest.raises(RequestError, match="move it away"):
        run(shop, bucket)
    assert bucket.objects() == {f"out/{foreign}": b"precious"}
    assert shop.persistence.list_generation_runs("shop") == []


def test_tables_of_another_experiment_stay_and_are_told(shop: ExperimentService, bucket: Bucket) -> None:
    former = run(shop, bucket, seed=1)
    shop.create({"name": "other", "tables": [table("z", 3, column("x", "INT"))]})
    summary = shop.generate("other", GenerateRequest(output_dir=f"{bucket}/out"))
    assert [w for w in summary.warnings if "keeps the table a of an earlier run" in w]
    assert {key for key in former if "/a/" in key} <= set(bucket.objects())


# --- other doors


def test_http_writes_below_the_stage(bucket: Bucket, tmp_path: Path) -> None:
    with client(Settings(home=tmp_path / "home", stage_url=f"{bucket}/stage/")) as api:
        api.post("/api/experiments", json={"name": "shop", "tables": [TABLES[0]]})
        for place in (
            f"{bucket}/x",
            f"{bucket}/stage",
            f"{bucket}/stage/../x",
            "s3://other/stage/x",
            "gs://x/y",
        ):
            answer = api.post("/api/experiments/shop/generate", json={"output_dir": place})
            assert (answer.status_code, "a URL is not below" in answer.text) == (422, True)
        body = {"output_dir": f"{bucket}/stage/x", "format": "csv", "seed": 1}
        answer = api.post("/api/experiments/shop/generate", json=body)
        assert answer.status_code == 200, answer.text
        where = answer.headers["location"]
        assert api.get(f"{where}/manifest").content == bucket.objects()["stage/x/_manifest.json"]
        file = answer.json()["files"]["a"][0]
        refused = api.get(f"{where}/files/a/{file.rpartition('/')[2]}")
        assert (refused.status_code, file in refused.text) == (404, True)


def test_without_a_stage_http_takes_no_url(tmp_path: Path) -> None:
    with client(Settings(home=tmp_path / "home")) as api:
        api.post("/api/experiments", json={"name": "shop", "tables": [TABLES[0]]})
        answer = api.post("/api/experiments/shop/generate", json={"output_dir": "s3://bucket/x"})
        assert (answer.status_code, "set DW_SIM_STAGE_URL" in answer.text) == (422, True)


class Mine(DirectorySink):
    """A sink of someone else."""

    def __init__(self, url: str, *rest: Any) -> None:
        super().__init__(Path(url.removeprefix("mine://")), *rest)


def test_a_strangers_sink_is_reached_by_its_scheme(service: ExperimentService, tmp_path: Path) -> None:
    class Plugin:
        @hookimpl
        def dw_simulator_sinks(self) -> dict[str, str]:
            return {"mine": f"{__name__}:Mine"}

    service.registry = Registry()
    service.registry.manager.register(Plugin())
    service.create({"name": "shop", "tables": [TABLES[0]]})
    service.generate("shop", GenerateRequest(output_dir=f"mine://{tmp_path}/there", format="csv"))
    assert service.verify(tmp_path / "there").ok


def test_a_bucket_that_was_deleted_keeps_nobody(shop: ExperimentService, bucket: Bucket) -> None:
    killed(bucket, Step(f"{_SINK}._keep", "after", 1))
    for key in [item["Key"] for item in bucket.client.list_objects_v2(Bucket=bucket.name)["Contents"]]:
        bucket.client.delete_object(Bucket=bucket.name, Key=key)
    bucket.client.delete_bucket(Bucket=bucket.name)
    assert shop.generate("shop").row_counts["a"] == 3000


# --- places that cannot be used


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("s3://key:secret@bucket/x", "credentials and options do not belong in a URL"),
        ("s3://bucket/x?region=eu", "credentials and options do not belong in a URL"),
        ("s3:///x", "write it as s3://bucket/prefix"),
        ("s3://bucket/a//b", "write it as s3://bucket/prefix"),
        ("s3://bucket/../b/c", "write it as s3://bucket/prefix"),
        ("nowhere://x", "nothing is known of nowhere://; a path, or abfs, .* s3"),
        ("memory://x", "nothing is known of memory://"),
    ],
)
def test_urls_that_are_refused(shop: ExperimentService, url: str, words: str) -> None:
    with pytest.raises(RequestError, match=words) as caught:
        shop.generate("shop", GenerateRequest(output_dir=url))
    assert "secret" not in str(caught.value)


def test_paths_are_no_urls(shop: ExperimentService, tmp_path: Path) -> None:
    for place in ("out", "./out", "C:\\out", "a:b", f"file://{tmp_path}/out"):
        summary = shop.generate("shop", GenerateRequest(output_dir=place))
        assert Path(summary.output_dir).is_relative_to(tmp_path)
        assert shop.verify(place).ok


def test_a_missing_bucket(shop: ExperimentService, bucket: Bucket) -> None:
    with pytest.raises(OutputError, match="there is no such bucket; create it"):
        shop.generate("shop", GenerateRequest(output_dir="s3://nosuch/x"))
    with pytest.raises(RequestError, match=r"_manifest\.json is not there"):
        shop.verify(f"{bucket}/nothing")


def test_a_server_that_is_not_there(
    shop: ExperimentService, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locations, "_ATTEMPTS", 2)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(OutputError, match="the server cannot be reached"):
        run(shop, bucket)


def test_wrong_credentials(shop: ExperimentService, bucket: Bucket) -> None:
    bucket.proxy.failing("403")
    with pytest.raises(OutputError, match="access is denied; see AWS_ACCESS_KEY_ID") as caught:
        run(shop, bucket)
    assert "test" not in str(caught.value).removeprefix(f"{bucket}")
    assert shop.persistence.list_generation_runs("shop") == []


# --- faults on the way


@pytest.mark.parametrize("kind", ["503", "reset", "hang"])
def test_what_passes_is_tried_again(shop: ExperimentService, bucket: Bucket, kind: str) -> None:
    bucket.proxy.failing(kind, times=1 if kind == "hang" else 3, method="PUT", path="part-")
    run(shop, bucket, seed=1)
    assert shop.verify(f"{bucket}/out", deep=True).ok


@pytest.mark.parametrize(
    ("kind", "method", "path"),
    [("503", "PUT", "part-"), ("reset", "PUT", "part-"), ("503", "PUT", "_manifest")],
)
def test_what_does_not_pass_fails_and_the_former_output_stands(
    shop: ExperimentService,
    bucket: Bucket,
    kind: str,
    method: str,
    path: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(locations, "_ATTEMPTS", 2)
    former = run(shop, bucket, seed=1)
    bucket.proxy.failing(kind, method=method, path=path)
    with pytest.raises(OutputError, match=r"try again later|cannot be reached"):
        run(shop, bucket, seed=2)
    bucket.proxy.well()
    recorded = shop.persistence.list_generation_runs("shop")[0]
    assert recorded.status == "FAILED"
    assert shop.verify(f"{bucket}/out").ok
    run(shop, bucket, seed=2)
    later = bucket.objects()
    assert len(later) == len(former)
    assert shop.verify(f"{bucket}/out", deep=True).ok


def test_a_failure_after_publishing_takes_everything_back(
    shop: ExperimentService, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = run(shop, bucket, seed=1)
    kind = type(shop.persistence.ledger)
    completing = kind.completing

    def failing(self: Any, *words: Any) -> Iterator[None]:
        with completing(self, *words):
            yield
            assert bucket.objects()["out/_manifest.json"] != former["out/_manifest.json"]
            raise StoreError("the commit fails")

    monkeypatch.setattr(kind, "completing", contextmanager(failing))
    for seed in (1, 2):  # and a run of the same origin as the one that stands
        with pytest.raises(StoreError, match="the commit fails"):
            run(shop, bucket, seed=seed)
        assert bucket.objects() == former


def test_an_aborted_run_leaves_no_object(bucket: Bucket) -> None:
    plan, sink = planned(*TABLES[:1]), ObjectSink(f"{bucket}/not/there/yet", origin="o", token="t")
    sink.prepare(plan)
    write(plan, sink)
    writer = sink.open(plan.tables[0], plan.tables[0].parts[0])
    writer.discard()
    ObjectSink(f"{bucket}/not/there/yet", token="t").abort()  # as another process would
    listed = bucket.client.list_objects_v2(Bucket=bucket.name)
    assert listed.get("Contents", []) == []


# --- processes that die


def killed(bucket: Bucket, step: Step) -> None:
    words = [
        "experiment",
        "generate",
        "shop",
        "--seed",
        "2",
        "--output-dir",
        f"{bucket}/out",
        "--workers",
        "1",
    ]
    environment = {**os.environ, dying.STEP: step.to_json()}
    process = subprocess.run(
        [sys.executable, dying.__file__, *words],
        env=environment,
        capture_output=True,
        start_new_session=True,
        check=False,
    )
    assert process.returncode == -signal.SIGKILL, process.stderr


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_a_killed_run_is_taken_back_or_complete_and_gone_on_with(
    shop: ExperimentService, bucket: Bucket, step: Step
) -> None:
    run(shop, bucket, "other", seed=2)
    whole = {
        key.removeprefix("other/"): body for key, body in bucket.objects().items() if key.startswith("other/")
    }
    former = run(shop, bucket, seed=1)["out/_manifest.json"]
    killed(bucket, step)
    last = shop.persistence.list_generation_runs("shop")[0]
    stands = bucket.objects()["out/_manifest.json"]
    assert stands == (whole["_manifest.json"] if last.status == "COMPLETED" else former)
    broken = [
        fault for fault in shop.verify(f"{bucket}/out").mismatches if "not in the manifest" not in str(fault)
    ]
    assert broken == []
    if last.status == "COMPLETED":
        shop.generate("shop", GenerateRequest(output_dir=f"{bucket}/third"))
    else:
        summary = shop.generate("shop", GenerateRequest(resume=True))
        assert summary.kept_parts == {"before finish 2": 1, "after finish": 1}.get(
            str(step), summary.kept_parts
        )
    assert {k.removeprefix("out/"): v for k, v in bucket.objects("out/").items()} == whole


def test_deleting_an_experiment_removes_what_a_killed_run_has_left(
    shop: ExperimentService, bucket: Bucket
) -> None:
    killed(bucket, Step(f"{_SINK}._keep", "after", 1))
    assert bucket.objects()
    shop.delete("shop")
    assert bucket.objects() == {}


def test_duckdb_reads_what_was_uploaded(shop: ExperimentService, bucket: Bucket, tmp_path: Path) -> None:
    found = run(shop, bucket, seed=1)
    for key, body in found.items():
        (tmp_path / key.replace("/", "_")).write_bytes(body)
    count = f"SELECT count(*) FROM read_parquet('{tmp_path}/out_a_*.parquet')"
    with duckdb.connect() as connection:
        assert connection.execute(count).fetchone() == (3000,)
