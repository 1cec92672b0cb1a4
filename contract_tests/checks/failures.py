"""The search for request bodies that a service fails on."""

from collections.abc import Iterable
from typing import Any

from contract_tests.checks.hostile import HostileBody
from contract_tests.client.api import Api
from contract_tests.client.call import Call, Reply
from contract_tests.errors import InconclusiveError, NoReplyError
from contract_tests.oracle.contract import from_gateway
from contract_tests.oracle.replies import made
from contract_tests.oracle.samples import INVALID
from contract_tests.runner.run import Run
from contract_tests.runner.verdict import SilentVerdict, Verdict

_FAILURE = 500
_MAX_SILENCES = 2


class FailureSearch:
    """Sends bodies as one role, and repeats those that a service fails on."""

    def __init__(self, run: Run, verdict: Verdict, role: str) -> None:
        self._run, self._verdict, self._role = run, verdict, role
        # This module checks the replies, since the document knows nothing of such requests.
        self._api = Api(run, SilentVerdict("hostile bodies", run.events, run.contract, ()), run.accounts[role])
        self._answered = self._silences = 0
        self._failed = False

    def send_all(self, bodies: Iterable[HostileBody]) -> None:
        for body in bodies:
            reply = self._send(body)
            if reply is None:
                continue
            self._answered += 1
            self._expect_refused(body, reply)
            if reply.status >= _FAILURE:
                self._expect_again(body, reply)

    def conclude(self) -> None:
        """Pass SHAPE if the service has answered all of them."""
        if self._silences or not self._answered:
            raise InconclusiveError(f"{self._silences} of the bodies got no reply")
        if not self._failed:
            self._verdict.expect("SHAPE", True, expected="no failure", received=f"{self._answered} refusals")

    def _expect_refused(self, body: HostileBody, reply: Reply) -> None:
        rule = "AUTH" if self._role == "anonymous" else "VALID-422"
        # Images cost credits, so the first ones end the test.
        if made(reply) and reply.images:
            self._verdict.require(rule, False, expected="a refusal", received=f"images for {body.name}", by=reply)

    def _expect_again(self, body: HostileBody, first: Reply) -> None:
        """A failure may be passing, so it counts if the same body shows it again, and another one does not."""
        plain, second = self._plain(), self._send(body)
        if second is None or second.status < _FAILURE or from_gateway(plain):
            return
        self._failed = True
        self._verdict.expect(
            "SHAPE",
            False,
            expected="a refusal of an invalid body, or any documented reply",
            received=f"status {first.status}, twice",
            example=f"for example to {body.name}",
            by=(first, second),
        )

    def _plain(self) -> Reply:
        return self._post(json=INVALID)

    def _send(self, body: HostileBody) -> Reply | None:
        """Return the reply, None without one; raise InconclusiveError after several without a reply."""
        try:
            return self._post(body=body.content, content_type=body.content_type)
        except NoReplyError:
            self._silences += 1
            if self._silences > _MAX_SILENCES:
                raise
            return None

    def _post(self, **payload: Any) -> Reply:
        account = self._run.accounts[self._role]
        return self._api.post(Call("POST", self._run.url("generateImage"), account.role, account.token, **payload), 1)
