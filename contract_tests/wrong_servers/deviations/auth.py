"""Who is let in."""

from contract_tests.wrong_servers.catalogue import breaks
from contract_tests.wrong_servers.message import Reply, Request, error
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.state import Account, token_of

_GUEST = token_of("primary")


class _Guest(Service):
    """Whoever has no valid token is taken for the first customer."""

    def account_of(self, token: str) -> Account:
        return self.accounts.get(token if self.accounts.valid(token) else _GUEST)


@breaks("AUTH", how="Nobody needs a token.")
class NoAuthentication(_Guest):
    def admitted(self, operation: str, token: str) -> bool:
        return True


@breaks("AUTH", how="Any token will do, also one that nobody was given.")
class AnyToken(_Guest):
    def admitted(self, operation: str, token: str) -> bool:
        return bool(token)


@breaks("AUTH", how="Checking availability needs no token.")
class OpenCheck(_Guest):
    def admitted(self, operation: str, token: str) -> bool:
        return operation == "check" or super().admitted(operation, token)


@breaks("AUTH", how="The versions need no token.")
class OpenVersions(_Guest):
    def admitted(self, operation: str, token: str) -> bool:
        return operation == "versions" or super().admitted(operation, token)


@breaks("AUTH", how="The recent images need no token.")
class OpenRecentImages(_Guest):
    def admitted(self, operation: str, token: str) -> bool:
        return operation == "recent" or super().admitted(operation, token)


@breaks("AUTH", how="Generating needs no token.")
class OpenGeneration(_Guest):
    def admitted(self, operation: str, token: str) -> bool:
        return operation == "generate" or super().admitted(operation, token)


@breaks("AUTH", how="Generating takes a token that nobody was given.")
class AnyTokenGenerates(_Guest):
    def admitted(self, operation: str, token: str) -> bool:
        return (operation == "generate" and bool(token)) or super().admitted(operation, token)


# With the control API an unknown token opens an account, so that these two would be right there.
@breaks("AUTH", how="Only the first 12 characters of a token are compared.", modes=("black-box",))
class TokenByItsBeginning(_Guest):
    def admitted(self, operation: str, token: str) -> bool:
        return token[:12] == _GUEST[:12] or super().admitted(operation, token)


@breaks("AUTH", how="Tokens are compared without regard to case.", modes=("black-box",))
class TokenInAnyCase(_Guest):
    def admitted(self, operation: str, token: str) -> bool:
        return token.lower() == _GUEST.lower() or super().admitted(operation, token)


@breaks("AUTH", how="A token in the query is taken, without a header.")
class TokenInQuery(Service):
    def token(self, request: Request) -> str:
        return super().token(request) or request.query.get("api_token", "")


@breaks("AUTH", how="The scheme of the header is not looked at, so that Basic goes as well.")
class AnyScheme(Service):
    def token(self, request: Request) -> str:
        return request.headers.get("authorization", "").partition(" ")[2].strip()


@breaks("AUTH", how="A bare token without the word Bearer is taken.")
class TokenWithoutScheme(Service):
    def token(self, request: Request) -> str:
        return super().token(request) or request.headers.get("authorization", "")


@breaks("AUTH", how="A valid token is refused when it asks for the versions.")
class VersionsForbidden(Service):
    def versions(self, account: Account) -> Reply:
        return error(403, "Not for you.")


@breaks("AUTH", how="A valid token is refused when it asks for the recent images.")
class RecentImagesRefuseTokens(Service):
    def recent(self, account: Account) -> Reply:
        return self.unauthenticated()


@breaks("AUTH", how="A valid token is refused when it checks availability.")
class CheckRefusesTokens(Service):
    def check(self, account: Account) -> Reply:
        return self.unauthenticated()
