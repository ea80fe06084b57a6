"""`python -m local`: what `make run` runs. While it loads, Ctrl-C ends it without a traceback."""

import signal
import sys

signal.signal(signal.SIGINT, signal.SIG_DFL)

from local.run import main  # noqa: E402 - loading takes a while

if __name__ == "__main__":
    sys.exit(main())
