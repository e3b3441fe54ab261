"""Addresses: valid, canonical, within their network, and nobody's by default."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import column, made, planned, table, to_list

from dw_simulator.errors import DwSimError
from dw_simulator.plugins.rules.networks import Ip, Mac, Url
from dw_simulator.ports.rule import ColumnSpec
from dw_simulator.schema.model import Column

SPEC = ColumnSpec(1, "t", Column(name="v", data_type="VARCHAR(100)"), 10**6)


def values(
    rule: str, rows: int = 3000, data_type: str = "VARCHAR(120)", unique: bool = False, **options: Any
) -> list[str]:
    columns = column("v", data_type, rule={"name": rule, **options}, is_unique=unique)
    return [text.decode() for text in made(planned(table("t", rows, columns)), "t")]


def network_of(number: int, prefix: int) -> str:
    return str(ip_network((number, prefix), strict=False))


networks = st.one_of(
    st.builds(network_of, st.integers(0, 2**32 - 1), st.integers(0, 32)),
    st.builds(network_of, st.integers(2**96, 2**128 - 1), st.integers(0, 128)),
)
sparse = st.sampled_from(
    "2001:db8:0:0:7::/80 ::/0 fd00::/8 1:0:0:2::/64 ::1:0:0/96 2001:db8::/127 ::1/128".split()
)


@given(network=networks | sparse, data=st.data())
@settings(max_examples=200, deadline=None)
def test_addresses_are_canonical_in_their_network_and_told_apart(network: str, data: st.DataObject) -> None:
    domain = Ip(network=network).build(SPEC)
    index = data.draw(st.lists(st.integers(0, domain.size - 1), min_size=1, max_size=20, unique=True))
    found = [text.decode() for text in to_list(domain.decode(np.array(index, dtype=np.uint64)))]
    assert len(set(found)) == len(index)
    for text in found:
        assert ip_address(text) in ip_network(network)
        assert str(ip_address(text)) == text


def test_every_host_of_a_small_network_comes_up_once() -> None:
    for network in ("192.168.7.0/28", "192.168.6.0/23", "10.0.0.4/31", "10.0.0.4/32"):
        domain = Ip(network=network).build(SPEC)
        found = {text.decode() for text in to_list(domain.decode(np.arange(domain.size, dtype=np.uint64)))}
        hosts = {str(host) for host in ip_network(network).hosts()}
        assert len(found) == domain.size
        assert found <= hosts
        assert len(hosts - found) in (0, 2)  # the last octet is 1 to 254 where it is free


def test_by_default_addresses_are_nobodys() -> None:
    assert all(IPv4Address(text) in ip_network("10.0.0.0/8") for text in values("ip"))
    assert all(IPv6Address(text) in ip_network("2001:db8::/32") for text in values("ip", version=6))
    assert all(int(text[:2], 16) & 3 == 2 for text in values("mac"))  # set by hand, of one card
    assert all((urlsplit(text).hostname or "").endswith(".example") for text in values("url"))


@pytest.mark.parametrize("rule", ["ip", "mac", "url"])
def test_a_key_never_repeats(rule: str) -> None:
    assert len(set(values(rule, 50_000, unique=True))) == 50_000


@given(index=st.lists(st.integers(0, 2**40 - 1), min_size=1, max_size=20))
@settings(deadline=None)
def test_the_index_of_a_mac_address_can_be_read_back(index: list[int]) -> None:
    domain = Mac().build(SPEC)
    assert domain.size == 1 << 40
    for i, text in zip(index, to_list(domain.decode(np.array(index, dtype=np.uint64))), strict=True):
        assert int.from_bytes(bytes(int(byte, 16) for byte in text.split(b":")[1:]), "little") == i


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ({}, "02(:[0-9a-f]{2}){5}"),
        ({"prefix": "00-1A-2b", "separator": "-"}, "00-1a-2b(-[0-9a-f]{2}){3}"),
        ({"prefix": "001a2b3c4d", "separator": ""}, "001a2b3c4d[0-9a-f]{2}"),
    ],
)
def test_mac_addresses_have_their_prefix(options: dict[str, str], shape: str) -> None:
    assert all(re.fullmatch(shape, text) for text in values("mac", **options))


def test_pages_are_well_formed_and_left_out_where_there_is_no_room() -> None:
    page = r"https://www\.[a-z]+-[a-z]+\.example/[a-z]+/[a-z]+-[a-z]+"
    assert all(re.fullmatch(page, text) for text in values("url"))
    site = r"https://www\.[a-z]+-[a-z]+\.example/"
    assert all(re.fullmatch(site, text) for text in values("url", path=False))
    assert all(re.fullmatch(site, text) for text in values("url", data_type="VARCHAR(45)"))


def test_pages_are_numbered_only_when_all_are_taken() -> None:
    spec = ColumnSpec(1, "t", Column(name="v", data_type="VARCHAR(100)"), 10**6, key=True)
    domain = Url().build(spec)
    assert domain.natural > 10**8
    ends = np.array([0, domain.natural - 1, domain.natural, domain.natural * 2], dtype=np.uint64)
    found = [text.decode() for text in to_list(domain.decode(ends))]
    assert [re.search(r"-\d+$", text) is not None for text in found] == [False, False, True, True]


@pytest.mark.parametrize(
    ("rule", "options", "message"),
    [
        ("ip", {"network": "10.0.0.1/8"}, "write it as 192.168.0.0/16"),
        ("ip", {"network": "10.0.0.0/8", "version": 6}, "is of version 4"),
        ("ip", {"network": "nowhere"}, "write it as 192.168.0.0/16"),
        ("ip", {"network": "10.0.0.0/24", "unique": True}, "254 values fit, 3,000 rows asked"),
        ("ip", {"data_type": "VARCHAR(11)"}, "values of up to 14 bytes do not fit"),
        ("mac", {"prefix": "0g"}, "no one to five bytes"),
        ("mac", {"data_type": "CHAR(16)"}, "values of up to 17 bytes do not fit"),
        ("url", {"data_type": "VARCHAR(20)"}, "widen it to"),
        ("url", {"data_type": "VARCHAR(45)", "path": True}, "do not fit"),
    ],
)
def test_what_cannot_be_is_refused(rule: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(DwSimError) as refused:
        values(rule, **options)
    assert message in str(refused.value)
