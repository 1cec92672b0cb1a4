"""The control API from Python: one world of a running mock, and its clock. Synchronous."""

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Literal, TypedDict, Unpack
from urllib.parse import quote, urlencode, urlsplit

from .connection_failures import why_no_reply

_TIMEOUT_SECONDS = 30
_MAX_REQUESTS = 1000

Json = dict[str, Any]
Moment = str | datetime
Duration = float | timedelta
Edge = Literal["lock-expiry", "generation-end", "day-reset", "rate-reset"]


class HeldLock(TypedDict):
    """A lock as `MockWorld.state` shows it. until: `forever`, a datetime, or ISO 8601, with a time zone."""

    until: Moment


class History(TypedDict, total=False):
    """A past. images: at most 100; days: over how many days they are spread, 1 by default."""

    images: int
    days: int


class WorldState(TypedDict, total=False):
    """The values of a world that can be set. generation_time: seconds, or a timedelta, None for as long as an
    engine takes on that server; lock: of another client, until an instant or `forever`; None for none.
    """

    credits: int
    daily_limit: int
    used_today: int
    generation_time: Duration | None
    lock: Moment | HeldLock | None
    history: History
    sandbox: bool
    label: str


class ControlError(RuntimeError):
    """The mock refused a call of its control API, or did not answer. The message gives the reason.

    status: of the refusal, None if there is no reply of a mock.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Control:
    """The control API of the mock at `origin`, "http://HOST:PORT". admin_token: if the mock requires one."""

    origin: str
    admin_token: str | None = None

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Call `path` below /_mock and return the JSON of the reply; raise ControlError if it is a refusal.

        body: as JSON; a datetime is sent as ISO 8601, and a timedelta in seconds.
        """
        __tracebackhide__ = True
        data = None if body is None else json.dumps(body, default=_as_json, allow_nan=False)
        try:
            status, reply = self._exchange(method, path, data)
            refusal = reply["message"] if status >= 400 else None
        except (OSError, HTTPException) as error:
            raise ControlError(f"No mock answers at {self.origin}: {why_no_reply(error)}.") from error
        except (ValueError, LookupError, TypeError) as error:
            raise ControlError(f"The server at {self.origin} is not a mock: invalid reply to /_mock{path}.") from error
        if refusal:
            raise ControlError(f"{method} /_mock{path}: {refusal}", status)
        return reply

    def _exchange(self, method: str, path: str, data: str | None) -> tuple[int, Any]:
        headers = {"Content-Type": "application/json"}
        if self.admin_token:
            headers["Authorization"] = f"Bearer {self.admin_token}"
        url = urlsplit(self.origin)
        connect = HTTPSConnection if url.scheme == "https" else HTTPConnection
        with closing(connect(url.netloc, timeout=_TIMEOUT_SECONDS)) as connection:
            connection.request(method, f"{url.path}/_mock{path}", data, headers)
            answer = connection.getresponse()
            return answer.status, json.load(answer)


class WorldClock:
    """The clock of one world. A call that moves it returns when every event that fell due has happened."""

    def __init__(self, world: "MockWorld") -> None:
        self._world = world

    @property
    def now(self) -> str:
        """The current time in the world, ISO 8601."""
        return str(self._world.call("GET", "/clock")["now"])

    def freeze(self, at: Moment | None = None) -> None:
        """Stop the clock, at the current time or at an instant: a datetime, or ISO 8601, with a time zone."""
        self._post(freeze=True, **({"set": at} if at else {}))

    def resume(self) -> None:
        """Run the clock again."""
        self._post(freeze=False)

    def set(self, instant: Moment) -> None:
        """Set the clock to an instant, earlier or later: a datetime, or ISO 8601, with a time zone."""
        self._post(set=instant)

    def advance(self, seconds: Duration) -> None:
        """Move the clock forward by a number of seconds, or a timedelta."""
        self._post(advance=seconds)

    def advance_to(self, edge: Edge, offset_ms: int = 0) -> None:
        """Move the clock forward to an edge, plus an offset in milliseconds, which may be negative.

        Raise ControlError if there is no such edge: the lock is free, or no generation is running.
        """
        self._post(advance_to=edge, offset_ms=offset_ms)

    def _post(self, **command: object) -> None:
        __tracebackhide__ = True
        self._world.call("POST", "/clock", command)


class MockWorld:
    """One account of the mock: its token, its state, and the requests of its client."""

    def __init__(self, control: Control, token: str) -> None:
        self._control = control
        self.token = token
        self.base_url = f"{control.origin}/api/v1"
        self.clock = WorldClock(self)

    @property
    def headers(self) -> dict[str, str]:
        """The headers that a client of this account sends."""
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def state(self) -> Json:
        """The current credits, daily limit, lock and so on."""
        return dict(self.call("GET"))

    def begin(self, **state: Unpack[WorldState]) -> None:
        """Start over in the given state. Generations take no time unless `generation_time` is given."""
        __tracebackhide__ = True
        self.call("PUT", "", {"generation_time": 0, **state})

    def change(self, **state: Unpack[WorldState]) -> None:
        """Change the given values, and keep the others."""
        __tracebackhide__ = True
        self.call("PATCH", "", state)

    def play(self, scenario: str | Mapping[str, object]) -> None:
        """Start over in a scenario: the name of a ready-made one, or the content of a scenario file."""
        __tracebackhide__ = True
        body = {"name": scenario} if isinstance(scenario, str) else scenario
        # As `begin` does, unless the scenario has a time of its own.
        if self.call("PUT", "/scenario", body)["generation_time"] is None:
            self.change(generation_time=0)

    def fault(
        self,
        name: str,
        *,
        operation: str | None = None,
        times: int | None = None,
        after: int = 0,
        probability: float = 1,
        **parameters: object,
    ) -> None:
        """Switch on one more fault: its name, the requests that it applies to, and its parameters."""
        __tracebackhide__ = True
        selection = {"operation": operation, "times": times, "after": after, "probability": probability}
        self.call("POST", "/faults", [{"fault": name, **selection, **parameters}])

    def faults(self) -> list[Json]:
        """Return the faults that are on, each with the number of requests that it has seen and been applied to."""
        return list(self.call("GET", "/faults"))

    def clear_faults(self) -> None:
        """Switch all faults off."""
        self.call("DELETE", "/faults")

    def requests(self, operation: str | None = None, status: int | Literal["none"] | None = None) -> list[Json]:
        """Return the first 1000 requests of this account that the journal keeps, oldest first.

        operation: an operationId, or the last segment of a path; status: "none" for a request without a reply.
        """
        __tracebackhide__ = True
        found = self._query("requests", operation=operation, status=status, order="oldest", limit=_MAX_REQUESTS)
        return list(found["requests"])

    def coverage(self) -> Json:
        """Return the operations, statuses and rules that the client has met, and those that it has not."""
        return self._query("coverage")

    def verdict(self) -> Json:
        """Return the client verdict, rule by rule."""
        return self._query("verdict")

    def assert_well_behaved(self) -> None:
        """Raise AssertionError if the client broke a rule, or if no rule applied to its requests."""
        __tracebackhide__ = True
        verdict = self.verdict()
        if verdict["verdict"] != "well-behaved":
            raise AssertionError(_complaint(verdict, self.requests()))

    def end(self) -> None:
        """Delete the world."""
        self.call("DELETE")

    def call(self, method: str, path: str = "", body: object = None) -> Any:
        """Call `path` below this world in the control API and return the JSON of the reply; raise ControlError."""
        __tracebackhide__ = True
        return self._control.call(method, f"/worlds/{quote(self.token, safe='')}{path}", body)

    def _query(self, path: str, **filters: object) -> Json:
        __tracebackhide__ = True
        query = {name: value for name, value in {"token": self.token, **filters}.items() if value is not None}
        return dict(self._control.call("GET", f"/{path}?{urlencode(query)}"))


def _as_json(value: object) -> str | float:
    """Return a value of Python's that JSON lacks; raise TypeError."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    raise TypeError(f"the control API takes no {type(value).__name__}: {value!r:.80}")


def _complaint(verdict: Json, requests: list[Json]) -> str:
    """Return the failure message: each broken rule, with the requests that broke it."""
    broken = [rule for rule in verdict["rules"] if rule["verdict"] == "violated"]
    if not broken:
        return f"No rule applied to what the client did, so there is nothing to judge. Requests: {verdict['requests']}."
    lines = {each["id"]: _line(each) for each in requests}
    count = "one rule" if len(broken) == 1 else f"{len(broken)} rules"
    return "\n\n".join([f"The client broke {count}.", *(_broken(rule, lines) for rule in broken)])


def _broken(rule: Json, lines: Mapping[str, str]) -> str:
    shown = [f"    {lines.get(number, number)}" for number in rule["requests"][0]]
    return "\n".join([f"{rule['id']}: {rule['reason']}", *shown])


def _line(request: Json) -> str:
    reply = request["status"] if request["complete"] else f"{request['status'] or ''} cut".strip()
    return f"{request['at'][11:-1]}  {request['method']} {request['path']} -> {reply}"
