"""Deviations of the lock: which generations it prevents, what checks report, and how long it stays."""

from collections.abc import Iterator

from contract_tests.wrong_servers.catalogue import breaks, mock, variant
from contract_tests.wrong_servers.parameters import FROM_IMAGE, Problems
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.state import LOCK_SECONDS, Account, Generation, Lock, Order
from contract_tests.wrong_servers.wire import Reply, Request

_LATE_MS = 500
_LAG_MS = 6000
_RELEASED_AFTER = 0.01


# Prevention


@breaks("LOCK-ONE", "LOCK-CHECK", how="There is no lock.")
class NoLock(Service):
    def take_lock(self, account: Account, generation: Generation) -> None:
        pass


@breaks("LOCK-ONE", how="The lock prevents no generation; only checks report it.")
class LockIgnored(Service):
    def locked_out(self, account: Account, order: Order) -> bool:
        return False


class _PartialLock(Service):
    """The lock of a generation here prevents only generations that `conflicts` names."""

    def conflicts(self, account: Account, running: Order, order: Order) -> bool:
        return True

    def locked_out(self, account: Account, order: Order) -> bool:
        lock = self.held(account)
        return bool(lock and (lock.holder is None or self.conflicts(account, lock.holder.order, order)))


@breaks("LOCK-ONE", how="The lock prevents only generations with the same engine.")
class LockAnEngine(_PartialLock):
    def conflicts(self, account: Account, running: Order, order: Order) -> bool:
        return running.engine == order.engine


@breaks("LOCK-ONE", how="The lock prevents only generations with the same prompt.")
class LockAPrompt(_PartialLock):
    def conflicts(self, account: Account, running: Order, order: Order) -> bool:
        return running.prompt == order.prompt


# With the control API, no check uploads while a generation runs.
@breaks("LOCK-ONE", how="The lock prevents no generation from an image.", modes=("black-box",))
class LockWithoutUploads(_PartialLock):
    def conflicts(self, account: Account, running: Order, order: Order) -> bool:
        return order.fields.get("type") not in FROM_IMAGE


@breaks("LOCK-ONE", how="Two generations may run at a time, a third is refused.")
class TwoAtATime(_PartialLock):
    def conflicts(self, account: Account, running: Order, order: Order) -> bool:
        return len(account.running) >= 2


@breaks("LOCK-ONE", how="A second generation waits for the end of the first, and is then served.")
class SecondWaits(Service):
    def generate(self, account: Account, request: Request) -> Reply:
        while (lock := self.held(account)) and lock.holder:
            with account.clock.reached(lock.holder.ends):
                pass
            self.accounts.pace.sleep(_RELEASED_AFTER)
        return super().generate(account, request)


@breaks("LOCK-ONE", how="A second generation is refused, and a third is served.")
class SecondRefusedOnly(Service):
    refusals_left = 1

    def locked_out(self, account: Account, order: Order) -> bool:
        if super().locked_out(account, order) and self.refusals_left:
            self.refusals_left -= 1
            return True
        return False


@breaks("LOCK-ONE", how="A generation is refused by the lock, and its image is made all the same.")
class RefusedIsMade(Service):
    def refusals(self, account: Account, order: Order) -> Iterator[Reply]:
        for refusal in super().refusals(account, order):
            if refusal.status == 409:
                self.record(account, self.draw(account, order, Request("POST", "", {}, {}, b"")))
            yield refusal


class _Freeing(Service):
    def free_all(self) -> None:
        """End the locks of all running generations."""
        for account in self.accounts.all():
            if account.running:
                account.lock_slot.lock = None


@breaks("LOCK-ONE", "LOCK-CHECK", how="A refused second generation frees the lock of the first.")
class RefusalFreesLock(_Freeing):
    def locked(self) -> Reply:
        self.free_all()
        return super().locked()


@breaks("LOCK-ONE", "LOCK-CHECK", how="An invalid request frees the lock.")
class InvalidFreesLock(_Freeing):
    def invalid(self, problems: Problems) -> Reply:
        self.free_all()
        return super().invalid(problems)


@breaks("LOCK-ONE", "LOCK-CHECK", how="A call without a token frees the lock.")
class AnonymousFreesLock(_Freeing):
    def unauthenticated(self) -> Reply:
        self.free_all()
        return super().unauthenticated()


@breaks("LOCK-CHECK", how="A request without a token takes the lock of every account.", modes=("black-box",))
class AnonymousTakesLock(Service):
    def unauthenticated(self) -> Reply:
        for account in self.accounts.all():
            account.lock_slot.lock = account.lock_slot.lock or Lock(None, self.expiry(account.clock.now()))
        return super().unauthenticated()


def _is_cut(request: Request) -> bool:
    return len(request.body) < int(request.headers.get("content-length", 0))


@breaks("LOCK-ONE", "LOCK-CHECK", how="A request that ends half-way frees the lock.")
class CutRequestFreesLock(_Freeing):
    def generate(self, account: Account, request: Request) -> Reply:
        if _is_cut(request):
            self.free_all()
        return super().generate(account, request)


@breaks("LOCK-CHECK", how="A request that ends half-way takes the lock.")
class CutRequestTakesLock(Service):
    def generate(self, account: Account, request: Request) -> Reply:
        if _is_cut(request):
            account.lock_slot.lock = Lock(None, self.expiry(account.clock.now()))
        return super().generate(account, request)


@breaks("LOCK-CHECK", how="An invalid request takes the lock.")
class InvalidTakesLock(Service):
    def refused(self, account: Account) -> None:
        if not self.held(account):
            account.lock_slot.lock = Lock(None, self.expiry(account.clock.now()))


@breaks("LOCK-CHECK", "LOCK-ONE", how="check-availability frees the lock.")
class CheckFreesLock(Service):
    def check(self, account: Account) -> Reply:
        reply = super().check(account)
        account.lock_slot.lock = None
        return reply


@breaks("LOCK-CHECK", "LOCK-ONE", how="recent-images frees the lock.")
class RecentFreesLock(Service):
    def recent(self, account: Account) -> Reply:
        account.lock_slot.lock = None
        return super().recent(account)


@breaks("LOCK-CHECK", "LOCK-ONE", how="A generation takes the lock half a second after its start.")
class LockTakenLate(Service):
    def held(self, account: Account) -> Lock | None:
        lock = super().held(account)
        young = lock and lock.holder and account.clock.now() - lock.holder.started < _LATE_MS
        return None if young else lock


# Availability checks

variant("always-available", "LOCK-CHECK", "Checks always report availability.", seems_busy=lambda *_: False)
variant("never-available", "LOCK-CHECK", "Checks never report availability.", seems_busy=lambda *_: True)


@breaks("LOCK-CHECK", how="A check takes the lock, so that the next one meets it.")
class CheckTakesLock(Service):
    def check(self, account: Account) -> Reply:
        reply = super().check(account)
        if reply.status == 200:
            account.lock_slot.lock = Lock(None, self.expiry(account.clock.now()))
        return reply


@breaks("LOCK-CHECK", how="Checks report the opposite of the availability.")
class AvailabilityReversed(Service):
    def seems_busy(self, account: Account) -> bool:
        return not super().seems_busy(account)


@breaks("LOCK-CHECK", how="Checks ignore the locks of this service's own generations.")
class OwnLockUnseen(Service):
    def seems_busy(self, account: Account) -> bool:
        lock = self.held(account)
        return bool(lock and lock.holder is None)


@breaks("LOCK-CHECK", how="Checks report a generation for some seconds after its end.", modes=("black-box",))
class CheckLagsBehind(Service):
    ended = 0

    def release(self, account: Account, generation: Generation) -> None:
        super().release(account, generation)
        self.ended = account.clock.now()

    def seems_busy(self, account: Account) -> bool:
        return super().seems_busy(account) or account.clock.now() < self.ended + _LAG_MS


# Expiry


class _Kept(Service):
    """The lock stays after its generation."""

    def release(self, account: Account, generation: Generation) -> None:
        pass


_LIVES = (
    ("lock-expires-after-a-third", LOCK_SECONDS / 3, Service, "The lock expires after a third of its time."),
    ("lock-expires-a-second-early", LOCK_SECONDS - 1, Service, "The lock expires a second early."),
    ("lock-expires-a-second-late", LOCK_SECONDS + 1, Service, "The lock expires a second late."),
    ("lock-kept-too-long", LOCK_SECONDS * 1.5, _Kept, "The lock outlives its generation and expires late."),
    ("lock-kept-much-too-long", LOCK_SECONDS * 6, _Kept, "The lock outlives its generation and expires very late."),
)
for _name, _seconds, _base, _sentence in _LIVES:
    variant(_name, "LOCK-10S", _sentence, base=_base, lock_seconds=_seconds)
variant("lock-lives-with-generation", "LOCK-10S", "The lock ends only with its generation.", expiry=lambda *_: None)
variant("lock-kept-for-ever", "LOCK-10S", "The lock never ends.", base=_Kept, expiry=lambda *_: None)
mock("lock-expires-early", "wrong", "LOCK-10S", "The mock, its lock expires early.", lock_seconds=LOCK_SECONDS - 6)
mock("lock-expires-late", "wrong", "LOCK-10S", "The mock, its lock expires late.", lock_seconds=2 * LOCK_SECONDS)
mock(
    "lock-kept-too-long",
    "wrong",
    "LOCK-10S",
    "The mock, its lock outlives the generation and expires late.",
    lock_seconds=2 * LOCK_SECONDS,
    lock_release="expiry",
)


@breaks("LOCK-10S", how="The time of the lock starts at the end of its generation.")
class LockCountsFromEnd(Service):
    def expiry(self, taken: int) -> int | None:
        return None

    def release(self, account: Account, generation: Generation) -> None:
        lock = account.lock_slot.lock
        if lock and lock.holder is generation:
            account.lock_slot.lock = Lock(generation, super().expiry(account.clock.now()))


class _Renewing(Service):
    def renew(self, account: Account) -> None:
        lock = self.held(account)
        if lock and lock.holder:
            account.lock_slot.lock = Lock(lock.holder, self.expiry(account.clock.now()))


@breaks("LOCK-10S", how="A check during a generation renews the lock.")
class CheckRenewsLock(_Renewing):
    def check(self, account: Account) -> Reply:
        self.renew(account)
        return super().check(account)


@breaks("LOCK-10S", how="A generation that the lock prevents renews it.")
class RefusalRenewsLock(_Renewing):
    def refused(self, account: Account) -> None:
        self.renew(account)
