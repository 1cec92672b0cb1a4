"""A server of the catalogue, ready to listen."""

from collections.abc import Iterable, Mapping

from contract_tests.wrong_servers import broken, conforming  # noqa: F401  they add their servers
from contract_tests.wrong_servers.catalogue import CATALOGUE, Entry
from contract_tests.wrong_servers.control import Control
from contract_tests.wrong_servers.deviations import (  # noqa: F401  they add their servers
    auth,
    computed,
    encoding,
    hostile,
    images,
    locks,
    pictures,
    quotas,
    replies,
    requests,
    times,
)
from contract_tests.wrong_servers.drawn import serving as drawn_serving
from contract_tests.wrong_servers.drawn.drawing import Draw
from contract_tests.wrong_servers.drawn.service import Service as DrawnService
from contract_tests.wrong_servers.generated.mutants import mutants
from contract_tests.wrong_servers.listening import LoopbackServer
from contract_tests.wrong_servers.pace import Pace
from contract_tests.wrong_servers.parameters import Engine
from contract_tests.wrong_servers.presentation import ForeignPresentation, Presentation
from contract_tests.wrong_servers.service import Operation
from contract_tests.wrong_servers.state import Accounts
from contract_tests.wrong_servers.wire import Answer, Reply, Request, Server

GENERATION_SECONDS = 0.8


def entries() -> list[Entry]:
    """Return the whole catalogue."""
    return list(CATALOGUE.values())


def find(name: str) -> Entry:
    """Return a server of the catalogue or a generated one by its name; raise KeyError for an unknown one."""
    return CATALOGUE[name] if name in CATALOGUE else mutants()[name]


def server(
    name: str,
    port: int = 0,
    *,
    control: bool,
    generation_seconds: float = GENERATION_SECONDS,
    engines: Iterable[Engine] = (),
    operations: Iterable[Operation] = (),
    pace: Pace | None = None,
) -> LoopbackServer:
    """Return the server of that name, in the style of another stack or plain and with a control API.

    `engines` and `operations` are served beside those of the documentation. pace: how fast time passes, without it as
    on the wall clock.
    """
    make = find(name).source
    if isinstance(make, Mapping):
        raise TypeError(f"{name} is the mock, which has its own command")
    if isinstance(make, Draw):
        return drawn_serving.Server(DrawnService(make, pace or Pace(), control=control), port)
    presentation = Presentation() if control else ForeignPresentation()
    accounts = Accounts(open_=control, shared=make.shared_lock, pace=pace)
    service = make(presentation, accounts, generation_seconds, engines, operations)
    answer = _with_control(service.answer, Control(service)) if control else service.answer
    return Server(port, answer, presentation, pace)


def _with_control(answer: Answer, control: Control) -> Answer:
    def route(request: Request) -> Reply:
        return control.answer(request) if request.path.startswith("/_mock/") else answer(request)

    return route
