"""Decides which addresses to ask for: those that a task of the inventory can have had."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Any

_PRIVATE = tuple(
    ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)
_MOST_REMEMBERED = 200_000

Address = IPv4Address | IPv6Address


class Scope:
    """The prefixes of the inventory's subnets, and those that are private everywhere."""

    def __init__(self, subnets: Iterable[dict[str, Any]]) -> None:
        """Take the items of `GET /subnets`.

        While a subnet's prefixes are not known, any global IPv6 address could be in it, and is
        asked for. IPv4 subnets are nearly always private.
        """
        self._networks: list[IPv4Network | IPv6Network] = list(_PRIVATE)
        self._of_vpc: dict[str, list[IPv4Network | IPv6Network]] = {}
        self._any_ipv6 = False
        for subnet in subnets:
            prefixes = [subnet.get("ipv4Cidr"), *(subnet.get("ipv6Cidrs") or ())]
            networks = [ip_network(prefix) for prefix in prefixes if prefix]
            self._any_ipv6 |= subnet.get("ipv6Cidrs") is None
            self._networks += networks
            self._of_vpc.setdefault(subnet.get("vpcId") or "", []).extend(networks)
        self.canonical = lru_cache(_MOST_REMEMBERED)(self._canonical)
        self.is_in_vpc = lru_cache(_MOST_REMEMBERED)(self._is_in_vpc)

    def _canonical(self, text: str) -> tuple[str, bool] | None:
        """Return an address in the API's form, and whether to ask for it.

        None for text that is not an address.
        """
        try:
            address = address_of(text)
        except ValueError:
            return None
        return str(address), self._is_known(address)

    def _is_known(self, address: Address) -> bool:
        if address.is_multicast or address.is_link_local or address.is_loopback:
            return False
        if address.is_unspecified or address == _BROADCAST:
            return False
        if any(address in network for network in self._networks):
            return True
        return self._any_ipv6 and address.version == 6 and address.is_global  # noqa: PLR2004 - IPv6

    def _is_in_vpc(self, text: str, vpc: str) -> bool:
        """Return whether an address lies in a subnet of a VPC that the inventory knows.

        A VPC's own route always wins there, so no holder in another VPC can be meant.
        """
        address = address_of(text)
        return any(address in network for network in self._of_vpc.get(vpc, ()))


_BROADCAST = IPv4Address("255.255.255.255")


def address_of(text: str) -> Address:
    """Read an address; an IPv4 address within IPv6 is itself. Raise ValueError."""
    address = ip_address(text)
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
