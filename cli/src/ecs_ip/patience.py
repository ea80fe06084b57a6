"""How long to retry: growing random pauses, up to a bound."""

import random
import time
from collections.abc import Callable

_FIRST_SECONDS = 0.25
_LONGEST_SECONDS = 15.0
_MOST_ASKED_SECONDS = 60.0  # we do not wait for a server that asks for more
_FAILURES = 4  # about two seconds: an address on which nothing listens is reported soon
_REFUSALS = 9  # about a minute: a throttled API recovers


class Patience:
    """The retries of one request."""

    def __init__(
        self,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._sleep = sleep
        self._chance = chance
        self._failures = 0
        self._refusals = 0

    def after_failure(self) -> bool:
        """Pause after a connection that failed; return whether to try again."""
        self._failures += 1
        if self._failures >= _FAILURES:
            return False
        self._sleep(self._pause(self._failures))
        return True

    def after_refusal(self, retry_after: str | None) -> bool:
        """Pause after an answer that asks to retry later; return whether to try again."""
        self._refusals += 1
        asked = float(retry_after) if retry_after and retry_after.isdecimal() else 0.0
        if self._refusals >= _REFUSALS or asked > _MOST_ASKED_SECONDS:
            return False
        self._sleep(max(asked, self._pause(self._refusals)))
        return True

    def _pause(self, attempt: int) -> float:
        """Return a random time between half and all of a time that doubles with each attempt."""
        whole = min(_LONGEST_SECONDS, _FIRST_SECONDS * 2.0 ** (attempt - 1))
        return whole * (0.5 + self._chance() / 2)
