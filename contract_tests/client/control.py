"""The part of the mock's control API that the suite uses."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import quote

from contract_tests.client.call import Call, Reply
from contract_tests.client.masking import Secret
from contract_tests.client.transport import Transport
from contract_tests.errors import InconclusiveError
from contract_tests.oracle.facts import LOCK_SECONDS
from contract_tests.runner.target import Account

DAILY_LIMIT = 50
CREDITS = 100
SLOW_SECONDS = LOCK_SECONDS + 2  # a generation outlives its lock
_LIMITED = frozenset({"limited", "almost_limited"})
_NOON = "2026-02-26T12:00:00Z"
_FRESH = {"credits": CREDITS, "daily_limit": DAILY_LIMIT, "used_today": 0, "generation_time": 0}


class Control:
    """Reads and sets the state of accounts and their clocks; only with `control: mock` in the target."""

    def __init__(
        self, origin: str, transport: Transport, admin_token: Secret | None = None, *, one_clock: bool = False
    ) -> None:
        """one_clock: whether the target says that all accounts share the lock, and with it a clock."""
        self._base = f"{origin}/_mock"
        self._transport = transport
        self._token = admin_token
        self._declared, self._at_noon = one_clock, False

    @cached_property
    def _one_clock(self) -> bool:
        """Whether all accounts share a clock, also if the target does not say so."""
        try:
            return self._declared or self.behaviour().get("lock_scope") == "global"
        except InconclusiveError:  # another server with this control API need not tell its settings
            return False

    def health(self) -> None:
        """Raise InconclusiveError if the mock does not answer."""
        health = self._ask("GET", "/health").json()
        if not isinstance(health, dict) or health.get("status") != "ok":
            raise InconclusiveError(f"its health is {health}")

    def open(self, token: Secret, state: Mapping[str, Any]) -> Reply:
        """Reset an account to the defaults and the given state; its generations take no time.

        Its clock is set to noon, so that no day ends during a test.
        """
        self.renew(token)
        # A shared clock is set once, since it would go back for the accounts opened before.
        if not self._at_noon:
            self.move(token, set=_NOON)
            self._at_noon = self._one_clock
        # After the clock, as another day would reset `used_today`.
        return self._ask("PATCH", _world(token), {**_FRESH, **state})

    def renew(self, token: Secret) -> None:
        """Reset an account to the state in which the mock lists it, or to that of any token."""
        self._ask("PUT", _world(token), {})

    def behaviour(self) -> dict[str, Any]:
        """Return the settings of the mock, by name."""
        settings = self._ask("GET", "/behaviour").json()
        if not isinstance(settings, list) or not all(isinstance(each, dict) and "name" in each for each in settings):
            raise InconclusiveError("the control API does not list its settings in /_mock/behaviour")
        return {str(each["name"]): each.get("value") for each in settings}

    def set_faults(self, token: Secret, faults: list[dict[str, Any]]) -> None:
        """Replace the faults of an account."""
        self._ask("PUT", f"{_world(token)}/faults", faults)

    def world(self, token: Secret) -> Any:
        return self._ask("GET", _world(token)).json()

    def change(self, token: Secret, **state: Any) -> Reply:
        return self._ask("PATCH", _world(token), state)

    def restore_day(self, account: Account) -> None:
        """Set again what an account has used of its day, which ends for all where they share a clock."""
        if self._one_clock and account.role in _LIMITED:
            self.change(account.secret, **_state(account.role, account.figure))

    def move(self, token: Secret, **command: Any) -> Reply:
        """Freeze, set or advance the clock of an account; returns when every event that is due has happened."""
        return self._ask("POST", f"{_world(token)}/clock", command)

    def _ask(self, method: str, path: str, state: Any = None) -> Reply:
        reply = self._transport.send(Call(method, self._base + path, "control", self._token, json=state))
        if reply.status not in {200, 201}:
            asked = f"{reply.exchange.method} {reply.exchange.url}"
            hint = "; it needs an admin token: see admin_token in the target file" if reply.status == 401 else ""
            raise InconclusiveError(f"the control API answered {asked} with {reply.status}{hint}")
        return reply


def states(accounts: Mapping[str, Account]) -> Iterator[tuple[Account, dict[str, Any]]]:
    """Yield each account with the state of its role; the role `invalid` has none."""
    for role, account in accounts.items():
        if role != "invalid":
            yield account, _state(role, account.figure)


def _state(role: str, figure: int) -> dict[str, Any]:
    known: dict[str, dict[str, Any]] = {
        "empty": {"credits": 0},
        "low": {"credits": figure},
        "limited": {"used_today": DAILY_LIMIT},
        "almost_limited": {"used_today": DAILY_LIMIT - figure},
        "slow": {"generation_time": SLOW_SECONDS},
    }
    return known.get(role, {})


def _world(token: Secret) -> str:
    return f"/worlds/{quote(token.reveal(), safe='')}"
