"""The service: every decision is a separate method, so that a server can be wrong in exactly one."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from threading import RLock
from typing import Any

from contract_tests.wrong_servers.decisions import Accounting, Gallery, Locking
from contract_tests.wrong_servers.parameters import ENGINES, Engine, Examination, Limits, Problems
from contract_tests.wrong_servers.presentation import Presentation
from contract_tests.wrong_servers.state import Account, Accounts, Generation, Image, Order, token_of
from contract_tests.wrong_servers.wire import Form, Reply, Request, error, parse

PREFIX = "/api/v1/aiimage/"


@dataclass(frozen=True)
class Operation:
    """An operation below `PREFIX`; its path may have `{parameters}`. Without a reply, a method of `name` answers."""

    name: str
    method: str
    path: str
    reply: Reply | None = None

    def matches(self, path: str) -> bool:
        return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", PREFIX + self.path), path) is not None


OPERATIONS = (
    Operation("check", "GET", "check-availability"),
    Operation("versions", "GET", "versions"),
    Operation("recent", "GET", "recent-images"),
    Operation("generate", "POST", "generate-image"),
)


class Service(Locking, Accounting, Gallery):
    """The API as documented, with further `engines` and `operations`. `answer` may be called from many threads."""

    shared_lock = False
    sandbox = False
    limits = Limits()
    past = 0  # the images that the accounts primary and secondary made before

    def __init__(
        self,
        presentation: Presentation,
        accounts: Accounts,
        generation_seconds: float,
        engines: Iterable[Engine] = (),
        operations: Iterable[Operation] = (),
    ) -> None:
        super().__init__(presentation)
        self.accounts = accounts
        self.generation_seconds = generation_seconds
        self.engines = (*ENGINES, *engines)
        self.operations = (*OPERATIONS, *operations)
        self.mutex = RLock()  # reentrant, since ConformingOneByOne holds it around a whole request
        for number in range(self.past):
            for role in ("primary", "secondary"):
                self._remember(self.accounts.get(token_of(role)), f"Number {number} of {role}")

    def _remember(self, account: Account, prompt: str) -> None:
        order = Order("dall-e", prompt, 1, 256, 256, {})
        request = Request("POST", PREFIX, {}, {}, b"")
        self.record(account, self.draw(account, order, request))

    def answer(self, request: Request) -> Reply:
        return self.for_browsers(request, self.preflight(request) or self.without_browser(request))

    def preflight(self, request: Request) -> Reply | None:
        """Return the reply to a browser's question whether a page may send a request, None for another request."""
        if request.method != "OPTIONS" or "access-control-request-method" not in request.headers:
            return None
        wanted = request.headers.get("access-control-request-headers", "")
        return Reply(204, b"", {"Access-Control-Allow-Methods": "*", "Access-Control-Allow-Headers": wanted})

    def for_browsers(self, request: Request, reply: Reply) -> Reply:
        """Return a reply that pages of any origin may read."""
        return replace(reply, headers={**reply.headers, "Access-Control-Allow-Origin": "*"})

    def without_browser(self, request: Request) -> Reply:
        candidates = [operation for operation in self.operations if operation.matches(request.path)]
        if not candidates:
            return self.outside(request)
        for operation in candidates:
            if operation.method == request.method:
                return self.before_sending(request, self.operate(operation, request))
        return self.wrong_method(request, [operation.method for operation in candidates])

    def operate(self, operation: Operation, request: Request) -> Reply:
        token = self.token(request)
        if not self.admitted(operation.name, token):
            return self.unauthenticated()
        account = self.account_of(token)
        if operation.name == "generate":
            return self.generate(account, request)
        with self.mutex:
            reply: Reply = operation.reply or getattr(self, operation.name)(account)
            return reply

    def before_sending(self, request: Request, reply: Reply) -> Reply:
        """Return the reply of an operation as it is sent."""
        return reply

    def outside(self, request: Request) -> Reply:
        if f"/{self.presentation.folder}/" in request.path:
            return self.picture(request)
        return Reply(404, {"message": f"{request.path} does not exist."})

    def wrong_method(self, request: Request, allowed: list[str]) -> Reply:
        # As many frameworks do, which answer HEAD wherever they answer GET.
        methods = ", ".join(allowed).replace("GET", "GET, HEAD")
        return Reply(405, {"message": f"{request.method} is not allowed."}, {"Allow": methods})

    # Authentication

    def token(self, request: Request) -> str:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""

    def admitted(self, operation: str, token: str) -> bool:
        return self.accounts.valid(token)

    def account_of(self, token: str) -> Account:
        return self.accounts.get(token)

    def unauthenticated(self) -> Reply:
        return Reply(401, {"message": self.presentation.unauthenticated})

    # The operations

    def check(self, account: Account) -> Reply:
        return self.busy() if self.seems_busy(account) else self.available()

    def available(self) -> Reply:
        return Reply(200, {"status": "success", "message": self.presentation.available})

    def busy(self) -> Reply:
        return error(409, self.presentation.busy)

    def versions(self, account: Account) -> Reply:
        return Reply(200, {"dall-e": "dalle3", "stable-diffusion": "sd3-large"})

    def recent(self, account: Account) -> Reply:
        return Reply(200, [self.listed(image) for image in self.recent_of(account)])

    def generate(self, account: Account, request: Request) -> Reply:
        form = self.form(request)
        examination = Examination(form, self.limits, self.engines)
        if problems := self.problems(examination, form):
            self.refused(account)
            return self.invalid(problems)
        order = examination.order()
        with self.mutex:
            if refusal := next(self.refusals(account, order), None):
                self.refused(account)
                return refusal
            generation = self.begin(account, order)
        # The mutex is taken after the wait, so that others are served meanwhile.
        with account.clock.reached(generation.ends), self.mutex:
            return self.generated(self.finish(account, generation, request))

    def form(self, request: Request) -> Form:
        return parse(request.headers.get("content-type", ""), request.body)

    def problems(self, examination: Examination, form: Form) -> Problems:
        return examination.problems

    def invalid(self, problems: Problems) -> Reply:
        first = next(iter(problems.values()))[0]
        return Reply(422, {"message": first, "errors": problems})

    # Refusals, in order

    def refusals(self, account: Account, order: Order) -> Iterator[Reply]:
        if self.locked_out(account, order):
            yield self.locked()
        if not self.within_limit(account, order):
            yield self.over_limit()
        if not self.affordable(account, order):
            yield self.too_poor()

    def locked(self) -> Reply:
        return error(409, self.presentation.busy)

    def over_limit(self) -> Reply:
        return error(429, self.presentation.daily_limit)

    def too_poor(self) -> Reply:
        return error(419, self.presentation.no_credits)

    # A generation

    def begin(self, account: Account, order: Order) -> Generation:
        now = account.clock.now()
        generation = Generation(order, now, now + round(self.seconds_of(account) * 1000))
        self.take_lock(account, generation)
        account.running.append(generation)
        return generation

    def seconds_of(self, account: Account) -> float:
        own = account.generation_seconds
        return self.generation_seconds if own is None else own

    def finish(self, account: Account, generation: Generation, request: Request) -> list[Image]:
        order = generation.order
        account.running.remove(generation)
        self.release(account, generation)
        self.charge(account, order)
        self.count(account, order)
        images = self.draw(account, order, request)
        self.record(account, images)
        return images

    def generated(self, images: list[Image]) -> Reply:
        return Reply(200, self.made([self.entry(image) for image in images]))

    def made(self, entries: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the body of the reply to a generation."""
        return {"status": "success", "images": entries, "image_storage": self.image_storage}
