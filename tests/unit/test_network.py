"""The network interface in what ECS shows: the one attachment that counts, and its facts."""

from typing import Any

import pytest

from core.task.ecs import MalformedObservationError, ParsedObservation, parse_event
from core.task.record import Record
from tests.support.samples import EVENTS, readable
from tests.support.tasks import Json, containers, described, eni, event, observed, status_of

READABLE = readable()


def record(name: str) -> Record:
    return READABLE[name].record


# One attachment


@pytest.mark.parametrize(
    "fields",
    [
        {
            "attachments": [],
            "containers": [{"networkInterfaces": [{"ipv6Address": "2001:db8::7"}]}],
        },
        {"attachments": [{"type": "eni", "status": "PRECREATED", "details": []}]},
    ],
)
def test_an_interface_is_one_wherever_it_shows(fields: Json) -> None:
    """Only in a container, or in an attachment that has nothing to tell yet."""
    assert described(**fields).record.facts.network_mode == "awsvpc"


def test_an_event_s_eni_gives_the_address_facts() -> None:
    seen = record("fargate-service-3-running")
    interface = seen.interface
    attachment = EVENTS["fargate-service-3-running"]["detail"]["attachments"][0]
    details = {pair["name"]: pair["value"] for pair in attachment["details"]}
    assert interface.attachment_id == attachment["id"]
    assert seen.facts.network_mode == "awsvpc"
    assert interface.network_interface_id == details["networkInterfaceId"]
    assert interface.subnet_id == details["subnetId"]
    assert interface.mac_address == details["macAddress"]
    assert interface.private_dns_name == details["privateDnsName"]
    assert interface.private_ipv4_address == details["privateIPv4Address"]


def test_an_eni_is_called_elastic_network_interface_by_describe_tasks() -> None:
    assert described(attachments=[eni(kind="ElasticNetworkInterface")]).record.interface == (
        described(attachments=[eni(kind="eni")]).record.interface
    )


@pytest.mark.parametrize("first", ["elb", "sdi", "ServiceConnect", "AmazonElasticBlockStorage"])
def test_the_eni_is_not_always_the_first_attachment(first: str) -> None:
    other = {"id": "other", "type": first, "status": "ATTACHED", "details": []}
    assert observed(attachments=[other, eni()]).interface == observed().interface
    assert status_of(observed(attachments=[other, eni()])).attachment_status == "ATTACHED"


@pytest.mark.parametrize("name", ["service-connect-running", "load-balancer-running"])
def test_our_samples_with_another_attachment_first_hold_their_address(name: str) -> None:
    assert record(name).address_state == "held"


def test_the_spelling_of_a_detail_s_name_does_not_matter() -> None:
    spelled = eni(privateIPv4Address=None, privateIpv4Address="10.0.4.128")
    assert observed(attachments=[spelled]) == observed()


def test_of_a_detail_that_comes_twice_the_first_counts() -> None:
    attachment = eni()
    again = [*attachment["details"], {"name": "subnetId", "value": "subnet-z"}]
    assert observed(attachments=[{**attachment, "details": again}]) == observed()


def test_the_private_dns_name_is_optional() -> None:
    assert observed(attachments=[eni()]).interface.private_dns_name is None
    named = eni(privateDnsName="ip-10-0-4-128.ec2.internal")
    assert observed(attachments=[named]).interface.private_dns_name == "ip-10-0-4-128.ec2.internal"


def test_containers_fill_the_gaps_of_the_attachment() -> None:
    bare = eni(privateIPv4Address=None)
    boxes = containers({"attachmentId": "attachment-1", "privateIpv4Address": "10.0.4.129"})
    assert observed(attachments=[bare], containers=boxes).interface.private_ipv4_address == (
        "10.0.4.129"
    )


def test_containers_fill_gaps_even_if_their_attachment_id_matches_nothing() -> None:
    bare = {**eni(privateIPv4Address=None), "id": ""}
    boxes = containers({"attachmentId": "another", "privateIpv4Address": "10.0.4.129"})
    interface = observed(attachments=[bare], containers=boxes).interface
    assert (interface.attachment_id, interface.private_ipv4_address) == (None, "10.0.4.129")


def test_the_attachment_s_own_details_come_before_the_containers() -> None:
    boxes = containers({"privateIpv4Address": "10.0.4.9"}, {"privateIpv4Address": "10.0.4.8"})
    assert observed(containers=boxes).interface.private_ipv4_address == "10.0.4.128"


def test_an_ipv6_address_comes_from_the_containers() -> None:
    boxes = containers({"ipv6Address": "2001:DB8:0::1"})
    interface = observed(containers=boxes).interface
    assert (interface.private_ipv4_address, interface.ipv6_address) == ("10.0.4.128", "2001:db8::1")
    assert record("dual-stack-running").addresses == (
        "10.0.6.33",
        "2001:db8:4a:600:1c2b:9f3e:7a40:d815",
    )
    assert record("ipv6-only-running").interface.private_ipv4_address is None
    assert record("ipv6-only-running").address_state == "held"


def test_an_ipv6_address_among_the_attachment_s_details_counts() -> None:
    interface = observed(attachments=[eni(ipv6Address="2001:db8::7")]).interface
    assert interface.ipv6_address == "2001:db8::7"


@pytest.mark.parametrize(
    "attachments",
    [
        None,
        [],
        [{"id": "x", "type": "sdi", "status": "ATTACHED", "details": []}],
        [{"id": "x", "type": "elb", "status": "ATTACHED", "details": []}],
    ],
    ids=["missing", "empty", "cloud-map", "load-balancer"],
)
def test_a_task_in_bridge_or_host_mode_has_no_address(attachments: Any) -> None:
    box = {
        "networkInterfaces": [],
        "networkBindings": [{"bindIP": "203.0.113.9", "containerPort": 80, "hostPort": 32768}],
    }
    seen = observed(attachments=attachments, containers=[box, {"name": "no interfaces"}])
    assert (seen.addresses, seen.facts.network_mode, seen.address_state) == ((), None, "none")
    assert status_of(seen).attachment_status is None


def test_our_bridge_sample_has_no_address() -> None:
    assert record("ec2-bridge-running").address_state == "none"


def test_a_precreated_eni_is_pending() -> None:
    seen = record("fargate-service-1-provisioning")
    assert status_of(seen).attachment_status == "PRECREATED"
    assert seen.interface.subnet_id is not None
    assert (seen.addresses, seen.address_state) == ((), "pending")


@pytest.mark.parametrize("address", ["203.0.113.9", "100.64.0.1", "8.8.8.8", "169.254.1.1"])
def test_addresses_need_not_be_private(address: str) -> None:
    seen = observed(attachments=[eni(privateIPv4Address=address)])
    assert seen.addresses == (address,)


def test_addresses_are_kept_in_their_canonical_text() -> None:
    seen = observed(attachments=[eni(privateIPv4Address="::ffff:10.0.4.128")])
    assert seen.addresses == ("10.0.4.128",)


def test_text_that_is_no_address_is_left_out_and_named_and_the_rest_counts() -> None:
    bad = eni(privateIPv4Address="00.00.0.000")
    boxes = containers({"privateIpv4Address": "00.00.0.000"}, {"ipv6Address": "10.0.4.128"})
    observation = parse_event(event(attachments=[bad], containers=boxes))
    assert observation.invalid_addresses == (
        "detail.attachments[0].privateIpv4Address is not an IP address",
        "detail.containers[0].networkInterfaces[0].privateIpv4Address is not an IP address",
        "detail.containers[1].networkInterfaces[0].ipv6Address is an IPv4 address",
    )
    assert observation.record.addresses == ()
    assert observation.record.address_state == "pending"
    assert observation.record.interface.subnet_id == "subnet-a"
    assert status_of(observation.record).last_status == "RUNNING"


def test_a_container_s_valid_address_stands_in_for_an_invalid_one() -> None:
    bad = eni(privateIPv4Address="nonsense")
    boxes = containers({"privateIpv4Address": "10.0.4.128"})
    observation = parse_event(event(attachments=[bad], containers=boxes))
    assert observation.record.addresses == ("10.0.4.128",)
    assert len(observation.invalid_addresses) == 1


def test_a_subnet_id_that_would_break_an_index_key_is_refused() -> None:
    reason = r"^detail\.attachments\[0\]\.subnetId is not the id of a subnet$"
    for subnet in ("subnet-a#b", "subnet a", "?", "subnet~"):
        with pytest.raises(MalformedObservationError, match=reason):
            observed(attachments=[eni(subnetId=subnet)])


# Several interfaces


def second(status: str = "ATTACHED", **details: str | None) -> Json:
    """Make the attachment of another interface, in another subnet."""
    other: dict[str, Any] = {
        "networkInterfaceId": "eni-2",
        "subnetId": "subnet-b",
        "macAddress": None,
        "privateIPv4Address": "10.0.5.7",
        **details,
    }
    return {**eni(status=status, **other), "id": "attachment-2"}


NOTHING_YET: dict[str, Any] = {
    "privateIPv4Address": None,
    "networkInterfaceId": None,
    "macAddress": None,
}


def both_ways(*attachments: Json, **detail: Any) -> ParsedObservation:
    """Read attachments in either order, which must not matter."""
    one = parse_event(event(attachments=list(attachments), **detail))
    other = parse_event(event(attachments=list(reversed(attachments)), **detail))
    assert one.record == other.record
    assert one.other_interfaces == other.other_interfaces
    return one


def test_an_eni_that_failed_is_never_used() -> None:
    for failed in (eni(status="FAILED"), eni(status="FAILED", **NOTHING_YET)):
        seen = both_ways(failed, second())
        assert (seen.record.addresses, status_of(seen.record).attachment_status) == (
            ("10.0.5.7",),
            "ATTACHED",
        )
        assert seen.record.interface.subnet_id == "subnet-b"
        assert seen.record.interface.mac_address is None, "that of the failed one is not mixed in"
        assert seen.other_interfaces == ()


def test_an_eni_that_failed_is_not_used_if_there_is_no_other() -> None:
    boxes = containers({"attachmentId": "attachment-1", "privateIpv4Address": "10.0.4.128"})
    seen = observed(attachments=[eni(status="FAILED")], containers=boxes)
    assert (seen.addresses, seen.facts.network_mode) == ((), "awsvpc")
    assert seen.interface.subnet_id is None
    assert status_of(seen).attachment_status == "FAILED"


def test_the_containers_of_an_eni_that_failed_tell_nothing_of_another() -> None:
    boxes = containers(
        {"attachmentId": "attachment-1", "privateIpv4Address": "10.0.4.128"},
        {"attachmentId": "attachment-2", "ipv6Address": "2001:db8::7"},
    )
    seen = both_ways(eni(status="FAILED"), second(privateIPv4Address=None), containers=boxes)
    assert seen.record.addresses == ("2001:db8::7",)


def test_the_eni_that_shows_an_address_counts_before_one_that_is_attached_without() -> None:
    seen = both_ways(eni(status="ATTACHED", **NOTHING_YET), second("ATTACHING"))
    assert (seen.record.interface.subnet_id, seen.record.addresses) == ("subnet-b", ("10.0.5.7",))
    assert seen.other_interfaces == ()


@pytest.mark.parametrize("status", ["PRECREATED", "ATTACHING", "DETACHING", "DETACHED", "DELETED"])
def test_of_two_with_an_address_the_attached_one_counts(status: str) -> None:
    seen = both_ways(eni(status=status), second("ATTACHED"))
    assert seen.record.addresses == ("10.0.5.7",)
    assert seen.record.earliest.gone_at is None
    assert seen.other_interfaces == ()


def test_of_two_that_are_attached_one_counts_alone_and_the_other_is_named() -> None:
    seen = both_ways(eni(macAddress=None), second(privateDnsName="ip-10-0-5-7.ec2.internal"))
    assert seen.record.interface == observed(attachments=[eni(macAddress=None)]).interface
    assert seen.record.interface.private_dns_name is None
    assert seen.other_interfaces == ("eni-2",)


def test_another_interface_without_an_id_is_named_by_its_attachment() -> None:
    seen = both_ways(eni(), second(networkInterfaceId=None))
    assert seen.other_interfaces == ("attachment-2",)
    nameless = {**second(networkInterfaceId=None), "id": None}
    assert both_ways(eni(), nameless).other_interfaces == ("unnamed",)


def test_containers_fill_the_gaps_of_their_own_attachment_alone() -> None:
    boxes = containers(
        {"attachmentId": "attachment-2", "ipv6Address": "2001:db8::2"},
        {"attachmentId": "attachment-1", "ipv6Address": "2001:db8::1"},
        {"attachmentId": "unheard-of", "ipv6Address": "2001:db8::3"},
    )
    seen = both_ways(eni(), second(), containers=boxes)
    assert seen.record.addresses == ("10.0.4.128", "2001:db8::1")


def test_a_lone_eni_takes_what_containers_say_without_a_name_or_with_an_unknown_one() -> None:
    for name in ({}, {"attachmentId": "unheard-of"}):
        boxes = containers({**name, "ipv6Address": "2001:db8::3"})
        assert observed(containers=boxes).addresses == ("10.0.4.128", "2001:db8::3")


def test_an_invalid_address_is_named_once_however_many_attachments_were_read() -> None:
    boxes = containers({"ipv6Address": "nonsense"})
    observation = parse_event(event(attachments=[eni(status="FAILED"), eni()], containers=boxes))
    assert observation.invalid_addresses == (
        "detail.containers[0].networkInterfaces[0].ipv6Address is not an IP address",
    )
