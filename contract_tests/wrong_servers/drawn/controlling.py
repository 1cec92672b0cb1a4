"""The part of the control API that the suite uses, over the accounts of a drawn server."""

import json
import re
from collections.abc import Mapping
from threading import Condition
from typing import Any
from urllib.parse import unquote

from contract_tests.wrong_servers.drawn.accounts import FOREVER, Account, Accounts
from contract_tests.wrong_servers.drawn.replies import Reply
from contract_tests.wrong_servers.drawn.timeline import DAY_MS, Timeline, iso, parse_iso

_WORLD = re.compile(r"/_mock/worlds/([^/]+)(/clock)?")
_OUTSIDE = 0


class Controls:
    """Answers requests below `/_mock`. changed: held for each change and notified after it."""

    def __init__(self, accounts: Accounts, changed: Condition) -> None:
        self._accounts, self._changed = accounts, changed

    def answer(self, method: str, path: str, content: bytes) -> Reply:
        found = _WORLD.fullmatch(path)
        if path == "/_mock/health":
            return Reply(200, {"status": "ok", "version": "0", "state": "memory", "worlds": len(self._accounts)})
        if not found or not self._accounts.valid(unquote(found[1])):
            return Reply(404, {"message": "Not found."})
        try:
            change = json.loads(content or b"{}")
            with self._changed:
                self._changed.notify_all()
                return self._at(method, unquote(found[1]), change, clock=bool(found[2]))
        except (ValueError, TypeError, KeyError) as error:
            return Reply(422, {"message": f"Invalid body: {error}."})

    def _at(self, method: str, token: str, change: Mapping[str, Any], *, clock: bool) -> Reply:
        account = self._accounts.reset(token) if method == "PUT" else self._accounts.of(token)
        account.timeline.catch_up()
        if not clock:
            self._change(account, change)
            return Reply(200, self._shown(account))
        try:
            self._move(account, change)
        except LookupError as error:
            return Reply(409, {"message": f"The clock cannot advance: no {error} is due."})
        return Reply(200, _time(account.timeline))

    def _change(self, account: Account, change: Mapping[str, Any]) -> None:
        for name in change.keys() & {"credits", "daily_limit"}:
            setattr(account, name, int(change[name]))
        if "used_today" in change:
            self._accounts.use(account, int(change["used_today"]) - self._accounts.used_today(account))
        if "generation_time" in change:
            account.generation_ms = round(change["generation_time"] * 1000)
        if "lock" in change:
            account.lock.holder = None
            if change["lock"] is not None:
                until = change["lock"].get("until")
                account.lock.take(_OUTSIDE, parse_iso(until) if until else FOREVER)

    def _move(self, account: Account, change: Mapping[str, Any]) -> None:
        timeline = account.timeline
        if change.get("freeze"):
            timeline.freeze()
        if "set" in change:
            timeline.move_to(parse_iso(change["set"]))
        if "advance" in change:
            timeline.move_to(timeline.now() + round(change["advance"] * 1000))
        if "advance_to" in change:
            edge = _edge(account, change["advance_to"]) + int(change.get("offset_ms", 0))
            timeline.move_to(max(edge, timeline.now()))
        if change.get("freeze") is False:
            timeline.run()

    def _shown(self, account: Account) -> dict[str, Any]:
        lock, now = account.lock, account.timeline.now()
        until = None if lock.until == FOREVER else iso(lock.until)
        return {
            "token": account.token,
            "credits": account.credits,
            "daily_limit": account.daily_limit,
            "used_today": self._accounts.used_today(account),
            "lock": {"until": until} if lock.held(now) else None,
            "clock": _time(account.timeline),
            "images": len(account.pictures),
            "running": len(account.running),
            "generation_time": account.generation_ms,
            "faults": 0,
        }


def _edge(account: Account, name: str) -> int:
    """Return the instant of an edge; raise LookupError if none is due."""
    now = account.timeline.now()
    match name:
        case "lock-expiry" if account.lock.held(now) and account.lock.until != FOREVER:
            return account.lock.until
        case "generation-end" if account.running:
            return min(job.ends for job in account.running)
        case "day-reset":
            return (now // DAY_MS + 1) * DAY_MS
    raise LookupError(name)


def _time(timeline: Timeline) -> dict[str, str]:
    return {"mode": "frozen" if timeline.frozen else "real", "now": iso(timeline.now())}
