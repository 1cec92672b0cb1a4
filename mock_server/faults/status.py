"""A documented reply, whatever the service would have answered."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from mock_server.contract import Operation, Response

from .base import Fault, Target
from .errors import FaultError
from .transmission import Transmission, empty, whole

_NOT_FOUND = 404


class Status(Fault, frozen=True):
    """The request is answered with the document's example of a status."""

    name: ClassVar[str] = "status"

    code: Annotated[int, Meta(ge=100, le=599, description="a status that the document has for the operation")]

    def answer(self, target: Target) -> Transmission:
        """Return the example; raise FaultError where the document has none."""
        documented = _documented(target)
        response = documented.get(self.code)
        if response is None:
            known = ", ".join(map(str, sorted(documented)))
            raise FaultError(f"{target.operation} has no documented status {self.code}, but {known}")
        if response.validator is None:
            return empty(self.code, _headers(response, target))
        return whole(self.code, msgspec.json.encode(response.example), "application/json", _headers(response, target))


def _documented(target: Target) -> Mapping[int, Response]:
    """Return the replies to an operation by status. What is no operation, a picture, can only be missing."""
    fallbacks = target.contract.fallbacks
    operation = _operation(target)
    if operation is None:
        return {status: response for status, response in fallbacks.items() if status == _NOT_FOUND}
    return {**fallbacks, **operation.responses}


def _headers(response: Response, target: Target) -> Mapping[str, str]:
    operation = _operation(target)
    return {"allow": _allow(target, operation.path)} if operation and "allow" in response.headers else {}


def _allow(target: Target, path: str) -> str:
    methods = {each.method for each in target.contract.operations if each.path == path}
    return ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods))


def _operation(target: Target) -> Operation | None:
    return next((each for each in target.contract.operations if each.id == target.operation), None)
