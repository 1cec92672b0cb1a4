"""Which world a call means: it is named by its token, or as world:NAME, by the name that lists have for it."""

import re
from typing import NamedTuple
from urllib.parse import unquote

from starlette.requests import Request

from mock_server.domain.accounts import masked, world_name
from mock_server.service import Caller, Service

from .http import problem

_TOKEN = re.compile(r"[!-~]+")
_NAMED = re.compile(r"world:([0-9a-f]{16})")


class Meant(NamedTuple):
    """Whose world is meant. token: what to call it in the answer, masked unless the call has said it."""

    caller: Caller
    token: str


async def meant_by_path(service: Service, request: Request) -> Meant:
    """Return whose world the path names; raise a 404 or 422."""
    return await meant(service, unquote(request.path_params["token"]))


async def meant(service: Service, token: str) -> Meant:
    """Return whose world a token opens, or world:NAME names; raise a 404 where there is none.

    Raise a 422 for what no client could send as a token.
    """
    named = _NAMED.fullmatch(token)
    if named:
        caller = await _called(service, named[1])
        return Meant(caller, caller.token)
    if not _TOKEN.fullmatch(token):
        raise problem(422, f"A token is visible ASCII characters without a space, not {masked(token)!a}.")
    return Meant(_opened(service, token), token)


def _opened(service: Service, token: str) -> Caller:
    caller = service.caller(token)
    if caller is None:
        raise problem(404, f"The token {masked(token)} is not valid here: it opens no world.")
    return caller


async def _called(service: Service, name: str) -> Caller:
    """Return whose world has the name. That of a listed account begins as listed, also where nobody has called yet."""
    accounts = service.accounts
    listed = next((token for token in accounts.listed if world_name(token) == name), None)
    if listed is not None:
        return _opened(service, listed)
    token = None if accounts.closed else await _seen_token(service, name)
    if token is None:
        raise problem(404, f"There is no world {name}: it was let go, or nobody has opened it.")
    return Caller(name, accounts.default, token)


async def _seen_token(service: Service, name: str) -> str | None:
    """Return the token, masked, that a world was opened or called with; None where neither has happened."""
    world = (await service.store.read(name)).world
    if world is not None:
        return world.token
    entries = await service.journal.entries(name)
    return entries[-1].token if entries else None
