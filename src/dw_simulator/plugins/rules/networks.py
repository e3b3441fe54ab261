"""Addresses of machines and pages: IP, MAC, URL. By default none of them is anybody's."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from dw_simulator.engine.values.text import HEX_DIGITS, AnyOf, Assembled, Fragment, Number
from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules.vocabulary import PAGE_SECTIONS, SITE_NOUNS, SITE_WORDS
from dw_simulator.ports.rule import ColumnSpec, Examples, RuleOptions
from dw_simulator.types import Kind

_TEXT = frozenset({Kind.TEXT})
_ADDRESSES = frozenset({Kind.TEXT, Kind.NOTATION})
# private (RFC 1918), and reserved for documentation (RFC 3849)
_NETWORKS = {4: "10.0.0.0/8", 6: "2001:db8::/32"}
_COUNTER = 10**8 - 1


class Ip(RuleOptions):
    """IP addresses of a network; by default of 10.0.0.0/8 (private) or 2001:db8::/32 (for documentation)."""

    kinds: ClassVar[frozenset[Kind]] = _ADDRESSES
    examples: ClassVar[Examples] = (
        {"name": "value", "data_type": "VARCHAR(15)", "rule": {"name": "ip"}},
        {
            "name": "value",
            "data_type": "VARCHAR(45)",
            "is_unique": True,
            "rule": {"name": "ip", "network": "192.168.0.0/18"},
        },
        {
            "name": "value",
            "data_type": "VARCHAR(39)",
            "is_unique": True,
            "rule": {"name": "ip", "version": 6},
        },
    )

    version: Literal[4, 6] | None = Field(
        default=None, description="4 or 6 (that of the network; 4 where none is named)"
    )
    network: str | None = Field(
        default=None, description="the addresses to take, such as 192.168.0.0/16 or 2001:db8:1::/48"
    )

    @model_validator(mode="after")
    def _consistent(self) -> "Ip":
        try:
            version = self._network.version
        except ValueError as error:
            raise ValueError(f"network: {error}; write it as 192.168.0.0/16 or 2001:db8::/32") from None
        if self.version not in (None, version):
            raise ValueError(f"{self.network} is of version {version}; leave the version out")
        return self

    @property
    def _network(self) -> IPv4Network | IPv6Network:
        return ip_network(self.network or _NETWORKS[self.version or 4])

    def build(self, spec: ColumnSpec) -> Assembled:
        network = self._network
        parts = _octets(network) if isinstance(network, IPv4Network) else _groups(network)
        crowded = Assembled(parts).is_crowded
        fillers = tuple(spec.stream(f"filler {k}") for k in range(len(parts))) if crowded else ()
        return Assembled(parts, fillers)


def _octets(network: IPv4Network) -> tuple[Fragment, ...]:
    """Addresses of hosts: where whole octets vary, the last one is none of those kept for the network."""
    first, last = network.network_address.packed, network.broadcast_address.packed
    spans = [range(low, high + 1) for low, high in zip(first, last, strict=True)]
    if len(spans[3]) > 2:
        spans[3] = spans[3][1:-1]
    return tuple(
        AnyOf.of(*(f"{octet}{'.' if k < 3 else ''}" for octet in span)) for k, span in enumerate(spans)
    )


def _groups(network: IPv6Network) -> tuple[Fragment, ...]:
    """Groups of hexadecimal digits; none is 0, so that the address is in its canonical form (RFC 5952)."""
    varying = -(-(128 - network.prefixlen) // 16)
    fixed = 8 - varying
    # what the address looks like with every group that varies at its greatest
    text = str(network.broadcast_address)
    if not varying:
        return (AnyOf.of(text),)
    head = "".join(text.rsplit(":", varying)[:1]) + ":" if fixed else ""
    spans = []
    for k in range(fixed, 8):
        low, high = (
            int.from_bytes(address.packed[2 * k : 2 * k + 2])
            for address in (network.network_address, network.broadcast_address)
        )
        # four digits in whole groups, so that what follows them stands at a fixed place
        whole = (low, high) == (0, 0xFFFF) and k < 7
        spans.append((0x1000 if whole else max(low, 1), high))
    numbers = [
        Number(high - low + 1, low, prefix=":" if k else "", alphabet=HEX_DIGITS)
        for k, (low, high) in enumerate(spans)
    ]
    return (AnyOf.of(head), *numbers)


class Mac(RuleOptions):
    """MAC addresses; by default they begin with 02: set by hand, and no maker's."""

    kinds: ClassVar[frozenset[Kind]] = _ADDRESSES
    examples: ClassVar[Examples] = (
        {"name": "value", "data_type": "CHAR(17)", "rule": {"name": "mac"}},
        {
            "name": "value",
            "data_type": "VARCHAR(20)",
            "is_unique": True,
            "rule": {"name": "mac", "prefix": "02-5e-10", "separator": "-"},
        },
    )

    prefix: str = Field(default="02", description="the first one to five bytes, such as 00:1a:2b")
    separator: Literal[":", "-", ""] = Field(default=":", description="what stands between the bytes")

    @model_validator(mode="after")
    def _readable(self) -> "Mac":
        if not re.fullmatch(r"[0-9a-fA-F]{2}([:-]?[0-9a-fA-F]{2}){0,4}", self.prefix):
            raise ValueError(f"the prefix {self.prefix!r} is no one to five bytes; write it as 00:1a:2b")
        return self

    def build(self, spec: ColumnSpec) -> Assembled:  # noqa: ARG002 - the planner looks at the width
        known = re.findall("..", re.sub("[:-]", "", self.prefix.lower()))
        pairs = AnyOf.of(*(f"{self.separator}{byte:02x}" for byte in range(256)))
        return Assembled((AnyOf.of(self.separator.join(known)), *[pairs] * (6 - len(known))))


class Url(RuleOptions):
    """Addresses of pages, below domains that are reserved for examples: nobody gets the visits."""

    kinds: ClassVar[frozenset[Kind]] = _TEXT
    examples: ClassVar[Examples] = (
        {"name": "value", "data_type": "VARCHAR(200)", "rule": {"name": "url"}},
        {
            "name": "value",
            "data_type": "VARCHAR(60)",
            "is_unique": True,
            "rule": {"name": "url", "path": False},
        },
    )

    path: bool | None = Field(
        default=None, description="whether a page follows the site (where the column has room for it)"
    )

    def build(self, spec: ColumnSpec) -> Assembled:
        # .example is reserved (RFC 2606); no word has a hyphen or a digit, so the parts can be told apart
        words, nouns = (AnyOf.of(*list_) for list_ in (SITE_WORDS, SITE_NOUNS))
        host = (AnyOf.of("https://www."), words, AnyOf.of("-"), nouns, AnyOf.of(".example/"))
        sections = AnyOf.of(*(f"{section}/" for section in PAGE_SECTIONS))
        page = (*host, sections, words, AnyOf.of("-"), nouns)
        site_only = Assembled(_counted(host, spec, "item-"))
        whole = Assembled(_counted(page, spec, "-"))
        if self.path or (self.path is None and whole.width <= spec.type.length):
            return whole
        if spec.type.length < site_only.width:
            raise Refusal(
                f"addresses of up to {site_only.width} bytes do not fit", f"widen it to {site_only.width}"
            )
        return site_only


def _counted(parts: tuple[Fragment, ...], spec: ColumnSpec, prefix: str) -> tuple[Fragment, ...]:
    """With a number where the others are used up, in a key."""
    return (*parts, Number(_COUNTER, 1, omit_first=True, prefix=prefix)) if spec.key else parts
