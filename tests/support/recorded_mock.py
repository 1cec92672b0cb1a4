"""The mock as the service that is recorded, and as the mock at which a recording is replayed."""

import json
import urllib.request

from contract_tests.runner.target import Target
from support.recorded import FIGURES, target_at
from support.server import Server

TOKENS = {
    "primary": "demo",
    "secondary": "demo-secondary",
    "empty": "demo-empty",
    "low": "demo-low",
    "limited": "demo-limited",
    "almost_limited": "demo-almost-limited",
    "busy": "demo-busy",
    "invalid": "demo-invalid",
}
_DAILY_LIMIT = 50


def mock(*flags: str) -> Server:
    return Server(*flags)


def service_target(server: Server) -> Target:
    """Return the target of a mock that stands for a service, with the states that its accounts have."""
    _change(server, "demo-low", credits=FIGURES["low"])
    _change(server, "demo-almost-limited", used_today=_DAILY_LIMIT - FIGURES["almost_limited"])
    return target_at(server.origin, TOKENS)


def replay_target(server: Server) -> Target:
    return target_at(server.origin, {"primary": "anything"}, control=True)


def _change(server: Server, token: str, **state: int) -> None:
    headers = {"Content-Type": "application/json"}
    content = json.dumps(state).encode()
    request = urllib.request.Request(f"{server.origin}/_mock/worlds/{token}", content, headers, method="PATCH")
    with urllib.request.urlopen(request):
        pass
