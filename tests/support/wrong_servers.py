"""A wrong or conforming server in a thread of this process."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from contract_tests.wrong_servers.catalogue import CATALOGUE
from contract_tests.wrong_servers.listening import in_thread
from contract_tests.wrong_servers.parameters import Engine
from contract_tests.wrong_servers.presentation import ForeignPresentation
from contract_tests.wrong_servers.service import Operation, Service
from contract_tests.wrong_servers.serving import server
from contract_tests.wrong_servers.state import Accounts
from contract_tests.wrong_servers.wire import Server


@contextmanager
def serving(
    name: str, *, control: bool, engines: Iterable[Engine] = (), operations: Iterable[Operation] = ()
) -> Iterator[str]:
    """Serve it until the end of the block, with additional engines and operations; yield its origin."""
    with in_thread(
        server(name, control=control, generation_seconds=0, engines=engines, operations=operations)
    ) as origin:
        yield origin


@contextmanager
def serving_service(name: str) -> Iterator[tuple[Service, str]]:
    """Serve it without a control API; yield the service, whose accounts can be counted, and its origin."""
    make = CATALOGUE[name].source
    assert isinstance(make, type)
    presentation = ForeignPresentation()
    service = make(presentation, Accounts(open_=False, shared=make.shared_lock), 0)
    with in_thread(Server(0, service.answer, presentation)) as origin:
        yield service, origin
