"""What generations cost, and what happens when the credits run out."""

from collections.abc import Callable
from dataclasses import dataclass

from contract_tests.api import Api, judgeable
from contract_tests.control import Control
from contract_tests.decisions import decides
from contract_tests.errors import CouldNotLookError, LimitMetError
from contract_tests.transport import Reply
from contract_tests.verdict import Verdict

FIELDS = {
    "image_generator": "dall-e",
    "description": "A brass weather vane against a clear sky",
    "size": "256x256",
    "quality": "standard",
    "image_number_of_images": 1,
}
INVALID = {**FIELDS, "image_generator": "daguerreotype"}


@decides("CREDIT-419", roles=("empty",))
def test_no_credits(api: Callable[[str], Api], verdict: Verdict) -> None:
    reply = judgeable(api("empty").generate_when_ready(FIELDS), 200, 419)
    verdict.expect("CREDIT-419", reply.status == 419, expected="419", received=str(reply.status), by=reply)


@decides(
    "CREDIT-COST", "CREDIT-419", "CREDIT-NEED", "CREDIT-ATOMIC", credits=2, seconds=6, roles=("low",), figure_of="low"
)
def test_credits_run_out(api: Callable[[str], Api], verdict: Verdict, control: Control | None) -> None:
    """Spend a known balance to the end: one image at a time, and a request for too many before the last one."""
    account = _Account(api("low"), verdict, control)
    for left in range(account.api.figure, 1, -1):
        account.affords(left)
    account.refuses_invalid()
    two = account.too_many()
    if two.status != 200:
        account.affords(1)
    account.is_empty()
    if two.status == 422:
        raise LimitMetError("the service refuses 2 images at once, and no source gives its limit")


@dataclass
class _Account:
    """An account whose balance is known, as it is spent."""

    api: Api
    verdict: Verdict
    control: Control | None

    def affords(self, left: int) -> None:
        before = self._balance()
        reply = judgeable(self.api.generate_when_ready(FIELDS), 200, 419)
        if reply.status == 419 and left == self.api.figure and before != left:
            raise CouldNotLookError(f"the account low has not the {left} credits that the target says")
        self.verdict.require(
            "CREDIT-COST",
            reply.status == 200,
            expected=f"200, with {left} credits left",
            received=str(reply.status),
            by=reply,
        )
        self._paid(before, 1, reply)

    def refuses_invalid(self) -> None:
        before = self._balance()
        reply = self.api.generate(INVALID)
        if reply.status == 200:
            raise CouldNotLookError("an invalid request was served, so the balance is not known any more")
        self._paid(before, 0, reply)

    def too_many(self) -> Reply:
        """The reply to a request for two images at a balance of one."""
        before = self._balance()
        reply = judgeable(self.api.generate_when_ready({**FIELDS, "image_number_of_images": 2}), 200, 419, 422)
        if reply.status != 200:
            self._paid(before, 0, reply)
        if reply.status != 422:
            received = str(reply.status)
            refused = reply.status != 200
            self.verdict.expect(
                "CREDIT-NEED", refused, expected="a refusal, with 1 credit left", received=received, by=reply
            )
        return reply

    def is_empty(self) -> None:
        reply = judgeable(self.api.generate_when_ready(FIELDS), 200, 419)
        refused, received, spent = reply.status != 200, str(reply.status), f"{self.api.figure} credits are spent"
        self.verdict.expect("CREDIT-COST", refused, expected=f"a refusal, since {spent}", received=received, by=reply)
        self.verdict.expect(
            "CREDIT-419", reply.status == 419, expected=f"419, since {spent}", received=received, by=reply
        )
        left = self._balance()
        self.verdict.expect(
            "CREDIT-ATOMIC",
            refused and not (left or 0) < 0,
            expected="refused requests cost nothing, and no balance is below 0",
            received=f"{reply.status}, and a balance of {'unknown height' if left is None else left}",
            by=reply,
        )

    def _balance(self) -> int | None:
        return int(self.control.world(self.api.token)["credits"]) if self.control else None

    def _paid(self, before: int | None, expected: int, reply: Reply) -> None:
        after = self._balance()
        if before is not None and after is not None:
            rule = "CREDIT-COST" if expected else "CREDIT-ATOMIC"
            self.verdict.expect(
                rule,
                before - after == expected,
                expected=f"{expected} credits paid",
                received=f"{before - after} credits paid",
                by=reply,
            )
