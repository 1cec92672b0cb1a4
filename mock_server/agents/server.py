"""The server of the Model Context Protocol: the tools, and the documents as resources."""

from collections.abc import Callable, Mapping
from functools import partial

import httpx2
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.resources import FunctionResource
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server import __version__, resources
from mock_server.client import Control
from mock_server.contract import Contract, Rules
from mock_server.domain.accounts import Accounts

from .facts import facts
from .tools import Tools

_INSTRUCTIONS = """\
A stateful mock of the AI Image API. Any token opens a world of its own: its account, lock, clock and journal.
Reset a world, send requests as a client would, move its clock, plan faults, and ask why a request was refused.
Nothing here costs money."""


def make_server(tools: Tools, page: Callable[[], str]) -> MCPServer:
    """Return the server. page: returns the page of facts for language models."""
    server = MCPServer("aiimage-mock", version=__version__, instructions=_INSTRUCTIONS, log_level="ERROR")
    for tool in tools.all:
        server.add_tool(tool, structured_output=False)
    texts: Mapping[str, tuple[str, Callable[[], str]]] = {
        "aiimage://openapi.yaml": ("the OpenAPI document of the API", resources.DOCUMENT.read_text),
        "aiimage://rules.yaml": ("the rules, each with its source", resources.RULES.read_text),
        "aiimage://control.yaml": ("the OpenAPI document of the control API", resources.CONTROL.read_text),
        "aiimage://llms.txt": ("base URL, tokens, rules and pitfalls for a client", page),
    }
    for uri, (description, read) in texts.items():
        name = uri.removeprefix("aiimage://")
        server.add_resource(FunctionResource(uri=uri, name=name, description=description, fn=read))
    return server


class McpApp:
    """The server as an ASGI application, for /_mock/mcp. mock: the mock itself, which the tools call.

    It keeps no sessions, so any process may answer any request.
    """

    def __init__(
        self, mock: ASGIApp, contract: Contract, rules: Rules, admin_token: str | None, accounts: Accounts
    ) -> None:
        # A loopback Host, which the control API accepts: the request itself has been checked.
        http = httpx2.AsyncClient(transport=httpx2.ASGITransport(mock), base_url="http://127.0.0.1", timeout=None)
        self._tools = Tools(http, contract, rules, _headers(admin_token))
        self._known = contract, rules, accounts
        self._origin = "http://127.0.0.1"
        self._server = self._make(self._origin)

    def _make(self, origin: str) -> MCPServer:
        return make_server(self._tools, partial(facts, origin, *self._known))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        origin = str(Request(scope).base_url.replace(path="")).rstrip("/")
        if origin != self._origin:  # clients seldom know the mock by more than one address
            self._origin, self._server = origin, self._make(origin)
        # The checks of the control API take the place of the library's own, which knows loopback hosts alone.
        app = self._server.streamable_http_app(stateless_http=True, json_response=True, host="")
        async with app.router.lifespan_context(app):
            await app(scope, receive, send)


async def serve_stdio(control: Control, contract: Contract, rules: Rules, accounts: Accounts) -> None:
    """Serve the tools for a mock on standard input and output, until the input ends."""
    async with httpx2.AsyncClient(base_url=control.origin, timeout=None) as http:
        tools = Tools(http, contract, rules, _headers(control.admin_token))
        await make_server(tools, partial(facts, control.origin, contract, rules, accounts)).run_stdio_async()


def _headers(admin_token: str | None) -> Mapping[str, str]:
    """Return the headers that the control API requires."""
    return {} if admin_token is None else {"Authorization": f"Bearer {admin_token}"}
