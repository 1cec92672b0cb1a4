"""Isolation: a generation of one account, observed by another."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from contract_tests.calibration.questions import shown
from contract_tests.checks.decisions import decides
from contract_tests.checks.overlap import Overlap
from contract_tests.client.api import Api
from contract_tests.client.call import Reply
from contract_tests.client.made import images_of
from contract_tests.errors import InconclusiveError
from contract_tests.oracle.engines import with_prompt
from contract_tests.runner.run import Run
from contract_tests.runner.target import Target
from contract_tests.runner.verdict import Verdict


@decides("RECENT-OWN", "LOCK-SCOPE", credits=1, seconds=3, roles=("primary", "secondary"), mode="black-box")
def test_another_account(api: Callable[[str], Api], primary: Api, target: Target, verdict: Verdict, run: Run) -> None:
    """While one account generates, the other is locked or not, as the target says; it never sees the image."""
    other = api("secondary")
    primary.await_unlocked()
    other.await_unlocked()
    prompt = _prompt(run)
    with ThreadPoolExecutor(1) as pool:
        overlap = Overlap(primary, pool.submit(primary.generate, with_prompt(primary.simplest, prompt)), run)
        overlap.watch_until_locked()
        checked = other.check()
        reply = overlap.reply()
    _expect_unseen(verdict, prompt, other, reply)
    if overlap.locked_at is None or not overlap.certainly_running(checked):
        raise InconclusiveError("the generation was over before the other account could ask")
    verdict.note(shown("lock_scope"), "global" if checked.status == 409 else "account", by=checked)
    expected = 409 if target.lock_scope == "global" else 200
    scope = "for all" if expected == 409 else "an account"
    verdict.expect_status("LOCK-SCOPE", checked, expected, f"with one lock {scope}")


@decides("RECENT-OWN", credits=1, mode="control", quick=True)
def test_images_of_another_account(api: Callable[[str], Api], primary: Api, verdict: Verdict, run: Run) -> None:
    prompt = _prompt(run)
    _, reply = primary.images(with_prompt(primary.simplest, prompt))
    _expect_unseen(verdict, prompt, api("secondary"), reply)


def _prompt(run: Run) -> str:
    """Return a prompt with the seed, since images of earlier runs may be listed too."""
    return f"A wooden crate with the number {run.settings.seed}"


def _expect_unseen(verdict: Verdict, prompt: str, other: Api, reply: Reply) -> None:
    listed = other.recent()
    seen = [image for image in images_of(listed) if image.get("input") == prompt]
    verdict.expect(
        "RECENT-OWN",
        not seen,
        expected="no image of another account",
        received=f"{len(seen)} images of the other account",
        by=(reply, listed),
    )
