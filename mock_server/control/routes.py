"""The routes of the control API."""

import secrets
from collections.abc import Awaitable, Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from mock_server import __version__
from mock_server.domain import accounts
from mock_server.domain.accounts import Account, Accounts
from mock_server.domain.clock import Clock
from mock_server.domain.world import World
from mock_server.stores.protocol import Store

from .views import WorldChange, changed, view

_MAX_BODY = 65_536
Endpoint = Callable[[Request], Awaitable[Response]]


class Control:
    """The functions of the control API over one store."""

    def __init__(self, store: Store, known: Accounts, clock: Clock, state: str) -> None:
        self._store = store
        self._accounts = known
        self._clock = clock
        self._state = state

    async def health(self, request: Request) -> Response:
        del request
        return _json(
            {
                "status": "ok",
                "version": __version__,
                "state": self._state,
                "worlds": await self._store.count(),
            }
        )

    async def world(self, request: Request) -> Response:
        """Answer GET, PUT (as first opened, then changed) and PATCH (changed) of one world."""
        token = request.path_params["token"]
        account = self._accounts.find(token)
        if account is None:
            return _problem(404, f"The token {token[:80]!r} is not valid here: it opens no world.")
        if request.method in ("PUT", "PATCH"):
            try:
                change = msgspec.json.decode(await _body(request) or b"{}", type=WorldChange)
                await self._change(token, account, change, afresh=request.method == "PUT")
            except (msgspec.DecodeError, ValueError) as error:
                return _problem(422, f"The change of a world is not understood: {error}.")
        name, now = accounts.world_name(token), self._clock.now()
        world = await self._store.read(name) or accounts.open_world(name, account, now)
        return _json(view(token, world, now))

    async def _change(self, token: str, account: Account, change: WorldChange, afresh: bool) -> None:
        name = accounts.world_name(token)

        def apply(world: World | None) -> tuple[World, None]:
            now = self._clock.now()
            if world is None or afresh:
                world = accounts.open_world(name, account, now)
            return changed(world, change, now), None

        await self._store.update(name, apply)


def control_routes(store: Store, known: Accounts, clock: Clock, state: str, admin_token: str | None) -> Mount:
    """Return all under /_mock. With an admin token, everything but the health check asks for it."""
    control = Control(store, known, clock, state)
    return Mount(
        "/_mock",
        routes=[
            Route("/health", control.health, methods=["GET"]),
            Route("/worlds/{token}", _guarded(control.world, admin_token), methods=["GET", "PUT", "PATCH"]),
        ],
    )


def _guarded(endpoint: Endpoint, admin_token: str | None) -> Endpoint:
    if admin_token is None:
        return endpoint
    expected = f"Bearer {admin_token}".encode()

    async def guarded(request: Request) -> Response:
        given = request.headers.get("authorization", "").encode()
        if not secrets.compare_digest(given, expected):
            return _problem(401, "The control API takes the admin token: Authorization: Bearer TOKEN.")
        return await endpoint(request)

    return guarded


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BODY:
            raise ValueError(f"it is larger than {_MAX_BODY} bytes")
    return bytes(body)


def _json(body: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def _problem(status: int, message: str) -> Response:
    return _json({"message": message}, status)
