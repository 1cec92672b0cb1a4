"""The health check, as a function and as a command."""

import socket
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from mock_server.cli import main
from mock_server.health import why_unhealthy
from support.listening import Handler, listening
from support.server import Server

OK = {"status": "ok"}


def answering(*answers: tuple[int, Any]) -> type[Handler]:
    """Return a handler that sends the answers in turn, and repeats the last one."""
    left = list(answers)

    class Answering(Handler):
        def answer(self) -> None:
            self.send_json(*(left.pop(0) if len(left) > 1 else left[0]))

    return Answering


def problem(*answers: tuple[int, Any], wait: float = 0) -> str:
    with listening(answering(*answers)) as where:
        host, _, port = where.partition(":")
        return why_unhealthy(host, int(port), wait)


def test_a_mock_is_healthy_with_or_without_its_control_api(server: Server) -> None:
    assert why_unhealthy("0.0.0.0", server.port) == ""
    with Server("--no-control") as closed:
        assert why_unhealthy(closed.host, closed.port) == ""


def test_the_message_of_an_unhealthy_mock_is_returned() -> None:
    assert problem((503, {"message": "Valkey is down."})) == "Valkey is down."


@pytest.mark.parametrize("answer", [(200, []), (200, {"status": 1}), (404, {}), (404, {"message": 1}), (200, None)])
def test_another_server_is_not_a_mock(answer: tuple[int, Any]) -> None:
    assert problem(answer) == "the server there is not a mock"


def test_a_mock_is_recognized_by_its_instance() -> None:
    with Server("--instance", "job-1") as server:
        assert why_unhealthy(server.host, server.port, instance="job-1") == ""
        other = why_unhealthy(server.host, server.port, instance="job-2")
        assert other == "another mock serves there: its instance is job-1, not job-2"
    with Server("--instance", "job-1", "--no-control") as closed:
        hidden = why_unhealthy(closed.host, closed.port, instance="job-1")
        assert hidden.startswith("a mock serves there that does not show its instance")


def test_each_start_has_an_instance_of_its_own() -> None:
    with Server() as one, Server() as other:
        ids = {httpx.get(f"{each.origin}/_mock/health").json()["instance"] for each in (one, other)}
    assert len(ids) == 2


@pytest.mark.parametrize("value", ["", "a b", "a" * 65, "a\n"])
def test_an_invalid_instance_is_refused(value: str) -> None:
    done = CliRunner().invoke(main, ["serve", "--instance", value])
    assert done.exit_code == 2
    assert "letters, digits" in done.output


def test_the_check_waits_for_a_mock_that_starts() -> None:
    down = (503, {"message": "Valkey is down."})
    assert problem(down, down, (200, OK), wait=30) == ""
    assert problem(down, (200, OK)) == "Valkey is down."


def test_the_command_exits_with_1_and_the_reason() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    done = CliRunner().invoke(main, ["health", "--port", str(port)])
    assert done.exit_code == 1
    assert done.output.startswith(f"Error: no mock serves at 127.0.0.1:{port}: nothing listens there")


def test_the_command_reads_the_variables_of_the_server(server: Server) -> None:
    done = CliRunner().invoke(main, ["health"], env={"AIIMAGE_MOCK_PORT": str(server.port)})
    assert (done.exit_code, done.output) == (0, "")
