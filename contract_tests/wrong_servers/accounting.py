"""What generations cost, and how many images an account may make a day."""

from contract_tests.wrong_servers.state import Account, Order


class Accounting:
    """A credit an image; what is running counts as spent and made already."""

    def price(self, order: Order) -> int:
        return order.count

    def balance(self, account: Account) -> int:
        return account.credits - sum(self.price(generation.order) for generation in account.running)

    def affordable(self, account: Account, order: Order) -> bool:
        return self.price(order) <= self.balance(account)

    def charge(self, account: Account, order: Order) -> None:
        account.credits -= self.price(order)

    def allowance(self, account: Account) -> int:
        """How many images are left today."""
        running = sum(generation.order.count for generation in account.running)
        return account.daily_limit - account.used_today() - running

    def within_limit(self, account: Account, order: Order) -> bool:
        return order.count <= self.allowance(account)

    def count(self, account: Account, order: Order) -> None:
        account.use(order.count)
