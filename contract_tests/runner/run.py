"""One run: target, transport, budget, contract and events, shared by its tests."""

from dataclasses import replace
from functools import cached_property
from itertools import count

from contract_tests.client.budget import Budget
from contract_tests.client.call import Call, Reply
from contract_tests.client.control import Control, states
from contract_tests.client.made import MadeImages
from contract_tests.client.masking import Masker, Secret
from contract_tests.client.transport import Transport
from contract_tests.errors import InconclusiveError, NoReplyError, PreflightError, TargetLostError
from contract_tests.oracle.contract import Contract, load_contract
from contract_tests.oracle.samples import Samples
from contract_tests.runner.events import Events
from contract_tests.runner.listening import check_listening
from contract_tests.runner.settings import Settings
from contract_tests.runner.target import API_PATH, REFUSED, ROLES, Account, Target

_PROBES = ("getVersions", "checkAvailability", "getRecentImages")
# With 3 credits the price of a request for several images shows (checks/spending.py).
_FIGURES = {"low": 3, "almost_limited": 1}


class Run:
    def __init__(self, settings: Settings, transport: Transport | None = None) -> None:
        target = self.target = _with_all_roles(settings.target)
        self.settings = replace(settings, target=target)
        self.masker = Masker(target.secrets)
        self.events = Events(self.masker)
        self.contract: Contract = load_contract()
        self.budget = transport.budget if transport else Budget(settings.cap, target.budget.images)
        self.made_images = MadeImages()
        self.samples = Samples()
        # Roles that are never charged, so that no budget is reserved for them, until one of them is served after all.
        self.without_credits = {"invalid", "anonymous", *(role for role in REFUSED if role in target.charged)}
        # Whether a call without a valid token was served, so that no generation is requested without one any more.
        self.ignores_tokens = False
        # Whether a lock did not expire in time, so that the run does not wait for locks any more.
        self.lock_is_stuck = False
        # The first replies, of the preflight, which a test judges like all others.
        self.probed: dict[str, Reply] = {}
        self.transport = transport or Transport(target, self.masker, self.budget)
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
        """The duration of the run so far, in seconds."""
        return self.transport.clock() - self.started

    @cached_property
    def accounts(self) -> dict[str, Account]:
        """The accounts of the target, and `anonymous`, which has no token."""
        return {**self.target.accounts, "anonymous": Account("anonymous", None)}

    def fresh_account(self) -> Account:
        """Return an account that no test has used; on a mock any token opens one."""
        return Account("fresh", Secret(f"conform-{self.settings.seed}-{next(self._fresh)}"))

    def url(self, operation: str) -> str:
        return self.target.base_url + self.contract.operations[operation].call_path

    def preflight(self) -> None:
        """Set up the accounts of a mock; raise PreflightError if the target is not the API or refuses the token."""
        if self.control:
            self._prepare(self.control)
        self.probed = {operation: self._probe(operation) for operation in _PROBES}
        replies = list(self.probed.values())
        if moved := next((reply for reply in replies if reply.redirects), None):
            raise PreflightError(
                f"{moved.exchange.url} redirects to {moved.exchange.response_headers.get('location', 'nowhere')}: "
                "set base_url to the address that serves the API itself."
            )
        # One is enough: for the others, an unlike reply is a finding of the tests.
        alike = [reply for reply in replies if _like_the_api(reply)]
        if not alike:
            seen = ", ".join(f"{reply.exchange.url} {_summary(reply)}" for reply in replies)
            hint = "" if self.target.base_url.endswith(API_PATH) else f" Does base_url lack {API_PATH} at its end?"
            raise PreflightError(f"{self.target.base_url} does not answer like the AI Image API: {seen}.{hint}")
        if all(reply.status == 401 for reply in alike):
            raise PreflightError(f"{self.target.base_url} refuses the token of the account primary with 401.")

    def _prepare(self, control: Control) -> None:
        try:
            control.health()
            for account, state in states(self.target.accounts):
                control.open(account.secret, state)
        except (InconclusiveError, TargetLostError) as error:
            check_listening(self.target, error)
            where = f"{self.target.origin}/_mock"
            raise PreflightError(f"the target says control: mock, and {where} cannot be used: {error}.") from None

    def _probe(self, operation: str) -> Reply:
        account = self.target.accounts["primary"]
        try:
            return self.transport.send(Call("GET", self.url(operation), "primary", account.token))
        except (NoReplyError, TargetLostError) as error:
            check_listening(self.target, error)
            raise PreflightError(f"{self.target.base_url} cannot be reached: {error}.") from None
        except InconclusiveError as error:
            raise PreflightError(f"{self.target.base_url} cannot be tested: {error}.") from None


def _with_all_roles(target: Target) -> Target:
    """Return the target; for a mock under control, with an account for every role that lacks one."""
    if target.control == "none":
        return target
    roles = [role for role in ROLES if role not in target.accounts and role != "invalid"]
    opened = {role: Account(role, Secret(f"conform-{role.replace('_', '-')}"), _FIGURES.get(role, 0)) for role in roles}
    return replace(target, accounts={**target.accounts, **opened})


def _like_the_api(reply: Reply) -> bool:
    try:
        body = reply.json()
    except InconclusiveError:
        return False
    return reply.status in {200, 401, 409} and isinstance(body, dict | list)


def _summary(reply: Reply) -> str:
    return f"{reply.status} ({reply.headers.get('content-type', 'no content type')})"
