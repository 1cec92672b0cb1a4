"""The router of the API's paths, and applications that are created on first use."""

import asyncio
from typing import Any

import pytest

from mock_server.http.connections import connection_of
from mock_server.http.routing import LazyApp, PathRouter


class App:
    """Records the scopes that it gets; breaks the connection if `breaks`."""

    def __init__(self, breaks: bool = False) -> None:
        self.scopes: list[Any] = []
        self._breaks = breaks

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scopes.append(scope)
        if self._breaks:
            connection_of(scope).end("reset")


def request(app: Any, path: str, kind: str = "http") -> None:
    async def unused(*_: Any) -> Any:
        raise AssertionError

    asyncio.run(app({"type": kind, "path": path}, unused, unused))


@pytest.mark.parametrize(
    ("path", "number", "parameters"),
    [
        ("/images/new", 0, None),
        ("/images/7", 1, {"id": "7"}),
        ("/images/7/parts", 2, None),
        ("/images/", 2, None),
        ("/nowhere", 2, None),
    ],
)
def test_an_exact_path_precedes_one_with_parameters_and_the_others_come_last(
    path: str, number: int, parameters: dict[str, str] | None
) -> None:
    apps = [App(), App(), App()]
    request(PathRouter({"/images/{id}": apps[1], "/images/new": apps[0]}, apps[2]), path)
    assert [len(app.scopes) for app in apps] == [int(index == number) for index in range(3)]
    assert apps[number].scopes[0].get("path_params") == parameters


def test_a_scope_that_is_not_http_goes_to_the_other_application() -> None:
    exact, other = App(), App()
    request(PathRouter({"/socket": exact}, other), "/socket", "websocket")
    assert (len(exact.scopes), len(other.scopes)) == (0, 1)


def test_a_broken_connection_without_a_socket_raises_an_error() -> None:
    with pytest.raises(ConnectionResetError, match="a fault broke the connection"):
        request(PathRouter({"/": App(breaks=True)}, App()), "/")


def test_a_lazy_application_is_created_once_on_its_first_request() -> None:
    made: list[App] = []

    def make() -> App:
        made.append(App())
        return made[-1]

    lazy = LazyApp(make)
    assert made == []
    for _ in range(2):
        request(lazy, "/")
    assert [len(app.scopes) for app in made] == [2]
