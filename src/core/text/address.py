"""IP addresses in their canonical text form."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

type Network = IPv4Network | IPv6Network

_MAPPED_BITS = 96
"""The bits of an IPv4-mapped address before the IPv4 address in it."""


def canonical_ip(text: str) -> str:
    """Return an address in the form of RFC 5952; an IPv4-mapped one becomes IPv4.

    Raise ValueError for text that is not an address, which ECS fixtures do contain (`00.00.0.000`),
    and for scoped addresses (`fe80::1%eth0`), which name an interface of some host.
    """
    return str(_unmapped(_parsed(text)))


def canonical_ipv4(text: str) -> str:
    """Return an IPv4 address in canonical form; raise ValueError for other text."""
    address = _unmapped(_parsed(text))
    if isinstance(address, IPv6Address):
        raise ValueError("is an IPv6 address")  # noqa: TRY004 - wrong text, not a wrong type
    return str(address)


def canonical_ipv6(text: str) -> str:
    """Return an IPv6 address in canonical form; raise ValueError for other text."""
    address = _unmapped(_parsed(text))
    if isinstance(address, IPv4Address):
        raise ValueError("is an IPv4 address")  # noqa: TRY004 - wrong text, not a wrong type
    return str(address)


def parse_cidr(text: str) -> Network:
    """Parse a prefix such as `10.0.0.0/16`, or a single address; raise ValueError for other text.

    A prefix of IPv4-mapped addresses becomes IPv4.
    """
    try:
        network = ip_network(text)
    except ValueError as error:
        if "host bits" in str(error):
            raise ValueError("has host bits set") from None
        raise ValueError("is not an IPv4 or IPv6 prefix") from None
    if isinstance(network, IPv4Network):
        return network
    if network.network_address.scope_id is not None:
        raise ValueError("is not an IPv4 or IPv6 prefix")
    # A prefix shorter than that of all mapped addresses does not start in their range.
    mapped = network.network_address.ipv4_mapped
    return network if mapped is None else IPv4Network((mapped, network.prefixlen - _MAPPED_BITS))


def in_network(address: str | None, network: Network) -> bool:
    """Return whether a canonical address lies in the prefix; False without an address."""
    return address is not None and ip_address(address) in network


def _parsed(text: str) -> IPv4Address | IPv6Address:
    try:
        address = ip_address(text)
    except ValueError:
        raise ValueError("is not an IP address") from None
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        raise ValueError("is an address with a zone")
    return address


def _unmapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
