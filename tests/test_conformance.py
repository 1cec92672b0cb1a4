"""The suite against the mock, both as processes: a mock that conforms, and ones that do not."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from support.server import Server

ROOT = Path(__file__).parent.parent
TARGET = (ROOT / "fixtures" / "targets" / "mock.yaml").read_text()


@pytest.fixture(scope="module")
def mock() -> Iterator[Server]:
    with Server("--generation-time", "1") as server:
        yield server


def conform(
    server: Server, folder: Path, *flags: str, command: tuple[str, ...] = (), more: str = ""
) -> tuple[int, str]:
    """Run the suite against a server; return its exit status and what it printed. more: keys of the target file."""
    target = folder / "target.yaml"
    target.write_text(TARGET.replace("http://127.0.0.1:8010", server.origin) + more)
    run = command or (sys.executable, "-m", "contract_tests", "run")
    done = subprocess.run(
        [*run, "--target", str(target), "--report", str(folder / "report"), *flags],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return done.returncode, done.stdout


def rules(folder: Path) -> dict[str, dict[str, Any]]:
    return {rule["id"]: rule for rule in json.loads((folder / "report" / "report.json").read_text())["rules"]}


def test_the_mock_keeps_every_documented_rule(mock: Server, tmp_path: Path) -> None:
    status, output = conform(mock, tmp_path)
    assert status == 0, output
    found = rules(tmp_path)
    documented = {id_: rule["verdict"] for id_, rule in found.items() if rule["source"] == "doc"}
    assert len(documented) == 16
    assert set(documented.values()) == {"passed"}, output
    assert {id_ for id_, rule in found.items() if rule["verdict"] != "passed"} == set()
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    assert report["verdict"] == "conforms"
    assert 0 < report["credits"]["spent"] <= 40
    assert report["credits"]["spent"] == images_made(mock)


def images_made(server: Server) -> int:
    """Return how many images the journal of a mock lists."""
    address = f"{server.origin}/_mock/requests?operation=generateImage&status=200&limit=1000"
    with urlopen(address) as answer:
        return sum(len(entry["made"]) for entry in json.load(answer)["requests"])


def test_a_mock_that_charges_double_gets_no_more_than_the_cap(tmp_path: Path) -> None:
    """The price is seen at the first image; from then on that is what a request may cost."""
    expensive = tmp_path / "expensive.yaml"
    expensive.write_text("credits_per_image: 2")
    with Server("--generation-time", "0", "--behaviour", str(expensive)) as server:
        status, output = conform(server, tmp_path, "--max-credits", "5")
        charged = 2 * images_made(server)
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    assert (status, report["credits"]) == (1, {"spent": charged, "cap": 5})
    assert charged <= 5
    assert rules(tmp_path)["CREDIT-COST"]["verdict"] == "violated"
    assert "the service was seen to charge 2 credits an image" in rules(tmp_path)["RECENT-10"]["reason"]
    assert "the service was seen to charge 2 credits an image" in " ".join(output.split())


def test_the_quick_profile_spends_three_credits_at_most(tmp_path: Path) -> None:
    with Server("--generation-time", "0") as server:
        status, output = conform(server, tmp_path, "--profile", "quick")
        made = images_made(server)
    assert status == 0, output
    assert json.loads((tmp_path / "report" / "report.json").read_text())["credits"] == {"spent": made, "cap": 3}
    assert 0 < made <= 3


def test_a_second_run_against_the_same_mock_passes_too(mock: Server, tmp_path: Path) -> None:
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
        status, output = conform(mock, tmp_path / folder, "--only", "CREDIT-COST,DAILY-429,CREDIT-419")
        assert status == 0, output


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


def test_a_mock_gets_its_admin_token_and_no_report_contains_it(tmp_path: Path) -> None:
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


def test_the_free_profile_spends_nothing(mock: Server, tmp_path: Path) -> None:
    status, output = conform(mock, tmp_path, "--profile", "free")
    assert status == 0, output
    assert json.loads((tmp_path / "report" / "report.json").read_text())["credits"]["spent"] == 0


def test_the_same_tests_run_by_plain_pytest(mock: Server, tmp_path: Path) -> None:
    pytest_run = (sys.executable, "-m", "pytest", "contract_tests", "-q", "-p", "no:cacheprovider")
    status, output = conform(mock, tmp_path, "--only", "AUTH,VERSIONS", command=pytest_run)
    assert status == 0, output
    assert {rule["verdict"] for rule in rules(tmp_path).values()} == {"passed"}
