"""One generation at a time: who holds the lock, whom it keeps out, and when it goes."""

from contract_tests.wrong_servers.state import Account, Generation, Lock, Order


class Locking:
    """The lock lives 10 seconds, or until its generation ends."""

    lock_seconds: float = 10

    def held(self, account: Account) -> Lock | None:
        """The lock that is alive, if any."""
        locks = (lock for lock in (account.latch.lock, account.barred) if lock)
        return next((lock for lock in locks if lock.until is None or account.clock.now() < lock.until), None)

    def locked_out(self, account: Account, order: Order) -> bool:
        """Whether a generation may not begin."""
        return self.held(account) is not None

    def seems_busy(self, account: Account) -> bool:
        """What checking availability tells."""
        return self.held(account) is not None

    def take_lock(self, account: Account, generation: Generation) -> None:
        account.latch.lock = Lock(generation, self.expiry(generation.begun))

    def expiry(self, taken: int) -> int | None:
        return taken + round(self.lock_seconds * 1000)

    def release(self, account: Account, generation: Generation) -> None:
        """The generation has ended; a lock that somebody else took since stays."""
        if account.latch.lock and account.latch.lock.holder is generation:
            account.latch.lock = None

    def refused(self, account: Account) -> None:
        """A generation was not begun, for whatever reason."""
