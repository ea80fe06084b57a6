"""10,000 events a second for five minutes, by simulation: how long they wait, second by second.

Nothing here can send that much, so each assumption is stated, and the figures follow from them:

- Lambda reads the queue with 5 concurrent batches at first, adds up to 300 a minute while messages
  wait, and stops at `MaximumConcurrency`, or at 1,250
  (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html);
- a batch is 100 events, and takes its processor time, at the share of a processor that the memory
  size buys (1,769 MB is one; https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html),
  and three round trips of 5 ms;
- an event takes three write units, a sixth of a life's. An on-demand table starts with 4,000 a
  second, or what it was warmed to, and its quota is 40,000
  (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput-scenarios.html).
  It is taken not to grow meanwhile;
- no cluster has more than its share: a partition takes 1,000 write units a second.
"""

from dataclasses import dataclass
from typing import NamedTuple

RATE = 10_000
MINUTES = 5

_BATCH = 100
_ROUND_TRIPS = 3 * 0.005
_FIRST, _ADDED_A_SECOND, _MOST = 5, 5.0, 1_250
_WHOLE_PROCESSOR = 1_769
_UNITS_AN_EVENT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """How a stack is deployed."""

    processor_an_event: float
    """Seconds of a whole processor."""
    memory: int = 512
    concurrency: int | None = 10
    """`MaximumConcurrency`; None where there is no limit but Lambda's."""
    write_units: int = 4_000
    """What the table takes a second."""

    @property
    def seconds_a_batch(self) -> float:
        """How long a batch takes."""
        share = min(1.0, self.memory / _WHOLE_PROCESSOR)
        return _BATCH * self.processor_an_event / share + _ROUND_TRIPS

    def taken(self, second: int) -> float:
        """How many events are taken in that second, while some wait."""
        most = _MOST if self.concurrency is None else self.concurrency
        readers = min(_FIRST + _ADDED_A_SECOND * second, most)
        return min(readers * _BATCH / self.seconds_a_batch, self.write_units / _UNITS_AN_EVENT)


class Backlog(NamedTuple):
    """What waits after each second, and how long it took."""

    waiting: list[float]
    longest_wait: float
    """Seconds that an event waited at most, first in, first out."""
    empty_after: int
    """Seconds from the first event until none waits."""


def simulated(deployment: Deployment, rate: int = RATE, minutes: int = MINUTES) -> Backlog:
    """Let events come at a rate for some minutes, and take them until none waits."""
    waiting: list[float] = []
    came = taken = longest = 0.0
    second = 0
    while second < minutes * 60 or came > taken:
        came += rate if second < minutes * 60 else 0
        taken = min(came, taken + deployment.taken(second))
        second += 1
        waiting.append(came - taken)
        longest = max(longest, second - taken / rate)
    return Backlog(waiting, max(0.0, longest), second)
