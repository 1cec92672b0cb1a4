"""The whole state, out and in."""

import binascii
import re

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from mock_server.domain.clock import to_iso
from mock_server.domain.images import recent
from mock_server.service import Service, snapshots
from mock_server.service.service import SHARED

from .answers import answer, problem, told
from .worlds import view

_MAX_BODY = 256 * 2**20
_NAME = re.compile(r"[0-9a-f]{16}")


class Snapshots:
    """The calls about snapshots."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def one(self, request: Request) -> Response:
        """Answer GET and PUT of /snapshot."""
        if request.method in ("GET", "HEAD"):
            return answer(await snapshots.take(self._service))
        snapshot = await told(request, snapshots.Snapshot, _MAX_BODY)
        _check(snapshot)
        try:
            await snapshots.restore(self._service, snapshot)
        except binascii.Error as error:
            raise problem(422, f"The snapshot's sources are not all Base64: {error}.") from error
        return answer({"worlds": len(snapshot.worlds), "taken_at": to_iso(snapshot.taken_at, "milliseconds")})


def _check(snapshot: snapshots.Snapshot) -> None:
    """Raise a 422 where the snapshot is not one that this server could have given out."""
    if snapshot.version != snapshots.VERSION:
        raise problem(422, f"The snapshot has version {snapshot.version}: this server takes {snapshots.VERSION}.")
    for world in snapshot.worlds:
        if world.name != SHARED and not _NAME.fullmatch(world.name):
            raise problem(422, f"The snapshot has a world {world.name[:40]!r}, which is no name of one.")
        try:
            msgspec.json.encode(
                [view("", world, snapshot.taken_at), [to_iso(each.created_at) for each in recent(world)]]
            )
        except (ValueError, OverflowError) as error:
            raise problem(422, f"The snapshot's world {world.name} cannot be: {error}.") from error
