"""Servers that do nothing, and must never pass."""

from collections.abc import Iterator

from contract_tests.wrong_servers.catalogue import null
from contract_tests.wrong_servers.message import Reply, Request
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.state import Account, Order


@null("Every request is answered 200 with nothing.")
class Empty(Service):
    def answer(self, request: Request) -> Reply:
        return Reply(200, b"", content_type="")


@null("Every request is answered 200 with what was sent.")
class Echo(Service):
    def answer(self, request: Request) -> Reply:
        return Reply(200, request.body, content_type=request.headers.get("content-type", "application/json"))


@null("Every request is answered 200 with an empty object.")
class AlwaysFine(Service):
    def answer(self, request: Request) -> Reply:
        return Reply(200, {})


@null("Every reply has the documented shape, with nothing in it: no versions, no images.")
class WellShapedButEmpty(Service):
    def versions(self, account: Account) -> Reply:
        return Reply(200, {})

    def recent(self, account: Account) -> Reply:
        return Reply(200, [])

    def generate(self, account: Account, request: Request) -> Reply:
        return Reply(200, self.made([]))


@null("A valid token is let in, and every generation is refused: the account has no credits.")
class RefusesEverything(Service):
    def refusals(self, account: Account, order: Order) -> Iterator[Reply]:
        yield self.too_poor()
