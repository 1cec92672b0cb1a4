"""The programs that are measured."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from . import valkey
from .baselines import fixed

ROOT = Path(__file__).parents[1]
BARE = "bare"
ACCOUNTS = Path(__file__).with_name("accounts.yaml")
_MOCK = (sys.executable, "-m", "mock_server", "serve")
_WORKERS = 4


@dataclass(frozen=True)
class Beside:
    """A program that a server needs. pids: their CPU time and memory count as the server's; state: its URL."""

    pids: tuple[int, ...] = ()
    state: str = ""


@contextmanager
def _nothing() -> Iterator[Beside]:
    yield Beside()


@contextmanager
def _a_valkey() -> Iterator[Beside]:
    with valkey.served() as server:
        yield Beside((server.pid(),), server.url)


@dataclass(frozen=True)
class Contender:
    """A server. command: starts it on a port; refusing: the path of an invalid request, "" for that of a valid one;
    refused: the status of a refusal; warmup: in seconds; paints: whether it renders pictures; ours: whether the
    benchmark fails if it does; lacks: the reason why it cannot start here.
    """

    name: str
    about: str
    command: Callable[[int, Beside], list[str]]
    prefix: str = "/api/v1"
    refusing: str = ""
    refused: int = 422
    warmup: int = 1
    paints: bool = False
    ours: bool = True
    lacks: str = ""
    beside: Callable[[], AbstractContextManager[Beside]] = _nothing
    folder: Path = ROOT
    environment: Mapping[str, str] = field(default_factory=dict)


def _baseline(name: str, module: str, about: str, refusing: str = "") -> Contender:
    flags = ["--loop", "uvloop", "--http", "httptools", "--ws", "none", "--lifespan", "off"]
    quiet = ["--no-access-log", "--log-level", "warning", "--no-server-header"]
    app = f"benchmarks.baselines.{module}:app"
    called = [sys.executable, "-m", "uvicorn", app, *flags, *quiet]
    return Contender(name, about, lambda port, _: [*called, "--port", str(port)], refusing=refusing)


def _serve_mock(port: int, beside: Beside, workers: int = 1) -> list[str]:
    quick = ["--generation-time", "0", "--accounts", str(ACCOUNTS)]
    kept = ["--state", beside.state or "memory", "--workers", str(workers)]
    return [*_MOCK, "--port", str(port), *quick, *kept]


def baselines() -> list[Contender]:
    """Return the programs to compare with."""
    refused = fixed.REFUSED_PATH
    return [
        _baseline(
            BARE, "bare", "an ASGI program that sends fixed bytes, on uvicorn with uvloop and httptools", refused
        ),
        _baseline("starlette", "plain", "Starlette with one JSONResponse per route; it checks nothing", refused),
        _baseline("starlette-jsonschema", "checked", "the same, with the body parsed and checked by jsonschema-rs"),
    ]


def mock() -> Contender:
    return Contender("mock", "`aiimage-mock serve`, state in memory, with its access log", _serve_mock, paints=True)


def mock_on_valkey() -> Contender:
    return Contender(
        "mock on valkey",
        "`aiimage-mock serve --state redis://…`, with the valkey server on the same core and included in its figures",
        _serve_mock,
        paints=True,
        lacks=valkey.lacks(),
        beside=_a_valkey,
    )


def workers_on_valkey(count: int) -> Contender:
    return replace(
        mock_on_valkey(),
        name=f"{count} workers on valkey",
        about=f"the same with `--workers {count}`, all on that one core: it shows how much more a request costs",
        command=partial(_serve_mock, workers=count),
    )


def contenders() -> list[Contender]:
    """Return the contenders of `make bench`."""
    return [*baselines(), mock(), mock_on_valkey(), workers_on_valkey(_WORKERS)]
