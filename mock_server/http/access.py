"""The access log: one line a request, with the rule of a refusal."""

import json
import logging

from starlette.requests import Request

from .replies import Reply

_log = logging.getLogger("aiimage_mock.access")


class Access:
    """Writes a line for each request answered, as text or as JSON."""

    def __init__(self, as_json: bool = False) -> None:
        self._as_json = as_json

    def log(self, request: Request, reply: Reply, number: str) -> None:
        """Write the line. Path and method are escaped: they are the client's words."""
        if not _log.isEnabledFor(logging.INFO):
            return
        method, path = request.method[:20], request.scope["path"][:200]
        if self._as_json:
            line = {"id": number, "method": method, "path": path, "status": reply.status, "rule": reply.rule}
            _log.info("%s", json.dumps(line))
        else:
            words = f"{method} {path}".encode("unicode_escape").decode()
            _log.info("%s  %s %d %s", number, words, reply.status, reply.rule or "")
