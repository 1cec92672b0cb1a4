"""README.md is correct."""

import json
import subprocess
from pathlib import Path

import httpx
import pytest

from mock_server import resources
from mock_server.app import contract
from mock_server.cli import serve
from mock_server.configuration import read_accounts
from support.pages import ROOT, page
from support.pipelines import commands
from support.server import Server

README = page("README")


def test_the_first_call_gets_the_documented_answer(server: Server) -> None:
    (call,) = (each for each in README.fenced[1].commands)
    httpx.put(f"{server.origin}/_mock/worlds/demo").raise_for_status()
    call = f"{call.replace('http://127.0.0.1:8010', server.origin)} -sS --fail-with-body"
    done = subprocess.run(["sh", "-c", call], capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    assert answer == json.loads(README.blocks("json")[0])
    assert answer["images"][0]["output"] in README.text.split("```json")[1].split("```")[1]


@pytest.mark.delivery
@pytest.mark.parametrize(
    ("name", "file", "passed"), [("README", "test_limit.py", 1), ("integrator", "test_client.py", 3)]
)
def test_the_test_of_a_client_passes_in_a_new_environment_whatever_this_folder_is_called(
    tmp_path: Path, name: str, file: str, passed: int
) -> None:
    (block,) = (each for each in page(name).blocks("sh") if file in each)
    (client := tmp_path / "client").mkdir()
    (client / file).write_text("\n\n".join(page(name).blocks("python")))
    (client / "other-reading.yaml").write_text(page("differences").blocks("yaml")[0])
    (tmp_path / "here").symlink_to(ROOT)
    with commands(tmp_path) as runner:
        assert runner.run(f"cd here\n{block.replace('../client', str(client))}") == 0, runner.printed
        assert f"{passed} passed" in runner.printed
        for again in (each for each in page(name).blocks("sh") if "other-reading.yaml" in each):
            assert runner.run(f"cd client\n{again}") == 0, runner.printed
            assert f"{passed} passed" in runner.printed


def test_every_flag_is_in_its_table() -> None:
    assert set(README.names("flag")) == {parameter.opts[0] for parameter in serve.params}


def test_every_ready_made_token_is_in_its_table() -> None:
    assert set(README.names("token")) == set(read_accounts(resources.ACCOUNTS, contract()).listed)


def test_every_exit_status_of_a_run_is_in_its_table() -> None:
    statuses = [row[1] for row in page("commands").rows("command | status") if row[0] == "`aiimage-conform run`"]
    assert list(README.table("exit status")) == statuses
