"""The operations of the API as one account calls them."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from contract_tests.errors import CouldNotLookError, LimitMetError
from contract_tests.run import Run
from contract_tests.secret import Secret
from contract_tests.transport import Call, Reply, Upload
from contract_tests.verdict import Verdict

Fields = Mapping[str, Any]
_LONGEST_GENERATION = 120
_LONGEST_LOCK = 12.0
_PAUSE = 0.3
_MOST_REDIRECTS = 4
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_REFUSALS = frozenset({401, 409, 419, 422, 429})


class Api:
    """Calls in the name of one role, each held against the document for the test that makes it."""

    def __init__(self, run: Run, verdict: Verdict, role: str) -> None:
        self._run, self._verdict, self.role = run, verdict, role
        account = run.target.accounts.get(role)
        self._token: Secret | None = account.token if account else None
        self.figure = account.figure if account else 0

    @property
    def token(self) -> Secret:
        if self._token is None:
            raise LookupError(f"the role {self.role} has no token")
        return self._token

    def check(self) -> Reply:
        return self.get("checkAvailability")

    def versions(self) -> Reply:
        return self.get("getVersions")

    def recent(self) -> Reply:
        return self.get("getRecentImages")

    def get(self, operation: str) -> Reply:
        return self._observed(operation, Call("GET", self._run.url(operation), self.role, self._token))

    def generate(self, fields: Fields, files: Mapping[str, Upload] | None = None) -> Reply:
        """One generate-image request, JSON or, with `files`, a form; paid from the purse."""
        return self.post(self._form(fields, files) if files is not None else self._call(json=fields), _images(fields))

    def generate_raw(self, body: bytes, content_type: str = "application/json") -> Reply:
        return self.post(self._call(body=body, content_type=content_type), 1)

    def post(self, call: Call, images: int) -> Reply:
        """Send a generate-image call whose worst case is `images` credits."""
        reserved = self._run.purse.reserve(0 if self.role in self._run.penniless else images)
        try:
            reply = self._run.transport.send(call)
        except BaseException:
            reserved.settle(reserved.credits)
            raise
        if reply.status == 200:
            self._run.purse.charge(images - reserved.credits)
            self._run.penniless.discard(self.role)
            self._note(reply)
        reserved.settle(reserved.credits if reply.status == 200 or reply.status >= 500 else 0)
        self._verdict.observe("generateImage", reply, authorized=self._authorized)
        return reply

    def images(self, fields: Fields, files: Mapping[str, Upload] | None = None) -> tuple[list[dict[str, Any]], Reply]:
        """Generate, waiting for a lock to go away before; what is refused for the account's sake cannot be judged."""
        reply = self.generate_when_ready(fields, files)
        if reply.status == 401:
            self._verdict.require("AUTH", False, expected="a valid token is served", received="401", by=reply)
        if reply.status in {409, 419, 429}:
            raise CouldNotLookError(f"the account {self.role} was refused a generation with {reply.status}")
        if limit := _limit_met(fields, reply):
            raise LimitMetError(f"the service refuses {limit}, and no source gives its limit")
        self._verdict.require(
            "SHAPE", reply.status == 200, expected="200 for a documented request", received=str(reply.status), by=reply
        )
        return images_of(reply), reply

    def generate_when_ready(self, fields: Fields, files: Mapping[str, Upload] | None = None) -> Reply:
        """Generate as soon as no lock is in the way, one that an earlier generation left behind for example."""
        transport = self._run.transport
        deadline = transport.clock() + _LONGEST_LOCK
        self.await_unlocked(deadline)
        reply = self.generate(fields, files)
        while reply.status == 409 and transport.clock() < deadline:
            transport.sleep(_PAUSE)
            reply = self.generate(fields, files)
        return reply

    def await_unlocked(self, deadline: float | None = None) -> None:
        """Wait until no lock is reported, for as long as one may live."""
        transport = self._run.transport
        deadline = deadline or transport.clock() + _LONGEST_LOCK
        while self.check().status == 409 and transport.clock() < deadline:
            transport.sleep(_PAUSE)

    def picture(self, output: str) -> Reply:
        """Fetch a picture as a browser would: without the token."""
        url = urljoin(self._run.target.uploads, output)
        for _ in range(_MOST_REDIRECTS):
            reply = self._run.transport.send(Call("GET", url, "nobody", accept="image/*"))
            location = reply.headers.get("location")
            if reply.status not in _REDIRECTS or not location:
                return reply
            url = urljoin(url, location)
        raise CouldNotLookError(f"the picture is behind more than {_MOST_REDIRECTS} redirects")

    def call(self, operation: str, authorization: str | None, fields: Fields | None = None) -> Reply:
        """Call an operation with an Authorization header of one's own, or without any."""
        known = self._run.contract.operations[operation]
        call = Call(known.method, self._run.url(operation), self.role, authorization=authorization, json=fields)
        return self._observed(operation, call)

    def outside(self, method: str, path: str) -> Reply:
        """Call what is no operation of the API."""
        url = self._run.target.base_url + path
        return self._run.transport.send(Call(method, url, self.role, self._token))

    def _call(self, **payload: Any) -> Call:
        url = self._run.url("generateImage")
        return Call("POST", url, self.role, self._token, patience=_LONGEST_GENERATION, **payload)

    def _form(self, fields: Fields, files: Mapping[str, Upload]) -> Call:
        return self._call(fields={name: str(value) for name, value in fields.items()}, files=files)

    def _observed(self, operation: str, call: Call) -> Reply:
        reply = self._run.transport.send(call)
        self._verdict.observe(operation, reply, authorized=self._authorized)
        return reply

    def _note(self, reply: Reply) -> None:
        try:
            self._run.ledger.add(self.role, reply.json())
        except CouldNotLookError:
            return

    @property
    def _authorized(self) -> bool:
        return self.role not in {"invalid", "nobody"}


def judgeable(reply: Reply, *statuses: int) -> Reply:
    """A reply that is about the rule in question: another documented refusal, or a failure, says nothing about it."""
    if reply.status not in statuses and (reply.status in _REFUSALS or reply.status >= 500):
        raise CouldNotLookError(f"the generation was answered {reply.status}")
    return reply


def images_of(reply: Reply) -> list[dict[str, Any]]:
    """The images of a reply of generate-image, or of the recent images."""
    body = reply.json()
    images = body.get("images") if isinstance(body, dict) else body
    if not isinstance(images, list) or not all(isinstance(image, dict) for image in images):
        raise CouldNotLookError("the reply has no list of images")
    return images


def _limit_met(fields: Fields, reply: Reply) -> str | None:
    """What of a documented request the service may refuse: more than one image, or a resolution of its own choice."""
    if reply.status != 422:
        return None
    errors = set(error_fields(reply))
    if _images(fields) > 1 and errors <= {"image_number_of_images"}:
        return f"{_images(fields)} images at once"
    return f"a resolution of {fields['image_resolution']}" if errors == {"image_resolution"} else None


def error_fields(reply: Reply) -> list[str]:
    """The fields that a refusal complains about."""
    body = reply.json()
    errors = body.get("errors") if isinstance(body, dict) else None
    return list(errors) if isinstance(errors, dict) else []


def _images(fields: Fields) -> int:
    number = str(fields.get("image_number_of_images"))
    return int(number) if number.isascii() and number.isdigit() else 1
