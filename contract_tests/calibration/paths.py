"""Facts that a call shows by its path, its origin or the content that it accepts, in a calibration or a run."""

from collections.abc import Collection, Iterator
from typing import Any

from contract_tests.calibration.questions import shown
from contract_tests.calibration.sightings import Sighting
from contract_tests.client.call import Call, Reply
from contract_tests.errors import InconclusiveError

_OK, _UNKNOWN = 200, 404


def of_path(path: str, known: Collection[str], call: Call, reply: Reply) -> Iterator[Sighting]:
    """Yield what an exchange shows. path: below the base URL; known: those of the operations that a GET reads."""
    if "origin" in {name.lower() for name in call.headers}:
        yield Sighting(shown("cors"), "any" if "access-control-allow-origin" in reply.headers else "none")
    if call.method != "GET" or "?" in path:
        return
    if path in known:
        if call.without_token and "json" not in call.accept:
            outcome = "redirect" if reply.redirects else "json" if _is_object(reply) else reply.status
            yield Sighting(shown("without_accept"), outcome)
    elif path.rstrip("/") in known:
        if not call.without_token:
            status = {_OK: "ignored", _UNKNOWN: "unknown"}.get(reply.status, reply.status)
            yield Sighting(shown("trailing_slash"), "redirected" if reply.redirects else status)
    elif reply.status == _UNKNOWN and "json" in call.accept:
        yield Sighting(shown("unknown_path_body"), "json" if _is_object(reply) else "page")


def _is_object(reply: Reply) -> bool:
    try:
        value: Any = reply.json()
    except InconclusiveError:
        return False
    return isinstance(value, dict)
