"""Servers that keep to the documentation, each in a way of its own."""

import time
from dataclasses import replace
from threading import Lock

from contract_tests.wrong_servers.catalogue import right
from contract_tests.wrong_servers.message import Reply, Request, at_once, error
from contract_tests.wrong_servers.parameters import Limits
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.state import Account, Generation
from contract_tests.wrong_servers.trouble import then_closed

_MOST_A_SECOND = 40


@right("Keeps to every rule.")
class Right(Service):
    pass


@right("One lock for all accounts, and the target says so.")
class RightWithGlobalLock(Service):
    shared_lock = True


# With its clock stopped it would wait for a generation to end before it hears that time goes on.
@right("Answers one request after the other, so that nothing overlaps.", modes=("black-box",))
class RightOneByOne(Service):
    def answer(self, request: Request) -> Reply:
        with self.mutex:
            return super().answer(request)


@right("The lock always lives its 10 seconds, whenever the generation ends.", differs=("LOCK-RELEASE",))
class RightWithFullLock(Service):
    def release(self, account: Account, generation: Generation) -> None:
        pass


@right("Pictures lie elsewhere, at full URLs, behind a redirect.")
class RightWithRemoteStorage(Service):
    image_storage = "s3"

    def output_of(self, path: str, request: Request) -> str:
        return f"{request.origin}/signed/{path}"

    def picture(self, request: Request) -> Reply:
        if request.path.startswith("/signed/"):
            return Reply(302, b"", {"Location": request.path.removeprefix("/signed")}, "text/html")
        return super().picture(request)


@right("One image a request, short prompts, three resolutions.")
class RightWithNarrowLimits(Service):
    limits = Limits(images=1, text=500, resolutions=frozenset({"512x512", "768x768", "1024x1024"}))


@right("Limits the rate of requests with 429 and Retry-After, for a second at a time.")
class RightWithRateLimit(Service):
    window, requests, counting = 0, 0, Lock()

    def answer(self, request: Request) -> Reply:
        with self.counting:
            second = int(time.monotonic())
            self.window, self.requests = second, self.requests + 1 if self.window == second else 1
            throttled = self.requests > _MOST_A_SECOND
        if throttled:
            return replace(error(429, "Too Many Attempts."), headers={"Retry-After": "1"})
        return super().answer(request)


@right("Closes every connection after its first reply, without a word of warning.")
class RightWithShortConnections(Service):
    def answer(self, request: Request) -> Reply:
        return replace(super().answer(request), manner=then_closed(at_once))
