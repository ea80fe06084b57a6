"""The estate's VPCs and subnets, and which of their addresses are taken."""

from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from random import Random

_FIRST_USABLE = 4  # AWS keeps the first four addresses of a subnet, and the last


@dataclass(slots=True)
class Subnet:
    """A subnet; an address is free again as soon as its interface is gone."""

    id: str
    vpc_id: str
    zone: str
    cidr: str
    ipv6_cidr: str | None = None
    taken: set[str] = field(default_factory=set)

    @property
    def usable(self) -> list[str]:
        """List the addresses that AWS lets one use."""
        return [str(address) for address in IPv4Network(self.cidr)][_FIRST_USABLE:-1]

    @property
    def free(self) -> list[str]:
        """List the addresses that nobody has."""
        return [address for address in self.usable if address not in self.taken]

    def take(self, dice: Random, wanted: str | None = None) -> str:
        """Take an address, the wanted one if it is free."""
        free = self.free
        address = wanted if wanted in free else dice.choice(free)
        self.taken.add(address)
        return address

    def give_back(self, address: str) -> None:
        """Let an address be given to somebody else."""
        self.taken.discard(address)

    def ipv6_address(self, dice: Random) -> str | None:
        """Make an IPv6 address, in a subnet that has them; there are too many to meet one twice."""
        if self.ipv6_cidr is None:
            return None
        return str(IPv6Network(self.ipv6_cidr)[dice.getrandbits(64)])
