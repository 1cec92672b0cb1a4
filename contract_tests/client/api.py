"""The operations of the API as one account calls them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from contract_tests.client.call import Call, Reply, Upload
from contract_tests.client.made import images_of
from contract_tests.client.masking import Secret
from contract_tests.client.pictures import Pictures
from contract_tests.client.visible_state import VisibleState
from contract_tests.errors import InconclusiveError, UndocumentedLimitError
from contract_tests.oracle.engines import Fields, engine_of
from contract_tests.oracle.facts import ACCOUNT_REFUSALS, LOCK_SECONDS, LOCK_TOLERANCE
from contract_tests.oracle.kinds import Kind, kind_of
from contract_tests.oracle.moments import Period, period_of_call
from contract_tests.oracle.replies import error_fields, images_requested, made, made_none, own_limit, refuses_source
from contract_tests.oracle.samples import plain_picture
from contract_tests.runner.run import Run
from contract_tests.runner.target import Account
from contract_tests.runner.verdict import Verdict

_PAUSE = 0.3
_TRIES = 3


class Api:
    """Calls as one account; each reply is checked against the document."""

    def __init__(self, run: Run, verdict: Verdict, account: Account) -> None:
        self._run, self._verdict, self.account = run, verdict, account
        self.role, self.figure = account.role, account.figure
        self.trail: list[Reply] = []
        self.pictures, self._state = Pictures(run, account), VisibleState(run, verdict, account)

    @property
    def token(self) -> Secret:
        return self.account.secret

    @property
    def simplest(self) -> Fields:
        """The simplest documented request that the service is not known to refuse for a limit of its own."""
        return self._run.samples.simplest

    @property
    def others(self) -> list[Fields]:
        """The same for every other engine."""
        return self._run.samples.others

    def check(self) -> Reply:
        return self.get("checkAvailability")

    def versions(self) -> Reply:
        return self.get("getVersions")

    def recent(self) -> Reply:
        return self.get("getRecentImages")

    def get(self, operation: str, headers: Mapping[str, str] = MappingProxyType({})) -> Reply:
        call = Call("GET", self._run.url(operation), self.role, self.account.token, headers=headers)
        return self._observed(operation, call)

    def preflight(self, operation: str, origin: str, headers: Iterable[str]) -> Reply:
        """Ask as a browser does whether a page of another origin may send these headers."""
        asked = {"Origin": origin, "Access-Control-Request-Headers": ",".join(sorted(headers))}
        asked["Access-Control-Request-Method"] = self._run.contract.operations[operation].method
        return self._run.transport.send(Call("OPTIONS", self._run.url(operation), accept="*/*", headers=asked))

    def generate(self, fields: Fields, files: Mapping[str, Upload] | None = None) -> Reply:
        """Send one generate-image request, JSON or, with `files`, a form; paid from the budget."""
        call = self._form(fields, files) if files is not None else self._call(json=fields)
        reply = self.post(call, images_requested(fields))
        if made(reply):
            self._run.samples.serve(fields)
        elif self._is_plain(call, fields) and own_limit(fields, reply):
            self._run.samples.refuse(fields, error_fields(reply))
        return reply

    def _is_plain(self, call: Call, fields: Fields) -> bool:
        """Return whether a refusal can only be about the engine, the size or the prompt."""
        return not (call.files or kind_of(call.parameters).wrong) and images_requested(fields) == 1

    def generate_as_it_is(self, fields: Fields) -> Reply:
        """Send one generate-image request in JSON, whose refusal says nothing about the simplest requests."""
        return self.post(self._call(json=fields), images_requested(fields))

    def abort(self, fields: Fields) -> None:
        """Begin a generate-image request and close the connection before its body is complete."""
        self._run.transport.abort(self._call(json=fields))

    def post(self, call: Call, images: int) -> Reply:
        """Send a generate-image call that makes `images` images at most."""
        without_credits = self.role in self._run.without_credits
        kind = kind_of(call.parameters)
        invalid = kind is Kind.INVALID
        if self._run.ignores_tokens and call.without_token and not invalid:
            raise InconclusiveError("a call without a valid token was served, so none is sent that may cost credits")
        paid = replace(call, images=images, without_credits=without_credits, invalid=invalid)
        reply = self._run.transport.send(paid)
        self.trail.append(reply)
        if made(reply) and not (invalid and made_none(reply)):
            # It has credits after all: from now on they are reserved.
            self._run.without_credits.discard(self.role)
            engine = engine_of(call.parameters)
            queues = engine is not None and engine.queues
            self._run.made_images.add(self.role, reply, queues=queues, period=self._period(reply))
        self._note_token(call, reply)
        self._verdict.observe("generateImage", reply, authorized=self._authorized, invalid=kind.wrong)
        return reply

    def images(self, fields: Fields, files: Mapping[str, Upload] | None = None) -> tuple[list[dict[str, Any]], Reply]:
        """Generate once the lock is free; return the images and the reply.

        Where the service does not take the uploaded pictures, a plain one replaces them.
        Raises InconclusiveError if the state of the account refuses it, UndocumentedLimitError beyond such a limit.
        """
        reply = self.generate_again(fields, files)
        if files and refuses_source(reply):
            reply = self.generate_again(fields, dict.fromkeys(files, plain_picture()))
        if reply.status == 401:
            self._verdict.require("AUTH", False, expected="a valid token is served", received="401", by=reply)
        if reply.status in ACCOUNT_REFUSALS:
            raise InconclusiveError(f"the account {self.role} was refused a generation with {reply.status}")
        if limit := own_limit(fields, reply):
            raise UndocumentedLimitError(f"the service refuses {limit}, and the documentation gives no limit")
        self._verdict.step_status("SHAPE", reply, 200, "for a documented request")
        self._state.compare(images_requested(fields), reply)
        return images_of(reply), reply

    def images_of_some(self, fields: Fields) -> tuple[Fields, list[dict[str, Any]], Reply]:
        """Generate as `images` does; where the service refuses the fields for a limit of its own, by the simplest."""
        refused: list[Fields] = []
        while True:
            try:
                return fields, *self.images(fields)
            except UndocumentedLimitError:
                refused.append(fields)
                fields = self.simplest
                if fields in refused:
                    raise

    def generate_when_ready(self, fields: Fields, files: Mapping[str, Upload] | None = None) -> Reply:
        """Generate as soon as the lock is free, which an earlier generation may have left behind."""
        reply = self._generate_unlocked(fields, files)
        for _ in range(_TRIES):
            # Another client may take the lock between the check and the generation.
            if reply.status != 409:
                return reply
            reply = self._generate_unlocked(fields, files)
        # Not a finding: a stuck lock is reported once, and another client may hold a shared one.
        if reply.status == 409 and (self._run.lock_is_stuck or self._run.target.lock_scope == "global"):
            raise InconclusiveError(f"the account {self.role} never got the lock")
        return reply

    def _generate_unlocked(self, fields: Fields, files: Mapping[str, Upload] | None) -> Reply:
        self.await_unlocked()
        # Just before each try: an earlier one that was refused or has failed may have cost credits [CREDIT-ATOMIC].
        self._state.remember()
        return self.generate(fields, files)

    def generate_again(self, fields: Fields, files: Mapping[str, Upload] | None = None) -> Reply:
        """Generate when ready, and again after a failure, since a generation may fail by itself [STATUS-ERROR]."""
        reply = self.generate_when_ready(fields, files)
        # A request that was never served may also be refused so.
        for _ in range(_TRIES - 1 if self._run.samples.served(fields) else 1):
            if reply.status != 200 or made(reply):
                return reply
            reply = self.generate_when_ready(fields, files)
        return reply

    def generate_at_once(self) -> Reply:
        """Generate by the simplest request that the service does not refuse for a limit of its own."""
        while True:
            fields = self.simplest
            reply = self.generate(fields)
            limit = own_limit(fields, reply)
            # A request that was served before is refused for another reason.
            if not limit or self._run.samples.served(fields):
                return reply
            if self.simplest == fields:
                raise UndocumentedLimitError(f"the service refuses {limit}, and the documentation gives no limit")

    def await_unlocked(self) -> None:
        """Wait until the lock is free or has expired [LOCK-10S]; on a mock its clock is moved instead."""
        first = self.check()
        # Each wait takes 10 s, so after a lock that did not expire the run does not wait any more.
        if first.status != 409 or self._run.lock_is_stuck:
            return
        last = self._await_expiry()
        if last.status == 409 and self._run.target.lock_scope == "account":
            self._run.lock_is_stuck = True
            self._verdict.expect(
                "LOCK-10S",
                False,
                expected=f"a life of {LOCK_SECONDS:g} s",
                received=f"409 for longer than {LOCK_SECONDS:g} s, with no generation in between",
                by=(first, last),
            )

    def _await_expiry(self) -> Reply:
        """Return the first check without a lock, or one made when any lock must have expired."""
        transport, longest = self._run.transport, LOCK_SECONDS + LOCK_TOLERANCE
        if self._run.control:
            self._run.control.move(self.token, advance=longest)
            return self.check()
        deadline = transport.clock() + longest
        while transport.clock() < deadline:
            transport.sleep(_PAUSE)
            if (last := self.check()).status != 409:
                return last
        return self.check()

    def call(self, operation: str, authorization: str | None, fields: Fields | None = None) -> Reply:
        """Call an operation with the given Authorization header, or without one."""
        known = self._run.contract.operations[operation]
        call = Call(known.method, self._run.url(operation), self.role, authorization=authorization, json=fields)
        return self._observed(operation, call) if fields is None else self.post(call, images_requested(fields))

    def outside(self, method: str, path: str) -> Reply:
        """Call a path or method that is not an operation of the API."""
        url = self._run.target.base_url + path
        return self._run.transport.send(Call(method, url, self.role, self.account.token))

    def bare(self, path: str) -> Reply:
        """Call a path below the API without an Authorization header."""
        return self._run.transport.send(Call("GET", self._run.target.base_url + path))

    def _call(self, **payload: Any) -> Call:
        timeout_seconds = self._run.target.timeouts.generation
        url = self._run.url("generateImage")
        return Call("POST", url, self.role, self.account.token, timeout_seconds=timeout_seconds, **payload)

    def _form(self, fields: Fields, files: Mapping[str, Upload]) -> Call:
        return self._call(fields={name: str(value) for name, value in fields.items()}, files=files)

    def _observed(self, operation: str, call: Call) -> Reply:
        reply = self._run.transport.send(call)
        self.trail.append(reply)
        self._note_token(call, reply)
        self._verdict.observe(operation, reply, authorized=self._authorized)
        return reply

    def _note_token(self, call: Call, reply: Reply) -> None:
        if call.without_token and made(reply):
            self._run.ignores_tokens = True

    def _period(self, reply: Reply) -> Period | None:
        """Return when a call ran, by the clock of the service."""
        # The clock of a mock's account is another one than that of its replies.
        if self._run.control:
            return None
        return period_of_call(reply.headers, reply.exchange.at, reply.exchange.seconds)

    @property
    def _authorized(self) -> bool:
        return self.role not in {"invalid", "anonymous"}
