"""How long a lock lives."""

from contract_tests.wrong_servers.catalogue import breaks
from contract_tests.wrong_servers.message import Reply
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.state import Account, Generation, Lock


class _Kept(Service):
    """The lock stays when its generation has ended."""

    def release(self, account: Account, generation: Generation) -> None:
        pass


@breaks("LOCK-10S", how="The lock lives 3 seconds.")
class LockLives3Seconds(Service):
    lock_seconds = 3


@breaks("LOCK-10S", how="The lock lives 9 seconds.")
class LockLives9Seconds(Service):
    lock_seconds = 9


@breaks("LOCK-10S", how="The lock lives 11 seconds.")
class LockLives11Seconds(Service):
    lock_seconds = 11


@breaks("LOCK-10S", how="The lock lives as long as its generation.")
class LockLivesWithGeneration(Service):
    def expiry(self, taken: int) -> int | None:
        return None


@breaks("LOCK-10S", how="The lock stays 15 seconds, however short the generation was.")
class LockKept15Seconds(_Kept):
    lock_seconds = 15


@breaks("LOCK-10S", how="The lock stays a minute, however short the generation was.")
class LockKept60Seconds(_Kept):
    lock_seconds = 60


@breaks("LOCK-10S", how="The lock is never freed.")
class LockKeptForEver(_Kept):
    def expiry(self, taken: int) -> int | None:
        return None


@breaks("LOCK-10S", how="The 10 seconds are counted from the end of the generation.")
class LockCountsFromEnd(Service):
    def expiry(self, taken: int) -> int | None:
        return None

    def release(self, account: Account, generation: Generation) -> None:
        lock = account.latch.lock
        if lock and lock.holder is generation:
            account.latch.lock = Lock(generation, super().expiry(account.clock.now()))


@breaks("LOCK-10S", how="Every check that finds the lock renews it.")
class CheckRenewsLock(Service):
    def _renew(self, account: Account) -> None:
        lock = self.held(account)
        if lock and lock.holder:
            account.latch.lock = Lock(lock.holder, self.expiry(account.clock.now()))

    def check(self, account: Account) -> Reply:
        self._renew(account)
        return super().check(account)


@breaks("LOCK-10S", how="Every generation that is refused for the lock renews it.")
class RefusalRenewsLock(Service):
    def refused(self, account: Account) -> None:
        lock = self.held(account)
        if lock and lock.holder:
            account.latch.lock = Lock(lock.holder, self.expiry(account.clock.now()))
