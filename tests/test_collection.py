"""A project that contains this repository, as docs/pipeline.md assumes: its pytest collects its own tests alone."""

from pathlib import Path

from support.pages import ROOT
from support.project import Project


def test_the_tests_of_a_contained_checkout_are_not_collected(tmp_path: Path) -> None:
    (tmp_path / "aiimage-mock").symlink_to(ROOT)
    done = Project(tmp_path, alone=True).pytest("def test_it(): pass\n", "--collect-only", "-q")
    assert done.returncode == 0, done.stdout
    assert "1 test collected" in done.stdout
