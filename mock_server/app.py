"""The application: puts all the parts together."""

import asyncio
from collections.abc import Iterable, Mapping
from functools import cache, partial
from itertools import groupby
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from . import resources
from .configuration import ConfigurationError, Settings, is_loopback
from .contract import (
    Contract,
    ContractError,
    Operation,
    Rules,
    compile_contract,
    compile_rules,
    read_yaml,
    without_engines,
)
from .domain.behaviour import Behaviour
from .domain.clock import Clock, RealClock
from .extras import install_command
from .history import make_inventor
from .http.access_log import AccessLog, counting, log_access
from .http.body import BodyReader
from .http.handlers import HANDLERS, Handler
from .http.operations import Operations
from .http.pictures import Pictures
from .http.pipeline import Pipeline
from .http.presentation import make_presenter
from .http.routing import LazyApp, PathRouter
from .http.slashes import SlashRedirect
from .service import Changes, Events, Scheduler, Service
from .stores import MemoryJournal, MemoryShelf, MemoryStore, Shelf, State, StoreUnavailableError

# The prefixes of paths, of which the second ends on 2026-07-01. [VERSIONING]
_VERSIONED, _UNVERSIONED = "/api/v1/", "/api/"

if TYPE_CHECKING:
    from .control import Auth


@cache
def contract() -> Contract:
    """Return the contract that the mock serves, compiled from the document; raise ContractError."""
    try:
        return compile_contract(read_yaml(resources.DOCUMENT))
    except ContractError as error:
        raise ContractError(f"{resources.DOCUMENT}: {error}") from error


@cache
def rules() -> Rules:
    """Return the rules, compiled from rules.yaml."""
    return compile_rules(read_yaml(resources.RULES), contract().engines)


def create_app(
    settings: Settings,
    clock: Clock | None = None,
    served: Contract | None = None,
    handlers: Mapping[str, Handler] = HANDLERS,
    log: AccessLog = log_access,
    state: State | None = None,
    service: Service | None = None,
    rendered: Shelf[bytes] | None = None,
) -> ASGIApp:
    """Return the mock as an ASGI application; raise ContractError if a handler has no operation.

    served: the contract, by default the packaged one; state: by default the one that the settings name; service: by
    default a new one of that state; rendered: the pictures that applications share.
    """
    # A request for what the service lacks is valid, and beyond a limit: the whole document reads it.
    whole = served or contract()
    served = _offered(whole, settings.behaviour)
    unknown = handlers.keys() - {operation.id for operation in served.operations}
    if unknown:
        raise ContractError(f"handlers without an operation in the document: {', '.join(sorted(unknown))}")
    service = service or _service(settings, served, state or open_state(settings, clock))
    reader = BodyReader(settings.behaviour, service.sources)
    pipeline = partial(
        Pipeline,
        served,
        service,
        allow_faults=settings.control_open,
        log=counting(log, service.counts, service.clock),
        present=make_presenter(settings.behaviour),
        cors=settings.behaviour.cors == "any",
    )
    operations = partial(Operations, whole, service, reader, handlers)
    emulated = {path: pipeline(operations(methods)) for path, methods in _by_path(whole.operations)}
    shelf = open_rendered(settings) if rendered is None else rendered

    # Later, with what it imports: a client that calls only the API does not wait for it.
    def others() -> ASGIApp:
        from .routes import route

        pictures = Pictures(service, shelf)
        control = LazyApp(partial(_control, settings, service, served, pictures, router))
        shown = control if settings.control_open else None
        return route(shown, uploads=pipeline(pictures), unknown=pipeline(operations({})))

    other, redirect = LazyApp(others), pipeline(SlashRedirect())
    slashed = {"ignored": lambda app: app, "redirected": lambda _: redirect, "unknown": None}
    paths = _with_unversioned(emulated, settings.behaviour)
    router = PathRouter(paths, other, slashed[settings.behaviour.trailing_slash])
    return router


def _with_unversioned(emulated: Mapping[str, ASGIApp], behaviour: Behaviour) -> Mapping[str, ASGIApp]:
    """Return all paths, with those without a version if the service has them, too. [VERSIONING]"""
    if behaviour.unversioned_paths != "served":
        return emulated
    return {**emulated, **{path.replace(_VERSIONED, _UNVERSIONED, 1): app for path, app in emulated.items()}}


def open_service(settings: Settings, clock: Clock) -> Service:
    """Return the service of `create_app`, for a program that reads its state."""
    return _service(settings, _offered(contract(), settings.behaviour), open_state(settings, clock))


def _offered(served: Contract, behaviour: Behaviour) -> Contract:
    """Return the contract without the engines that the service lacks; raise ConfigurationError. [ENGINES]"""
    if not behaviour.absent_engines:
        return served
    if set(served.engines) <= set(behaviour.absent_engines):
        raise ConfigurationError("absent_engines has every engine: leave one out, so that a request can be valid")
    return compile_contract(without_engines(served.document, behaviour.absent_engines))


def open_state(settings: Settings, clock: Clock | None = None) -> State:
    """Return the state that the settings name; raise ConfigurationError.

    clock: of this machine. It connects on first use. Close it in the event loop that used it.
    """
    behaviour, clock = settings.behaviour, clock or RealClock()
    if settings.state != "memory":
        return _redis_state(settings, clock)
    journal = MemoryJournal(behaviour.max_journal_entries, behaviour.max_journal_bytes, behaviour.max_worlds)
    store = MemoryStore(clock, behaviour.max_worlds, behaviour.max_world_bytes, journal.evict)
    return State(store, journal, MemoryShelf[bytes](behaviour.max_source_bytes, len), clock)


def open_rendered(settings: Settings) -> Shelf[bytes]:
    """Return an empty shelf for rendered pictures."""
    return MemoryShelf[bytes](settings.behaviour.max_rendered_bytes, len)


def check_state(settings: Settings) -> None:
    """Raise ConfigurationError if the state that the settings name cannot be reached."""
    state = open_state(settings)

    async def reach() -> None:
        try:
            await state.store.count()
        finally:
            await state.close()

    try:
        asyncio.run(reach())
    except StoreUnavailableError as error:
        raise ConfigurationError(f"{error}. Without the flag the state is kept in memory") from error


def _redis_state(settings: Settings, clock: Clock) -> State:
    try:
        from .stores.redis import AddressError, open_redis  # slow to import, and needs optional packages
    except ImportError as error:
        raise ConfigurationError(f"a package is missing; run: {install_command('redis')}") from error
    try:
        return open_redis(settings.state, settings.behaviour, clock)
    except AddressError as error:
        raise ConfigurationError(str(error)) from error


def _service(settings: Settings, served: Contract, state: State) -> Service:
    scheduler, events = Scheduler(state.clock), Events()
    return Service(
        accounts=settings.accounts,
        behaviour=settings.behaviour,
        clock=state.clock,
        store=state.store,
        journal=state.journal,
        sources=state.sources,
        scheduler=scheduler,
        events=events,
        changes=Changes(scheduler, events, state.bus),
        seed=settings.seed,
        generation_seconds=settings.generation_seconds,
        invent=make_inventor(served, settings.behaviour, settings.seed),
        instance=settings.instance,
    )


def _control(settings: Settings, service: Service, served: Contract, pictures: Pictures, mock: ASGIApp) -> ASGIApp:
    from .control import Auth, control_app, control_calls

    auth = Auth(settings.admin_token)
    page = LazyApp(partial(_page, settings, served, auth))
    pages = {
        "/docs": LazyApp(partial(_reference, settings, served)),
        "/llms.txt": LazyApp(partial(_facts, settings, served)),
    }
    local = is_loopback(settings.host)
    calls = control_calls(service, served, rules(), settings.profile, pictures.picture, mock)
    agents = Route("/mcp", LazyApp(partial(_agents, settings, served, mock)))
    return control_app([*calls, agents], page, pages, auth, local)


def _page(settings: Settings, served: Contract, auth: "Auth") -> ASGIApp:
    from .control.page_data import page_data
    from .dashboard import page_app

    return page_app(page_data(settings.accounts, settings.behaviour, served, settings.generation_seconds), auth)


def _reference(settings: Settings, served: Contract) -> ASGIApp:
    from .reference import reference_app

    values = {name: getattr(settings.behaviour, name) for name in rules().settings}
    return reference_app(served, rules(), values, settings.accounts.able())


def _facts(settings: Settings, served: Contract) -> ASGIApp:
    from .agents.facts import facts_app

    return facts_app(served, rules(), settings.accounts)


def _agents(settings: Settings, served: Contract, mock: ASGIApp) -> ASGIApp:
    try:
        from .agents.server import McpApp  # slow to import, and needs an optional package
    except ImportError:
        message = f"The tools for agents need a package that is missing; run: {install_command('mcp')}."
        return JSONResponse({"message": message}, 501)
    return McpApp(mock, served, rules(), settings.admin_token, settings.accounts)


def _by_path(operations: Iterable[Operation]) -> Iterable[tuple[str, Mapping[str, Operation]]]:
    """Yield each path with its operations by method."""
    for path, group in groupby(sorted(operations, key=lambda each: each.path), key=lambda each: each.path):
        yield path, {each.method: each for each in group}
