"""What every store can do."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from mock_server.domain.world import World

T = TypeVar("T")


class Store(Protocol):
    """Worlds by name."""

    async def read(self, name: str) -> World | None:
        """Return the world, or None if there is none yet."""
        ...

    async def update(self, name: str, change: Callable[[World | None], tuple[World, T]]) -> T:
        """Replace the world by what `change` makes of it, atomically, and return the outcome.

        `change` must be pure: it may be called again when somebody else was faster.
        """
        ...

    async def count(self) -> int:
        """Return how many worlds there are."""
        ...


class Shelf(Protocol[T]):
    """Values by key, written once. A bounded shelf lets go of what was longest not asked for."""

    async def get(self, key: str) -> T | None:
        """Return the value, or None if there is none or no longer."""
        ...

    async def put(self, key: str, value: T) -> None:
        """Keep the value."""
        ...
