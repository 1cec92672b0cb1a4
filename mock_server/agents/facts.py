"""The facts that a language model needs to write a client: llms.txt, derived from document, rules and accounts."""

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.contract import Contract, Rules
from mock_server.contract.parameters import Choice, Parameters
from mock_server.domain.accounts import Account, Accounts

_SOURCES = {
    "doc": "the API's own documentation",
    "platform": "other pages of the vendor's documentation",
    "inferred": "seen in public products of the same family",
    "assumed": "an assumption of this mock",
}


def facts(origin: str, contract: Contract, rules: Rules, accounts: Accounts) -> str:
    """Return llms.txt for the mock at an origin."""
    return "\n".join(_lines(origin, contract, rules, accounts)) + "\n"


def facts_app(contract: Contract, rules: Rules, accounts: Accounts) -> ASGIApp:
    """Return the application that serves llms.txt, with the address by which it is called."""

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        base = Request(scope).base_url.replace(path="")
        page = PlainTextResponse(facts(str(base).rstrip("/"), contract, rules, accounts))
        await page(scope, receive, send)

    return served


def _lines(origin: str, contract: Contract, rules: Rules, accounts: Accounts) -> Iterator[str]:
    info = contract.document["info"]
    yield from (f"# {info['title']}", "", f"> {info.get('summary', 'A stateful mock server of this API.')}", "")
    yield from ("A client of this mock needs only another base URL to use the real service.", "")
    yield f"- Base URL: {origin}/api/v1"
    yield "- Authentication: `Authorization: Bearer TOKEN` on every call; the token selects the account"
    yield f"- OpenAPI document: `aiimage-mock spec`; reference: {origin}/_mock/docs"
    yield f"- Tools for agents, by the Model Context Protocol: {origin}/_mock/mcp"
    yield from ("", "## Operations", "")
    for each in contract.operations:
        statuses = ", ".join(map(str, sorted(each.responses)))
        yield f"- `{each.method} {each.path}` {each.node.get('summary', each.id)}: {statuses}"
    if contract.generation and contract.generation.parameters:
        yield from ("", "## Parameters of a generation", "")
        yield from _parameters(contract.generation.parameters)
    yield from ("", "## Tokens", "")
    for token, account in accounts.listed.items():
        yield f"- `{token}`: {_account(account)}"
    yield "- any other: " + ("not valid" if accounts.closed else f"a new account, {_account(accounts.default)}")
    yield from ("", "## Rules", "")
    yield from (f"Sources: {'; '.join(f'{name}: {text}' for name, text in _SOURCES.items())}.", "")
    for rule in rules.by_id.values():
        yield f"- {rule.id} ({rule.source}): {' '.join(rule.statement.split())}"
    yield from ("", "## Pitfalls", "")
    yield from _PITFALLS


def _parameters(parameters: Parameters, engine: str = "") -> Iterator[str]:
    """Yield a line for each set of parameters, with the values that choose it."""
    if isinstance(parameters, Choice):
        for value, branch in parameters.branches.items():
            yield from _parameters(branch, f"{engine}, `{parameters.discriminator}` {value}".lstrip(", "))
        return
    needed = [f"`{name}`" for name in parameters.properties if name in parameters.missing]
    others = [f"`{name}`" for name in parameters.properties if name not in parameters.missing]
    yield f"- {engine}: required {', '.join(needed)}; optional {', '.join(others) or 'none'}"


def _account(account: Account) -> str:
    if not account.valid:
        return "not a valid token"
    return f"{account.credits} credits, {account.daily_limit} images a day, {account.used_today} used today"


_PITFALLS = (
    "- 409 means that another generation runs: wait, check the availability, then send it again; a lock lives 10 s.",
    "- 419 and 429 by the daily limit do not pass by a retry: stop and report them.",
    "- A lost reply may have been paid for: read recent-images before sending the request again.",
    '- A 200 with `"status": "error"` is a failure without images and without a charge.',
    "- `output` is a path on the API's host or a full URL. Fetch it without the token.",
)
