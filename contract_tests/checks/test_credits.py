"""The price of generations, and the refusal when the credits run out."""

from collections.abc import Callable
from dataclasses import dataclass

from contract_tests.checks.decisions import decides
from contract_tests.client.api import Api
from contract_tests.client.budget import Budget
from contract_tests.client.call import Reply
from contract_tests.client.control import Control
from contract_tests.errors import InconclusiveError, UndocumentedLimitError
from contract_tests.oracle.engines import Fields, other_choices, with_count
from contract_tests.oracle.facts import counted, price
from contract_tests.oracle.replies import about_account, images_requested
from contract_tests.oracle.samples import FIELDS, INVALID, OTHER_ENGINES
from contract_tests.runner.events import Verdict
from contract_tests.runner.run import Run

# With one credit left three are too many, even if an image before was free.
TWO, THREE = (with_count(FIELDS, number) for number in (2, 3))
_EXPENSIVE = (TWO, other_choices(FIELDS), OTHER_ENGINES[0])


@decides("CREDIT-419", roles=("empty",))
def test_no_credits(api: Callable[[str], Api], verdict: Verdict) -> None:
    reply = about_account(api("empty").generate_when_ready(FIELDS), "empty")
    verdict.expect_status("CREDIT-419", reply, 419)


@decides(
    "CREDIT-COST", "CREDIT-419", "CREDIT-NEED", "CREDIT-ATOMIC",
    credits=4, seconds=6, roles=("low",), cost_from_role="low", first=True,
)  # fmt: skip
def test_credits_run_out(api: Callable[[str], Api], verdict: Verdict, control: Control | None, run: Run) -> None:
    """Spend a known balance completely, with a request for too many images before the last one."""
    account = _Account(api("low"), verdict, control, run.budget)
    account.spend_to(1)
    # Where the balance is hidden, a charge for it would show later as a wrong price.
    if account.can_be_seen:
        account.refuses_invalid()
    many = account.too_many()
    # If that was served, it has spent the last credit.
    if many.status != 200:
        account.affords_last()
    account.is_empty()
    # Only now, as the other rules do not depend on it.
    if many.status == 422:
        raise UndocumentedLimitError("the service refuses 3 images at once, and the documentation gives no limit")


@dataclass
class _Account:
    """An account with a known balance that is spent."""

    api: Api
    verdict: Verdict
    control: Control | None
    budget: Budget

    def __post_init__(self) -> None:
        self.left = self.api.figure

    @property
    def can_be_seen(self) -> bool:
        """Whether the control API shows the balance."""
        return self.control is not None

    def spend_to(self, left: int) -> None:
        """Spend by requests that a service might price differently: several images, high definition, other engines."""
        requests = [*_EXPENSIVE]
        while self.left > left:
            fits = requests and price(images_requested(requests[0])) <= self.left - left
            self.affords(requests.pop(0) if fits else FIELDS)

    def affords(self, fields: Fields) -> None:
        before, images = self._balance(), images_requested(fields)
        reply = self._generate(fields)
        # A limit of the service itself: the simplest request spends the credits as well.
        if reply.status == 422 and fields is not FIELDS:
            return self.affords(FIELDS)
        if reply.status == 419:
            self._require_first(images)
            self._learn_price(images)
        when = f"for {images} images, with {self.left} left of the {self.api.figure} credits of the target"
        self.verdict.step_status("CREDIT-COST", reply, 200, when, by=tuple(self.api.trail))
        self.left -= price(images)
        return self._paid(before, images, reply)

    def affords_last(self) -> None:
        """Make one image for the last credit, after a refused request."""
        before = self._balance()
        if before is not None and before != self.left:
            raise InconclusiveError(f"the balance is {before} where {self.left} should be left")
        self.affords(FIELDS)

    def refuses_invalid(self) -> None:
        before = self._balance()
        reply = self.api.generate(INVALID)
        if reply.status == 200:
            raise InconclusiveError("an invalid request was served, so the balance is unknown")
        self._paid(before, 0, reply)

    def too_many(self) -> Reply:
        """Return the reply to a request for three images with one credit left."""
        before = self._balance()
        reply = self._generate(THREE)
        if reply.status != 200:
            self._paid(before, 0, reply)
        if reply.status != 422:
            refused, received = reply.status != 200, str(reply.status)
            self.verdict.expect(
                "CREDIT-NEED", refused, expected="a refusal, with 1 credit left", received=received, by=reply
            )
        return reply

    def is_empty(self) -> None:
        reply = self._generate(FIELDS)
        refused, received, spent = reply.status != 200, str(reply.status), f"{self.api.figure} credits are spent"
        by = tuple(self.api.trail)
        self.verdict.expect("CREDIT-COST", refused, expected=f"a refusal, since {spent}", received=received, by=by)
        self.verdict.expect("CREDIT-419", reply.status == 419, expected=f"419, since {spent}", received=received, by=by)
        left = self._balance()
        self.verdict.expect(
            "CREDIT-ATOMIC",
            refused and not (left or 0) < 0,
            expected="refused requests cost nothing, and no balance is below 0",
            received=f"{reply.status}, and a balance of {'an unknown amount' if left is None else left}",
            by=reply,
        )

    def _generate(self, fields: Fields) -> Reply:
        reply = self.api.generate_when_ready(fields)
        # The daily limit says nothing about a price.
        if reply.status == 429:
            raise InconclusiveError("the account low has reached its daily limit")
        return reply if reply.status == 422 and fields is not FIELDS else about_account(reply, "low")

    def _require_first(self, images: int) -> None:
        """Raise InconclusiveError if the untouched account cannot pay for one image, contrary to the target file."""
        untouched = self.left == self.api.figure
        if untouched and (images == 1 or self._generate(FIELDS).status == 419):
            raise InconclusiveError(
                f"the account low has fewer than the {self.left} credits in the target file: correct one of them"
            )

    def _learn_price(self, images: int) -> None:
        """Raise the budget's price: an image costs more than the balance divided by the images requested."""
        made = self.api.figure - self.left
        self.budget.learn_price(self.api.figure // (made + images) + 1)

    def _balance(self) -> int | None:
        return int(self.control.world(self.api.token)["credits"]) if self.control else None

    def _paid(self, before: int | None, expected: int, reply: Reply) -> None:
        after = self._balance()
        if before is None or after is None:
            return
        paid = before - after
        if expected:
            self.budget.observe(expected, paid)
        self.verdict.expect(
            "CREDIT-COST" if expected else "CREDIT-ATOMIC",
            paid == price(expected),
            expected=f"{counted(price(expected), 'credit')} paid",
            received=f"{counted(paid, 'credit')} paid, from {before} to {after}",
            by=reply,
        )
