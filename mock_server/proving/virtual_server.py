"""The mock in this process and in virtual time: a server for one run of a client after another."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from mock_server.app import create_app, open_service
from mock_server.configuration import Settings
from mock_server.domain.clock import SECOND, Instant
from mock_server.domain.world import Image
from mock_server.embedding import EmbeddedServer

from .client_threads import exempt
from .injector import Injector
from .observed import Arrival
from .patches import install
from .points import Schedule
from .virtual_run import runs
from .virtual_time import VirtualTime

MAX_SECONDS = 3_600


class VirtualServer:
    """A server with its injector and its time."""

    def __init__(self, settings: Settings) -> None:
        self.time = VirtualTime()
        service = open_service(settings, self.time)
        self.injector = Injector(create_app(settings, service=service), service, self.time)
        self.embedded = EmbeddedServer(settings, self.injector)

    @contextmanager
    def served(self) -> Iterator["VirtualServer"]:
        """Serve until the end of the context."""
        install()
        with self.embedded:
            self.embedded.run(self._attach())
            yield self

    async def _attach(self) -> None:
        self.injector.loop, self.time.mock = asyncio.get_running_loop(), self.injector
        exempt(threading.current_thread())

    @contextmanager
    def run(self, schedule: Schedule) -> Iterator[None]:
        """Run a client in virtual time until the end of the context, with the failures of a schedule."""
        url = urlsplit(self.embedded.origin)
        self.begin(schedule)
        try:
            with runs.run(self.time, self.injector.traffic, (url.hostname or "", url.port or 0)):
                yield
        finally:
            self.time.end()

    def begin(self, schedule: Schedule) -> None:
        """Begin a run of a client elsewhere, which has real time."""
        self.time.skip(SECOND)  # so that no request of an earlier run is as late
        self.injector.begin(schedule)
        self.time.begin(self.time.now() + MAX_SECONDS * SECOND)

    def settle(self) -> tuple[list[Arrival], list[Image]]:
        """Let the generations of the run end, and return its requests and images; raise MockStoppedError."""
        run = self.embedded.run
        while (end := run(self.injector.running_until())) is not None:
            self._pass_until(end)
        self._pass_until(self.time.now())
        observed = run(self.injector.collect())
        run(self.injector.end())
        return observed

    def _pass_until(self, end: Instant) -> None:
        self.time.begin(end)
        self.time.block(lambda: False, end)
        self.time.end()
