"""Deviations of the authentication [AUTH]."""

from collections.abc import Callable

from contract_tests.wrong_servers.catalogue import BOTH, Mode, breaks, variant
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.state import Account, token_of
from contract_tests.wrong_servers.wire import Reply, Request, error

_GUEST = token_of("primary")


class _Guest(Service):
    """Admits further calls by `accepts(operation, token)`, as the primary account."""

    accepts: Callable[[str, str], bool]

    def admitted(self, operation: str, token: str) -> bool:
        return self.accepts(operation, token) or super().admitted(operation, token)

    def account_of(self, token: str) -> Account:
        return self.accounts.get(token if self.accounts.valid(token) else _GUEST)


# With the control API an unknown token opens an account, so that two of these would conform there.
_BLACK_BOX: tuple[Mode, ...] = ("black-box",)
_ADMISSIONS: tuple[tuple[str, str, tuple[Mode, ...], Callable[[str, str], bool]], ...] = (
    ("no-authentication", "No call needs a token.", BOTH, lambda _, token: True),
    ("any-token", "Any token is accepted, also an unknown one.", BOTH, lambda _, token: bool(token)),
    ("open-check", "check-availability needs no token.", BOTH, lambda name, _: name == "check"),
    ("open-versions", "versions needs no token.", BOTH, lambda name, _: name == "versions"),
    ("open-recent-images", "recent-images needs no token.", BOTH, lambda name, _: name == "recent"),
    ("open-generation", "generate-image needs no token.", BOTH, lambda name, _: name == "generate"),
    (
        "any-token-generates",
        "generate-image accepts an unknown token.",
        BOTH,
        lambda name, token: name == "generate" and bool(token),
    ),
    (
        "token-by-its-beginning",
        "Only the first 12 characters of a token are compared.",
        _BLACK_BOX,
        lambda _, token: token[:12] == _GUEST[:12],
    ),
    (
        "token-in-any-case",
        "Tokens are compared regardless of case.",
        _BLACK_BOX,
        lambda _, token: token.lower() == _GUEST.lower(),
    ),
)
for _name, _sentence, _modes, _accepts in _ADMISSIONS:
    variant(_name, "AUTH", _sentence, base=_Guest, modes=_modes, accepts=staticmethod(_accepts))


@breaks("AUTH", how="A token in the query is accepted instead of a header.")
class TokenInQuery(Service):
    def token(self, request: Request) -> str:
        return super().token(request) or request.query.get("api_token", "")


@breaks("AUTH", how="The scheme of the header is ignored, so that Basic works as well.")
class AnyScheme(Service):
    def token(self, request: Request) -> str:
        return request.headers.get("authorization", "").partition(" ")[2].strip()


@breaks("AUTH", how="A bare token without the word Bearer is accepted.")
class TokenWithoutScheme(Service):
    def token(self, request: Request) -> str:
        return super().token(request) or request.headers.get("authorization", "")


@breaks("AUTH", how="versions refuses a valid token.")
class VersionsForbidden(Service):
    def versions(self, account: Account) -> Reply:
        return error(403, "Forbidden.")


@breaks("AUTH", how="recent-images refuses a valid token.")
class RecentImagesRefuseTokens(Service):
    def recent(self, account: Account) -> Reply:
        return self.unauthenticated()


@breaks("AUTH", how="check-availability refuses a valid token.")
class CheckRefusesTokens(Service):
    def check(self, account: Account) -> Reply:
        return self.unauthenticated()
