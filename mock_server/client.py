"""The control API from Python: one world of a running mock, and its clock. Standard library only, synchronous."""

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Literal, TypedDict, Unpack
from urllib.parse import quote, urlencode, urlsplit

_SECONDS = 30
_MOST = 1000
Json = dict[str, Any]
Edge = Literal["lock-expiry", "generation-end", "day-reset"]


class HeldLock(TypedDict):
    """A lock that somebody else holds. until: ISO 8601 with a time zone, None for ever."""

    until: str | None


class WorldState(TypedDict, total=False):
    """What can be set in a world. generation_time: seconds that a generation takes; lock: None frees it."""

    credits: int
    daily_limit: int
    used_today: int
    generation_time: float
    lock: HeldLock | None


class ControlError(RuntimeError):
    """The mock refused a call of its control API, or none answered. The message says why, in the mock's words."""


@dataclass(frozen=True, slots=True)
class Control:
    """The control API of the mock at `origin`, "http://HOST:PORT". admin_token: what it asks for, if anything."""

    origin: str
    admin_token: str | None = None

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Return the JSON that /_mock answers with; raise ControlError where it refuses."""
        __tracebackhide__ = True
        try:
            status, told = self._exchange(method, path, body)
            refusal = told["message"] if status >= 400 else None
        except (OSError, HTTPException) as error:
            raise ControlError(f"No mock answers at {self.origin}: {error or type(error).__name__}.") from error
        except (ValueError, LookupError, TypeError) as error:
            raise ControlError(f"What answers at {self.origin} is no mock: it does not know /_mock{path}.") from error
        if refusal:
            raise ControlError(f"{method} /_mock{path}: {refusal}")
        return told

    def _exchange(self, method: str, path: str, body: object) -> tuple[int, Any]:
        headers = {"Content-Type": "application/json"}
        if self.admin_token:
            headers["Authorization"] = f"Bearer {self.admin_token}"
        where = urlsplit(self.origin)
        connect = HTTPSConnection if where.scheme == "https" else HTTPConnection
        with closing(connect(where.netloc, timeout=_SECONDS)) as connection:
            data = None if body is None else json.dumps(body)
            connection.request(method, f"{where.path}/_mock{path}", data, headers)
            answer = connection.getresponse()
            return answer.status, json.load(answer)


class WorldClock:
    """The clock of one world. Moving it returns when all that fell due on the way has happened."""

    def __init__(self, world: "MockWorld") -> None:
        self._world = world

    @property
    def now(self) -> str:
        """The time there, ISO 8601."""
        return str(self._world.call("GET", "/clock")["now"])

    def freeze(self, at: str | None = None) -> None:
        """Let time stand still, where it is or at an instant, ISO 8601."""
        self._say(freeze=True, **({"set": at} if at else {}))

    def resume(self) -> None:
        """Let time run on."""
        self._say(freeze=False)

    def set(self, instant: str) -> None:
        """Let it be that instant, ISO 8601."""
        self._say(set=instant)

    def advance(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self._say(advance=seconds)

    def advance_to(self, edge: Edge, offset_ms: int = 0) -> None:
        """Let time pass to an edge, and so many milliseconds beyond it, or short of it where negative.

        Raise ControlError where there is no such edge: the lock is free, or no generation is under way.
        """
        self._say(advance_to=edge, offset_ms=offset_ms)

    def _say(self, **command: object) -> None:
        __tracebackhide__ = True
        self._world.call("POST", "/clock", command)


class MockWorld:
    """One account of the mock: its token, its state, and what its client has done."""

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
        """Credits, daily limit, lock and so on, as they are now."""
        return dict(self.call("GET"))

    def begin(self, **state: Unpack[WorldState]) -> None:
        """Begin afresh in that state. Generations take no time unless it says so."""
        __tracebackhide__ = True
        self.call("PUT", "", {"generation_time": 0, **state})

    def change(self, **state: Unpack[WorldState]) -> None:
        """Change what is named, and leave the rest."""
        __tracebackhide__ = True
        self.call("PATCH", "", state)

    def play(self, scenario: str | Mapping[str, object]) -> None:
        """Begin afresh in a scenario: the name of a ready-made one, or what its file would say."""
        __tracebackhide__ = True
        told = {"name": scenario} if isinstance(scenario, str) else scenario
        if self.call("PUT", "/scenario", told)["generation_time"] is None:
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
        """Switch a fault on, beside those that are on: which requests it strikes, and its own parameters."""
        __tracebackhide__ = True
        bound = {"operation": operation, "times": times, "after": after, "probability": probability}
        self.call("POST", "/faults", [{"fault": name, **bound, **parameters}])

    def faults(self) -> list[Json]:
        """Return the faults that are on, each with how many requests it has seen and struck."""
        return list(self.call("GET", "/faults"))

    def clear_faults(self) -> None:
        """Switch all faults off."""
        self.call("DELETE", "/faults")

    def requests(self, operation: str | None = None, status: int | Literal["none"] | None = None) -> list[Json]:
        """Return the first 1000 requests of this account that the journal keeps, oldest first.

        operation: an operationId, or the last word of a path; status: "none" for a request without a reply.
        """
        __tracebackhide__ = True
        told = self._asked("requests", operation=operation, status=status, order="oldest", limit=_MOST)
        return list(told["requests"])

    def coverage(self) -> Json:
        """Return which operation, status and rule the client has met, and which never."""
        return self._asked("coverage")

    def verdict(self) -> Json:
        """Return how the client behaved, by rule."""
        return self._asked("verdict")

    def assert_well_behaved(self) -> None:
        """Raise AssertionError where the client broke a rule, or met nothing that a rule is about."""
        __tracebackhide__ = True
        verdict = self.verdict()
        if verdict["verdict"] != "well-behaved":
            raise AssertionError(_complaint(verdict, self.requests()))

    def end(self) -> None:
        """Let go of the world."""
        self.call("DELETE")

    def call(self, method: str, path: str = "", body: object = None) -> Any:
        """Return what the control API answers about this world; raise ControlError."""
        __tracebackhide__ = True
        return self._control.call(method, f"/worlds/{quote(self.token, safe='')}{path}", body)

    def _asked(self, what: str, **wanted: object) -> Json:
        __tracebackhide__ = True
        query = {name: value for name, value in {"token": self.token, **wanted}.items() if value is not None}
        return dict(self._control.call("GET", f"/{what}?{urlencode(query)}"))


def _complaint(verdict: Json, requests: list[Json]) -> str:
    """Return what the client did wrong, rule by rule, with the requests that show it."""
    broken = [rule for rule in verdict["rules"] if rule["verdict"] == "violated"]
    if not broken:
        return (
            f"The client met nothing that a rule is about, so nothing is known of it. Requests: {verdict['requests']}."
        )
    lines = {each["id"]: _line(each) for each in requests}
    count = "one rule" if len(broken) == 1 else f"{len(broken)} rules"
    return "\n\n".join([f"The client broke {count}.", *(_broken(rule, lines) for rule in broken)])


def _broken(rule: Json, lines: Mapping[str, str]) -> str:
    shown = [f"    {lines.get(number, number)}" for number in rule["requests"][0]]
    return "\n".join([f"{rule['id']}: {rule['reason']}", *shown])


def _line(request: Json) -> str:
    reply = request["status"] if request["complete"] else f"{request['status'] or ''} cut".strip()
    return f"{request['at'][11:-1]}  {request['method']} {request['path']} -> {reply}"
