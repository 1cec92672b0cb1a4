"""Scenes: what a setting changes, played on a mock in this process."""

from collections.abc import Callable, Coroutine
from typing import Any

from starlette.types import ASGIApp

from support.account import Account

Scene = Callable[[ASGIApp, Account], Coroutine[Any, Any, None]]
SCENES: list[tuple[dict[str, Any], Scene]] = []


def scene(**behaves: Any) -> Callable[[Scene], Scene]:
    """Register a scene that runs on a mock with these settings."""

    def added(function: Scene) -> Scene:
        SCENES.append((behaves, function))
        return function

    return added
