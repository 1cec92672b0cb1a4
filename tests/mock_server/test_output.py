"""Standard output that is closed, full or no longer read."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

MOCK = f"{sys.executable} -m mock_server"
pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")


def run(command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the shell; a traceback is never right."""
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    return done


@pytest.mark.parametrize("command", ["spec", "spec --control", "rules"])
@pytest.mark.parametrize(("to", "reason"), [(">&-", "it is closed"), ("> /dev/full", "No space left on device")])
def test_a_document_that_cannot_be_written_is_an_error_in_one_sentence(command: str, to: str, reason: str) -> None:
    done = run(f"{MOCK} {command} {to}")
    assert (done.returncode, done.stderr) == (1, f"Error: standard output cannot be written: {reason}\n")


@pytest.mark.parametrize("command", ["spec", "rules", "--help"])
def test_a_reader_may_leave(command: str) -> None:
    assert run(f"{MOCK} {command} | head -1").stderr == ""


@pytest.mark.slow
@pytest.mark.parametrize("program", ["mock_server", "contract_tests"])
@pytest.mark.parametrize("command", ["--help", "nothing"])
@pytest.mark.parametrize("to", [">&-", "> /dev/full 2> /dev/full", ">&- 2>&-"])
def test_no_command_ends_in_a_traceback(program: str, command: str, to: str) -> None:
    run(f"{sys.executable} -m {program} {command} {to}")


@pytest.mark.slow
@pytest.mark.parametrize("to", [">&-", "> /dev/full", ">&- 2>&-", "2> /dev/full > /dev/full", "left by its reader"])
def test_a_mock_serves_without_its_output(to: str, tmp_path: Path) -> None:
    port = tmp_path / "port"
    # It writes its port where the test finds it: its greeting is lost.
    serve = (
        "import sys, mock_server.serving as serving; from pathlib import Path; bind = serving.bind\n"
        "def noted(*arguments):\n"
        "    listener = bind(*arguments)\n"
        f"    Path({str(port)!r}).write_text(str(listener.getsockname()[1]))\n"
        "    return listener\n"
        "serving.bind = noted\n"
        "from mock_server.cli import main; main(['serve', '--port', '0'])\n"
    )
    script = tmp_path / "serve.py"
    script.write_text(serve)
    shell = ["sh", "-c", f"exec {sys.executable} {script} {'' if to.startswith('left') else to}"]
    with subprocess.Popen(shell, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.close()
        while not (port.exists() and port.read_text()):
            assert process.poll() is None
        reply = httpx.get(f"http://127.0.0.1:{port.read_text()}/_mock/health", timeout=60)
        httpx.get(f"http://127.0.0.1:{port.read_text()}/api/v1/nowhere", timeout=60)
        process.terminate()
        assert process.stderr
        log = process.stderr.read()
    assert reply.json()["status"] == "ok"
    assert b"Traceback" not in log
