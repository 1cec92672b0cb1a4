"""The suite's use of the control API: whose clock is set."""

import json
from typing import Any

import httpx
import pytest

from contract_tests.client.budget import Budget
from contract_tests.client.control import Control
from contract_tests.client.masking import Masker, Secret
from contract_tests.client.transport import Transport
from contract_tests.runner.target import Limits, Target

TARGET = Target("http://127.0.0.1:9/api/v1", {}, budget=Limits(requests_per_second=1e6))


def clocks_set(settings: Any, *, declared: bool) -> list[str]:
    """Return for which accounts the clock is set when two are opened. settings: as the mock tells them, if it does."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/_mock/behaviour":
            return httpx.Response(404) if settings is None else httpx.Response(200, json=settings)
        if request.url.path.endswith("/clock") and "set" in json.loads(request.content):
            asked.append(request.url.path.split("/")[-2])
        return httpx.Response(200, json={})

    client = httpx.Client(transport=httpx.MockTransport(answer))
    control = Control(TARGET.origin, Transport(TARGET, Masker([]), Budget(0), client=client), one_clock=declared)
    for token in ("one", "other"):
        control.open(Secret(token), {})
    return asked


@pytest.mark.parametrize(
    ("scope", "declared", "accounts"),
    [
        ("account", False, ["one", "other"]),
        # It would go back for those opened before, whose locks would seem to last for hours.
        ("global", False, ["one"]),
        (None, True, ["one"]),
        (None, False, ["one", "other"]),
    ],
)
def test_a_shared_clock_is_set_once_also_if_the_target_does_not_say_that_it_is_shared(
    scope: str | None, declared: bool, accounts: list[str]
) -> None:
    settings = None if scope is None else [{"name": "lock_scope", "value": scope}]
    assert clocks_set(settings, declared=declared) == accounts
