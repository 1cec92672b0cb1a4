"""The application: the only place that knows all the parts."""

import asyncio
from collections.abc import Iterable, Mapping
from functools import cache, partial
from http import HTTPStatus
from itertools import groupby

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from . import resources
from .configuration import ConfigurationError
from .contract import Contract, ContractError, Operation, Rules, compile_contract, compile_rules, read_yaml
from .control import control_routes
from .domain.clock import Clock, RealClock
from .http.connections import InProcess
from .http.handlers import HANDLERS, Handler
from .http.intake import Intake
from .http.operations import Operations
from .http.pipeline import Pipeline
from .http.replies import Reply, error, to_response
from .http.uploads import Uploads
from .service import Agenda, Events, Service
from .settings import Settings, is_loopback
from .stores import MemoryJournal, MemoryShelf, MemoryStore, State, StoreUnavailableError


@cache
def contract() -> Contract:
    """Return the contract that the mock serves, compiled from the document."""
    return compile_contract(read_yaml(resources.DOCUMENT))


@cache
def rules() -> Rules:
    """Return the rules."""
    return compile_rules(read_yaml(resources.RULES))


def create_app(
    settings: Settings,
    clock: Clock | None = None,
    served: Contract | None = None,
    handlers: Mapping[str, Handler] = HANDLERS,
    state: State | None = None,
) -> ASGIApp:
    """Return the mock as an ASGI application; raise ContractError where a handler has no operation.

    state: what it keeps everything in, None for what the settings name.
    """
    served = served or contract()
    unknown = handlers.keys() - {operation.id for operation in served.operations}
    if unknown:
        raise ContractError(f"handlers without an operation in the document: {', '.join(sorted(unknown))}")
    service = _service(settings, state or open_state(settings, clock))
    rendered = MemoryShelf[bytes](settings.behaviour.max_rendered_bytes, len)
    pipeline = partial(Pipeline, served, service, faulty=settings.control_open)
    operations = partial(Operations, served, service, Intake(settings.behaviour, service.sources), handlers)
    app = Starlette(
        routes=[
            *(
                [control_routes(service, served, rules(), settings.admin_token, is_loopback(settings.host))]
                if settings.control_open
                else []
            ),
            *(Route(path, pipeline(operations(methods))) for path, methods in _by_path(served.operations)),
            Route("/uploads/{title}", pipeline(Uploads(service, rendered))),
        ],
        exception_handlers={HTTPException: _http_error, StoreUnavailableError: _unavailable, Exception: _failure},
    )
    app.router.redirect_slashes = False
    app.router.default = pipeline(operations({}))
    return InProcess(app)


def open_state(settings: Settings, clock: Clock | None = None) -> State:
    """Return what the settings say that everything is kept in; raise ConfigurationError.

    clock: this machine's. Nothing is connected before it is needed. Close it in the event loop that used it.
    """
    behaviour, clock = settings.behaviour, clock or RealClock()
    if settings.state != "memory":
        return _redis_state(settings, clock)
    journal = MemoryJournal(behaviour.max_journal_entries, behaviour.max_journal_bytes, behaviour.max_worlds)
    store = MemoryStore(clock, behaviour.max_worlds, behaviour.max_world_bytes, journal.drop)
    return State(store, journal, MemoryShelf[bytes](behaviour.max_source_bytes, len), clock)


def check_state(settings: Settings) -> None:
    """Raise ConfigurationError where the state that the settings name cannot be reached."""
    state = open_state(settings)

    async def reach() -> None:
        try:
            await state.store.count()
        finally:
            await state.close()

    try:
        asyncio.run(reach())
    except StoreUnavailableError as error:
        raise ConfigurationError(f"{error}; start it, or leave the flag out to keep everything in memory") from error


def _redis_state(settings: Settings, clock: Clock) -> State:
    try:
        from .stores.redis import AddressError, open_redis  # only here: it takes a while, and packages that few need
    except ImportError as error:
        raise ConfigurationError("a package is missing for that: pip install 'aiimage-mock[redis]'") from error
    try:
        return open_redis(settings.state, settings.behaviour, clock)
    except AddressError as error:
        raise ConfigurationError(str(error)) from error


def _service(settings: Settings, state: State) -> Service:
    return Service(
        accounts=settings.accounts,
        behaviour=settings.behaviour,
        clock=state.clock,
        store=state.store,
        journal=state.journal,
        sources=state.sources,
        agenda=Agenda(state.clock),
        events=Events(),
        seed=settings.seed,
        generation_seconds=settings.generation_seconds,
    )


def _by_path(operations: Iterable[Operation]) -> Iterable[tuple[str, Mapping[str, Operation]]]:
    for path, group in groupby(sorted(operations, key=lambda each: each.path), key=lambda each: each.path):
        yield path, {each.method: each for each in group}


async def _unavailable(request: Request, failure: Exception) -> Response:
    """Answer what cannot be answered without the state."""
    del request
    return to_response(error("unavailable", reason=failure))


async def _failure(request: Request, failure: Exception) -> Response:
    """Answer what fails outside the pipeline in JSON; the server then logs it."""
    del request, failure
    return to_response(error("internal"))


async def _http_error(request: Request, refusal: Exception) -> Response:
    """Answer what the control API refuses, and what Starlette itself does under /_mock, in JSON."""
    assert isinstance(refusal, HTTPException)
    headers, path = refusal.headers or {}, request.scope["path"][:200]
    message = refusal.detail
    if message == HTTPStatus(refusal.status_code).phrase:
        allowed = f"{path} takes {headers.get('Allow')}, not {request.method[:20]}. " if "Allow" in headers else ""
        message = f"{allowed or f'There is no {path}. '}`aiimage-mock spec --control` prints all that there is."
    return to_response(Reply(refusal.status_code, {"message": message}, headers))
