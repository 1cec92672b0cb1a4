"""One generation at a time, or not quite."""

from contract_tests.wrong_servers.catalogue import breaks
from contract_tests.wrong_servers.message import Reply, error
from contract_tests.wrong_servers.parameters import Problems
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.state import Account, Generation, Lock, Order


@breaks("LOCK-ONE", "LOCK-CHECK", how="There is no lock at all.")
class NoLock(Service):
    def take_lock(self, account: Account, generation: Generation) -> None:
        pass


@breaks("LOCK-ONE", how="A generation begins whoever holds the lock; only checks tell of it.")
class LockIgnored(Service):
    def locked_out(self, account: Account, order: Order) -> bool:
        return False


@breaks("LOCK-ONE", how="A generation is refused beside one of the same engine only.")
class LockAnEngine(Service):
    def locked_out(self, account: Account, order: Order) -> bool:
        lock = self.held(account)
        return bool(lock and (lock.holder is None or lock.holder.order.engine == order.engine))


@breaks("LOCK-ONE", how="A generation is refused beside one of the same prompt only.")
class LockAPrompt(Service):
    def locked_out(self, account: Account, order: Order) -> bool:
        lock = self.held(account)
        return bool(lock and (lock.holder is None or lock.holder.order.prompt == order.prompt))


@breaks("LOCK-ONE", how="Two generations may run, a third is refused.")
class TwoAtATime(Service):
    def locked_out(self, account: Account, order: Order) -> bool:
        lock = self.held(account)
        return bool(lock and (lock.holder is None or len(account.running) >= 2))


@breaks("LOCK-ONE", how="A locked generation is answered 423.")
class LockedAs423(Service):
    def locked(self) -> Reply:
        return error(423, self.dress.busy)


@breaks("LOCK-ONE", how="A locked generation is answered 429.")
class LockedAs429(Service):
    def locked(self) -> Reply:
        return error(429, self.dress.busy)


@breaks("LOCK-ONE", how="A locked generation is answered 503.")
class LockedAs503(Service):
    def locked(self) -> Reply:
        return error(503, self.dress.busy)


@breaks("LOCK-ONE", "SHAPE", how="A locked generation is answered 200 with an error in the body.")
class LockedAs200(Service):
    def locked(self) -> Reply:
        return error(200, self.dress.busy)


@breaks("LOCK-ONE", "LOCK-CHECK", how="A refused second generation frees the lock of the first.")
class RefusalFreesLock(Service):
    def locked(self) -> Reply:
        for account in self.accounts.everybody():
            if account.running:
                account.latch.lock = None
        return super().locked()


@breaks("LOCK-ONE", "LOCK-CHECK", how="An invalid request frees the lock.")
class InvalidFreesLock(Service):
    def invalid(self, problems: Problems) -> Reply:
        for account in self.accounts.everybody():
            if account.running:
                account.latch.lock = None
        return super().invalid(problems)


@breaks("LOCK-CHECK", "LOCK-ONE", how="Checking availability frees the lock.")
class CheckFreesLock(Service):
    def check(self, account: Account) -> Reply:
        reply = super().check(account)
        account.latch.lock = None
        return reply


@breaks("LOCK-CHECK", "LOCK-ONE", how="Asking for the recent images frees the lock.")
class RecentFreesLock(Service):
    def recent(self, account: Account) -> Reply:
        account.latch.lock = None
        return super().recent(account)


@breaks("LOCK-CHECK", how="Availability is always given.")
class AlwaysAvailable(Service):
    def seems_busy(self, account: Account) -> bool:
        return False


@breaks("LOCK-CHECK", how="Availability is never given.")
class NeverAvailable(Service):
    def seems_busy(self, account: Account) -> bool:
        return True


@breaks("LOCK-CHECK", how="A check takes the lock for itself, so that the next one finds it taken.")
class CheckTakesLock(Service):
    def check(self, account: Account) -> Reply:
        reply = super().check(account)
        if reply.status == 200:
            account.latch.lock = Lock(None, self.expiry(account.clock.now()))
        return reply


@breaks("LOCK-CHECK", how="Availability is told the wrong way round.")
class AvailabilityReversed(Service):
    def seems_busy(self, account: Account) -> bool:
        return not super().seems_busy(account)


@breaks("LOCK-CHECK", how="A check during a generation is answered 423.")
class BusyAs423(Service):
    def busy(self) -> Reply:
        return error(423, self.dress.busy)


@breaks("LOCK-CHECK", how="A check during a generation is answered 503.")
class BusyAs503(Service):
    def busy(self) -> Reply:
        return error(503, self.dress.busy)


@breaks("LOCK-CHECK", "SHAPE", how="A check during a generation is answered 200 with an error in the body.")
class BusyAs200(Service):
    def busy(self) -> Reply:
        return error(200, self.dress.busy)


@breaks("LOCK-CHECK", how="Checks see only the lock of somebody else's generation.")
class OwnLockUnseen(Service):
    def seems_busy(self, account: Account) -> bool:
        lock = self.held(account)
        return bool(lock and lock.holder is None)


@breaks("LOCK-CHECK", "LOCK-ONE", how="A generation takes the lock half a second after it has begun.")
class LockTakenLate(Service):
    def held(self, account: Account) -> Lock | None:
        lock = super().held(account)
        young = lock and lock.holder and account.clock.now() - lock.holder.begun < 500
        return None if young else lock
