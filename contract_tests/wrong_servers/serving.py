"""A server of the catalogue, ready to listen."""

from collections.abc import Mapping

from contract_tests.wrong_servers import assumed, broken, conforming, mocks, null  # noqa: F401  they enter themselves
from contract_tests.wrong_servers.accounts import Accounts
from contract_tests.wrong_servers.catalogue import CATALOGUE, Entry
from contract_tests.wrong_servers.control import Control
from contract_tests.wrong_servers.deviations import (  # noqa: F401  they enter themselves
    auth,
    credits,
    images,
    lock_life,
    locks,
    pictures,
    recents,
    replies,
    requests,
)
from contract_tests.wrong_servers.message import Reply, Request
from contract_tests.wrong_servers.presentation import Dress, Foreign
from contract_tests.wrong_servers.wire import Answer, Server

GENERATION_SECONDS = 0.8


def entries() -> list[Entry]:
    """The whole catalogue."""
    return list(CATALOGUE.values())


def server(name: str, port: int = 0, *, control: bool, generation_seconds: float = GENERATION_SECONDS) -> Server:
    """The server of that name: in the dress of another stack, or plainly and with a control API."""
    make = CATALOGUE[name].source
    if isinstance(make, Mapping):
        raise TypeError(f"{name} is the mock, which has a command of its own")
    dress = Dress() if control else Foreign()
    accounts = Accounts(open_=control, shared=make.shared_lock)
    service = make(dress, accounts, generation_seconds)
    return Server(port, _steered(service.answer, Control(service)) if control else service.answer, dress)


def _steered(answer: Answer, control: Control) -> Answer:
    def steered(request: Request) -> Reply:
        return control.answer(request) if request.path.startswith("/_mock/") else answer(request)

    return steered
