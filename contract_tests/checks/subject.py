"""The account that a sequence is about: one of a mock whose clock is moved, or one of a live service."""

from contextlib import ExitStack
from typing import Protocol

from contract_tests.checks.world import Running, World
from contract_tests.client.api import Api, Fields
from contract_tests.client.call import Reply


class Attempt(Protocol):
    """A generation that was asked for."""

    @property
    def answered(self) -> bool: ...

    def reply(self) -> Reply: ...


class Subject(Protocol):
    api: Api

    @property
    def trail(self) -> tuple[Reply, ...]: ...

    def begin(self, fields: Fields) -> Attempt: ...

    def close(self) -> None: ...


class Answered:
    """A generation whose reply has come."""

    answered = True

    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    def reply(self) -> Reply:
        return self._reply


class Live:
    """An account of a live service: a generation is waited for."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self._before = len(api.trail)

    @property
    def trail(self) -> tuple[Reply, ...]:
        return tuple(self.api.trail[self._before :])

    def begin(self, fields: Fields) -> Answered:
        return Answered(self.api.generate_when_ready(fields))

    def close(self) -> None:
        """Nothing is left open."""


class Mocked:
    """An account of a mock: its clock stands still, so a generation goes on until time is moved."""

    def __init__(self, world: World) -> None:
        self.api, self.world = world.api, world
        self._open = ExitStack()
        self._open.enter_context(world.stopped())

    @property
    def trail(self) -> tuple[Reply, ...]:
        return self.world.trail

    def begin(self, fields: Fields) -> Running:
        return self.world.begin(fields)

    def close(self) -> None:
        self._open.close()
