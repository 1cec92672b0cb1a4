"""What one account's generation is to another account."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from contract_tests.api import Api, images_of
from contract_tests.decisions import decides
from contract_tests.errors import CouldNotLookError
from contract_tests.overlap import Overlap
from contract_tests.run import Run
from contract_tests.targets import Target
from contract_tests.test_credits import FIELDS
from contract_tests.transport import Reply
from contract_tests.verdict import Verdict


@decides("RECENT-OWN", "LOCK-SCOPE", credits=1, seconds=3, roles=("primary", "secondary"))
def test_another_account(api: Callable[[str], Api], primary: Api, target: Target, verdict: Verdict, run: Run) -> None:
    """While one account generates, the other is held up or not, as the target says; it never sees the image."""
    other = api("secondary")
    primary.await_unlocked()
    other.await_unlocked()
    prompt = f"A wooden crate with the number {run.settings.seed}"
    with ThreadPoolExecutor(1) as pool:
        overlap = Overlap(primary, pool.submit(primary.generate, {**FIELDS, "description": prompt}), run.transport)
        checked = _check_meanwhile(overlap, other)
        reply = overlap.reply()
    seen = [image for image in images_of(other.recent()) if image.get("input") == prompt]
    verdict.expect("RECENT-OWN", not seen, expected="no image of another account", received=str(seen), by=reply)
    if checked is None or overlap.locked_at is None or not overlap.surely_running(checked):
        raise CouldNotLookError("the generation was over before the other account could ask")
    expected = 409 if target.lock_scope == "global" else 200
    verdict.expect(
        "LOCK-SCOPE",
        checked.status == expected,
        expected=f"{expected}, with one lock {'for all' if expected == 409 else 'an account'}",
        received=str(checked.status),
        by=checked,
    )


def _check_meanwhile(overlap: Overlap, other: Api) -> Reply | None:
    """What the other account is told while the generation runs; None where it was over too soon to ask."""
    try:
        overlap.watch_until_locked()
    except CouldNotLookError:
        return None
    return other.check()
