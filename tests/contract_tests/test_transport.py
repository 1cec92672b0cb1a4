import shlex
from collections.abc import Callable

import httpx
import pytest

from contract_tests.errors import CouldNotLookError
from contract_tests.secret import Masker, Secret
from contract_tests.targets import Budget
from contract_tests.transport import Call, Transport
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
    aim = target(budget=Budget(requests_per_second=rate))
    client = httpx.Client(transport=httpx.MockTransport(answer), follow_redirects=False)
    return Transport(aim, Masker([Secret(TOKEN)]), client=client, clock=clock, sleep=clock.sleep)


def echo(request: httpx.Request) -> httpx.Response:
    return httpx.Response(
        200, json={"you sent": request.headers.get("authorization"), "body": request.content.decode()}
    )


def test_sends_the_token_and_records_none_of_it() -> None:
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


def test_records_an_upload_by_its_name_only() -> None:
    files = {"image_src": ("teapot.png", b"secret bytes", "image/png")}
    exchange = transport(echo).send(Call("POST", URL, fields={"type": "upscale"}, files=files)).exchange
    assert "image_src=@teapot.png" in exchange.curl
    assert "secret bytes" not in str(exchange.evidence("", "")["request"])


def test_a_form_without_a_file_is_still_multipart() -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["content-type"])
        return httpx.Response(200)

    transport(answer).send(Call("POST", URL, fields={"type": "upscale"}))
    assert seen[0].startswith("multipart/form-data; boundary=")


def test_bounds_what_it_records() -> None:
    reply = transport(lambda _: httpx.Response(200, text="x" * 100_000)).send(Call("GET", URL))
    assert len(reply.content) == 100_000
    assert len(reply.exchange.response_body) < 2100


def test_follows_no_redirect() -> None:
    answer = httpx.Response(302, headers={"location": "http://127.0.0.1:9/login"})
    reply = transport(lambda _: answer).send(Call("GET", URL))
    assert (reply.status, reply.exchange.response_headers["location"]) == (302, "http://127.0.0.1:9/login")


def test_keeps_the_pace() -> None:
    clock = Clock()
    paced = transport(echo, clock, rate=2)
    for _ in range(3):
        paced.send(Call("GET", URL))
    assert clock.sleeps == [0.5, 0.5]
    assert paced.requests == 3


def test_waits_where_the_service_throttles() -> None:
    clock = Clock()
    answers = iter([httpx.Response(429, headers={"retry-after": "7"}), httpx.Response(200)])
    assert transport(lambda _: next(answers), clock).send(Call("GET", URL)).status == 200
    assert 7 in clock.sleeps


def test_a_daily_limit_is_no_throttling() -> None:
    assert transport(lambda _: httpx.Response(429)).send(Call("GET", URL)).status == 429


def test_gives_up_where_the_throttling_does_not_end() -> None:
    throttled = transport(lambda _: httpx.Response(429, headers={"retry-after": "1"}))
    with pytest.raises(CouldNotLookError, match="throttled 3 times"):
        throttled.send(Call("GET", URL))


def test_no_reply_is_no_finding() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout(f"timed out with {TOKEN}", request=request)

    with pytest.raises(CouldNotLookError, match="got no reply: ReadTimeout") as caught:
        transport(answer).send(Call("GET", URL))
    assert TOKEN not in str(caught.value)


def test_a_body_that_is_no_json_cannot_be_judged() -> None:
    reply = transport(lambda _: httpx.Response(200, html="<h1>Hi</h1>")).send(Call("GET", URL))
    with pytest.raises(CouldNotLookError, match="no JSON \\(text/html"):
        reply.json()
