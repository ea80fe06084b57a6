"""Addresses: one canonical text each, whatever form they came in."""

from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.address import canonical_ip, canonical_ipv4, canonical_ipv6, in_network, parse_cidr


@pytest.mark.parametrize(
    "text, canonical",
    [
        ("10.0.4.128", "10.0.4.128"),
        ("0.0.0.0", "0.0.0.0"),
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8::1", "2001:db8::1"),
        # The rules of RFC 5952, one by one.
        ("2001:0DB8:0000:0000:0000:0000:0000:0001", "2001:db8::1"),
        ("2001:db8::0:1", "2001:db8::1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:DB8::ABCD", "2001:db8::abcd"),
        ("::", "::"),
    ],
)
def test_an_address_is_written_as_rfc_5952_has_it(text: str, canonical: str) -> None:
    assert canonical_ip(text) == canonical


@pytest.mark.parametrize(
    "text", ["::ffff:10.0.4.128", "::FFFF:0a00:0480", "0:0:0:0:0:ffff:a00:480"]
)
def test_an_ipv4_mapped_address_becomes_ipv4(text: str) -> None:
    assert canonical_ip(text) == canonical_ipv4(text) == "10.0.4.128"


@pytest.mark.parametrize("text", ["::10.0.4.128", "64:ff9b::10.0.4.128", "2002:a00:480::"])
def test_other_embedded_ipv4_addresses_stay_ipv6(text: str) -> None:
    assert ":" in canonical_ip(text)


@pytest.mark.parametrize(
    "text", ["fe80::1%eth0", "fe80::1%1", "2001:db8::1%25lo", "::ffff:10.0.4.1%2"]
)
def test_an_address_with_a_zone_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^is an address with a zone$"):
        canonical_ip(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "00.00.0.000",
        "010.0.4.128",
        "10.0.4",
        "10.0.4.256",
        "10.0.4.128.1",
        "10.0.4.128/32",
        " 10.0.4.128",
        "10.0.4.128\n",
        "10.0.4.٣",
        "0x0a.0.4.128",
        "167773312",
        "2001:db8:::1",
        "2001:db8::1::",
        "[2001:db8::1]",
        "2001:db8::12345",
        "fe80::1%",
        "localhost",
        "ip-10-0-4-128.ec2.internal",
        "x" * 10_000,
    ],
)
def test_text_that_is_no_address_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ValueError, match=r"^is not an IP address$"):
        canonical_ip(text)


def test_an_address_of_the_other_family_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^is an IPv6 address$"):
        canonical_ipv4("2001:db8::1")
    with pytest.raises(ValueError, match=r"^is an IPv4 address$"):
        canonical_ipv6("10.0.4.128")
    with pytest.raises(ValueError, match=r"^is an IPv4 address$"):
        canonical_ipv6("::ffff:10.0.4.128")


@given(st.ip_addresses())
def test_canonical_text_is_its_own_canonical_text(address: IPv4Address | IPv6Address) -> None:
    canonical = canonical_ip(str(address))
    assert canonical_ip(canonical) == canonical
    assert canonical == canonical.lower()
    assert len(canonical) <= 39


@given(st.ip_addresses(v=6))
def test_every_spelling_of_an_address_has_one_canonical_text(address: IPv6Address) -> None:
    assert canonical_ip(address.exploded.upper()) == canonical_ip(address.compressed)


@pytest.mark.parametrize(
    "text", ["10.0.0.0/16", "10.0.4.128", "10.0.4.128/32", "2001:db8::/32", "::/0"]
)
def test_a_prefix_is_read(text: str) -> None:
    assert parse_cidr(text) == ip_network(text)


@pytest.mark.parametrize(
    "text, reason",
    [
        ("10.0.4.128/16", "has host bits set"),
        ("2001:db8::1/32", "has host bits set"),
        ("10.0.0.0/33", "is not an IPv4 or IPv6 prefix"),
        ("10.0.0.0/", "is not an IPv4 or IPv6 prefix"),
        ("10.0.0/16", "is not an IPv4 or IPv6 prefix"),
        ("everything", "is not an IPv4 or IPv6 prefix"),
        ("fe80::1%eth0/128", "is not an IPv4 or IPv6 prefix"),
        ("", "is not an IPv4 or IPv6 prefix"),
    ],
)
def test_what_is_no_prefix_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{reason}$"):
        parse_cidr(text)


@pytest.mark.parametrize(
    "address, cidr, inside",
    [
        ("10.0.4.128", "10.0.0.0/16", True),
        ("10.0.4.128", "10.0.4.128", True),
        ("10.0.4.128", "0.0.0.0/0", True),
        ("10.1.0.0", "10.0.0.0/16", False),
        ("10.0.4.128", "::/0", False),
        ("10.0.4.128", "::ffff:10.0.0.0/112", True),
        ("10.0.4.128", "::ffff:10.0.4.128", True),
        ("10.0.4.128", "::ffff:10.1.0.0/112", False),
        ("10.0.4.128", "::ffff:0:0/96", True),
        ("2001:db8::1", "2001:db8::/32", True),
        ("2001:db8::1", "0.0.0.0/0", False),
        (None, "0.0.0.0/0", False),
    ],
)
def test_an_address_lies_in_a_prefix_of_its_family(
    address: str | None, cidr: str, inside: bool
) -> None:
    assert in_network(address, parse_cidr(cidr)) is inside
