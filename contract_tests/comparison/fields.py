"""How each field of a reply is compared: by its place in the reply of an operation."""

from collections.abc import Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Any

from contract_tests.oracle import resources
from contract_tests.oracle.contract import load_contract

Path = tuple[str | int, ...]


class Way(Enum):
    """A way to compare two values.

    EXACT: the values are equal. TEXT: both are texts. DOCUMENTED: a text that is equal, as the documentation gives it.
    ID, TITLE: identifiers, bound to each other. ADDRESS, DATE: by their form, and bound or in order. STATE: of a queued
    image. NAMES: objects with the same keys. INNER: an object or array whose parts are compared. PRESENT: both are
    there, with values of the same type; so are all fields that the documentation does not name.
    """

    EXACT = "exact"
    TEXT = "text"
    DOCUMENTED = "documented text"
    ID = "id"
    TITLE = "title"
    ADDRESS = "address"
    DATE = "date"
    STATE = "state"
    NAMES = "names"
    INNER = "inner"
    PRESENT = "present"


_IMAGE = {"id": Way.ID, "title": Way.TITLE, "input": Way.EXACT, "output": Way.ADDRESS, "status": Way.STATE}
_ERROR = {"code": Way.EXACT, "message": Way.TEXT, "details": Way.NAMES}


def way_of(operation: str | None, status: int, path: Path) -> Way:
    """Return how the value at a path of a JSON body is compared.

    The document fixes a message by the example of a response that is documented as it stands (`x-source: doc`): that
    of check-availability, 200 and 409. Every other message is an assumption, and any text will do.
    """
    if operation == "getVersions" and status == 200:
        return Way.EXACT if path else Way.INNER
    if operation == "getRecentImages" and status == 200 and len(path) == 2:
        return Way.DATE if path[1] == "created_at" else _IMAGE.get(str(path[1]), Way.PRESENT)
    match path:
        case () | ("images",) | ("images", int()):
            return Way.INNER
        case ("images", int(), str(name)):
            return _IMAGE.get(name, Way.PRESENT)
        case ("status",) | ("success",) | ("image_storage",):
            return Way.EXACT
        case ("message",):
            return Way.DOCUMENTED if documented_texts(operation, status) else Way.TEXT
        case ("error",):
            return Way.INNER
        case ("error", str(name)):
            return _ERROR.get(name, Way.PRESENT)
        case ("errors",):
            return Way.NAMES
    return Way.PRESENT


@cache
def documented_texts(operation: str | None, status: int) -> frozenset[str]:
    """Return the messages that the documentation fixes for a response, none if its body is an assumption."""
    document = load_contract().document
    found = load_contract().operations.get(operation or "")
    if found is None:
        return frozenset()
    responses = document["paths"][found.path][found.method.lower()]["responses"]
    response = resources.resolve(document, responses.get(str(status), {}))
    if response.get("x-source", "doc") != "doc":
        return frozenset()
    return frozenset(_messages(response))


def _messages(response: Mapping[str, Any]) -> Sequence[str]:
    examples = response.get("content", {}).get("application/json", {}).get("examples", {})
    values = [example.get("value") for example in examples.values()]
    return [value["message"] for value in values if isinstance(value, dict) and "message" in value]


# The documented fields of an error and of an image; all others are further fields.
KNOWN = frozenset({"status", "message", "images", "image_storage", "success", "error", "errors", *_IMAGE, "created_at"})
