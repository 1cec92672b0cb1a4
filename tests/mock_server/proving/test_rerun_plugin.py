"""Tests that run again: their fixtures, their ends, and the reports of the first run."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.project import Project
from support.proofs import SENTENCE, results, sentences

WIDE = """
made = []

@pytest.fixture(scope="module")
def client(module_aiimage_mock):
    made.append("client")
    module_aiimage_mock.change(credits=5)
    return module_aiimage_mock

@pytest.fixture
def order(client):
    made.append("order")
    yield lambda: generate(client)[0]
    made.append("end")

class TestClass:
    def test_first(self, order, client):
        assert order() == 200
        assert client.state["credits"] == 4

    @pytest.mark.parametrize("left", [3, 2])
    def test_second(self, order, client, left):
        client.clock.advance(10)
        assert order() == 200
        assert client.state["credits"] == left

def test_fixtures():
    assert made.count("client") == 1
    assert made.count("order") == made.count("end") > 60

@pytest.mark.parametrize("number", [1, 2])
def test_session(session_aiimage_mock, number):
    session_aiimage_mock.clock.advance(10)
    generate(session_aiimage_mock)
    assert session_aiimage_mock.state["used_today"] == number
"""


@pytest.mark.slow
def test_own_fixtures_are_set_up_again_and_wider_ones_keep_their_state(project: Project, tmp_path: Path) -> None:
    project.passes(WIDE, "--aiimage-readings")
    assert results(tmp_path)["readings"] == []
    tried = results(tmp_path)["tried"]["readings"]
    assert (tried["tests"], tried["runs"]) == (5, 5 * tried["readings"])


ASYNC = """
import httpx

@pytest.fixture
def anyio_backend():
    return "asyncio"

@pytest.mark.anyio
async def test_lock(aiimage_mock):
    aiimage_mock.clock.freeze()
    form = {**DALLE, "image_number_of_images": 1}
    transport = httpx.ASGITransport(aiimage_mock.app)
    async with httpx.AsyncClient(transport=transport, base_url=aiimage_mock.base_url) as client:
        for _ in range(2):
            reply = await client.post("/aiimage/generate-image", json=form, headers=aiimage_mock.headers)
            assert reply.status_code == 200
"""


@pytest.mark.slow
def test_async_tests_are_run_again(project: Project, tmp_path: Path) -> None:
    project.passes(ASYNC, "--aiimage-readings=each", "-p", "anyio")
    assert sentences(tmp_path) == [SENTENCE]


ODD = """
def test_red(aiimage_mock):
    assert generate(aiimage_mock)[0] == 500

def test_skipped(aiimage_mock):
    pytest.skip()

runs = []
def test_once(aiimage_mock):
    runs.append(1)
    assert runs == [1]

opened = []
def test_leaves_a_file_open(aiimage_mock, tmp_path):
    opened.append(1)
    if len(opened) > 1:
        open(tmp_path / "file", "w")

def test_endless(aiimage_mock):
    aiimage_mock.clock.freeze()
    generate(aiimage_mock)
    while call(aiimage_mock, "GET", "check-availability")[0] == 409:
        pass

@pytest.mark.parametrize("name", ["a"])
def test_prints(aiimage_mock, name, capsys, caplog, record_property):
    record_property("name", name)
    print("hello")
    assert capsys.readouterr().out == "hello\\n"
"""


@pytest.mark.slow
def test_tests_that_cannot_be_run_again_are_only_listed(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mock_server.proving.rerun_plugin._LEAST_SECONDS", 4.0)
    done = project.pytest(ODD, "--aiimage-readings=each", "--junit-xml=junit.xml", "-ojunit_family=xunit1")
    assert "1 failed, 4 passed, 1 skipped" in done.stdout, done.stdout
    not_run = results(tmp_path)["tried"]["readings"]["not_run"]
    assert not_run.pop("test_it.py::test_once").startswith("it does not pass a second time (failed: assert [1, 1")
    assert not_run == {
        "test_it.py::test_red": "it does not pass under the defaults (failed)",
        "test_it.py::test_skipped": "it does not pass under the defaults (skipped)",
    }
    (endless,) = results(tmp_path)["readings"]
    assert endless["reading"] == {"lock_release": "expiry"}
    assert endless["message"].startswith("Failed: it did not end within ")
    assert (tmp_path / "junit.xml").read_text().count("<property ") == 1
    assert (tmp_path / "junit.xml").read_text().count("<testcase ") == 6


SWALLOWING = """
import os, signal
runs = []

class Connection:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)

def test_swallows(aiimage_mock):
    runs.append(1)
    if len(runs) == 4:
        CLIENT
    generate(aiimage_mock)

def test_after(aiimage_mock):
    raise AssertionError("it runs")
"""
CLIENTS = {
    "a destructor": "Connection()",
    "a client that catches everything": "try: os.kill(os.getpid(), signal.SIGINT)\n        except BaseException: pass",
}


@pytest.fixture
def interruptible() -> Iterator[None]:
    """A shell has its background jobs ignore SIGINT."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.slow
@pytest.mark.usefixtures("interruptible")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("option", ["--aiimage-readings=each", "--aiimage-disasters"])
@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS.keys())
def test_an_interrupt_ends_the_run_even_if_it_is_swallowed(
    project: Project, tmp_path: Path, client: str, option: str
) -> None:
    before = signal.getsignal(signal.SIGINT)
    done = project.pytest(SWALLOWING.replace("CLIENT", client), option)
    assert done.returncode == pytest.ExitCode.INTERRUPTED
    assert signal.getsignal(signal.SIGINT) is before
    (tried,) = [each for each in results(tmp_path)["tried"].values() if each]
    assert (tried["tests"], "it runs" in done.stdout) == (1, False)
