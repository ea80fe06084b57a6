"""HTTP servers of our own on loopback, for as long as a context."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import ThreadingHTTPServer
from threading import Thread


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
