"""A server of the catalogue in a thread of this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from contract_tests.wrong_servers.serving import server


@contextmanager
def serving(name: str, *, control: bool, generation_seconds: float = 0) -> Iterator[str]:
    """Return the origin of the server; it is gone afterwards."""
    with server(name, control=control, generation_seconds=generation_seconds) as listening:
        thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield listening.address
        finally:
            listening.shutdown()
            thread.join()
