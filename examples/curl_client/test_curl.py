"""The script against the mock. Its `sleep` advances the mock's clock, so no test waits."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mock_server.testing import AiimageMock

SCRIPT = str(Path(__file__).with_name("generate.sh"))
SLEEP = """#!/bin/sh
exec curl --silent --fail --output /dev/null --data "{\\"advance\\": $1}" "$CLOCK"
"""
Generate = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("bash", "curl", "jq"))), reason="bash, curl and jq are needed"
)


@pytest.fixture
def generate(aiimage_mock: AiimageMock, tmp_path: Path) -> Generate:
    """Run the script in a folder of its own."""
    aiimage_mock.clock.freeze("2026-02-26T12:00:00Z")
    sleep = tmp_path / "bin" / "sleep"
    sleep.parent.mkdir()
    sleep.write_text(SLEEP)
    sleep.chmod(0o755)
    origin = aiimage_mock.base_url.removesuffix("/api/v1")

    def run(prompt: str = "A fox", token: str = aiimage_mock.token) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": f"{sleep.parent}:{os.environ['PATH']}",
            "CLOCK": f"{origin}/_mock/worlds/{aiimage_mock.token}/clock",
            "AIIMAGE_BASE_URL": aiimage_mock.base_url,
            "AIIMAGE_TOKEN": token,
        }
        command = ["bash", SCRIPT, prompt, "fox.png"]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)

    return run


def paid(done: subprocess.CompletedProcess[str], mock: AiimageMock) -> int:
    """Check that the script wrote a picture and behaved well; return what that cost."""
    assert (done.returncode, done.stderr) == (0, "")
    assert Path(done.args[-1]).name == "fox.png"
    assert done.stdout.startswith(f"fox.png: {mock.base_url.removesuffix('/api/v1')}/uploads/")
    mock.assert_well_behaved()
    credits_left: int = mock.state["credits"]
    return 100 - credits_left


def orders(mock: AiimageMock) -> list[int | None]:
    return [each["status"] for each in mock.requests("generate-image")]


def test_a_picture_is_written(generate: Generate, aiimage_mock: AiimageMock, tmp_path: Path) -> None:
    assert paid(generate('"A fox" & \\ 100 %'), aiimage_mock) == 1
    assert (tmp_path / "fox.png").read_bytes().startswith(b"\x89PNG")


def test_it_waits_for_a_lock(generate: Generate, aiimage_mock: AiimageMock) -> None:
    aiimage_mock.change(lock={"until": "2026-02-26T12:00:05Z"})
    assert paid(generate(), aiimage_mock) == 1
    assert [each["status"] for each in aiimage_mock.requests("check-availability")] == [409, 409, 200]
    assert orders(aiimage_mock) == [409, 200]


def test_it_gives_up_if_the_lock_stays(generate: Generate, aiimage_mock: AiimageMock) -> None:
    aiimage_mock.change(lock="forever")
    done = generate()
    assert (done.returncode, done.stderr) == (3, "generate.sh: the lock was never free\n")
    assert orders(aiimage_mock) == [409]
    aiimage_mock.assert_well_behaved()


@pytest.mark.parametrize(
    ("left", "limit", "prompt", "status", "exit_status"),
    [(0, 50, "A fox", 419, 4), (100, 0, "A fox", 429, 5), (100, 50, "  ", 422, 6)],
    ids=["credits", "daily-limit", "parameter"],
)
def test_a_refusal_is_not_retried(
    generate: Generate, aiimage_mock: AiimageMock, left: int, limit: int, prompt: str, status: int, exit_status: int
) -> None:
    aiimage_mock.change(credits=left, daily_limit=limit)
    done = generate(prompt)
    assert done.returncode == exit_status, done.stderr
    assert done.stderr.startswith("generate.sh: ")
    assert orders(aiimage_mock) == [status]
    aiimage_mock.assert_well_behaved()


def test_an_invalid_token_is_reported(generate: Generate) -> None:
    done = generate(token="demo-invalid")
    assert (done.returncode, done.stderr) == (7, "generate.sh: Unauthenticated.\n")


@pytest.mark.parametrize(
    ("at", "sent"),
    [("before-lock", 2), ("locked", 1), ("charged", 1), ("recorded", 1), ("headers-sent", 1), ("half-body", 1)],
)
def test_a_lost_reply_is_not_paid_for_twice(generate: Generate, aiimage_mock: AiimageMock, at: str, sent: int) -> None:
    aiimage_mock.fault("lost-response", at=at, times=1)
    assert paid(generate(), aiimage_mock) == 1
    assert len(orders(aiimage_mock)) == sent


def test_an_older_image_of_the_same_prompt_is_not_taken_for_the_lost_one(
    generate: Generate, aiimage_mock: AiimageMock
) -> None:
    first = generate().stdout
    aiimage_mock.fault("drop", operation="generate-image", times=1)
    assert generate().stdout not in ("", first)
    assert aiimage_mock.state["credits"] == 98


def test_a_token_revoked_during_a_run_is_reported(generate: Generate, aiimage_mock: AiimageMock) -> None:
    aiimage_mock.fault("status", code=401, operation="generate-image")
    assert generate().returncode == 7
    assert orders(aiimage_mock) == [401]


@pytest.mark.parametrize("fault", ["proxy-error", "malformed-json", "truncated-body", "reset"])
def test_it_survives_network_errors(generate: Generate, aiimage_mock: AiimageMock, fault: str) -> None:
    for operation in ("recent-images", "generate-image", "check-availability"):
        aiimage_mock.fault(fault, operation=operation, times=1)
    assert paid(generate(), aiimage_mock) == 1


def test_it_gives_up_if_the_service_never_answers(generate: Generate, aiimage_mock: AiimageMock) -> None:
    aiimage_mock.fault("drop", operation="generate-image")
    done = generate()
    assert (done.returncode, done.stderr) == (9, "generate.sh: no image after 3 attempts\n")
    aiimage_mock.assert_well_behaved()


def test_a_success_without_an_image_is_a_failure(generate: Generate, aiimage_mock: AiimageMock) -> None:
    aiimage_mock.fault("upstream-failure")
    assert generate().returncode == 8


@pytest.mark.parametrize("fault", ["picture-missing", "picture-truncated"])
def test_a_picture_is_fetched_until_it_is_whole(
    generate: Generate, aiimage_mock: AiimageMock, tmp_path: Path, fault: str
) -> None:
    aiimage_mock.fault(fault, times=2)
    assert paid(generate(), aiimage_mock) == 1
    assert len(aiimage_mock.requests("getPicture")) == 3
    assert (tmp_path / "fox.png").read_bytes().endswith(b"IEND\xaeB`\x82")


def test_without_arguments_it_prints_its_usage(tmp_path: Path) -> None:
    done = subprocess.run(["bash", SCRIPT], cwd=tmp_path, env={"PATH": os.environ["PATH"]}, capture_output=True)
    assert (done.returncode, done.stdout) == (2, b"")
