"""The access log: one line a request, with the rule of a refusal."""

import logging

from starlette.requests import Request

from .replies import Reply

_log = logging.getLogger("aiimage_mock.access")


def log_access(request: Request, reply: Reply, number: str) -> None:
    """Write the line. Path and method are cut and escaped: they are the client's words."""
    if not _log.isEnabledFor(logging.INFO):
        return
    method, path = request.method[:20], request.scope["path"][:200]
    words = f"{method} {path}".encode("unicode_escape").decode()
    fields = {"id": number, "method": method, "path": path, "status": reply.status, "rule": reply.rule}
    _log.info("%s  %s %d %s", number, words, reply.status, reply.rule or "", extra={"fields": fields})
