"""A function's process, as Lambda's runtime starts it, with a clock: run as a script by `runtime`.

    python -I bootstrap.py FUNCTION-FOLDER RUNTIME-FOLDER HANDLER REPORT

What is imported comes from the two folders alone: the function's artifact, and the packages that
Lambda's runtime has. The report says how long init and the first invocation took, in wall time and
in this process's processor time.
"""

import time

CLOCKS = [(time.monotonic(), time.process_time())]

import json  # noqa: E402 - the clock starts first
import sys  # noqa: E402 - as above

function, runtime, handler, report = sys.argv[1:]
sys.path[:0] = [function, runtime]

from awslambdaric import bootstrap, lambda_runtime_client  # noqa: E402 - of the folders above


class Client(lambda_runtime_client.LambdaRuntimeClient):  # type: ignore[misc]  # of no known type
    """Lambda's own client, which notes when the function waits and when it has answered."""

    def wait_next_invocation(self) -> object:
        """Wait for an event."""
        if len(CLOCKS) == 1:
            _note()
        event = super().wait_next_invocation()
        if len(CLOCKS) == 2:  # noqa: PLR2004 - of the first invocation
            _note()
        return event

    def post_invocation_result(self, *arguments: object, **named: object) -> None:
        """Answer."""
        if len(CLOCKS) == 3:  # noqa: PLR2004 - of the first invocation
            _note()
            with open(report, "w", encoding="utf-8") as file:  # noqa: PTH123 - imports count
                json.dump({"clocks": CLOCKS, "modules": sorted(sys.modules)}, file)
        super().post_invocation_result(*arguments, **named)


def _note() -> None:
    CLOCKS.append((time.monotonic(), time.process_time()))


if __name__ == "__main__":
    import os

    bootstrap.run(handler, Client(os.environ["AWS_LAMBDA_RUNTIME_API"]))
