"""A wrong or conforming server in a thread of this process."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Thread

from contract_tests.wrong_servers.parameters import Engine
from contract_tests.wrong_servers.service import Operation
from contract_tests.wrong_servers.serving import server


@contextmanager
def serving(
    name: str, *, control: bool, engines: Iterable[Engine] = (), operations: Iterable[Operation] = ()
) -> Iterator[str]:
    """Serve it until the end of the block, with additional engines and operations; yield its origin."""
    with server(name, control=control, generation_seconds=0, engines=engines, operations=operations) as listening:
        thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield listening.address
        finally:
            listening.shutdown()
            thread.join()
