"""The part of the mock's control API that the suite uses, over the accounts of this service."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from contract_tests.wrong_servers.clock import DAY, Clock, instant_of, stamp
from contract_tests.wrong_servers.decisions import Locking
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.state import Account, Lock
from contract_tests.wrong_servers.wire import Reply, Request

_WORLD = re.compile(r"/_mock/worlds/([^/]+)(/clock)?")


class NoEdgeError(Exception):
    """The clock cannot advance to an event that is not due."""


class Control:
    """Answers requests below `/_mock`."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def answer(self, request: Request) -> Reply:
        if request.path == "/_mock/health":
            worlds = len(self._service.accounts)
            return Reply(200, {"status": "ok", "version": "0", "state": "memory", "worlds": worlds})
        found = _WORLD.fullmatch(request.path)
        if not found:
            return Reply(404, {"message": f"{request.path} does not exist."})
        token = unquote(found[1])
        if not self._service.accounts.valid(token):
            return Reply(404, {"message": "Invalid token."})
        try:
            change = _object(request.body)
            return Reply(200, self._clock(token, request, change) if found[2] else self._world(token, request, change))
        except NoEdgeError as error:
            return Reply(409, {"message": f"The clock cannot advance: {error}."})
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            return Reply(422, {"message": f"Invalid body: {error}."})

    def _world(self, token: str, request: Request, change: Mapping[str, Any]) -> dict[str, Any]:
        with self._service.mutex:
            account = self._service.accounts.get(token)
            if request.method == "PUT":
                account = self._service.accounts.reset(token)
            _change(account, change)
            return _shown(account)

    def _clock(self, token: str, request: Request, change: Mapping[str, Any]) -> dict[str, Any]:
        account = self._service.accounts.get(token)
        if request.method == "POST":
            if change.get("freeze"):
                account.clock.freeze()
            # Outside the mutex, since the generations that finish meanwhile need it.
            self._move(account, change)
            if change.get("freeze") is False:
                account.clock.run()
        return _time(account.clock)

    def _move(self, account: Account, change: Mapping[str, Any]) -> None:
        if "set" in change:
            account.clock.move_to(instant_of(change["set"]))
        if "advance" in change:
            account.clock.move_to(account.clock.now() + round(change["advance"] * 1000))
        if "advance_to" in change:
            edge = _edge(account, change["advance_to"]) + int(change.get("offset_ms", 0))
            account.clock.move_to(max(edge, account.clock.now()))


def _object(body: bytes) -> dict[str, Any]:
    change = json.loads(body or b"{}")
    if not isinstance(change, dict):
        raise TypeError("not an object")
    return change


def _change(account: Account, change: Mapping[str, Any]) -> None:
    for name in ("credits", "daily_limit"):
        if name in change:
            setattr(account, name, int(change[name]))
    if "used_today" in change:
        account.use(int(change["used_today"]) - account.used_today())
    if "generation_time" in change:
        account.generation_seconds = change["generation_time"]
    if "lock" in change:
        account.outside_lock = _lock(change["lock"])
        account.lock_slot.lock = None


def _true_lock(account: Account) -> Lock | None:
    """Return the lock by the documented rule, whichever rule the service follows."""
    return Locking().held(account)


def _lock(change: Mapping[str, Any] | None) -> Lock | None:
    if change is None:
        return None
    until = change.get("until")
    return Lock(None, instant_of(until) if until else None)


def _edge(account: Account, name: str) -> int:
    now = account.clock.now()
    lock = _true_lock(account)
    match name:
        case "lock-expiry" if lock and lock.until is not None:
            return lock.until
        case "generation-end" if account.running:
            return min(generation.ends for generation in account.running)
        case "day-reset":
            return (now // DAY + 1) * DAY
    raise NoEdgeError(f"no {name} is due")


def _shown(account: Account) -> dict[str, Any]:
    lock = _true_lock(account)
    return {
        "token": account.token,
        "credits": account.credits,
        "daily_limit": account.daily_limit,
        "used_today": account.used_today(),
        "lock": {"until": lock.until and stamp(lock.until)} if lock else None,
        "clock": _time(account.clock),
        "images": len(account.images),
        "running": len(account.running),
        "generation_time": account.generation_seconds,
        "faults": 0,
    }


def _time(clock: Clock) -> dict[str, str]:
    return {"mode": "frozen" if clock.frozen else "real", "now": stamp(clock.now())}
