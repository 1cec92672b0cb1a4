"""The command aiimage-mock."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from mock_server import __version__, resources
from mock_server.cli import main
from mock_server.extras import install_command
from support.server import Server
from support.valkey import Valkey


def run(*arguments: str, **environment: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, arguments, env=environment)
    return result.exit_code, result.output


def test_spec_and_rules_print_the_contract() -> None:
    assert run("spec") == (0, resources.DOCUMENT.read_text())
    assert run("spec", "--control") == (0, resources.CONTROL.read_text())
    assert run("rules") == (0, resources.RULES.read_text())


def test_workers_that_cannot_share_their_state_are_refused() -> None:
    remedy = "add --state redis://HOST:PORT, or omit --workers"
    refused = (2, f"Error: --workers 2 requires a state that workers can share: {remedy}\n")
    assert run("serve", "--workers", "2") == refused
    assert run("serve", AIIMAGE_MOCK_WORKERS="2") == refused


def test_version() -> None:
    assert run("--version") == (0, f"aiimage-mock, version {__version__}\n")


def test_every_flag_is_in_the_help_with_its_environment_variable() -> None:
    status, text = run("serve", "--help")
    flags = set(re.findall(r"--[a-z-]+", text)) - {"--help"}
    assert status == 0
    for flag in flags:
        assert f"AIIMAGE_MOCK_{flag[2:].replace('-', '_').upper()}" in re.sub(r"\s+", "", text), flag


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--port", "70000"], "Invalid value for '--port' (env var: 'AIIMAGE_MOCK_PORT'): 70000 is not in the range"),
        (["--port", "http"], "'http' is not a valid whole number"),
        (["--generation-time", "soon"], "'soon' is not a valid number of seconds"),
        (["--generation-time", "-1"], "Invalid value for '--generation-time'"),
        (["--generation-time", "nan"], "Invalid value for '--generation-time'"),
        (["--log-format", "xml"], "'xml' is not one of 'text', 'json'"),
        (["--accounts", "/nowhere.yaml"], "--accounts: /nowhere.yaml cannot be read: No such file or directory"),
        (["--behaviour", "/tmp"], "--behaviour: /tmp cannot be read: Is a directory"),
        (["--scenario", "nowhere"], "--scenario: unknown scenario nowhere; known: bad-network, before-midnight"),
        (["--host", "nowhere.invalid"], "--host: nowhere.invalid is not an address or a name of this machine"),
        (["--host", "192.0.2.1"], "--host: 192.0.2.1:8010 cannot be bound: Cannot assign requested address\n"),
        (["--state", "disk"], "--state: it takes memory, redis://[USER:PASSWORD@]HOST"),
        (["--state", "redis://x:secret@127.0.0.1:1"], "--state: redis://127.0.0.1:1/0 cannot be reached"),
        (["--colour", "red"], "No such option '--colour'"),
    ],
)
def test_a_bad_flag_is_one_sentence_and_status_2(arguments: list[str], message: str) -> None:
    status, text = run("serve", *arguments)
    assert status == 2
    assert message in text
    assert "Traceback" not in text
    assert "secret" not in text


def test_a_bad_environment_variable_is_named() -> None:
    status, text = run("serve", AIIMAGE_MOCK_PORT="many")
    assert status == 2
    assert "AIIMAGE_MOCK_PORT" in text


def test_a_port_in_use_is_one_sentence_and_status_2() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, text = run("serve", "--port", str(port))
    message = f"--port: 127.0.0.1:{port} cannot be bound: Address already in use; choose another, or 0 for any free one"
    assert (status, text) == (2, f"Error: {message}\n")


def test_port_0_selects_a_free_port_and_prints_it_with_the_tokens(server: Server) -> None:
    assert httpx.get(f"{server.origin}/_mock/health").json()["status"] == "ok"
    assert "demo-almost-limited" in server.greeting


def test_the_module_can_be_run(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mock_server", "spec"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("openapi: 3.1.0")


def test_ctrl_c_stops_the_mock_without_output_while_a_generation_runs() -> None:
    with Server("--generation-time", "60") as server:
        body = b'{"image_generator":"flux-pro","description_flux_pro":"x","image_number_of_images":1}'
        head = (
            b"POST /api/v1/aiimage/generate-image HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer demo\r\n"
            b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        )
        with socket.create_connection((server.host, server.port)) as client:
            client.sendall(head + body)
            headers = {"Authorization": "Bearer demo"}
            while httpx.get(f"{server.base_url}/aiimage/check-availability", headers=headers).status_code == 200:
                pass
            os.kill(server.process.pid, signal.SIGINT)
            assert server.process.wait(10) == 0
        assert "Traceback" not in server.log()


def test_every_account_starts_in_the_scenario_of_the_flag(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("credits: 7\nfaults: [{fault: proxy-error, times: 1}]\n")
    for scenario, left in (("last-credits", 2), (str(tmp_path / "mine.yaml"), 7)):
        with Server("--scenario", scenario) as server:
            for token in ("demo", "any-other"):
                assert httpx.get(f"{server.origin}/_mock/worlds/{token}").json()["credits"] == left


def test_an_invalid_scenario_is_refused_with_its_path(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("faults: [{fault: dely}]\n")
    status, text = run("serve", "--scenario", str(file))
    message = f"--scenario: {file}: fault 0: unknown fault 'dely'; did you mean delay?"
    assert (status, text) == (2, f"Error: {message}\n")


@pytest.mark.slow
def test_state_in_valkey_is_shared_and_its_password_is_never_printed(tmp_path: Path) -> None:
    with Valkey(tmp_path) as valkey:
        valkey.say("CONFIG", "SET", "requirepass", "the-secret")
        url = valkey.url.replace("//", "//default:the-secret@")
        with Server("--state", url, "--generation-time", "0") as one, Server("--state", url) as other:
            assert httpx.get(f"{one.origin}/_mock/health").json()["state"] == "redis"
            assert httpx.patch(f"{one.origin}/_mock/worlds/demo", json={"credits": 7}).status_code == 200
            assert httpx.get(f"{other.origin}/_mock/worlds/demo").json()["credits"] == 7
            valkey.kill()
            refused = httpx.get(f"{other.origin}/_mock/health")
            assert refused.status_code == 503
            assert f"  state        {valkey.url}/0\n" in one.greeting
            assert "secret" not in one.greeting + other.greeting + one.log() + other.log() + refused.text


def test_a_missing_package_for_valkey_is_named() -> None:
    started = "import sys; sys.modules['redis'] = None; from mock_server.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", started, "serve", "--state", "redis://"], capture_output=True, text=True
    )
    message = f"Error: --state: a package is missing; run: {install_command('redis')}\n"
    assert (done.returncode, done.stderr) == (2, message)


def test_a_mock_in_memory_does_not_import_the_packages_for_valkey() -> None:
    started = """
import sys
from mock_server.app import create_app
from mock_server.embedding import default_settings
create_app(default_settings())
print(sorted({name.split(".")[0] for name in sys.modules} & {"hiredis", "redis", "mock_server"}))
"""
    done = subprocess.run([sys.executable, "-c", started], capture_output=True, text=True, check=True)
    assert done.stdout == "['mock_server']\n"
