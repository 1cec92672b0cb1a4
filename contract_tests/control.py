"""The control API of the mock, as far as the suite uses it."""

from typing import Any
from urllib.parse import quote

from contract_tests.errors import CouldNotLookError
from contract_tests.secret import Secret
from contract_tests.transport import Call, Transport


class Control:
    """Reads and sets the state of accounts, where the target says that the mock may be asked."""

    def __init__(self, origin: str, transport: Transport) -> None:
        self._base = f"{origin}/_mock"
        self._transport = transport

    def health(self) -> None:
        """Make sure that the mock is there."""
        health = self._ask("GET", "/health")
        if not isinstance(health, dict) or health.get("status") != "ok":
            raise CouldNotLookError(f"its health is {health}")

    def reset(self, token: Secret) -> Any:
        """Give an account the state in which it was first opened."""
        return self._ask("PUT", self._world(token), {})

    def world(self, token: Secret) -> Any:
        return self._ask("GET", self._world(token))

    def change(self, token: Secret, **state: Any) -> Any:
        return self._ask("PATCH", self._world(token), state)

    def _world(self, token: Secret) -> str:
        return f"/worlds/{quote(token.reveal(), safe='')}"

    def _ask(self, method: str, path: str, state: dict[str, Any] | None = None) -> Any:
        reply = self._transport.send(Call(method, self._base + path, role="control", json=state))
        if reply.status not in {200, 201}:
            raise CouldNotLookError(
                f"the control API answered {reply.exchange.method} {reply.exchange.url} with {reply.status}"
            )
        return reply.json()
