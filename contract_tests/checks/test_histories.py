"""Bursts of concurrent calls of one account, checked by when each was sent and answered."""

import math
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from contract_tests.checks.decisions import decides
from contract_tests.checks.world import World
from contract_tests.client.api import Api
from contract_tests.client.control import CREDITS
from contract_tests.client.made import images_of
from contract_tests.errors import InconclusiveError, NoReplyError
from contract_tests.oracle.engines import engine_of
from contract_tests.oracle.facts import RECENT_IMAGES, counted, price
from contract_tests.oracle.history import Kind, Seen, deviations, made, overlapping
from contract_tests.oracle.images import common_part, same
from contract_tests.runner.run import Run
from contract_tests.runner.verdict import Verdict

GENERATIONS, CHECKS, BURSTS = 3, 6, 2
SECONDS_OF_A_MOCK = 0.5
CALLS: dict[Kind, int] = {"generate": GENERATIONS, "check": CHECKS}
# The calls of a burst start within this part of a generation's time.
SPREAD = 0.5


@decides("LOCK-ONE", "LOCK-CHECK", "RECENT-SAME", credits=GENERATIONS * BURSTS, seconds=4, mode="control")
def test_bursts_on_a_mock(world: Callable[..., World], verdict: Verdict, run: Run) -> None:
    """In real time; afterwards balance and recent images match the replies."""
    for burst in range(BURSTS):
        account = world(generation_time=SECONDS_OF_A_MOCK)
        history = _burst(account.api, run, random.Random(run.settings.seed + burst), SECONDS_OF_A_MOCK)
        _judge(verdict, history, account.api, SECONDS_OF_A_MOCK)
        paid, images = CREDITS - account.state()["credits"], len(made(history))
        # More may have been paid for the requests that made none, which is another rule.
        unpaid = any(seen.kind == "generate" and seen.reply and not seen.served for seen in history)
        verdict.expect(
            "CREDIT-ATOMIC" if unpaid and paid > price(images) else "CREDIT-COST",
            paid == price(images),
            expected=f"{counted(price(images), 'credit')} for {counted(images, 'image')}",
            received=counted(paid, "credit"),
            by=account.trail,
        )


@decides("LOCK-ONE", "LOCK-CHECK", "RECENT-SAME", credits=GENERATIONS + 1, seconds=20, mode="black-box")
def test_burst_on_a_service(primary: Api, verdict: Verdict, run: Run) -> None:
    """Spread over the time that the quickest generation of the run has taken."""
    if math.isinf(run.made_images.quickest):
        primary.images_of_some(primary.simplest)
    alone = run.made_images.quickest
    if math.isinf(alone):
        raise InconclusiveError("every engine answers before its pictures are ready")
    primary.await_unlocked()
    history = _burst(primary, run, random.Random(run.settings.seed), alone)
    _judge(verdict, history, primary, alone)


def _burst(api: Api, run: Run, chance: random.Random, alone: float) -> list[Seen]:
    kinds = [kind for kind, number in CALLS.items() for _ in range(number)]
    chance.shuffle(kinds)
    # Drawn before the threads start, so that a seed gives the same burst.
    delays = [chance.uniform(0, SPREAD * alone) for _ in kinds]

    def one(kind: Kind, delay: float) -> Seen:
        run.transport.sleep(delay)
        try:
            return Seen(kind, api.generate(api.simplest) if kind == "generate" else api.check())
        except NoReplyError:  # it says nothing about the others
            return Seen(kind, None)

    with ThreadPoolExecutor(len(kinds)) as pool:
        return list(pool.map(one, kinds, delays))


def _judge(verdict: Verdict, history: list[Seen], api: Api, quickest: float) -> None:
    found = list(deviations(history, quickest))
    for each in found:
        verdict.report(each.deviation, by=each.witnesses)
    _expect_listed(verdict, history, api)
    refused = {seen.kind for seen in overlapping(history)}
    for kind, rule in (("generate", "LOCK-ONE"), ("check", "LOCK-CHECK")):
        if kind in refused and all(each.deviation.rule != rule for each in found):
            verdict.expect(rule, True, expected=f"409 to a {kind} during a generation", received="it")
    if not found and len(refused) < len(CALLS):
        statuses = sorted({f"{seen.kind} {seen.status}" for seen in history})
        raise InconclusiveError(f"not every kind of call met a generation ({', '.join(statuses)})")


def _expect_listed(verdict: Verdict, history: list[Seen], api: Api) -> None:
    reply, engine = api.recent(), engine_of(api.simplest)
    listed = images_of(reply)
    images = [common_part(image, queues=engine is not None and engine.queues) for image in made(history)]
    missing = [image for image in images[:RECENT_IMAGES] if not any(same(image, each) for each in listed)]
    verdict.expect(
        "RECENT-SAME",
        not missing,
        expected="every image that was just made among the recent images",
        received=f"{len(missing)} of {len(made(history))} are missing",
        by=reply,
    )
