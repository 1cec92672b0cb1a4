"""The value of the pytest fixture `aiimage_mock`."""

import hashlib
import itertools
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Unpack

from .client import Control, ControlError, MockWorld, WorldState

if TYPE_CHECKING:
    from .proving.campaign import Campaign

__all__ = ["AiimageMock", "ControlError", "MockServer", "MockWorld"]

Asgi = Callable[[Any, Any, Any], Awaitable[None]]


class AiimageMock(MockWorld):
    """The world of one test, which can open more worlds."""

    def __init__(self, control: Control, token: str, app: Asgi | None) -> None:
        super().__init__(control, token)
        self._app = app
        self._numbers = itertools.count(2)
        self._others: list[MockWorld] = []
        self._campaign: Campaign | None = None
        self.cost_limit: int | None = None

    @property
    def app(self) -> Asgi:
        """The mock as an ASGI application, for clients in this process."""
        if self._app is None:
            raise RuntimeError("the mock at --aiimage-mock-url has no app: use base_url")
        return self._app

    def world(self, **state: Unpack[WorldState]) -> MockWorld:
        """Return another world in the given state. It is deleted at the end of the test."""
        __tracebackhide__ = True
        world = MockWorld(self._control, f"{self.token}-{next(self._numbers)}")
        world.begin(**state)
        self._others.append(world)
        return world

    def disasters(
        self,
        scenario: "Callable[[AiimageMock], Any]",
        mode: Literal["single", "pairs"] = "single",
        *,
        allow: Collection[str] = (),
        only: str | None = None,
        **state: Unpack[WorldState],
    ) -> "Campaign":
        """Run a client with every failure at every point of every request, in virtual time.

        scenario: is called with a mock in the given state, on a server of its own, and raises or returns as the client
        does; allow: kinds of findings that are accepted; only: one schedule, as in "2.charged". Return what was found;
        raise AssertionError if something was found that is not allowed.
        """
        __tracebackhide__ = True
        from .proving.scenarios import run_scenario

        self._campaign = run_scenario(scenario, AiimageMock, self.token, mode, allow, only, state)
        return self._campaign

    def assert_worst_cost(self, *, credits: int) -> None:  # noqa: A002 (the word for it)
        """Raise AssertionError if the client can cost more credits than that.

        After `disasters`: in its worst run. Else in this test so far, and with --aiimage-disasters in each of its runs.
        """
        __tracebackhide__ = True
        from .proving.scenarios import assert_cost

        self.cost_limit = credits
        assert_cost(self, self._campaign, credits)

    def end(self) -> None:
        """Delete this world and those that `world` returned."""
        while self._others:
            self._others.pop().end()
        super().end()


@dataclass(frozen=True, slots=True)
class MockServer:
    """The mock of a session. app: None if it runs elsewhere; run: distinguishes the sessions that use it."""

    control: Control
    app: Asgi | None = None
    run: str = ""

    def mock(self, test: str) -> AiimageMock:
        """Return the world of a test, named after its id: the same in every run, and unlike that of any other test."""
        name = hashlib.blake2b(f"{self.run} {test}".encode(), digest_size=8).hexdigest()
        return AiimageMock(self.control, f"test-{name}", self.app)
