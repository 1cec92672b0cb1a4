"""The API as one drawn server answers it, from a request to a reply; only `serving` knows the wire."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Condition
from urllib.parse import unquote

from contract_tests.wrong_servers.drawn.accounts import Account, Accounts
from contract_tests.wrong_servers.drawn.controlling import Controls
from contract_tests.wrong_servers.drawn.drawing import Draw
from contract_tests.wrong_servers.drawn.generating import Generations
from contract_tests.wrong_servers.drawn.images import picture_reply, placeholder_reply
from contract_tests.wrong_servers.drawn.orders import Body, Reader, UnreadableError, read_body
from contract_tests.wrong_servers.drawn.replies import Replies, Reply, page
from contract_tests.wrong_servers.drawn.throttling import Throttle
from contract_tests.wrong_servers.pace import Pace

PREFIX = "/api/v1/aiimage/"
_METHODS = {
    "check-availability": "GET",
    "versions": "GET",
    "recent-images": "GET",
    "generate-image": "POST",
}
_ODD = re.compile(r"<\w|\.\./|';|\$\{|%s")
_MODERATED = re.compile(r"\brotten\b|[\u0600-\u06ff]")


@dataclass(frozen=True)
class Request:
    """The names of headers are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    content: bytes

    @property
    def origin(self) -> str:
        return f"http://{self.headers.get('host', '127.0.0.1')}"

    @property
    def token(self) -> str:
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""


class Service:
    """One drawn server. control: whether it has the control API and opens an account for any token."""

    def __init__(self, drawn: Draw, pace: Pace, *, control: bool) -> None:
        self.drawn, self.pace = drawn, pace
        self.accounts = Accounts(drawn, pace, open_=control)
        self.replies = Replies(drawn)
        self._reader = Reader(drawn)
        self.throttle = Throttle(drawn, pace)
        self.changed = Condition()
        self._generations = Generations(drawn, self.accounts, self.replies)
        self._controls = Controls(self.accounts, self.changed) if control else None
        self._operations: dict[str, Callable[[Account, Request], Reply]] = {
            "check-availability": self._check,
            "versions": self._versions,
            "recent-images": self._recent,
        }

    def answer(self, request: Request) -> Reply:
        if self._controls and request.path.startswith("/_mock/"):
            return self._controls.answer(request.method, request.path, request.content)
        if not request.path.startswith(PREFIX):
            return self._outside(request)
        if self.drawn["CORS"] == "any origin" and request.method == "OPTIONS":
            wanted = request.headers.get("access-control-request-headers", "")
            return Reply(204, b"", "", {"Access-Control-Allow-Methods": "*", "Access-Control-Allow-Headers": wanted})
        if throttled := self.throttle.refusal(request.token):
            return throttled
        name = request.path.removeprefix(PREFIX)
        method = "GET" if request.method == "HEAD" else request.method
        if name not in _METHODS:
            return self._unknown(404, "The route does not exist.", {})
        if method != _METHODS[name]:
            return self._unknown(405, f"{request.method} is not supported here.", {"Allow": _METHODS[name]})
        return self._operate(name, request)

    def _operate(self, name: str, request: Request) -> Reply:
        if not self.accounts.valid(request.token):
            return self.replies.unauthenticated(request.headers.get("accept", ""))
        with self.changed:
            account = self.accounts.of(request.token)
            account.timeline.catch_up()
            self.changed.notify_all()
            if name != "generate-image":
                return self._operations[name](account, request)
        return self._generate(account, request)

    # Operations

    def _check(self, account: Account, request: Request) -> Reply:
        now = account.timeline.now()
        if account.lock.held(now):
            return self.replies.busy()
        if self.drawn["checks"] == "hold the lock for a moment" and not account.timeline.frozen:
            self._hold_for_a_moment(account, now)
        return self.replies.available()

    def _hold_for_a_moment(self, account: Account, now: int) -> None:
        number = self._generations.next_number()
        account.lock.take(number, now + 1)
        self.changed.wait(0.0001)
        account.lock.free(number)

    def _versions(self, account: Account, request: Request) -> Reply:
        return Reply(200, self.replies.versions())

    def _recent(self, account: Account, request: Request) -> Reply:
        pictures = self._generations.most_recent(account)
        return self.replies.recent(pictures, request.origin, account.timeline.now())

    def _generate(self, account: Account, request: Request) -> Reply:
        try:
            body = read_body(self.drawn, request.headers.get("content-type", ""), request.content)
        except UnreadableError:
            if self.drawn["unreadable JSON"] == "400 as HTML":
                return page(400, "Bad Request")
            body = Body({}, {})
        except LookupError:
            return self.replies.error(415, {"message": "This type of body is not supported."})
        if guarded := self._guarded(body):
            return guarded
        with self.changed:
            begun = self._generations.begin(account, self._reader.read(body))
            if isinstance(begun, Reply):
                return begun
            while not begun.done:
                account.timeline.wait(self.changed, begun.ends)
                account.timeline.catch_up()
                self.changed.notify_all()
            if begun.pictures is None:
                return self.replies.failed()
            return self.replies.made(begun.pictures, request.origin, account.timeline.now())

    def _guarded(self, body: Body) -> Reply | None:
        """Return the refusal of a firewall or of a moderation, which read texts only."""
        text = " ".join(value for value in body.fields.values() if isinstance(value, str))
        if self.drawn["firewall"] != "none" and _ODD.search(text):
            return page(403, "Request blocked")
        if self.drawn["moderation"] != "none" and _MODERATED.search(text):
            return self.replies.moderated()
        return None

    # Everything else

    def _unknown(self, status: int, message: str, headers: dict[str, str]) -> Reply:
        match self.drawn["unknown paths"]:
            case "404 as HTML":
                return page(status, "Not Found") if status == 404 else Reply(status, b"", "text/html", headers)
            case "405 without Allow":
                headers = {}
            case "404 for methods":
                status, headers = 404, {}
        reply = self.replies.error(status, {"message": message})
        return Reply(reply.status, reply.body, reply.media_type, headers)

    def _outside(self, request: Request) -> Reply:
        path = unquote(request.path).lstrip("/")
        if path.startswith("placeholders/"):
            return placeholder_reply(self.drawn)
        with self.changed:
            picture = self._generations.by_path.get(path.removeprefix("moved/").removeprefix("hop/"))
        if request.path == "/login":
            return page(200, "Sign in")
        if picture is None:
            return page(404, "Not Found")
        return self._way_to(path, request) or picture_reply(self.drawn, picture)

    def _way_to(self, path: str, request: Request) -> Reply | None:
        """Return a redirect or a refusal on the way to a picture."""
        raw = request.path.lstrip("/")
        moved = raw.removeprefix("moved/")
        match self.drawn["picture path"]:
            case "redirect" if moved == raw:
                return Reply(302, b"", "text/html", {"Location": f"{request.origin}/moved/{raw}"})
            case "two relative redirects" if moved == raw:
                hop = raw.startswith("hop/")
                onward = f"/moved/{raw.removeprefix('hop/')}" if hop else f"/hop/{raw}"
                return Reply(301 if hop else 307, b"", "", {"Location": onward})
            case "needs the token" if not self.accounts.valid(request.token):
                return page(403, "Forbidden")
        return None
