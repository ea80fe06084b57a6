"""HTTP servers of our own on loopback, for as long as a context."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import ThreadingHTTPServer
from threading import Thread


class Prompt:
    """For a request handler: keep connections, answer without delay, say nothing."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer on a kept connection takes 40 ms

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(server: ThreadingHTTPServer) -> Iterator[str]:
    """Serve until the context ends, and give the URL; callers may keep their connections."""
    with server:
        thread = Thread(target=partial(server.serve_forever, poll_interval=0.02), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
