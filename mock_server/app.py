"""The application: the only place that knows all the parts."""

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import groupby

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from . import resources
from .contract import Contract, ContractError, Operation, Rules, compile_contract, compile_rules, read_yaml
from .control import control_routes
from .domain.clock import Clock, RealClock
from .domain.world import Image
from .http.handlers import HANDLERS, Handler
from .http.pipeline import Endpoint, Pipeline
from .http.replies import Reply, error, to_response
from .http.service import Service
from .http.uploads import Uploads
from .settings import Settings
from .stores import MemoryShelf, MemoryStore

_IMAGES_KEPT = 100_000
_SOURCE_BYTES_KEPT = 256 * 2**20
_RENDERED_BYTES_KEPT = 128 * 2**20


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
) -> Starlette:
    """Return the mock as an ASGI application; raise ContractError where a handler has no operation."""
    served = served or contract()
    clock = clock or RealClock()
    unknown = handlers.keys() - {operation.id for operation in served.operations}
    if unknown:
        raise ContractError(f"handlers without an operation in the document: {', '.join(sorted(unknown))}")
    store = MemoryStore()
    service = Service(
        accounts=settings.accounts,
        behaviour=settings.behaviour,
        clock=clock,
        store=store,
        sources=MemoryShelf[bytes](_SOURCE_BYTES_KEPT, len),
        images=MemoryShelf[Image](_IMAGES_KEPT),
        seed=settings.seed,
        generation_seconds=settings.generation_seconds,
    )
    routes: list[BaseRoute] = []
    if settings.control_open:
        routes.append(control_routes(store, settings.accounts, clock, "memory", settings.admin_token))
    pipeline = Pipeline(served, service, handlers)
    routes += _operation_routes(pipeline, served.operations)
    routes.append(Route("/uploads/{title}", Uploads(service, MemoryShelf[bytes](_RENDERED_BYTES_KEPT, len))))
    app = Starlette(routes=routes, exception_handlers={HTTPException: _http_error, Exception: _failure})
    app.router.redirect_slashes = False
    app.router.default = Endpoint(pipeline, {})
    return app


def _operation_routes(pipeline: Pipeline, operations: Iterable[Operation]) -> Iterable[Route]:
    for path, group in groupby(sorted(operations, key=lambda each: each.path), key=lambda each: each.path):
        yield Route(path, Endpoint(pipeline, {each.method: each for each in group}))


def _failure(request: Request, failure: Exception) -> Response:
    """Answer what fails outside the pipeline in JSON; the server then logs it."""
    del request, failure
    return to_response(error("internal"))


def _http_error(request: Request, refusal: Exception) -> Response:
    """Answer what Starlette itself refuses, an unknown path or a wrong method under /_mock, in JSON."""
    del request
    assert isinstance(refusal, HTTPException)
    return to_response(Reply(refusal.status_code, {"message": refusal.detail}, refusal.headers or {}))
