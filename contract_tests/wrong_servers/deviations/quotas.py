"""Deviations of the cost of images and of the daily limit."""

from dataclasses import replace

from contract_tests.wrong_servers.catalogue import breaks, differs, mock, variant
from contract_tests.wrong_servers.parameters import FROM_IMAGE, Examination
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.state import Account, Order
from contract_tests.wrong_servers.wire import Reply, Request

_USUAL_SIDE = 1024


def _always(self: Service, account: Account, order: Order) -> bool:
    return True


def _charge_nothing(self: Service, account: Account, order: Order) -> None:
    pass


variant("nothing-charged", "CREDIT-COST", "Generations cost nothing.", charge=_charge_nothing)
variant(
    "large-sizes-cost-double",
    "CREDIT-COST",
    "An image with a side of more than 1024 pixels costs 2 credits.",
    price=lambda _, order: order.count * (1 + (max(order.width, order.height) > _USUAL_SIDE)),
)
variant(
    "uploads-cost-double",
    "CREDIT-COST",
    "An image from an image costs 2 credits.",
    price=lambda _, order: order.count * (1 + (order.fields.get("type") in FROM_IMAGE)),
)
variant(
    "uploads-without-credits",
    "CREDIT-419",
    "An image from an image needs no credits.",
    affordable=lambda self, account, order: (
        order.fields.get("type") in FROM_IMAGE or Service.affordable(self, account, order)
    ),
)
variant("charged-by-request", "CREDIT-COST", "A request costs 1 credit, however many images.", price=lambda *_: 1)
variant(
    "credit-without-end",
    "CREDIT-419",
    "Generations need no credits, and the balance falls below 0.",
    affordable=_always,
)
variant("no-daily-limit", "DAILY-429", "The daily limit is ignored.", within_limit=_always)
variant(
    "free-and-unlimited",
    "CREDIT-COST",
    "Generations cost nothing, need no credits, and have no daily limit.",
    affordable=_always,
    charge=_charge_nothing,
    within_limit=_always,
)
variant(
    "free-for-all",
    "CREDIT-COST",
    "Generations cost nothing and need no credits.",
    affordable=_always,
    charge=_charge_nothing,
)
mock("free", "wrong", "CREDIT-COST", "The mock, images cost nothing.", credits_per_image=0)
mock("dear", "wrong", "CREDIT-COST", "The mock, an image costs 2 credits.", credits_per_image=2)


@breaks("CREDIT-COST", how="An image costs 2 credits, and 1 is enough to start.")
class ChargedTwice(Service):
    def charge(self, account: Account, order: Order) -> None:
        account.credits = max(0, account.credits - 2 * order.count)


@breaks("CREDIT-COST", how="An image in high definition costs 2 credits.")
class HighDefinitionCostsDouble(Service):
    def price(self, order: Order) -> int:
        return order.count * (2 if order.fields.get("quality") == "hd" else 1)


@breaks("CREDIT-COST", how="Stable Diffusion costs nothing.")
class StableDiffusionIsFree(Service):
    def charge(self, account: Account, order: Order) -> None:
        if order.engine != "stablediffusion":
            super().charge(account, order)


@breaks("CREDIT-COST", how="The last of several images is free.")
class LastOfSeveralIsFree(Service):
    def charge(self, account: Account, order: Order) -> None:
        account.credits -= order.count - (order.count > 1)


@breaks("CREDIT-COST", how="The first image of an account is free.")
class FirstImageIsFree(Service):
    def charge(self, account: Account, order: Order) -> None:
        account.credits -= order.count - (not account.images)


@breaks("CREDIT-COST", "CREDIT-419", how="The last credit cannot be spent.")
class LastCreditIsKept(Service):
    def affordable(self, account: Account, order: Order) -> bool:
        return self.price(order) < self.balance(account)


@breaks("CREDIT-419", how="An account may go one image below 0.")
class OneImageOnCredit(Service):
    def affordable(self, account: Account, order: Order) -> bool:
        return self.price(order) <= self.balance(account) + 1


@breaks("CREDIT-419", how="Generations need no credits, and the balance stays at 0.")
class CreditsStopAtZero(Service):
    affordable = _always

    def charge(self, account: Account, order: Order) -> None:
        account.credits = max(0, account.credits - order.count)


@breaks("DAILY-429", how="The daily limit allows one image more.")
class OneBeyondDailyLimit(Service):
    def allowance(self, account: Account) -> int:
        return super().allowance(account) + 1


@breaks("DAILY-429", how="The last image of the day is refused.")
class OneShortOfDailyLimit(Service):
    def allowance(self, account: Account) -> int:
        return super().allowance(account) - 1


@breaks("DAILY-429", how="The daily limit does not apply to Stable Diffusion.")
class DailyLimitOfOneEngine(Service):
    def within_limit(self, account: Account, order: Order) -> bool:
        return order.engine == "stablediffusion" or super().within_limit(account, order)


class _OneEngine(Service):
    """Treats one engine differently."""

    engine = "flux-pro"

    def affordable(self, account: Account, order: Order) -> bool:
        return order.engine == self.engine or super().affordable(account, order)


@breaks("CREDIT-COST", "CREDIT-419", how="flux-pro costs nothing and needs no credits.")
class FluxProIsFree(_OneEngine):
    def charge(self, account: Account, order: Order) -> None:
        if order.engine != self.engine:
            super().charge(account, order)


@breaks("CREDIT-COST", "CREDIT-419", how="flux-pro costs nothing, needs no credits, and has no daily limit.")
class FluxProIsFreeAndUnlimited(FluxProIsFree):
    def within_limit(self, account: Account, order: Order) -> bool:
        return order.engine == self.engine or super().within_limit(account, order)


@breaks("CREDIT-419", how="flux-pro needs no credits; the balance falls below 0.")
class FluxProOnCredit(_OneEngine):
    pass


class _MadeDespiteRefusal(Service):
    """Makes the images of some requests that it refuses; `status` is that of the refusal."""

    status = 0

    def generate(self, account: Account, request: Request) -> Reply:
        reply = super().generate(account, request)
        if reply.status == self.status:
            self.make(account, Examination(self.form(request), self.limits, self.engines).order(), request)
        return reply

    def make(self, account: Account, order: Order, request: Request) -> None:
        with self.mutex:
            self.record(account, self.draw(account, order, request))


variant(
    "made-without-credits", "CREDIT-419", "A generation refused with 419 is made.", base=_MadeDespiteRefusal, status=419
)
variant(
    "made-beyond-limit", "DAILY-429", "A generation refused with 429 is made.", base=_MadeDespiteRefusal, status=429
)


@breaks("CREDIT-419", how="A request refused with 419 is made, and charged, as far as the credits suffice.")
class MadeInPart(_MadeDespiteRefusal):
    status = 419

    def make(self, account: Account, order: Order, request: Request) -> None:
        part = replace(order, count=min(order.count, max(0, account.credits)))
        self.charge(account, part)
        super().make(account, part, request)


@differs("CREDIT-ATOMIC", how="A request that the lock prevents costs a credit.")
class LockedOutIsCharged(Service):
    def refused(self, account: Account) -> None:
        if self.held(account) is not None:
            account.credits = max(0, account.credits - 1)


@differs("DAILY-RESET", how="The daily limit counts requests, not images.")
class RequestsAreCounted(Service):
    def within_limit(self, account: Account, order: Order) -> bool:
        return self.allowance(account) > 0

    def count(self, account: Account, order: Order) -> None:
        account.use(1)
