"""The suite against the mock in its own process, with conforming and with other settings."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from contract_tests.runner.cli import main
from support.server import Server

ROOT = Path(__file__).parent.parent
# Rules that paid tests of each kind decide: checks, sequences and concurrent histories.
PAID = "CREDIT-COST,RECENT-10,LOCK-ONE,IMG-COUNT"
TARGET = (ROOT / "fixtures" / "targets" / "mock.yaml").read_text()


@pytest.fixture(scope="module")
def mock() -> Iterator[Server]:
    with Server("--generation-time", "1") as server:
        yield server


def target_file(server: Server, folder: Path, more: str = "") -> str:
    """Write a target file for a server and return its path. more: further keys of it."""
    path = folder / "target.yaml"
    path.write_text(TARGET.replace("http://127.0.0.1:8010", server.origin) + more)
    return str(path)


def conform(server: Server, folder: Path, *flags: str, more: str = "") -> tuple[int, str]:
    """Run the suite against a server; return its exit status and its output. more: further keys of the target file."""
    arguments = ["--target", target_file(server, folder, more), "--report", str(folder / "report"), *flags]
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(ROOT)
        result = CliRunner().invoke(main, ["run", *arguments])
    return result.exit_code, result.output


# The mock limits no rates by default; no test decides the others.
NOT_SHOWN = {"RATE", "RATE-HEADERS", "FORBIDDEN", "SANDBOX", "STATUS-ERROR", "VERSIONING"}


def rules(folder: Path) -> dict[str, dict[str, Any]]:
    return {rule["id"]: rule for rule in json.loads((folder / "report" / "report.json").read_text())["rules"]}


def test_the_mock_passes_every_documented_rule_and_a_second_run(mock: Server, tmp_path: Path) -> None:
    status, output = conform(mock, tmp_path)
    assert status == 0, output
    found = rules(tmp_path)
    documented = {id_: rule["verdict"] for id_, rule in found.items() if rule["source"] == "doc"}
    assert len(documented) == 16
    assert set(documented.values()) == {"passed"}, output
    assert {id_ for id_, rule in found.items() if rule["verdict"] != "passed"} == NOT_SHOWN
    assert not [rule["reason"] for rule in found.values() if "Error:" in rule["reason"]]
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    assert report["verdict"] == "conforms"
    assert 0 < report["credits"]["spent"] <= 40
    assert report["credits"]["spent"] == images_made(mock)

    (tmp_path / "second").mkdir()
    status, output = conform(mock, tmp_path / "second", "--only", "CREDIT-COST,DAILY-429,CREDIT-419")
    assert status == 0, output


def images_made(server: Server) -> int:
    """Return how many images the journal of a mock lists."""
    address = f"{server.origin}/_mock/requests?operation=generateImage&status=200&limit=1000"
    with urlopen(address) as answer:
        return sum(len(entry["made"]) for entry in json.load(answer)["requests"])


@pytest.mark.slow
def test_a_run_against_a_mock_that_charges_double_stays_within_the_cap(tmp_path: Path) -> None:
    """The first image shows the price; from then on each request is assumed to cost that much."""
    expensive = tmp_path / "expensive.yaml"
    expensive.write_text("credits_per_image: 2")
    with Server("--generation-time", "0", "--behaviour", str(expensive)) as server:
        status, output = conform(server, tmp_path, "--max-credits", "5", "--only", PAID)
        charged = 2 * images_made(server)
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    assert (status, report["credits"]) == (1, {"spent": charged, "cap": 5})
    assert charged <= 5
    assert rules(tmp_path)["CREDIT-COST"]["verdict"] == "violated"
    assert "the service was seen to charge 2 credits an image" in rules(tmp_path)["RECENT-10"]["reason"]
    assert "the service was seen to charge 2 credits an image" in " ".join(output.split())


@pytest.mark.slow
def test_the_quick_profile_spends_at_most_three_credits(tmp_path: Path) -> None:
    with Server("--generation-time", "0") as server:
        status, output = conform(server, tmp_path, "--profile", "quick")
        made = images_made(server)
    assert status == 0, output
    assert json.loads((tmp_path / "report" / "report.json").read_text())["credits"] == {"spent": made, "cap": 3}
    assert 0 < made <= 3


@pytest.mark.slow
def test_a_free_mock_violates_the_rules_of_credits(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("credits_per_image: 0")
    with Server("--generation-time", "0", "--behaviour", str(wrong)) as server:
        status, output = conform(server, tmp_path, "--only", "CREDIT-COST,CREDIT-419,IMG-COUNT")
    assert status == 1
    assert "VIOLATES the documentation: CREDIT-COST, CREDIT-419" in output
    found = rules(tmp_path)
    assert {id_: rule["verdict"] for id_, rule in found.items()} == {
        "CREDIT-COST": "violated",
        "CREDIT-419": "violated",
        "IMG-COUNT": "passed",
    }
    assert "$AIIMAGE_TOKEN" in found["CREDIT-COST"]["evidence"][0]["curl"]


@pytest.mark.slow
def test_the_admin_token_is_sent_to_the_mock_and_in_no_report(tmp_path: Path) -> None:
    with Server("--generation-time", "0", "--admin-token", "s3cret-of-ours") as server:
        status, output = conform(server, tmp_path, "--only", "CREDIT-COST")
        assert status == 3
        assert "admin_token in the target file" in " ".join(output.split())
        more = "admin_token: {token: s3cret-of-ours}\n"
        status, output = conform(server, tmp_path, "--only", "CREDIT-COST", more=more)
    assert status == 0, output
    assert rules(tmp_path)["CREDIT-COST"]["verdict"] == "passed"
    written = [path for path in (tmp_path / "report").rglob("*") if path.is_file()]
    assert written
    assert not any(b"s3cret-of-ours" in each for each in (output.encode(), *(path.read_bytes() for path in written)))


@pytest.mark.slow
def test_the_free_profile_spends_nothing(mock: Server, tmp_path: Path) -> None:
    status, output = conform(mock, tmp_path, "--profile", "free")
    assert status == 3, output  # too few rules to conform
    assert json.loads((tmp_path / "report" / "report.json").read_text())["credits"]["spent"] == 0


@pytest.mark.slow
def test_the_checks_run_with_plain_pytest(mock: Server, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "contract_tests", "-q", "-p", "no:cacheprovider"]
    flags = ["--target", target_file(mock, tmp_path), "--report", str(tmp_path / "report"), "--only", "AUTH,VERSIONS"]
    done = subprocess.run([*command, *flags], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    assert {rule["verdict"] for rule in rules(tmp_path).values()} == {"passed"}
