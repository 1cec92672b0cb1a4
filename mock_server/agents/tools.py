"""The tools that an agent calls. Each is a call of the emulated API or of the control API of one mock."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2
from mcp.server.mcpserver.exceptions import ToolError

from mock_server.contract import Contract, Operation, Rules

_SHOWN_HEADERS = ("content-type", "retry-after", "x-mock-request-id", "x-ratelimit-remaining")
Json = dict[str, Any]


class Tools:
    """The tools. http: reaches the mock; admin: the headers that its control API requires, none without a token."""

    def __init__(self, http: httpx2.AsyncClient, contract: Contract, rules: Rules, admin: Mapping[str, str]) -> None:
        self._http = http
        self._operations = contract.operations
        self._rules = rules
        self._admin = admin

    @property
    def all(self) -> Sequence[Callable[..., Any]]:
        """All tools, each an asynchronous function with a description."""
        return (
            self.reset_world,
            self.change_world,
            self.get_world,
            self.start_scenario,
            self.move_clock,
            self.set_faults,
            self.list_faults,
            self.send_request,
            self.fetch_picture,
            self.list_requests,
            self.explain_request,
            self.coverage,
            self.client_verdict,
            self.cost,
            self.rules,
        )

    async def reset_world(self, token: str, state: Json | None = None) -> Any:
        """Start the world of a token over, optionally in a state: credits, daily_limit, used_today, generation_time
        (seconds), lock ("forever", null or {"until": ISO 8601}), history ({"images": 25, "days": 3}), sandbox."""
        return await self._world("PUT", token, "", {"generation_time": 0, **(state or {})})

    async def change_world(self, token: str, state: Json) -> Any:
        """Change values of a world, and keep the others; the values are those of reset_world."""
        return await self._world("PATCH", token, "", state)

    async def get_world(self, token: str) -> Any:
        """Return the state of a world: credits, daily limit, lock, clock, number of images."""
        return await self._world("GET", token, "")

    async def start_scenario(self, token: str, name: str) -> Any:
        """Reset a world into a ready-made scenario, such as last-credits or stuck-lock. An unknown name lists all."""
        return await self._world("PUT", token, "/scenario", {"name": name})

    async def move_clock(self, token: str, command: Json) -> Any:
        """Move the clock of a world. The command is {"freeze": true}, {"set": ISO 8601}, {"advance": seconds} or
        {"advance_to": "lock-expiry" | "generation-end" | "day-reset" | "rate-reset", "offset_ms": -1}; "freeze" goes
        with any of the others."""
        return await self._world("POST", token, "/clock", command)

    async def set_faults(self, token: str, faults: list[Json]) -> Any:
        """Replace the active faults of a world by these: {"fault": NAME, "operation": …, "times": …} with the
        parameters of that fault. An empty list switches all off."""
        return await self._world("PUT", token, "/faults", faults)

    async def list_faults(self) -> Any:
        """List every kind of fault, with its operations and parameters."""
        return await self._control("GET", "/faults")

    async def send_request(
        self, token: str, operation: str, fields: Json | None = None, files: dict[str, str] | None = None
    ) -> Json:
        """Send a request to the emulated API as a client with this token would. operation: checkAvailability,
        getVersions, generateImage or getRecentImages; fields: of the body; files: uploads by field, each in base64,
        which make the body a form. Returns status, headers and body; X-Mock-Request-Id is for explain_request."""
        called = self._operation(operation)
        body = _body(fields or {}, files or {}) if called.parameters else {}
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        reply = await self._reply(called.method, called.path, headers=headers, **body)
        shown = {name: reply.headers[name] for name in _SHOWN_HEADERS if name in reply.headers}
        return {"status": reply.status_code, "headers": shown, "body": _content(reply)}

    async def fetch_picture(self, output: str) -> Json:
        """Fetch a picture by the `output` of an image, without a token, as a client should."""
        reply = await self._reply("GET", urlsplit(f"/{output.lstrip('/')}" if "://" not in output else output).path)
        kind = reply.headers.get("content-type")
        return {"status": reply.status_code, "content_type": kind, "bytes": len(reply.content)}

    async def list_requests(
        self, token: str, operation: str | None = None, status: int | None = None, limit: int = 20
    ) -> Any:
        """List the newest requests of a world from the journal, each refusal with its reason."""
        return await self._query("/requests", token=token, operation=operation, status=status, limit=limit)

    async def explain_request(self, request_id: str) -> Any:
        """Return one request by its X-Mock-Request-Id. For a refusal, `why` has the rule, the state that led to it,
        when that ends, and the nearest valid request."""
        return await self._control("GET", f"/requests/{quote(request_id, safe='')}")

    async def coverage(self, token: str) -> Any:
        """Return the operations, statuses and rules that the client of a token has met, and those that it has not."""
        return await self._query("/coverage", token=token)

    async def client_verdict(self, token: str) -> Any:
        """Return the verdict on how the client of a token behaved, rule by rule."""
        return await self._query("/verdict", token=token)

    async def cost(self, token: str) -> Json:
        """Return the credits that the images of a world have cost, the newest 100 at most, and those that are left."""
        made = await self._world("GET", token, "/images")
        left = (await self._world("GET", token, ""))["credits"]
        spent = sum(image["credits"] for image in made["images"])
        return {"spent": spent, "images": made["total"], "credits_left": left}

    async def rules(self, ids: list[str] | None = None) -> list[Json]:
        """Return the rules of the API, or those with these ids, each with its source: doc, platform, inferred or
        assumed."""
        if unknown := set(ids or ()) - self._rules.by_id.keys():
            raise ToolError(f"Unknown rules: {', '.join(sorted(unknown))}. Use: {', '.join(self._rules.by_id)}.")
        return [
            {"id": rule.id, "source": rule.source, "title": rule.title, "statement": rule.statement}
            for rule in self._rules.by_id.values()
            if ids is None or rule.id in ids
        ]

    def _operation(self, name: str) -> Operation:
        for each in self._operations:
            if name in (each.id, each.path.rsplit("/", 1)[1]):
                return each
        known = ", ".join(each.id for each in self._operations)
        raise ToolError(f"Unknown operation {name[:40]!r}. Use: {known}.")

    async def _world(self, method: str, token: str, path: str, body: object = None) -> Any:
        return await self._control(method, f"/worlds/{quote(token, safe='')}{path}", body)

    async def _query(self, path: str, **values: object) -> Any:
        query = {name: str(value) for name, value in values.items() if value is not None}
        return await self._control("GET", path, params=query)

    async def _control(self, method: str, path: str, body: object = None, **more: Any) -> Any:
        given = {} if body is None else {"json": body}
        reply = await self._reply(method, f"/_mock{path}", headers=self._admin, **given, **more)
        content = _content(reply)
        if reply.status_code >= 400:
            raise ToolError(content["message"] if isinstance(content, dict) else str(content))
        return content

    async def _reply(self, method: str, path: str, **more: Any) -> httpx2.Response:
        try:
            return await self._http.request(method, path, **more)
        except httpx2.ConnectError as error:
            raise ToolError(f"The mock at {self._http.base_url} cannot be reached any more: start it again.") from error
        except (httpx2.HTTPError, ConnectionError) as error:
            raise ToolError(f"{method} {path} got no reply: {error or type(error).__name__}.") from error


def _body(fields: Json, files: Mapping[str, str]) -> Json:
    """Return the arguments for a body: JSON, or a form if there are files; raise ToolError."""
    if not files:
        return {"json": fields}
    try:
        parts = {name: ("upload", base64.b64decode(content, validate=True)) for name, content in files.items()}
    except binascii.Error as error:
        raise ToolError("Each of files takes the content of a file in base64.") from error
    return {"data": {name: str(value) for name, value in fields.items()}, "files": parts}


def _content(reply: httpx2.Response) -> Any:
    try:
        return reply.json()
    except ValueError:
        return reply.text[:2000]
