"""The number of round trips to valkey for one generation."""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from . import valkey
from .book import Book
from .contenders import Beside, Contender
from .cores import Cores
from .proxy import CountingProxy
from .rows import ORDER
from .serving import ServingError, serving

REQUESTS = 200


def run(contender: Contender, cores: Cores, book: Book, say: Callable[[str], None]) -> None:
    """Count round trips and commands of generations on one connection."""
    if contender.lacks:
        say(f"round trips: not measured: {contender.lacks}")
        return
    with valkey.served() as server, CountingProxy(server.port) as proxy:
        try:
            trips, commands = _counted(contender, cores, server, proxy)
        except ServingError as error:
            book.failures.append(f"round trips: {error}")
            return
    if not trips:
        book.failures.append("round trips: the mock did not call valkey")
    book.trips = {"round trips": trips, "commands": commands}
    say(f"round trips: {trips:.2f} a generation, with {commands:.2f} commands")


def _counted(contender: Contender, cores: Cores, server: valkey.Valkey, proxy: CountingProxy) -> tuple[float, float]:
    @contextmanager
    def beside() -> Iterator[Beside]:
        yield Beside(state=f"redis://127.0.0.1:{proxy.port}")

    with serving(dataclasses.replace(contender, beside=beside), cores) as mock, mock.client() as client:
        client.generate(ORDER)
        trips, commands = proxy.trips(), server.commands()
        for _ in range(REQUESTS):
            client.generate(ORDER)
        asked = server.commands() - commands - 1  # reading the count is a command too
        return (proxy.trips() - trips) / REQUESTS, asked / REQUESTS
