"""One run: the parts that its tests share."""

from dataclasses import replace
from functools import cached_property
from itertools import count

from contract_tests.client.budget import Ledger, Purse
from contract_tests.client.call import Call, Reply
from contract_tests.client.control import Control, states
from contract_tests.client.masking import Masker, Secret
from contract_tests.client.transport import Transport
from contract_tests.errors import CouldNotLookError, NoReplyError, PreflightError, TargetLostError
from contract_tests.oracle.contract import Contract, load_contract
from contract_tests.runner.events import Events
from contract_tests.runner.settings import Settings
from contract_tests.runner.target import ROLES, Account, Target

_PROBES = ("getVersions", "checkAvailability", "getRecentImages")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FIGURES = {"low": 3, "almost_limited": 1}


class Run:
    def __init__(self, settings: Settings, transport: Transport | None = None) -> None:
        target = self.target = _completed(settings.target)
        self.settings = replace(settings, target=target)
        self.masker = Masker(target.secrets)
        self.events = Events(self.masker)
        self.contract: Contract = load_contract()
        self.purse = transport.purse if transport else Purse(settings.cap, target.budget.images)
        self.ledger = Ledger()
        # Who has nothing to spend, so that nothing is reserved for them, until one of them is served all the same.
        self.penniless = {"empty", "invalid", "nobody"}
        # Whether a lock has outlived any lock, so that nobody waits for one again.
        self.stuck = False
        self.transport = transport or Transport(target, self.masker, self.purse)
        self.control = self._control()
        self.started = self.transport.clock()
        self._fresh = count(1)

    def _control(self) -> Control | None:
        target = self.target
        if target.control == "none":
            return None
        one_clock = target.lock_scope == "global"
        return Control(target.origin, self.transport, target.admin_token, one_clock=one_clock)

    @property
    def seconds(self) -> float:
        """How long the run has taken so far."""
        return self.transport.clock() - self.started

    @cached_property
    def accounts(self) -> dict[str, Account]:
        """Those of the target, and `nobody`, who has no token."""
        return {**self.target.accounts, "nobody": Account("nobody", None)}

    def fresh_account(self) -> Account:
        """An account that no test has used: of a mock, where any token opens one."""
        return Account("fresh", Secret(f"conform-{self.settings.seed}-{next(self._fresh)}"))

    def url(self, operation: str) -> str:
        return self.target.base_url + self.contract.operations[operation].call_path

    def preflight(self) -> None:
        """Make sure that the target is the API and takes the token; a mock's accounts get the state of their role."""
        if self.control:
            self._prepare(self.control)
        replies = [self._probe(operation) for operation in _PROBES]
        if moved := next((reply for reply in replies if reply.status in _REDIRECTS), None):
            raise PreflightError(
                f"{moved.exchange.url} redirects to {moved.exchange.response_headers.get('location', 'nowhere')}: "
                "name the address that serves the API itself as base_url."
            )
        alike = [reply for reply in replies if _like_the_api(reply)]
        if not alike:
            seen = ", ".join(f"{reply.exchange.url} {_summary(reply)}" for reply in replies)
            raise PreflightError(f"{self.target.base_url} does not answer like the AI Image API: {seen}.")
        if all(reply.status == 401 for reply in alike):
            raise PreflightError(f"{self.target.base_url} refuses the token of the account primary with 401.")

    def _prepare(self, control: Control) -> None:
        try:
            control.health()
            for account, state in states(self.target.accounts):
                control.open(account.secret, state)
        except (CouldNotLookError, TargetLostError) as error:
            where = f"{self.target.origin}/_mock"
            raise PreflightError(f"the target says control: mock, and {where} cannot be used: {error}.") from None

    def _probe(self, operation: str) -> Reply:
        account = self.target.accounts["primary"]
        try:
            return self.transport.send(Call("GET", self.url(operation), "primary", account.token))
        except (NoReplyError, TargetLostError) as error:
            raise PreflightError(f"{self.target.base_url} cannot be reached: {error}.") from None
        except CouldNotLookError as error:
            raise PreflightError(f"{self.target.base_url} cannot be examined: {error}.") from None


def _completed(target: Target) -> Target:
    """The target; where the accounts of a mock can be set, with an account for every role that lacks one."""
    if target.control == "none":
        return target
    roles = [role for role in ROLES if role not in target.accounts and role != "invalid"]
    opened = {role: Account(role, Secret(f"conform-{role.replace('_', '-')}"), _FIGURES.get(role, 0)) for role in roles}
    return replace(target, accounts={**target.accounts, **opened})


def _like_the_api(reply: Reply) -> bool:
    try:
        body = reply.json()
    except CouldNotLookError:
        return False
    return reply.status in {200, 401, 409} and isinstance(body, dict | list)


def _summary(reply: Reply) -> str:
    return f"{reply.status} ({reply.headers.get('content-type', 'no content type')})"
