"""One run: the parts that its tests share."""

from contract_tests.contract import Contract, load_contract
from contract_tests.control import Control
from contract_tests.errors import CouldNotLookError, PreflightError
from contract_tests.events import Events
from contract_tests.ledger import Ledger
from contract_tests.purse import Purse
from contract_tests.secret import Masker
from contract_tests.settings import Settings
from contract_tests.transport import Call, Reply, Transport

_PROBES = ("getVersions", "checkAvailability", "getRecentImages")


class Run:
    def __init__(self, settings: Settings, transport: Transport | None = None) -> None:
        target = settings.target
        self.settings, self.target = settings, target
        self.masker = Masker(account.token for account in target.accounts.values())
        self.events = Events(self.masker)
        self.contract: Contract = load_contract()
        self.purse = Purse(settings.cap)
        self.ledger = Ledger()
        # Who has nothing to spend, so that nothing is reserved for them, until one of them is served all the same.
        self.penniless = {"empty", "invalid", "nobody"}
        self.transport = transport or Transport(target, self.masker)
        self.control = Control(target.origin, self.transport) if target.control == "mock" else None
        self.started = self.transport.clock()

    @property
    def seconds(self) -> float:
        """How long the run has taken so far."""
        return self.transport.clock() - self.started

    def url(self, operation: str) -> str:
        return self.target.base_url + self.contract.operations[operation].path

    def preflight(self) -> None:
        """Make sure that the target is the API and takes the token; a mock's accounts get their first state."""
        if self.control:
            self._reset(self.control)
        answers = [self._probe(operation) for operation in _PROBES]
        replies = [answer for answer in answers if isinstance(answer, Reply)]
        if not replies:
            raise PreflightError(f"{self.target.base_url} cannot be reached: {answers[0]}.")
        alike = [reply for reply in replies if _like_the_api(reply)]
        if not alike:
            seen = ", ".join(f"{reply.exchange.url} {_summary(reply)}" for reply in replies)
            raise PreflightError(f"{self.target.base_url} does not answer like the AI Image API: {seen}.")
        if all(reply.status == 401 for reply in alike):
            raise PreflightError(f"{self.target.base_url} refuses the token of the account primary with 401.")

    def _reset(self, control: Control) -> None:
        try:
            control.health()
            for role, account in self.target.accounts.items():
                if role != "invalid":
                    control.reset(account.token)
        except CouldNotLookError as error:
            where = f"{self.target.origin}/_mock"
            raise PreflightError(f"the target says control: mock, and {where} cannot be used: {error}.") from None

    def _probe(self, operation: str) -> Reply | str:
        account = self.target.accounts["primary"]
        try:
            return self.transport.send(Call("GET", self.url(operation), "primary", account.token))
        except CouldNotLookError as error:
            return str(error)


def _like_the_api(reply: Reply) -> bool:
    try:
        body = reply.json()
    except CouldNotLookError:
        return False
    return reply.status in {200, 401, 409} and isinstance(body, dict | list)


def _summary(reply: Reply) -> str:
    return f"{reply.status} ({reply.headers.get('content-type', 'no content type')})"
