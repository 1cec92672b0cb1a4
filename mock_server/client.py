"""The control API from Python: one world of a running mock, and its clock. Standard library only, synchronous."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

_SECONDS = 30
Json = dict[str, Any]


class ControlError(RuntimeError):
    """The mock refused a call of its control API. The message is the mock's."""


@dataclass(frozen=True, slots=True)
class Control:
    """The control API of the mock at `origin`. admin_token: what it asks for, if anything."""

    origin: str
    admin_token: str | None = None

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Return the JSON that /_mock answers with; raise ControlError where it refuses."""
        headers = {"Content-Type": "application/json"}
        if self.admin_token:
            headers["Authorization"] = f"Bearer {self.admin_token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.origin}/_mock{path}", data, headers, method=method)  # noqa: S310
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=_SECONDS) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            with refusal:
                message = json.load(refusal)["message"]
            raise ControlError(f"{method} /_mock{path}: {message}") from None


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

    def advance_to(self, edge: str, offset_ms: int = 0) -> None:
        """Let time pass to "lock-expiry", "generation-end" or "day-reset", and milliseconds beyond or short of it."""
        self._say(advance_to=edge, offset_ms=offset_ms)

    def _say(self, **command: object) -> None:
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

    def begin(self, **state: object) -> None:
        """Begin afresh, with credits, daily_limit, used_today, generation_time or lock as given."""
        self.call("PUT", "", state)

    def change(self, **state: object) -> None:
        """Change credits, daily_limit, used_today, generation_time or lock."""
        self.call("PATCH", "", state)

    def play(self, scenario: str | Mapping[str, object]) -> None:
        """Begin afresh in a scenario: the name of a ready-made one, or what its file would say."""
        self.call("PUT", "/scenario", {"name": scenario} if isinstance(scenario, str) else scenario)

    def fault(self, name: str, **details: object) -> None:
        """Switch one more fault on: operation, times, after, probability, and its parameters."""
        bookkeeping = ("seen", "struck")
        on = [{key: value for key, value in each.items() if key not in bookkeeping} for each in self.faults()]
        self.call("PUT", "/faults", [*on, {"fault": name, **details}])

    def faults(self) -> list[Json]:
        """Return the faults that are on, each with how many requests it has seen and struck."""
        return list(self.call("GET", "/faults"))

    def clear_faults(self) -> None:
        """Switch all faults off."""
        self.call("DELETE", "/faults")

    def requests(self, operation: str | None = None, status: int | None = None) -> list[Json]:
        """Return the requests of this account that the journal keeps, oldest first."""
        wanted = {"token": self.token, "operation": operation, "status": status, "order": "oldest", "limit": 1000}
        query = urlencode({name: value for name, value in wanted.items() if value is not None})
        return list(self._control.call("GET", f"/requests?{query}")["requests"])

    def coverage(self) -> Json:
        """Return which operation, status and rule the client has met, and which never."""
        return dict(self._control.call("GET", f"/coverage?{urlencode({'token': self.token})}"))

    def verdict(self) -> Json:
        """Return how the client behaved, by rule."""
        return dict(self._control.call("GET", f"/verdict?{urlencode({'token': self.token})}"))

    def assert_well_behaved(self) -> None:
        """Raise AssertionError where the client broke a rule, or sent nothing at all."""
        verdict = self.verdict()
        if verdict["verdict"] != "well-behaved":
            raise AssertionError(_complaint(verdict["verdict"], verdict["rules"]))

    def end(self) -> None:
        """Let go of the world."""
        self.call("DELETE")

    def call(self, method: str, path: str = "", body: object = None) -> Any:
        """Return what the control API answers about this world; raise ControlError."""
        return self._control.call(method, f"/worlds/{quote(self.token, safe='')}{path}", body)


def _complaint(verdict: str, rules: Sequence[Json]) -> str:
    broken = [rule for rule in rules if rule["verdict"] == "violated"]
    lines = [f"  {rule['id']}: {rule['reason']} Requests: {rule['requests']}" for rule in broken]
    return "\n".join([f"The client's verdict is {verdict!r}.", *lines])
