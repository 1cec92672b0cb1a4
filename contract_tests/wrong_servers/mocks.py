"""The mock, as it is and with behaviours that the documentation does not allow. It runs as a command, not as code."""

from typing import Any

from contract_tests.wrong_servers.catalogue import Entry, Kind, add


def _enter(name: str, kind: Kind, rules: tuple[str, ...], sentence: str, **behaviour: Any) -> None:
    add(Entry(f"mock-{name}", kind, rules, sentence, behaviour))


_enter("as-it-is", "right", (), "The mock with its defaults.")
_enter("full-lock", "right", ("LOCK-RELEASE",), "The mock, its lock living 10 seconds always.", lock_release="expiry")
_enter(
    "one-lock", "right", (), "The mock, with one lock for all accounts, and the target says so.", lock_scope="global"
)
_enter("free", "wrong", ("CREDIT-COST",), "The mock, its images costing nothing.", credits_per_image=0)
_enter("dear", "wrong", ("CREDIT-COST",), "The mock, an image costing 2 credits.", credits_per_image=2)
_enter("lock-4-seconds", "wrong", ("LOCK-10S",), "The mock, its lock living 4 seconds.", lock_seconds=4)
_enter("lock-20-seconds", "wrong", ("LOCK-10S",), "The mock, its lock living 20 seconds.", lock_seconds=20)
_enter(
    "lock-20-seconds-kept",
    "wrong",
    ("LOCK-10S",),
    "The mock, its lock living 20 seconds always.",
    lock_seconds=20,
    lock_release="expiry",
)
_enter("invalid-as-400", "assumed", ("VALID-422",), "The mock, answering invalid parameters 400.", invalid_status=400)
_enter("oldest-first", "assumed", ("RECENT-ORDER",), "The mock, oldest images first.", recent_order="oldest-first")
_enter("any-credit", "assumed", ("CREDIT-NEED",), "The mock, one credit for any number of images.", credit_need="any")
add(
    Entry(
        "mock-lock-last",
        "assumed",
        ("ORDER",),
        "The mock, looking at credits and limit before the lock.",
        {"refusal_order": ["invalid", "no-credits", "daily-limit", "locked"]},
        ("control",),
    )
)
