"""Who may call, and the account of each."""

from contract_tests.wrong_servers.clock import Clock
from contract_tests.wrong_servers.state import ROLES, Account, Latch, first_state, token_of

_KNOWN = frozenset(token_of(role) for role in ROLES if role != "invalid")


class Accounts:
    """The accounts by token; `open_` gives an unknown token a fresh one."""

    def __init__(self, *, open_: bool, shared: bool) -> None:
        self._open = open_
        self._shared = (Latch(), Clock()) if shared else None
        self._accounts: dict[str, Account] = {}

    def valid(self, token: str) -> bool:
        return token in _KNOWN or (self._open and bool(token) and token != token_of("invalid"))

    def get(self, token: str) -> Account:
        if token not in self._accounts:
            self.reset(token)
        return self._accounts[token]

    def reset(self, token: str) -> Account:
        """Begin an account anew; what still waits on its old clock comes to its end."""
        if not self._shared and (old := self._accounts.get(token)):
            old.clock.run()
        latch, clock = self._shared or (Latch(), Clock())
        self._accounts[token] = first_state(token, latch, clock)
        return self._accounts[token]

    def everybody(self) -> list[Account]:
        return list(self._accounts.values())

    def __len__(self) -> int:
        return len(self._accounts)
