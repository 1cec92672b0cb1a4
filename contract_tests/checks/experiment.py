"""Experiments: a series of requests on an account with a known quota of credits or images, until it is used up."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from contract_tests.checks.overlap import Overlap
from contract_tests.client.api import Api
from contract_tests.client.call import Reply
from contract_tests.client.made import images_of
from contract_tests.errors import InconclusiveError, UndocumentedLimitError
from contract_tests.oracle.contract import is_service_error
from contract_tests.oracle.engines import (
    Fields,
    engine_field,
    finest,
    most_expensive,
    source_field,
    with_count,
    with_prompt,
)
from contract_tests.oracle.quota import Outcome, Step
from contract_tests.oracle.replies import images_requested, made, own_limit
from contract_tests.oracle.samples import FIELDS, INVALID, plain_picture, valid
from contract_tests.runner.run import Run
from contract_tests.runner.verdict import Verdict

# The status of a refusal when the quota is used up, and the rule that documents it.
Quota = tuple[int, str]
CREDITS: Quota = (419, "CREDIT-419")
DAILY: Quota = (429, "DAILY-429")
SANDBOX_HINT = " (a sandbox account answers so: if this is one, add `sandbox: true` to it in the target)"
_REPEATED = 3
# A refusal with one of these may be about something else than the quota.
_AMBIGUOUS = frozenset({200, 400, 403, 404, 405, 413, 415, 422, 429})


class Experiment:
    """The requests of one account and their outcomes; each has a prompt of its own, by which its images are known."""

    def __init__(self, open_account: Callable[[str], Api], role: str, verdict: Verdict, run: Run, quota: Quota) -> None:
        self.api, self.verdict, self.run = open_account(role), verdict, run
        self.status, self.rule = quota
        self.steps: list[Step] = []
        self._other = open_account("primary")
        self._prompts: list[tuple[str, Outcome]] = []
        self._numbers = count(1)
        # Called just before each request.
        self.before_request: Callable[[], None] = lambda: None

    @property
    def trail(self) -> tuple[Reply, ...]:
        return tuple(self.api.trail)

    @property
    def images(self) -> int:
        """The number of images that were made."""
        return sum(step.images for step in self.steps if step.outcome == "served")

    @property
    def requests(self) -> int:
        """The number of requests that were served."""
        return sum(step.outcome == "served" for step in self.steps)

    def singles(self) -> list[Fields]:
        """Return the simplest request of each engine."""
        return [self.api.simplest, *self.api.others]

    def kinds(self) -> list[Fields]:
        """Return a request of each kind that may be counted differently: the best that there is, then each engine."""
        return [most_expensive(self.api.simplest), finest(self.api.simplest), *self.singles()]

    def ask(self, fields: Fields, images: int = 1) -> tuple[Step, Reply]:
        """Send a request once the lock is free."""
        prompt = self._begin()
        reply = self.api.generate_when_ready(with_count(with_prompt(fields, prompt), images))
        return self._note(prompt, with_count(fields, images), reply), reply

    def use_upload(self) -> tuple[Step, Reply]:
        """Send a request for an image from another, which a service may refuse for the picture."""
        prompt, fields = self._begin(), valid("enhancement").fields
        files = {source_field(): plain_picture()}
        reply = self.api.generate_when_ready(with_prompt(fields, prompt), files)
        return self._note(prompt, fields, reply, uploaded=True), reply

    def use(self, kinds: Sequence[Fields], images: int = 1) -> tuple[Step, Reply]:
        """Send the first of these requests that the service does not refuse for a limit of its own."""
        limit: str | None = None
        for fields in kinds:
            step, reply = self.ask(fields, images)
            if step.outcome in {"served", "exhausted"}:
                return step, reply
            limit = own_limit(with_count(fields, images), reply)
            if limit is None:
                raise InconclusiveError(f"the account {self.api.role} was answered {reply.status}")
        raise UndocumentedLimitError(f"the service refuses {limit}, and the documentation gives no limit")

    def use_too_many(self, left: int, *, beyond: int = 2) -> tuple[Step, Reply]:
        """Request more images than are left; raise UndocumentedLimitError if the service refuses so many at once.

        beyond: by how many at first, so that they are too many even if more images are left than there should be.
        """
        for images in range(left + beyond, left, -1):
            for fields in self.singles():
                step, reply = self.ask(fields, images)
                if step.outcome in {"served", "exhausted"}:
                    return step, reply
                if own_limit(with_count(fields, images), reply) is None:
                    raise UndocumentedLimitError(f"{images} images at once are refused with {reply.status}")
        raise UndocumentedLimitError(
            f"the service refuses {images} images at once, and the documentation gives no limit"
        )

    def use_meanwhile(self, fields: Fields, images: int, times: int) -> tuple[Step, Reply]:
        """Send a request, and others while it runs: at most as many as given, and until one is served."""
        prompt = self._begin()
        self.api.await_unlocked()
        with ThreadPoolExecutor(1) as pool:
            generation = pool.submit(self.api.generate, with_count(with_prompt(fields, prompt), images))
            overlap = Overlap(self.api, generation, self.run)
            overlap.watch_until_locked()
            for _ in range(times):
                if not overlap.running or self.overlapping()[0].outcome == "served":
                    break
            reply = generation.result()
        return self._note(prompt, with_count(fields, images), reply), reply

    def overlapping(self) -> tuple[Step, Reply]:
        """Send a request while a generation runs."""
        prompt, fields = self._begin(), self.api.simplest
        reply = self.api.generate(with_prompt(fields, prompt))
        return self._note(prompt, fields, reply, overlapping=True), reply

    def invalid(self) -> tuple[Step, Reply]:
        """Send a request that is invalid under every reading; raise InconclusiveError if it is served."""
        prompt = self._begin()
        wrong = {engine_field(): INVALID[engine_field()]}
        reply = self.api.generate({**with_prompt(FIELDS, prompt), **wrong})
        step = self._note(prompt, INVALID, reply)
        if step.outcome == "served":
            raise InconclusiveError("an invalid request was served, so what it used is unknown")
        return step, reply

    def expect_exhausted(self, since: str) -> None:
        """Check that every engine and an upload are refused with the documented status, now the quota is used up."""
        shown = False
        for fields in self.singles():
            step, reply = self.ask(fields)
            if step.outcome != "exhausted" and not self._is_evidence(fields, step, reply):
                continue
            shown = True
            hint, by = (SANDBOX_HINT, self.trail) if step.outcome == "served" else ("", reply)
            received = f"{reply.status}{hint}"
            passed = step.outcome == "exhausted"
            if not self.verdict.expect(
                self.rule, passed, expected=f"{self.status}, since {since}", received=received, by=by
            ):
                return
        # Any other refusal of an upload may be about the picture.
        step, reply = self.use_upload()
        if step.outcome == "served":
            expected = f"{self.status} to an upload too, since {since}"
            self.verdict.expect(self.rule, False, expected=expected, received=str(reply.status), by=self.trail)
        if not shown:
            raise InconclusiveError(f"the account {self.api.role} was refused for another reason ({reply.status})")

    def _is_evidence(self, fields: Fields, step: Step, reply: Reply) -> bool:
        """Return whether another reply than the documented one is about the quota."""
        if step.outcome == "served":
            return True
        if not any(each.outcome == "served" and each.engine == fields[engine_field()] for each in self.steps):
            return reply.status not in _AMBIGUOUS
        # A request that was served before is refused: more than once, since a generation may fail by itself.
        if any(self.ask(fields)[1].status != reply.status for _ in range(_REPEATED - 1)):
            return False
        # A limit for the whole network address is in keeping [DAILY-RESET], and would concern the other account too.
        return reply.status != 429 or made(self._other.generate_when_ready(fields))

    def expect_nothing_made(self) -> None:
        """Check that the recent images contain none of a request that was refused for the quota."""
        prompts = [prompt for prompt, outcome in self._prompts if outcome == "exhausted"]
        recent = self.api.recent()
        inputs = [str(image.get("input")) for image in images_of(recent)]
        found = [each for each in inputs if any(each.startswith(prompt) for prompt in prompts)]
        # Nothing was made by requests that should have been served: that alone must not pass the rule.
        if found or self.rule in self.verdict.decided:
            self.verdict.expect(
                self.rule,
                not found,
                expected=f"no image of a request that was refused with {self.status}",
                received="one" if found else "none",
                example=f"for example that of {found[0]!r}" if found else "",
                by=(*self.trail, recent) if found else recent,
            )

    def expect_unlocked(self) -> None:
        """Check that a refused generation leaves no lock behind, which alone does not pass LOCK-RELEASE."""
        refusal, check = self.api.trail[-1], self.api.check()
        if check.status == 409 and self.run.target.lock_scope == "global":
            pytest.skip("another client may hold the shared lock")
        if check.status not in {200, 409}:
            raise InconclusiveError(f"a check was answered {check.status}")
        by = (refusal, check)
        self.verdict.step_status("LOCK-RELEASE", check, 200, "after a refused generation", by=by)

    def _begin(self) -> str:
        """Begin a request; return its prompt."""
        self.before_request()
        # The end keeps "Kettle 1" from being the beginning of "Kettle 10".
        return f"Kettle {next(self._numbers)}, of {self.api.role} {self.run.settings.seed}"

    def _note(
        self, prompt: str, fields: Fields, reply: Reply, *, overlapping: bool = False, uploaded: bool = False
    ) -> Step:
        """Record a request and its outcome; raise InconclusiveError if that is unknown."""
        if reply.status == 401 or reply.redirects or (reply.status >= 500 and not is_service_error(reply)):
            raise InconclusiveError(f"the account {self.api.role} was answered {reply.status}")
        outcome: Outcome = "served" if made(reply) else self._refusal(reply.status)
        images = len(reply.images) or images_requested(fields)
        fine = not uploaded and with_count(fields, 1) not in [with_count(each, 1) for each in self.singles()]
        step = Step(outcome, images, str(fields[engine_field()]), fine, overlapping, uploaded)
        self.steps.append(step)
        self._prompts.append((prompt, outcome))
        return step

    def _refusal(self, status: int) -> Outcome:
        if status == self.status:
            return "exhausted"
        if status == 409:
            return "locked"
        return "failed" if status == 200 or status >= 500 else "refused"
