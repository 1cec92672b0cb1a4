"""The flags that choose the measurements."""

from pathlib import Path

import pytest

from benchmarks.contenders import Beside, contenders
from benchmarks.machine import cpu_model
from benchmarks.measuring import OURS, PEERS, Options, UnknownNameError, run
from benchmarks.peers import packages
from benchmarks.peers.contenders import peers
from benchmarks.rows import ROWS


def test_a_part_writes_no_report_without_a_folder(tmp_path: Path) -> None:
    assert Options(5, 3, 10).folder == Path(__file__).parents[2] / "benchmarks"
    assert Options(5, 3, 10, only=["mock"]).folder is None
    assert Options(5, 3, 10, rows=["versions"]).folder is None
    assert Options(5, 3, 10, only=["mock"], into=tmp_path).folder == tmp_path


def test_an_unknown_name_is_refused_with_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.wrk.ensure", lambda: None)
    with pytest.raises(UnknownNameError, match=r"Unknown name nothing\. Valid names: versions, availability"):
        run(OURS, Options(1, 1, 1, rows=["nothing"]), print)


def test_a_name_is_either_a_row_or_an_extra() -> None:
    for kind in (OURS, PEERS):
        names = [*(row.name for row in kind.rows), *kind.extras]
        assert len(set(names)) == len(names)
    assert {row.name for row in PEERS.rows} < {row.name for row in ROWS}


def test_a_peer_that_is_not_installed_lacks_something(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(packages, "MODULES", tmp_path)
    found = peers()
    assert [each.name for each in found] == ["Prism", "Scalar", "Mockoon", "WireMock", "Specmatic"]
    assert all(each.lacks and not each.ours for each in found)


def test_versions_of_peers_are_pinned() -> None:
    assert all(version[0].isdigit() for version in packages.wanted()["optionalDependencies"].values())


def test_each_mock_is_started_with_its_state_and_its_workers() -> None:
    flags = {}
    for each in contenders()[3:]:
        command = each.command(8010, Beside(state="redis://there") if "valkey" in each.name else Beside())
        flags[each.name] = command[command.index("--state") :]
    assert flags == {
        "mock": ["--state", "memory", "--workers", "1"],
        "mock on valkey": ["--state", "redis://there", "--workers", "1"],
        "4 workers on valkey": ["--state", "redis://there", "--workers", "4"],
    }


def test_a_cpu_has_a_name() -> None:
    assert cpu_model("processor\t: 0\nmodel name\t: A  CPU (R)\nmodel name\t: A CPU\n") == "A CPU (R)"
    assert cpu_model("processor\t: 0\n")
