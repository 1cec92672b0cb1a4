import shlex
from collections.abc import Callable

import httpx
import pytest

from contract_tests.client.budget import Budget
from contract_tests.client.call import Call
from contract_tests.client.masking import Masker, Secret
from contract_tests.client.transport import Transport
from contract_tests.errors import InconclusiveError, NoReplyError, TargetLostError
from contract_tests.runner.target import Limits
from support.conformance import TOKEN, target

URL = "http://127.0.0.1:9/api/v1/aiimage/generate-image"
Answer = Callable[[httpx.Request], httpx.Response]


class Clock:
    def __init__(self) -> None:
        self.now = 0.0
        self.sleeps: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds


def transport(answer: Answer, clock: Clock | None = None, rate: float = 1000) -> Transport:
    clock = clock or Clock()
    aim = target(budget=Limits(requests_per_second=rate))
    client = httpx.Client(transport=httpx.MockTransport(answer), follow_redirects=False)
    return Transport(aim, Masker([Secret(TOKEN)]), Budget(9), client=client, clock=clock, sleep=clock.sleep)


def echo(request: httpx.Request) -> httpx.Response:
    return httpx.Response(
        200, json={"you sent": request.headers.get("authorization"), "body": request.content.decode()}
    )


def test_sends_the_token_but_does_not_record_it() -> None:
    reply = transport(echo).send(Call("POST", URL, "primary", Secret(TOKEN), json={"description": TOKEN}))
    assert TOKEN in reply.content.decode()
    recorded = f"{reply.exchange} {reply.exchange.evidence('', '')} {reply.exchange.curl}"
    assert TOKEN not in recorded
    assert "$AIIMAGE_TOKEN" in reply.exchange.curl


def test_curl_repeats_the_request() -> None:
    exchange = transport(echo).send(Call("POST", URL, token=Secret(TOKEN), json={"mood": "it's"})).exchange
    words = shlex.split(exchange.curl)
    assert words[:5] == ["curl", "-sS", "-i", "-X", "POST"]
    assert "Authorization: Bearer $AIIMAGE_TOKEN" in words
    assert words[words.index("--data-raw") + 1] == '{"mood": "it\'s"}'


def test_records_only_the_name_of_an_upload() -> None:
    files = {"image_src": ("teapot.png", b"secret bytes", "image/png")}
    exchange = transport(echo).send(Call("POST", URL, fields={"type": "upscale"}, files=files)).exchange
    assert 'filename="teapot.png";type=image/png' in exchange.curl
    assert "secret bytes" not in str(exchange.evidence("", "")["request"])


def test_a_form_without_a_file_is_still_multipart() -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["content-type"])
        return httpx.Response(200)

    transport(answer).send(Call("POST", URL, fields={"type": "upscale"}))
    assert seen[0].startswith("multipart/form-data; boundary=")


def test_truncates_recorded_bodies() -> None:
    reply = transport(lambda _: httpx.Response(200, text="x" * 100_000)).send(Call("GET", URL))
    assert len(reply.content) == 100_000
    assert len(reply.exchange.response_body) < 2100


def test_follows_no_redirect() -> None:
    answer = httpx.Response(302, headers={"location": "http://127.0.0.1:9/login"})
    reply = transport(lambda _: answer).send(Call("GET", URL))
    assert (reply.status, reply.exchange.response_headers["location"]) == (302, "http://127.0.0.1:9/login")


def test_limits_the_rate_of_requests() -> None:
    clock = Clock()
    paced = transport(echo, clock, rate=2)
    for _ in range(3):
        paced.send(Call("GET", URL))
    assert clock.sleeps == [0.5, 0.5]
    assert paced.requests == 3


def test_waits_when_the_service_throttles() -> None:
    clock = Clock()
    answers = iter([httpx.Response(429, headers={"retry-after": "7"}), httpx.Response(200)])
    assert transport(lambda _: next(answers), clock).send(Call("GET", URL)).status == 200
    assert 7 in clock.sleeps


def test_a_daily_limit_is_not_throttling() -> None:
    daily = httpx.Response(429, json={"message": "No more images today."})
    assert transport(lambda _: daily).send(Call("POST", URL, images=1)).status == 429
    tomorrow = httpx.Response(429, headers={"retry-after": "30000"})
    assert transport(lambda _: tomorrow).send(Call("POST", URL, images=1)).status == 429


def test_slows_down_after_throttling() -> None:
    clock = Clock()
    answers = iter([httpx.Response(429, headers={"retry-after": "0"}), httpx.Response(200), httpx.Response(200)])
    paced = transport(lambda _: next(answers), clock, rate=1)
    for _ in range(2):
        paced.send(Call("GET", URL))
    assert clock.sleeps == [0.0, 1.0, 2.0]
    assert paced.requests_per_second == 0.5


def test_gives_up_when_throttling_does_not_end() -> None:
    throttled = transport(lambda _: httpx.Response(429, headers={"retry-after": "1"}))
    with pytest.raises(InconclusiveError, match="throttled 4 times"):
        throttled.send(Call("GET", URL))


def test_a_missing_reply_is_not_a_finding() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout(f"timed out with {TOKEN}", request=request)

    with pytest.raises(InconclusiveError, match="got no reply: ReadTimeout") as caught:
        transport(answer).send(Call("GET", URL))
    assert TOKEN not in str(caught.value)


def test_retries_a_safe_request_once_after_a_broken_connection() -> None:
    methods: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        methods.append(request.method)
        if len(methods) == 1:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.", request=request)
        return httpx.Response(200)

    assert transport(answer).send(Call("GET", URL)).status == 200
    assert methods == ["GET", "GET"]


@pytest.mark.parametrize("status", [502, 503, 504])
def test_retries_a_get_once_that_a_gateway_answered(status: int) -> None:
    answers = iter([httpx.Response(status, html="<h1>Bad Gateway</h1>"), httpx.Response(200)])
    clock = Clock()
    assert transport(lambda _: next(answers), clock).send(Call("GET", URL)).status == 200
    assert 0.5 in clock.sleeps


def test_does_not_retry_an_error_of_the_service_or_a_generation() -> None:
    own = transport(lambda _: httpx.Response(503, json={"status": "error", "message": "Down."}))
    assert (own.send(Call("GET", URL)).status, own.requests) == (503, 1)
    gateway = transport(lambda _: httpx.Response(502, html="<h1>Bad Gateway</h1>"))
    assert (gateway.send(Call("POST", URL, images=1)).status, gateway.requests) == (502, 1)


def test_does_not_wait_for_a_gateway_that_stays() -> None:
    clock = Clock()
    away = transport(lambda _: httpx.Response(502, html="<h1>Bad Gateway</h1>"), clock)
    assert [away.send(Call("GET", URL)).status for _ in range(10)] == [502] * 10
    assert clock.sleeps.count(0.5) == 3


def test_an_unknown_authority_names_the_key_for_it() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        text = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate"
        raise httpx.ConnectError(text, request=request)

    with pytest.raises(NoReplyError, match=r"tls\.ca_bundle in the target file"):
        transport(answer).send(Call("GET", URL))


def test_records_when_a_request_was_sent_and_how_the_service_calls_it() -> None:
    headers = {"X-Request-Id": "7f3e", "CF-RAY": "8c-FRA", "X-RateLimit-Remaining": "3", "X-Session": "abc", "Via": "p"}
    client = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, headers=headers)))
    sender = Transport(target(), Masker([]), Budget(9), client=client, sleep=lambda _: None, now=lambda: 1772100000.25)
    exchange = sender.send(Call("GET", URL)).exchange
    assert exchange.utc == "2026-02-26T10:00:00.250Z"
    assert exchange.evidence("", "")["request"]["sent_at"] == exchange.utc
    assert exchange.request_ids == {"x-request-id": "7f3e", "cf-ray": "8c-FRA"}
    others = {"x-ratelimit-remaining": "3", "x-session": "***", "via": "p"}
    assert exchange.response_headers.items() >= others.items()


@pytest.mark.parametrize(
    ("error", "spent"),
    [(httpx.ReadTimeout, 2), (httpx.RemoteProtocolError, 2), (httpx.ReadError, 2), (httpx.ConnectError, 0)],
)
def test_counts_credits_of_a_request_that_may_have_been_served(error: type[httpx.TransportError], spent: int) -> None:
    methods: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        methods.append(request.method)
        raise error("no reply", request=request)

    silent = transport(answer)
    with pytest.raises(NoReplyError):
        silent.send(Call("POST", URL, images=2))
    assert (silent.budget.spent, methods) == (spent, ["POST"])


def test_counts_credits_of_more_images_than_requested() -> None:
    body = {"images": [{"id": 1}, {"id": 2}, {"id": 3}]}
    generous = transport(lambda _: httpx.Response(200, json=body))
    generous.send(Call("POST", URL, images=1))
    assert generous.budget.spent == 3


@pytest.mark.parametrize(
    ("body", "spent"), [({"errors": {"size": ["No."]}}, 0), ({"message": "No."}, 1), ({"errors": {"host": ["No."]}}, 1)]
)
def test_counts_no_credit_of_a_400_that_names_a_parameter(body: dict[str, object], spent: int) -> None:
    refusing = transport(lambda _: httpx.Response(400, json=body))
    refusing.send(Call("POST", URL, "primary", json={"size": "256x256"}, images=1))
    assert refusing.budget.spent == spent


def test_a_service_that_stops_answering_is_lost() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("timed out", request=request)

    silent = transport(answer)
    for _ in range(3):
        with pytest.raises(NoReplyError):
            silent.send(Call("GET", URL))
    with pytest.raises(TargetLostError, match="4 requests in a row got no reply"):
        silent.send(Call("GET", URL))


def test_an_invalid_url_is_inconclusive() -> None:
    with pytest.raises(InconclusiveError, match="is not a URL"):
        transport(echo).send(Call("GET", "http://h:port/uploads/t.png"))


def test_a_body_that_is_not_json_is_inconclusive() -> None:
    reply = transport(lambda _: httpx.Response(200, html="<h1>Hi</h1>")).send(Call("GET", URL))
    with pytest.raises(InconclusiveError, match="not JSON \\(text/html"):
        reply.json()


def test_listeners_are_called_before_and_after_each_attempt() -> None:
    log: list[str] = []
    answers = iter([httpx.Response(502, html="<h1>Bad Gateway</h1>"), httpx.Response(200)])
    listened = transport(lambda _: next(answers))
    listened.starting.append(lambda call: log.append(f"starting {call.method}"))
    listened.listeners.append(lambda sent: log.append(f"sent {sent.reply.status if sent.reply else sent.error}"))
    listened.send(Call("GET", URL))
    assert log == ["starting GET", "sent 502", "starting GET", "sent 200"]


def test_listeners_are_called_for_an_address_that_cannot_be_resolved() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.InvalidURL("no such host")

    errors: list[str] = []
    listened = transport(answer)
    listened.listeners.append(lambda sent: errors.append(sent.error))
    with pytest.raises(InconclusiveError, match="is not a URL"):
        listened.send(Call("GET", URL))
    assert len(errors) == 1
