"""The access log: one line a request, with the rule of a refusal and the faults that struck."""

import logging

from mock_server.faults.transmission import Transmission

from .visit import Visit

_log = logging.getLogger("aiimage_mock.access")


def log_access(visit: Visit, transmission: Transmission) -> None:
    """Write the line. Path and method are cut and escaped: they are the client's words."""
    if not _log.isEnabledFor(logging.INFO):
        return
    method, path = visit.method, visit.path[:200]
    words = f"{method} {path}".encode("unicode_escape").decode()
    rule = visit.reply.rule if visit.reply else None
    faults = [fault.name for fault, _ in visit.faults]
    status = transmission.status
    fields = {"id": visit.id, "method": method, "path": path, "status": status, "rule": rule, "faults": faults}
    notes = " ".join([*([rule] if rule else []), *(f"fault:{name}" for name in faults)])
    _log.info("%s  %s %s %s", visit.id, words, status or "-", notes, extra={"fields": fields})
