"""The recorder: numbers in order of sending, and a usable recording at every moment, whatever ends the run."""

import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from contract_tests.client.call import Call
from contract_tests.client.control import Control
from contract_tests.client.masking import Secret
from contract_tests.errors import NoReplyError
from contract_tests.recordings.model import UNANSWERED, read_recording
from contract_tests.recordings.recorder import Recorder
from contract_tests.runner.run import Run
from support.listening import Handler, listening
from support.recordings import Clock, answering

_PATIENCE_SECONDS = 30


def call(run: Run, path: str = "/aiimage/versions", role: str = "primary") -> Call:
    return Call("GET", run.target.base_url + path, role, Secret("t"))


def answer(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"dall-e": "dalle3"})


def recorder(run: Run, folder: Path) -> Recorder:
    found = Recorder(folder, run)
    found.start()
    return found


def test_a_run_that_is_killed_leaves_what_was_recorded(tmp_path: Path) -> None:
    clock = Clock()
    run = answering(answer, clock)
    recorder(run, tmp_path).purpose = "the versions"
    for _ in range(3):
        clock.sleep(2)
        run.transport.send(call(run))
    recording = read_recording(tmp_path)
    assert recording.manifest.stopped == "the recording was interrupted"
    assert [(exchange.number, exchange.purpose, exchange.sent) for exchange in recording.exchanges] == [
        (1, "the versions", 2),
        (2, "the versions", 4),
        (3, "the versions", 6),
    ]


def test_calls_in_several_threads_are_numbered_in_the_order_of_sending(tmp_path: Path) -> None:
    order: list[str] = []
    second_is_answered = threading.Event()

    def slow(request: httpx.Request) -> httpx.Response:
        order.append(request.url.path)
        if request.url.path.endswith("first"):
            assert second_is_answered.wait(_PATIENCE_SECONDS)
        return answer(request)

    run = answering(slow, Clock())
    ours = recorder(run, tmp_path)
    thread = threading.Thread(target=run.transport.send, args=(call(run, "/first"),))
    thread.start()
    while not order:
        threading.Event().wait(0.001)
    run.transport.send(call(run, "/second"))
    written = {exchange.number: exchange.error for exchange in read_recording(tmp_path).exchanges}
    assert written == {1: UNANSWERED, 2: None}
    second_is_answered.set()
    thread.join()
    ours.finish()
    found = read_recording(tmp_path)
    assert [(exchange.number, exchange.request.target) for exchange in found.exchanges] == [
        (1, "/first"),
        (2, "/second"),
    ]
    assert found.manifest.stopped is None


def test_a_call_without_a_reply_yet_is_written_at_the_end(tmp_path: Path) -> None:
    ended = threading.Event()

    def hang(request: httpx.Request) -> httpx.Response:
        assert ended.wait(_PATIENCE_SECONDS)
        return answer(request)

    run = answering(hang, Clock())
    ours = recorder(run, tmp_path)
    thread = threading.Thread(target=run.transport.send, args=(call(run),))
    thread.start()
    while not ours.count:
        threading.Event().wait(0.001)
    ours.finish("it was interrupted")
    ended.set()
    thread.join()
    (exchange,) = read_recording(tmp_path).exchanges
    assert (exchange.response, exchange.error) == (None, "the recording ended before its reply")


def test_calls_of_the_control_api_are_not_recorded(tmp_path: Path) -> None:
    run = answering(answer, Clock())
    ours = recorder(run, tmp_path)
    run.transport.send(call(run, "/_mock/health", "control"))
    run.transport.send(call(run))
    ours.finish()
    assert [exchange.operation for exchange in read_recording(tmp_path).exchanges] == ["getVersions"]


def test_each_attempt_is_an_exchange(tmp_path: Path) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused by zorblax", request=request)

    run = answering(refuse, Clock())
    ours = recorder(run, tmp_path)
    with pytest.raises(NoReplyError):
        run.transport.send(call(run))
    ours.finish()
    found = read_recording(tmp_path).exchanges
    assert [exchange.number for exchange in found] == [1, 2]
    assert all(exchange.error and "ConnectError" in exchange.error for exchange in found)
    assert all("zorblax" not in str(exchange.error) for exchange in found)


def test_a_fault_of_the_recorder_ends_the_recording_and_not_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = answering(answer, Clock())
    ours = recorder(run, tmp_path)
    monkeypatch.setattr(ours.sanitiser, "json", lambda value: 1 / 0)
    assert run.transport.send(call(run)).status == 200
    ours.finish()
    recording = read_recording(tmp_path)
    assert [exchange.error for exchange in recording.exchanges] == [UNANSWERED]
    assert recording.manifest.stopped == "a fault of the suite: ZeroDivisionError"


class Hanging(Handler):
    """Answers the first calls, and then none."""

    count = 0
    ended = threading.Event()

    def answer(self) -> None:
        type(self).count += 1
        if type(self).count > 5:
            self.ended.wait(_PATIENCE_SECONDS)
        with suppress(OSError):  # the command is gone
            self.send_json(200, {"dall-e": "dalle3"})


@pytest.mark.parametrize("end", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
def test_a_signal_ends_the_recording_with_a_sentence(end: signal.Signals, tmp_path: Path) -> None:
    Hanging.count, Hanging.ended = 0, threading.Event()
    with listening(Hanging) as host:
        arguments = ["record", "--base-url", f"http://{host}/api/v1", "--token", "t", "--out", str(tmp_path / "r")]
        command = [sys.executable, "-m", "contract_tests", *arguments]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
            while Hanging.count <= 5 and process.poll() is None:
                threading.Event().wait(0.01)
            process.send_signal(end)
            output, _ = process.communicate(timeout=_PATIENCE_SECONDS)
        Hanging.ended.set()
    assert process.returncode == 3, output
    assert f"The recording is partial: it was interrupted ({end.name})." in output
    assert "Traceback" not in output
    recording = read_recording(tmp_path / "r")
    assert [exchange.number for exchange in recording.exchanges] == [1, 2, 3, 4, 5, 6]
    assert recording.exchanges[-1].error == "the recording ended before its reply"
    assert recording.manifest.stopped == f"it was interrupted ({end.name})"


def test_the_time_by_which_the_clock_of_a_mock_is_moved_counts_as_waited(tmp_path: Path) -> None:
    clock = Clock()
    run = answering(answer, clock)
    ours = recorder(run, tmp_path)
    control = Control(run.target.origin, run.transport)
    primary = run.target.accounts["primary"].secret
    run.transport.send(call(run))
    control.move(primary, advance=11)
    control.move(Secret("the world of one test"), advance=50)
    control.move(primary, freeze=True)
    run.transport.send(call(run))
    ours.finish()
    # The transport itself pauses a little between two requests.
    assert [round(exchange.sent) for exchange in read_recording(tmp_path).exchanges] == [0, 11]
