"""Whether a mock serves, asked by the command that health checks and pipelines use."""

import socket
from typing import Any

import pytest
from click.testing import CliRunner

from mock_server.cli import main
from mock_server.client import why_unhealthy
from support.listening import Handler, listening
from support.server import Server

OK = {"status": "ok"}


def answering(*answers: tuple[int, Any]) -> type[Handler]:
    """Return what answers one after the other, and the last again and again."""
    left = list(answers)

    class Answering(Handler):
        def answer(self) -> None:
            self.send_json(*(left.pop(0) if len(left) > 1 else left[0]))

    return Answering


def asked(*answers: tuple[int, Any], wait: float = 0) -> str:
    with listening(answering(*answers)) as where:
        host, _, port = where.partition(":")
        return why_unhealthy(host, int(port), wait)


def test_a_mock_that_serves_is_well_whether_or_not_it_has_a_control_api(server: Server) -> None:
    assert why_unhealthy("0.0.0.0", server.port) == ""
    with Server("--no-control") as closed:
        assert why_unhealthy(closed.host, closed.port) == ""


def test_what_keeps_a_mock_from_serving_is_told() -> None:
    assert asked((503, {"message": "Valkey is away."})) == "Valkey is away."


@pytest.mark.parametrize("answer", [(200, []), (200, {"status": 1}), (404, {}), (404, {"message": 1}), (200, None)])
def test_something_else_is_no_mock(answer: tuple[int, Any]) -> None:
    assert asked(answer) == "what answers is no mock"


def test_a_mock_that_is_not_there_yet_is_waited_for() -> None:
    away = (503, {"message": "Valkey is away."})
    assert asked(away, away, (200, OK), wait=30) == ""
    assert asked(away, (200, OK)) == "Valkey is away."


def test_the_command_ends_with_1_and_says_why() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    done = CliRunner().invoke(main, ["health", "--port", str(port)])
    assert done.exit_code == 1
    assert done.output.startswith(f"Error: no mock serves at 127.0.0.1:{port}: nothing answers: ")


def test_the_command_is_told_where_by_the_variables_of_the_server(server: Server) -> None:
    done = CliRunner().invoke(main, ["health"], env={"AIIMAGE_MOCK_PORT": str(server.port)})
    assert (done.exit_code, done.output) == (0, "")
