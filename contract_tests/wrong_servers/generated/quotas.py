"""Changes of the decisions about the lock, the credits and the daily limit."""

from collections.abc import Callable
from typing import Any

from contract_tests.wrong_servers.generated.conditions import CALL, GENERATION
from contract_tests.wrong_servers.generated.operators import (
    ALWAYS,
    NEGATED,
    NEVER,
    changed,
    constant,
    of_another,
    shifted,
    skipped,
    swapped_with,
    twice,
)
from contract_tests.wrong_servers.generated.rows import Decision, breaks, keeps
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.state import LOCK_SECONDS, Account, Lock, Order

_SECOND_MS = 1000
_LIFE_MS = LOCK_SECONDS * _SECOND_MS
_ATOMIC = "that a refused request costs nothing is assumed [CREDIT-ATOMIC]"
_UNIT = "that refused requests are not counted is assumed [DAILY-RESET]"


def _freed(service: Service, original: Callable[..., Any], account: Account) -> None:
    original(account)
    account.lock_slot.lock = None


def _taken(service: Service, original: Callable[..., Any], account: Account) -> None:
    original(account)
    if service.held(account) is None:
        account.lock_slot.lock = Lock(None, service.expiry(account.clock.now()))


def _charged(service: Service, original: Callable[..., Any], account: Account) -> None:
    original(account)
    account.credits = max(0, account.credits - 1)


def _counted(service: Service, original: Callable[..., Any], account: Account) -> None:
    original(account)
    account.use(1)


def _counted_once(service: Service, original: Callable[..., Any], account: Account, order: Order) -> None:
    account.use(1)


DECISIONS = (
    Decision(
        Service.locked_out,
        GENERATION,
        {
            "negated": breaks("LOCK-ONE", "The lock prevents generations exactly when nothing runs", NEGATED),
            "never": breaks("LOCK-ONE", "The lock prevents no generation", NEVER),
            "always": breaks("LOCK-ONE SHAPE", "Generations are refused with 409, whatever runs", ALWAYS),
        },
    ),
    Decision(
        Service.seems_busy,
        CALL,
        {
            "negated": breaks("LOCK-CHECK", "A check reports the opposite", NEGATED),
            "never": breaks("LOCK-CHECK", "A check never reports a running generation", NEVER),
            "always": breaks("LOCK-CHECK LOCK-10S", "A check always reports a running generation", ALWAYS),
        },
    ),
    Decision(Service.held, CALL, {"never": breaks("LOCK-ONE LOCK-CHECK", "No lock is in force", constant(None))}),
    Decision(
        Service.take_lock,
        GENERATION,
        {
            "skipped": breaks("LOCK-ONE LOCK-CHECK", "A generation takes no lock", skipped),
            "of-another": breaks("LOCK-ONE LOCK-CHECK", "A generation takes the lock of another account", of_another),
        },
    ),
    Decision(
        Service.expiry,
        GENERATION,
        {
            "second-early": breaks("LOCK-10S", "The lock expires a second early", shifted(-_SECOND_MS)),
            "second-late": breaks("LOCK-10S", "The lock expires a second late", shifted(_SECOND_MS)),
            "half": breaks("LOCK-10S", "The lock lives half as long", shifted(-_LIFE_MS // 2)),
            "double": breaks("LOCK-10S", "The lock lives twice as long", shifted(_LIFE_MS)),
            "never": breaks("LOCK-10S", "The lock never expires", constant(None)),
        },
    ),
    Decision(
        Service.release,
        GENERATION,
        {"skipped": keeps("the early release is inferred [LOCK-RELEASE]", "The lock outlives its generation", skipped)},
    ),
    Decision(
        Service.refused,
        CALL,
        {
            "frees-lock": breaks("LOCK-ONE LOCK-CHECK", "A refused generation frees the lock", _freed),
            "takes-lock": breaks("LOCK-CHECK", "A refused generation takes the lock", _taken),
            "charged": keeps(_ATOMIC, "A refused generation costs a credit", _charged),
            "counted": keeps(_UNIT, "A refused generation counts towards the daily limit", _counted),
        },
    ),
    Decision(
        Service.price,
        GENERATION,
        {
            "plus-one": breaks("CREDIT-COST", "A generation costs a credit more", shifted(1)),
            "minus-one": breaks("CREDIT-COST", "A generation costs a credit less", shifted(-1)),
            "double": breaks("CREDIT-COST", "A generation costs twice as much", changed(lambda price: 2 * price)),
            "zero": breaks("CREDIT-COST", "A generation costs nothing", constant(0)),
            "one": breaks("CREDIT-COST", "A generation costs one credit, however many images", constant(1)),
        },
    ),
    Decision(
        Service.balance,
        CALL,
        {
            "plus-one": breaks("CREDIT-419 CREDIT-COST", "An account may go one credit below 0", shifted(1)),
            "minus-one": breaks("CREDIT-419 CREDIT-COST", "The last credit cannot be spent", shifted(-1)),
        },
    ),
    Decision(
        Service.affordable,
        GENERATION,
        {
            "negated": breaks("CREDIT-419 CREDIT-COST", "A generation is refused exactly if it can be paid", NEGATED),
            "always": breaks("CREDIT-419 CREDIT-COST", "A generation needs no credits", ALWAYS),
            "never": breaks("CREDIT-419 CREDIT-COST", "No credits suffice for a generation", NEVER),
        },
    ),
    Decision(
        Service.charge,
        GENERATION,
        {
            "skipped": breaks("CREDIT-COST", "A generation is not charged", skipped),
            "twice": breaks("CREDIT-COST", "A generation is charged twice", twice),
            "of-another": breaks("CREDIT-COST", "A generation is charged to another account", of_another),
        },
    ),
    Decision(
        Service.allowance,
        CALL,
        {
            "plus-one": breaks("DAILY-429", "The daily limit allows one image more", shifted(1)),
            "minus-one": breaks("DAILY-429", "The last image of the day is refused", shifted(-1)),
        },
    ),
    Decision(
        Service.within_limit,
        GENERATION,
        {
            "negated": breaks("DAILY-429", "A generation is refused exactly if it is within the daily limit", NEGATED),
            "always": breaks("DAILY-429", "A generation has no daily limit", ALWAYS),
            "never": breaks("DAILY-429", "A generation is always beyond the daily limit", NEVER),
        },
    ),
    Decision(
        Service.count,
        GENERATION,
        {
            "skipped": breaks("DAILY-429", "A generation does not count towards the daily limit", skipped),
            "twice": breaks("DAILY-429", "A generation counts twice towards the daily limit", twice),
            "once": keeps("the unit of the limit is assumed [DAILY-RESET]", "Requests are counted", _counted_once),
            "of-another": breaks("DAILY-429", "A generation counts for another account", of_another),
        },
    ),
    Decision(
        Service.too_poor,
        GENERATION,
        {
            "as-locked": breaks("CREDIT-419", "Without credits the reply is that of the lock", swapped_with("locked")),
            "as-limit": breaks(
                "CREDIT-419", "Without credits the reply is that of the daily limit", swapped_with("over_limit")
            ),
        },
    ),
    Decision(
        Service.over_limit,
        GENERATION,
        {
            "as-locked": breaks(
                "DAILY-429", "Beyond the daily limit the reply is that of the lock", swapped_with("locked")
            ),
            "as-poor": breaks(
                "DAILY-429", "Beyond the daily limit the reply is that for credits", swapped_with("too_poor")
            ),
        },
    ),
    Decision(
        Service.locked,
        GENERATION,
        {
            "as-poor": breaks("LOCK-ONE", "The lock is reported as missing credits", swapped_with("too_poor")),
            "as-limit": breaks("LOCK-ONE", "The lock is reported as the daily limit", swapped_with("over_limit")),
        },
    ),
)
