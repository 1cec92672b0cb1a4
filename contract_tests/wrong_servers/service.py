"""The service: every decision is a method of its own, so that a server can be wrong in just one."""

from collections.abc import Iterator
from threading import RLock
from typing import Any

from contract_tests.wrong_servers.accounting import Accounting
from contract_tests.wrong_servers.accounts import Accounts
from contract_tests.wrong_servers.decisions import Gallery
from contract_tests.wrong_servers.forms import Form, parse
from contract_tests.wrong_servers.locking import Locking
from contract_tests.wrong_servers.message import Reply, Request, error
from contract_tests.wrong_servers.parameters import Examination, Limits, Problems
from contract_tests.wrong_servers.presentation import Dress
from contract_tests.wrong_servers.state import Account, Generation, Image, Order

PREFIX = "/api/v1/aiimage/"
OPERATIONS = {
    "check-availability": ("GET", "check"),
    "versions": ("GET", "versions"),
    "recent-images": ("GET", "recent"),
    "generate-image": ("POST", "generate"),
}


class Service(Locking, Accounting, Gallery):
    """The API as its documentation has it. `answer` may be called from many threads."""

    shared_lock = False
    limits = Limits()

    def __init__(self, dress: Dress, accounts: Accounts, generation_seconds: float) -> None:
        super().__init__(dress)
        self.accounts = accounts
        self.generation_seconds = generation_seconds
        self.mutex = RLock()

    def answer(self, request: Request) -> Reply:
        name = request.path.removeprefix(PREFIX)
        if name == request.path or name not in OPERATIONS:
            return self.outside(request)
        method, operation = OPERATIONS[name]
        if request.method != method:
            return self.wrong_method(request, method)
        reply = self.operate(operation, request)
        return self.last_look(operation, request, reply)

    def operate(self, operation: str, request: Request) -> Reply:
        token = self.token(request)
        if not self.admitted(operation, token):
            return self.unauthenticated()
        account = self.account_of(token)
        if operation == "generate":
            return self.generate(account, request)
        with self.mutex:
            reply: Reply = getattr(self, operation)(account)
            return reply

    def last_look(self, operation: str, request: Request, reply: Reply) -> Reply:
        """A reply of an operation just before it is sent."""
        return reply

    def outside(self, request: Request) -> Reply:
        if f"/{self.dress.folder}/" in request.path:
            return self.picture(request)
        return Reply(404, {"message": f"Nothing is served at {request.path}."})

    def wrong_method(self, request: Request, right: str) -> Reply:
        allowed = "GET, HEAD" if right == "GET" else right
        return Reply(405, {"message": f"{request.method} does not go here."}, {"Allow": allowed})

    # Who calls

    def token(self, request: Request) -> str:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""

    def admitted(self, operation: str, token: str) -> bool:
        return self.accounts.valid(token)

    def account_of(self, token: str) -> Account:
        return self.accounts.get(token)

    def unauthenticated(self) -> Reply:
        return Reply(401, {"message": self.dress.unauthenticated})

    # The operations

    def check(self, account: Account) -> Reply:
        return self.busy() if self.seems_busy(account) else self.available()

    def available(self) -> Reply:
        return Reply(200, {"status": "success", "message": self.dress.available})

    def busy(self) -> Reply:
        return error(409, self.dress.busy)

    def versions(self, account: Account) -> Reply:
        return Reply(200, {"dall-e": "dalle3", "stable-diffusion": "sd3-large"})

    def recent(self, account: Account) -> Reply:
        return Reply(200, [self.listed(image) for image in self.recent_of(account)])

    def generate(self, account: Account, request: Request) -> Reply:
        form = self.form(request)
        examination = Examination(form, self.limits)
        if problems := self.problems(examination, form):
            self.refused(account)
            return self.invalid(problems)
        order = examination.order()
        with self.mutex:
            if refusal := self.refusal(account, order):
                self.refused(account)
                return refusal
            generation = self.begin(account, order)
        with account.clock.reached(generation.ends), self.mutex:
            return self.generated(self.finish(account, generation, request))

    def form(self, request: Request) -> Form:
        return parse(request.headers.get("content-type", ""), request.body)

    def problems(self, examination: Examination, form: Form) -> Problems:
        return examination.problems

    def invalid(self, problems: Problems) -> Reply:
        first = next(iter(problems.values()))[0]
        return Reply(422, {"message": first, "errors": problems})

    # What stands in the way of a generation, in order

    def refusal(self, account: Account, order: Order) -> Reply | None:
        return next(self.refusals(account, order), None)

    def refusals(self, account: Account, order: Order) -> Iterator[Reply]:
        if self.locked_out(account, order):
            yield self.locked()
        if not self.within_limit(account, order):
            yield self.over_limit()
        if not self.affordable(account, order):
            yield self.too_poor()

    def locked(self) -> Reply:
        return error(409, self.dress.busy)

    def over_limit(self) -> Reply:
        return error(429, self.dress.daily_limit)

    def too_poor(self) -> Reply:
        return error(419, self.dress.no_credits)

    # From begin to end

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
        return {"status": "success", "images": entries, "image_storage": self.image_storage}
