"""What generations cost, and what happens at the end of the money and of the day's allowance."""

from contract_tests.wrong_servers.catalogue import breaks
from contract_tests.wrong_servers.message import Reply, error
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.state import Account, Order


@breaks("CREDIT-COST", how="Generations cost nothing.")
class NothingCharged(Service):
    def charge(self, account: Account, order: Order) -> None:
        pass


@breaks("CREDIT-COST", how="An image costs 2 credits, and 1 is enough to begin.")
class ChargedTwice(Service):
    def charge(self, account: Account, order: Order) -> None:
        account.credits = max(0, account.credits - 2 * order.count)


@breaks("CREDIT-COST", how="A request costs 1 credit, however many images it makes.")
class ChargedByRequest(Service):
    def price(self, order: Order) -> int:
        return 1


@breaks("CREDIT-COST", how="An image in high definition costs 2 credits.")
class HighDefinitionCostsDouble(Service):
    def price(self, order: Order) -> int:
        return order.count * (2 if order.fields.get("quality") == "hd" else 1)


@breaks("CREDIT-COST", how="Stable Diffusion costs nothing.")
class StableDiffusionIsFree(Service):
    def charge(self, account: Account, order: Order) -> None:
        if order.engine != "stablediffusion":
            super().charge(account, order)


@breaks("CREDIT-COST", how="The last image of several is free.")
class LastOfSeveralIsFree(Service):
    def charge(self, account: Account, order: Order) -> None:
        account.credits -= order.count - (order.count > 1)


@breaks("CREDIT-COST", how="An account's first image of the day is free.")
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


@breaks("CREDIT-419", how="Without credits everything goes on.")
class CreditWithoutEnd(Service):
    def affordable(self, account: Account, order: Order) -> bool:
        return True


@breaks("CREDIT-419", how="Without credits everything goes on, and the balance stays at 0.")
class CreditsStopAtZero(Service):
    def affordable(self, account: Account, order: Order) -> bool:
        return True

    def charge(self, account: Account, order: Order) -> None:
        account.credits = max(0, account.credits - order.count)


class _Poor(Service):
    status = 402

    def too_poor(self) -> Reply:
        return error(self.status, self.dress.no_credits)


@breaks("CREDIT-419", how="Not enough credits is answered 402.")
class PoorAs402(_Poor):
    pass


@breaks("CREDIT-419", how="Not enough credits is answered 403.")
class PoorAs403(_Poor):
    status = 403


@breaks("CREDIT-419", how="Not enough credits is answered 422.")
class PoorAs422(_Poor):
    status = 422


@breaks("CREDIT-419", how="Not enough credits is answered 429.")
class PoorAs429(_Poor):
    status = 429


@breaks("CREDIT-419", "SHAPE", how="Not enough credits is answered 500.")
class PoorAs500(_Poor):
    status = 500


@breaks("CREDIT-419", "SHAPE", how="Not enough credits is answered 200 with an error in the body.")
class PoorAs200(_Poor):
    status = 200


class _Limited(Service):
    status = 403

    def over_limit(self) -> Reply:
        return error(self.status, self.dress.daily_limit)


@breaks("DAILY-429", how="The daily limit is answered 403.")
class LimitAs403(_Limited):
    pass


@breaks("DAILY-429", how="The daily limit is answered 419.")
class LimitAs419(_Limited):
    status = 419


@breaks("DAILY-429", how="The daily limit is answered 409.")
class LimitAs409(_Limited):
    status = 409


@breaks("DAILY-429", how="The daily limit is answered 503.")
class LimitAs503(_Limited):
    status = 503


@breaks("DAILY-429", "SHAPE", how="The daily limit is answered 200 with an error in the body.")
class LimitAs200(_Limited):
    status = 200


@breaks("DAILY-429", how="There is no daily limit.")
class NoDailyLimit(Service):
    def within_limit(self, account: Account, order: Order) -> bool:
        return True


@breaks("DAILY-429", how="The daily limit allows one image more.")
class OneBeyondDailyLimit(Service):
    def allowance(self, account: Account) -> int:
        return super().allowance(account) + 1


@breaks("DAILY-429", how="The last image of the day is refused.")
class OneShortOfDailyLimit(Service):
    def allowance(self, account: Account) -> int:
        return super().allowance(account) - 1


@breaks("DAILY-429", how="The daily limit is not looked at for Stable Diffusion.")
class DailyLimitOfOneEngine(Service):
    def within_limit(self, account: Account, order: Order) -> bool:
        return order.engine == "stablediffusion" or super().within_limit(account, order)
