"""Servers that keep every documented rule: conforming ones, and such that differ from an assumption."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from threading import Lock

from contract_tests.wrong_servers.catalogue import Mode, conforming, differs, drawn, mock, variant, with_status
from contract_tests.wrong_servers.parameters import Examination, Limits, Problems
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.state import Account, Generation, Image, Order
from contract_tests.wrong_servers.wire import Form, Reply, Request, error

_MAX_REQUESTS_PER_SECOND = 40  # fewer than the suite sends in a trial, so that it meets the limit


@conforming("Keeps every rule.")
class Conforming(Service):
    pass


@conforming("The accounts have made images before.", modes=("black-box",))
class ConformingWithPast(Service):
    past = 12


@conforming("All accounts share one lock, and the target declares it.")
class ConformingWithGlobalLock(Service):
    shared_lock = True


# With a frozen clock, the request that advances it would wait for the generation that waits for it.
@conforming("Answers one request at a time, so that nothing overlaps.", modes=("black-box",))
class ConformingOneByOne(Service):
    def answer(self, request: Request) -> Reply:
        with self.mutex:
            return super().answer(request)


@conforming(
    "The lock always stays for its full time, also when its generation ends earlier.", differs=("LOCK-RELEASE",)
)
class ConformingWithFullLock(Service):
    def release(self, account: Account, generation: Generation) -> None:
        pass


@conforming("Pictures are stored elsewhere, at full URLs, behind a redirect.")
class ConformingWithRemoteStorage(Service):
    image_storage = "s3"

    def output_of(self, path: str, request: Request) -> str:
        return f"{request.origin}/signed/{path}"

    def picture(self, request: Request) -> Reply:
        if request.path.startswith("/signed/"):
            return Reply(302, b"", {"Location": request.path.removeprefix("/signed")}, "text/html")
        return super().picture(request)


@conforming("One image a request, short prompts, three resolutions.")
class ConformingWithNarrowLimits(Service):
    limits = Limits(images=1, text=500, resolutions=frozenset({"512x512", "768x768", "1024x1024"}))


@conforming(
    "Limits the rate of requests with 429 and Retry-After, one second at a time.", differs=("RATE", "RATE-HEADERS")
)
class ConformingWithRateLimit(Service):
    second, requests, counting = 0, 0, Lock()

    def answer(self, request: Request) -> Reply:
        with self.counting:
            now = int(self.accounts.pace.seconds())
            self.second, self.requests = now, self.requests + 1 if self.second == now else 1
            throttled = self.requests > _MAX_REQUESTS_PER_SECOND
        if throttled:
            return replace(error(429, "Too Many Attempts."), headers={"Retry-After": "1"})
        return super().answer(request)


def _send_and_close(connection: socket.socket, message: bytes) -> None:
    connection.sendall(message)
    connection.shutdown(socket.SHUT_RDWR)


@conforming("Closes every connection after its first reply, without announcing it.")
class ConformingWithShortConnections(Service):
    def answer(self, request: Request) -> Reply:
        return replace(super().answer(request), send=_send_and_close)


# With the control API the suite also opens accounts of which no target says that they are sandboxes.
@conforming("A sandbox: nothing is charged, and no daily limit applies.", modes=("black-box",))
class ConformingSandbox(Service):
    sandbox = True

    def price(self, order: Order) -> int:
        return 0

    def within_limit(self, account: Account, order: Order) -> bool:
        return True


@conforming("A refused request counts towards the daily limit.", differs=("DAILY-RESET",))
class ConformingWithCountedRefusals(Service):
    def refused(self, account: Account) -> None:
        account.use(1)


mock("as-it-is", "conforming", "", "The mock with its defaults.")
mock("full-lock", "conforming", "LOCK-RELEASE", "The mock, its lock always expires.", lock_release="expiry")
mock("one-lock", "conforming", "", "The mock with one declared lock for all accounts.", lock_scope="global")


drawn("short-prompts", "Prompts beyond 255 characters get a 422.", longest_prompt="255")
drawn("counts-requests", "The daily limit counts requests.", daily_limit_counts="requests")
drawn("invalid-as-error", "Invalid parameters get a 200 with status: error.", invalid="200 with status: error")
drawn("login", "Without a valid token there is a redirect to a login page.", unauthenticated="redirect to a login page")
drawn("no-webp", "An upload in WebP gets a 422.", uploads_taken="PNG and JPEG")
drawn("large-sources", "An upload of less than 512 pixels a side gets a 422.", uploads_taken="of 512 pixels or more")
drawn("closes", "Closes each connection without announcing it.", framing="closed unannounced")
drawn("queued", "The engines that may queue answer with a placeholder.", queued="all that may")
drawn("failing", "Every ninth generation fails with 200 and status: error.", failed_generations="every ninth")
# Each in the mode in which it was accused.
_SEEN: tuple[Mode, ...] = ("black-box",)
_CONTROLLED: tuple[Mode, ...] = ("control",)
drawn("one-engine", "A plan with flux-pro, which takes no size.", modes=_SEEN, engines_not_offered="all but flux-pro")
drawn("blank-prompts", "A blank prompt is accepted.", modes=_SEEN, texts="blank prompt accepted")
drawn("numbers", "Ids are 3 or 3.0, with exact dates.", modes=_SEEN, ids="3 or 3.0 by reply", stamps="nanoseconds")
drawn(
    "large-sources-and-sizes", "An upload of less than 512 pixels a side and a size of 768 get one 422.", modes=_SEEN,
    uploads_taken="of 512 pixels or more", resolutions="512 and 1024",
)  # fmt: skip
drawn(
    "moderates-and-fails", "Some prompts get a 422 that names nothing, and some generations fail.", modes=_SEEN,
    moderation="422", failed_generations="every fourth", size_not_offered="1024x1024",
)  # fmt: skip
drawn(
    "one-engine-queued", "A plan with flux-pro alone, which answers with a placeholder.", modes=_CONTROLLED,
    engines_not_offered="all but flux-pro", queued="flux-pro", generation_time="0.4 s",
)  # fmt: skip
drawn(
    "failing-often", "Where every fourth generation fails, the images before stay.", modes=_CONTROLLED,
    failed_generations="every fourth", failed_requests="keep all images but the last",
)  # fmt: skip
drawn(
    "charges-failures", "Every fourth generation fails, and costs its credits.",
    failed_generations="every fourth", failed_requests="make nothing and cost credits",
)  # fmt: skip
drawn(
    "shared-full-lock", "All accounts share a lock that stays.", modes=_CONTROLLED,
    lock_scope="global", lock_release="expiry",
)  # fmt: skip


@differs("VALID-422", how="Invalid parameters get a 400.")
class InvalidAs400(Service):
    def invalid(self, problems: Problems) -> Reply:
        # A missing source has a rule of its own, I2I-SRC.
        return super().invalid(problems) if "image_src" in problems else error(400, "Something is missing.")


# Only an account that lacks both shows the order, and no role does.
@differs("ORDER", how="Credits are checked before the daily limit.", modes=("control",))
class CreditsBeforeLimit(Service):
    def refusals(self, account: Account, order: Order) -> Iterator[Reply]:
        if not self.affordable(account, order):
            yield self.too_poor()
        yield from super().refusals(account, order)


@differs("CREDIT-ATOMIC", how="An invalid request costs a credit.")
class InvalidIsCharged(Service):
    def generate(self, account: Account, request: Request) -> Reply:
        reply = super().generate(account, request)
        if reply.status == 422:
            account.credits = max(0, account.credits - 1)
        return reply


@differs("CREDIT-NEED", how="A request for several images needs one credit.")
class OneCreditIsEnough(Service):
    def affordable(self, account: Account, order: Order) -> bool:
        return self.balance(account) > 0

    def charge(self, account: Account, order: Order) -> None:
        # A balance below 0 would break another rule, CREDIT-ATOMIC.
        account.credits = max(0, account.credits - order.count)


@differs("RECENT-ORDER", how="The recent images begin with the oldest.")
class OldestFirst(Service):
    def recent_of(self, account: Account) -> list[Image]:
        return super().recent_of(account)[::-1]


@differs("IMG-SIZE", how="Every picture has 64 by 64 pixels.")
class PicturesOfOneSize(Service):
    def content_of(self, image: Image) -> bytes:
        return super().content_of(replace(image, width=64, height=64))


@differs("NOT-FOUND", how="An unknown path gets a web page.")
class NotFoundAsPage(Service):
    def outside(self, request: Request) -> Reply:
        reply = super().outside(request)
        return reply if reply.status == 200 else Reply(404, b"<h1>Not Found</h1>", content_type="text/html")


@differs("LOCK-409-BODY", how="The 409 of a generation has no message.")
class LockedWithoutMessage(Service):
    def locked(self) -> Reply:
        return Reply(409, {"status": "error"})


@differs("VALID-TRIM", how="A prompt of white space is accepted.")
class BlankPromptTaken(Service):
    def problems(self, examination: Examination, form: Form) -> Problems:
        blank = {name for name, value in form.fields.items() if isinstance(value, str) and value and not value.strip()}
        return {name: complaints for name, complaints in examination.problems.items() if name not in blank}


variant(
    "unauthenticated-as-403",
    "AUTH-401",
    "A call without a valid token gets a 403.",
    kind="assumed",
    unauthenticated=with_status("unauthenticated", 403),
)
variant("other-storage", "IMG-STORAGE", "image_storage has another value.", kind="assumed", image_storage="local")
variant(
    "one-lock-for-all",
    "LOCK-SCOPE",
    "All accounts share one lock, which the target does not declare.",
    kind="assumed",
    shared_lock=True,
)
mock("invalid-as-400", "assumed", "VALID-422", "The mock with a 400 for invalid parameters.", invalid_status=400)
mock("oldest-first", "assumed", "RECENT-ORDER", "The mock, oldest images first.", recent_order="oldest-first")
mock("envelope", "assumed", "ERROR-BODY", "The mock, its errors in an envelope.", error_body="envelope")
mock("login", "assumed", "NO-ACCEPT", "The mock, redirecting who does not accept JSON.", without_accept="redirect")
mock("same-origin-only", "assumed", "CORS", "The mock, not for pages of other origins.", cors="none")
mock("rate-limit", "assumed", "RATE", "The mock with a rate limit.", rate_limit="enterprise")
mock(
    "rate-limit-without-headers",
    "conforming",
    "RATE",
    "The mock with a rate limit that no reply shows.",
    rate_limit="enterprise",
    rate_limit_headers="never",
)
mock("any-credit", "assumed", "CREDIT-NEED", "The mock, one credit for any number of images.", credit_need="any")
mock(
    "lock-last",
    "assumed",
    "ORDER",
    "The mock, credits and limit checked before the lock.",
    modes=("control",),
    refusal_order=["invalid", "no-credits", "daily-limit", "locked"],
)
