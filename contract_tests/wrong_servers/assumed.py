"""Servers that keep to the documentation and differ from an assumption."""

from collections.abc import Iterator

from contract_tests.wrong_servers.catalogue import differs
from contract_tests.wrong_servers.forms import Form
from contract_tests.wrong_servers.message import Reply, Request, error
from contract_tests.wrong_servers.parameters import Examination, Problems
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.state import Account, Image, Order


@differs("AUTH-401", how="A call without a valid token is answered 403.")
class UnauthenticatedAs403(Service):
    def unauthenticated(self) -> Reply:
        return Reply(403, {"message": self.dress.unauthenticated})


@differs("VALID-422", how="Invalid parameters are answered 400.")
class InvalidAs400(Service):
    def invalid(self, problems: Problems) -> Reply:
        return super().invalid(problems) if "image_src" in problems else error(400, "Something is missing.")


# It takes an account that lacks both at once, which no role is.
@differs("ORDER", how="Credits are looked at before the daily limit.", modes=("control",))
class CreditsBeforeLimit(Service):
    def refusals(self, account: Account, order: Order) -> Iterator[Reply]:
        if not self.affordable(account, order):
            yield self.too_poor()
        yield from super().refusals(account, order)


@differs("CREDIT-ATOMIC", how="An invalid request costs a credit.", modes=("control",))
class InvalidIsCharged(Service):
    def refused(self, account: Account) -> None:
        if self.held(account) is None:
            account.credits = max(0, account.credits - 1)


@differs("CREDIT-NEED", how="A request for several images needs one credit.")
class OneCreditIsEnough(Service):
    def affordable(self, account: Account, order: Order) -> bool:
        return self.balance(account) > 0

    def charge(self, account: Account, order: Order) -> None:
        account.credits = max(0, account.credits - order.count)


@differs("RECENT-ORDER", how="The oldest of the recent images comes first.")
class OldestFirst(Service):
    def recent_of(self, account: Account) -> list[Image]:
        return super().recent_of(account)[::-1]


@differs("IMG-SIZE", how="Every picture has 64 by 64 pixels.")
class PicturesOfOneSize(Service):
    def content_of(self, image: Image) -> bytes:
        return super().content_of(Image(image.id, "", "", "", 64, 64, 0))


@differs("IMG-STORAGE", how="image_storage has a word of its own.")
class OtherStorage(Service):
    image_storage = "local"


@differs("NOT-FOUND", how="An unknown path is answered with a web page.")
class NotFoundAsPage(Service):
    def outside(self, request: Request) -> Reply:
        reply = super().outside(request)
        return reply if reply.status == 200 else Reply(404, b"<h1>Not Found</h1>", content_type="text/html")


@differs("LOCK-409-BODY", how="The 409 of a generation has no message.")
class LockedWithoutMessage(Service):
    def locked(self) -> Reply:
        return Reply(409, {"status": "error"})


@differs("LOCK-SCOPE", how="Another account's generation keeps this one out, unlike the target says.")
class OneLockForAll(Service):
    shared_lock = True


@differs("VALID-TRIM", how="A prompt of blanks is taken.")
class BlankPromptTaken(Service):
    def problems(self, examination: Examination, form: Form) -> Problems:
        blank = {name for name, value in form.fields.items() if isinstance(value, str) and value and not value.strip()}
        return {name: complaints for name, complaints in examination.problems.items() if name not in blank}
