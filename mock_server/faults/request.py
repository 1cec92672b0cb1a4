"""Faults that take effect before the service handles the request: delays, and replies sent in its place."""

import math
from collections.abc import Mapping
from http import HTTPStatus
from random import Random
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from mock_server.contract import Operation, Response
from mock_server.domain.refusals import REFUSALS

from .base import DAY, Fault, FaultError, Seconds, Target
from .transmission import Transmission, empty, no_reply, whole

_NOT_FOUND = 404


class Status(Fault, frozen=True):
    """The request is answered with the document's example for a status."""

    name: ClassVar[str] = "status"

    code: Annotated[int, Meta(ge=100, le=599, description="a status that the document lists for the operation")]

    def early_reply(self, target: Target) -> Transmission:
        """Return the example; raise FaultError if the document does not list the status for the operation."""
        documented = _documented(target)
        response = documented.get(self.code)
        if response is None:
            known = ", ".join(map(str, sorted(documented)))
            raise FaultError(f"{target.operation} has no documented status {self.code}; it has {known}")
        if response.validator is None:
            return empty(self.code, _headers(response, target))
        return whole(self.code, msgspec.json.encode(response.example), "application/json", _headers(response, target))


def _documented(target: Target) -> Mapping[int, Response]:
    """Return the documented replies by status. Pictures are not in the document; the only reply for them is 404."""
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


_Median = Annotated[float, Meta(gt=0, le=DAY, description=f"a number of seconds, above 0 to {DAY}")]
_Sigma = Annotated[float, Meta(gt=0, le=10, description="a number, above 0 to 10")]
_FORMS = ({"seconds"}, {"low", "high"}, {"median", "sigma"})


class Delay(Fault, frozen=True):
    """The request waits before it is handled: a fixed time, or a uniform or log-normal random time."""

    name: ClassVar[str] = "delay"

    seconds: Seconds | None = None
    low: Seconds | None = None
    high: Seconds | None = None
    median: _Median | None = None
    sigma: _Sigma | None = None

    def __post_init__(self) -> None:
        given = {name for name in self.__struct_fields__ if getattr(self, name) is not None}
        if given not in _FORMS:
            raise ValueError("it takes either seconds, or low and high, or median and sigma")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("low is greater than high")

    def delay_seconds(self, random: Random) -> float:
        """Return the seconds to wait, at most a day."""
        if self.low is not None and self.high is not None:
            return random.uniform(self.low, self.high)
        if self.median is not None and self.sigma is not None:
            return min(random.lognormvariate(math.log(self.median), self.sigma), DAY)
        return self.seconds or 0


class Drop(Fault, frozen=True):
    """The request is not handled, and the connection closes without a reply."""

    name: ClassVar[str] = "drop"

    def early_reply(self, target: Target) -> Transmission:
        """Return no reply."""
        del target
        return no_reply()


class Reset(Fault, frozen=True):
    """The request is not handled, and the connection is reset without a reply."""

    name: ClassVar[str] = "reset"

    def early_reply(self, target: Target) -> Transmission:
        """Return no reply."""
        del target
        return no_reply("reset")


_PAGE = """<!DOCTYPE html>
<html>
<head><title>{title}</title></head>
<body>
<h1>{title}</h1>
<p>The proxy received an invalid response from the upstream server.</p>
<hr>
<p>proxy</p>
</body>
</html>
"""


class ProxyError(Fault, frozen=True):
    """The request is not handled: a proxy answers with an error page in HTML."""

    name: ClassVar[str] = "proxy-error"

    code: Literal[502, 503, 504] = 502

    def early_reply(self, target: Target) -> Transmission:
        """Return the page."""
        del target
        page = _PAGE.format(title=f"{self.code} {HTTPStatus(self.code).phrase}")
        return whole(self.code, page.encode(), "text/html; charset=utf-8")


class HttpError(Fault, frozen=True):
    """The request is not handled: an error of any status, documented or not, as JSON, as a page or without a body."""

    name: ClassVar[str] = "http-error"

    code: Annotated[int, Meta(ge=400, le=599, description="a status, 400 to 599")] = 500
    body: Literal["json", "html", "empty"] = "json"
    retry_after: Annotated[int, Meta(ge=0, le=DAY, description=f"a number of seconds, 0 to {DAY}")] | None = None

    def early_reply(self, target: Target) -> Transmission:
        """Return the error."""
        del target
        headers = {} if self.retry_after is None else {"retry-after": str(self.retry_after)}
        phrase = _phrase(self.code)
        match self.body:
            case "empty":
                return empty(self.code, headers)
            case "html":
                page = _PAGE.format(title=f"{self.code} {phrase}")
                return whole(self.code, page.encode(), "text/html; charset=utf-8", headers)
        # A 429 that is not that of the daily limit. [RATE]
        message = REFUSALS["rate-limit"].message if self.code == HTTPStatus.TOO_MANY_REQUESTS else f"{phrase}."
        return whole(self.code, msgspec.json.encode({"message": message}), "application/json", headers)


def _phrase(code: int) -> str:
    return HTTPStatus(code).phrase if code in set(HTTPStatus) else "Error"
