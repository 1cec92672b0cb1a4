"""The whole state, out and in."""

from starlette.requests import Request
from starlette.responses import Response

from mock_server.domain.clock import to_iso
from mock_server.service import Service, snapshots

from . import soundness
from .http import answer, problem, told
from .requests import Requests

_MAX_BODY = 256 * 2**20


class Snapshots:
    """The calls about snapshots."""

    def __init__(self, service: Service, requests: Requests) -> None:
        self._service = service
        self._requests = requests

    async def one(self, request: Request) -> Response:
        """Answer GET and PUT of /snapshot."""
        if request.method != "PUT":
            return answer(await snapshots.take(self._service))
        snapshot = await told(request, snapshots.Snapshot, _MAX_BODY)
        try:
            soundness.check(snapshot, self._service.behaviour, self._requests.report)
            await snapshots.restore(self._service, snapshot)
        except ValueError as error:
            raise problem(422, f"The snapshot is none that this server could have given out: {error}.") from error
        return answer({"worlds": len(snapshot.worlds), "taken_at": to_iso(snapshot.taken_at, "milliseconds")})
