"""The steps of a release that change or write files."""

import re
from pathlib import Path

import pytest

from docs.releasing import ReleaseError, cut, image_arguments, main, notes, version_of, with_version
from mock_server import __version__
from support.image import Image
from support.pages import ROOT

HEAD = "# Changelog\n\n## [Unreleased]\n"
ENTRY = "\n### Added\n\n- A rule.\n"
RELEASED = "\n## [1.2.0] - 2026-02-26\n\n### Fixed\n\n- A lock.\n"
TODAY = "2026-03-01"


def refused(changelog: str, version: str, current: str = "1.2.0") -> str:
    with pytest.raises(ReleaseError) as error:
        cut(changelog, version, current, TODAY)
    return str(error.value)


def test_a_cut_dates_the_section_and_begins_a_new_one() -> None:
    done = cut(HEAD + ENTRY + RELEASED, "1.10.0", "1.2.0", TODAY)
    assert done == f"{HEAD}\n## [1.10.0] - {TODAY}\n{ENTRY}{RELEASED}"
    assert notes(done, "1.10.0") == "### Added\n\n- A rule.\n"
    assert notes(done, "1.2.0") == "### Fixed\n\n- A lock.\n"


def test_the_first_release_may_have_the_current_version() -> None:
    assert "## [1.2.0] - " in cut(HEAD + ENTRY, "1.2.0", "1.2.0", TODAY)


def test_a_second_cut_is_refused() -> None:
    once = cut(HEAD + ENTRY, "1.3.0", "1.2.0", TODAY)
    assert refused(once, "1.3.0", "1.3.0").startswith("CHANGELOG.md has a section of version 1.3.0")
    assert "has no entry" in refused(once, "1.4.0", "1.3.0")


@pytest.mark.parametrize(
    ("changelog", "version", "reason"),
    [
        (HEAD + RELEASED, "1.3.0", "has no entry"),
        (f"{HEAD}\n### Added\n{RELEASED}", "1.3.0", "has no entry"),
        (HEAD + ENTRY + RELEASED, "1.2.0", "has a section of version 1.2.0"),
        (HEAD + ENTRY + RELEASED, "1.1.9", "earlier than 1.2.0"),
        (HEAD + ENTRY, "1.1.0", "earlier than 1.2.0"),
        (HEAD + ENTRY, "v1.3", "three numbers"),
        (HEAD + ENTRY, "1.03.0", "three numbers"),
        (HEAD + ENTRY, "", "three numbers"),
        ("# Changelog\n", "1.3.0", "needs one section"),
    ],
)
def test_an_impossible_cut_is_refused_with_the_reason(changelog: str, version: str, reason: str) -> None:
    assert reason in refused(changelog, version)


def test_notes_of_a_version_without_section_say_what_to_do() -> None:
    with pytest.raises(ReleaseError, match=r"has no section of version 1\.3\.0: run make cut VERSION=1\.3\.0 first"):
        notes(HEAD + ENTRY + RELEASED, "1.3.0")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "mock_server").mkdir()
    (tmp_path / "mock_server" / "__init__.py").write_text('"""A mock."""\n\n__version__ = "1.2.0"\n')
    (tmp_path / "CHANGELOG.md").write_text(HEAD + ENTRY)
    return tmp_path


def test_a_cut_changes_version_and_changelog_together(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1772064000")
    main(["cut", "1.3.0"], checkout)
    assert (checkout / "mock_server" / "__init__.py").read_text() == '"""A mock."""\n\n__version__ = "1.3.0"\n'
    assert "## [1.3.0] - 2026-02-26\n" in (checkout / "CHANGELOG.md").read_text()
    main(["write", str(checkout), "53f159799d"], checkout)
    assert (checkout / "notes.md").read_text() == ENTRY.lstrip()
    assert (checkout / "image.args").read_text().splitlines() == [
        "VERSION=1.3.0",
        "REVISION=53f159799d",
        "CREATED=2026-02-26T00:00:00Z",
        "SOURCE_DATE_EPOCH=1772064000",
    ]


@pytest.mark.parametrize("arguments", [["cut", "1.1.0"], ["cut"], ["write", "."], []])
def test_a_step_that_is_not_possible_changes_nothing(checkout: Path, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments, checkout)
    assert str(ended.value).startswith("Error: ")
    assert (checkout / "CHANGELOG.md").read_text() == HEAD + ENTRY


def test_the_version_is_in_one_place() -> None:
    module = (ROOT / "mock_server" / "__init__.py").read_text()
    assert version_of(module) == __version__
    assert version_of(with_version(module, "9.9.9")) == "9.9.9"
    project = (ROOT / "pyproject.toml").read_text()
    assert 'dynamic = ["version"]' in project
    assert '[tool.hatch.version]\npath = "mock_server/__init__.py"' in project


def test_the_image_takes_the_arguments_as_labels() -> None:
    final = Image(ROOT, Path()).final
    names = re.findall(r"^(\w+)=", image_arguments("1.2.0", "53f1", "0"), re.MULTILINE)
    assert [*final["ARG"].split(), "SOURCE_DATE_EPOCH"] == names  # the last one is that of the builder itself
    labels = dict(re.findall(r"opencontainers\.image\.(\w+)=\$(\w+)", final["LABEL"]))
    assert labels == {name.lower(): name for name in final["ARG"].split()}
