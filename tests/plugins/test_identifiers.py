"""UUIDs and hashes, read by Python's own modules."""

import re
import uuid
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import column, made, planned, table, to_list

from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.selectors.permutation import Permutation
from dw_simulator.engine.values.bytes import Binary, Digests, TimedUuids, Uuids
from dw_simulator.errors import DwSimError


def values(data_type: str, rule: str, rows: int = 2000, unique: bool = False, **options: Any) -> list[Any]:
    columns = column("v", data_type, rule={"name": rule, **options}, is_unique=unique)
    return made(planned(table("t", rows, columns)), "t")


def read(value: Any) -> uuid.UUID:
    return uuid.UUID(value.decode()) if isinstance(value, bytes) else uuid.UUID(bytes=bytes(value))


@pytest.mark.parametrize("data_type", ["UUID", "VARCHAR(36)"])
@pytest.mark.parametrize("unique", [False, True])
def test_random_uuids_are_of_version_4(data_type: str, unique: bool) -> None:
    found = [read(value) for value in values(data_type, "uuid", unique=unique)]
    assert {(one.version, one.variant) for one in found} == {(4, uuid.RFC_4122)}
    assert len(set(found)) == len(found)


def test_a_uuid_is_the_same_as_text_and_as_bytes() -> None:
    for options in ({}, {"version": 7}):
        raw, text = values("UUID", "uuid", **options), values("CHAR(36)", "uuid", **options)
        assert [str(read(value)).encode() for value in raw] == text


@pytest.mark.parametrize("data_type", ["UUID", "VARCHAR(36)"])
def test_uuids_of_version_7_go_by_the_row(data_type: str) -> None:
    options = {"version": 7, "date_start": "2024-02-01", "date_end": "2024-02-03T12:00:00"}
    found = [read(value) for value in values(data_type, "uuid", rows=30_000, unique=True, **options)]
    assert {(one.version, one.variant) for one in found} == {(7, uuid.RFC_4122)}
    assert found == sorted(set(found))
    moments = [datetime.fromtimestamp((one.int >> 80) / 1000, UTC) for one in found]
    assert datetime(2024, 2, 1, tzinfo=UTC) <= moments[0] <= datetime(2024, 2, 1, 0, 1, tzinfo=UTC)
    assert datetime(2024, 2, 3, 11, 59, tzinfo=UTC) <= moments[-1] <= datetime(2024, 2, 3, 12, tzinfo=UTC)
    middle = moments[len(moments) // 2]
    assert abs((middle - datetime(2024, 2, 2, 6, tzinfo=UTC)).total_seconds()) < 60
    assert len({one.int & 0xFFF for one in found}) > 4000  # the last bits are random


def timed(span: int, size: int) -> TimedUuids:
    jitter, order = (Stream.named(5, "timed", name) for name in ("jitter", "order"))
    return TimedUuids(1_700_000_000_000, span, size, jitter, Permutation(1 << 62, order))


@given(
    span=st.integers(1, 1 << 42),
    size=st.integers(1, 1 << 50),
    rows=st.lists(st.integers(0, (1 << 50) - 1), min_size=2, max_size=30, unique=True),
)
@settings(max_examples=200, deadline=None)
def test_the_time_of_version_7_grows_with_the_row_and_keeps_to_its_span(
    span: int, size: int, rows: list[int]
) -> None:
    index = sorted({row % size for row in rows})
    found = [read(value) for value in to_list(timed(span, size).decode(np.array(index, dtype=np.uint64)))]
    moments = [(one.int >> 80, one.int >> 64 & 0xFFF) for one in found]
    assert moments == sorted(moments)
    assert all(1_700_000_000_000 <= ms < 1_700_000_000_000 + span for ms, _ in moments)
    assert len(set(found)) == len(index)


def test_the_rest_of_version_7_gives_the_row_back() -> None:
    uuids, rows = timed(1, 10**9), np.array([0, 1, 77, 10**9 - 1], dtype=np.uint64)
    rest = [read(value).int & ((1 << 62) - 1) for value in to_list(uuids.decode(rows.copy()))]
    assert uuids.order.inverse(np.array(rest, dtype=np.uint64)).tolist() == rows.tolist()


@given(pair=st.lists(st.integers(0, (1 << 60) - 1), min_size=1, max_size=20))
@settings(deadline=None)
def test_the_index_of_a_random_uuid_can_be_read_back(pair: list[int]) -> None:
    uuids = Uuids(Stream.named(1, "uuids"))
    for index, value in zip(pair, to_list(uuids.decode(np.array(pair, dtype=np.uint64))), strict=True):
        number = read(value).int
        assert number >> 80 << 12 | number >> 64 & 0xFFF == index


@given(pair=st.lists(st.integers(0, (1 << 63) - 1), min_size=2, max_size=20, unique=True))
@settings(deadline=None)
def test_a_hash_is_the_mixed_index_in_hexadecimal(pair: list[int]) -> None:
    streams = tuple(Stream.named(1, "digests", str(k)) for k in range(4))
    index = np.array(pair, dtype=np.uint64)
    expected = [
        "".join(f"{int(stream.bits(Rows.at(index[k : k + 1]))[0]):016x}" for stream in streams)
        for k in range(len(pair))
    ]
    for length in (32, 40, 64):
        found = [text.decode() for text in to_list(Digests(streams, length).decode(index.copy()))]
        assert found == [text[:length] for text in expected]
    assert len({text[:16] for text in expected}) == len(pair)


@pytest.mark.parametrize(("algorithm", "size"), [("md5", 16), ("sha1", 20), ("sha256", 32), ("sha512", 64)])
def test_hashes_have_their_algorithms_length(algorithm: str, size: int) -> None:
    found = values(f"VARCHAR({2 * size})", "hash", unique=True, algorithm=algorithm)
    assert all(re.fullmatch(rb"[0-9a-f]{%d}" % (2 * size), text) for text in found)
    assert len(set(found)) == len(found)
    raw = values(f"BINARY({size})", "hash", algorithm=algorithm)
    assert {len(value) for value in raw} == {size}
    with pytest.raises(DwSimError, match=f"widen it to {2 * size}"):
        values(f"VARCHAR({2 * size - 1})", "hash", algorithm=algorithm)


@given(width=st.integers(1, 40), data=st.data())
@settings(max_examples=60, deadline=None)
def test_bytes_begin_with_their_index(width: int, data: st.DataObject) -> None:
    domain = Binary(Stream.named(1, "bytes"), width)
    index = data.draw(st.lists(st.integers(0, domain.size - 1), min_size=1, max_size=9))
    found = to_list(domain.decode(np.array(index, dtype=np.uint64)))
    assert [int.from_bytes(value[:8], "little") for value in found] == index
    assert {len(value) for value in found} == {width}


@pytest.mark.parametrize(
    ("data_type", "rule", "options", "message"),
    [
        ("VARCHAR(35)", "uuid", {}, "a UUID has 36 characters"),
        ("UUID", "uuid", {"version": 5}, "version"),
        ("UUID", "uuid", {"date_start": "2024-01-01"}, "are for version 7"),
        ("UUID", "uuid", {"version": 7, "date_start": "2030-01-01"}, "date_start is before date_end"),
        ("UUID", "uuid", {"version": 7, "date_start": "1960-01-01"}, "neither is before 1970"),
        ("VARCHAR(64)", "hash", {"algorithm": "sha3"}, "algorithm"),
        ("BINARY(4)", "bytes", {"length": 5}, "up to 5 bytes do not fit"),
    ],
)
def test_what_cannot_be_is_refused(data_type: str, rule: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(DwSimError) as refused:
        values(data_type, rule, **options)
    assert message in str(refused.value)
