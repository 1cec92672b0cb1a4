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
        latch, clock = self._shared or (Latch(), Clock())
        if old := self._accounts.get(token):
            self._end(old)
        self._accounts[token] = first_state(token, latch, clock)
        return self._accounts[token]

    def _end(self, account: Account) -> None:
        if account.latch.lock and account.latch.lock.holder in account.running:
            account.latch.lock = None
        if not self._shared:
            account.clock.run()

    def everybody(self) -> list[Account]:
        return list(self._accounts.values())

    def __len__(self) -> int:
        return len(self._accounts)
