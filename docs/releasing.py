"""The steps of a release that change or write files: `make cut VERSION=X.Y.Z` and `make release` run them."""

import os
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

_ROOT = Path(__file__).parent.parent
_UNRELEASED = "## [Unreleased]\n"
_HEADING = re.compile(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$", re.MULTILINE)
_VERSION = re.compile(r'(?<=^__version__ = ")[^"]*(?="$)', re.MULTILINE)
_USAGE = "use: python -m docs.releasing cut X.Y.Z, or write FOLDER REVISION with SOURCE_DATE_EPOCH"


class ReleaseError(Exception):
    """A step of the release is not possible. The message gives the reason."""


def cut(changelog: str, version: str, current: str, date: str) -> str:
    """Return the changelog with its section Unreleased as that of a version, and a new, empty one above."""
    if not re.fullmatch(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}", version):
        raise ReleaseError(f"{version!r} is not a version: use three numbers, as in make cut VERSION=1.2.0")
    if version in (released := _HEADING.findall(changelog)):
        raise ReleaseError(f"CHANGELOG.md has a section of version {version}: choose a later version")
    latest = max([current, *released], key=_numbers)
    if _numbers(version) < _numbers(latest):
        raise ReleaseError(f"version {version} is earlier than {latest}: choose a later one")
    if changelog.count(_UNRELEASED) != 1:
        raise ReleaseError(f"CHANGELOG.md needs one section {_UNRELEASED.strip()!r}")
    if not _has_entries(_section(changelog, _UNRELEASED)):
        raise ReleaseError("the section Unreleased of CHANGELOG.md has no entry, so there is nothing to release")
    return changelog.replace(_UNRELEASED, f"{_UNRELEASED}\n## [{version}] - {date}\n")


def notes(changelog: str, version: str) -> str:
    """Return the release notes of a version: its section without the heading."""
    heading = next((each for each in _HEADING.finditer(changelog) if each[1] == version), None)
    if heading is None:
        raise ReleaseError(f"CHANGELOG.md has no section of version {version}: run make cut VERSION={version} first")
    return f"{_section(changelog, heading[0]).strip()}\n"


def image_arguments(version: str, revision: str, epoch: str) -> str:
    """Return the build arguments of the image, one a line. epoch: the time of the commit, in Unix seconds."""
    created = datetime.fromtimestamp(int(epoch), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"VERSION={version}\nREVISION={revision}\nCREATED={created}\nSOURCE_DATE_EPOCH={epoch}\n"


def with_version(source: str, version: str) -> str:
    """Return the module that has the version, with another one."""
    return _VERSION.sub(version, source)


def version_of(source: str) -> str:
    """Return the version that a module has."""
    found = _VERSION.search(source)
    if found is None:
        raise ReleaseError("mock_server/__init__.py has no __version__")
    return found[0]


def _numbers(version: str) -> list[int]:
    return [int(number) for number in version.split(".")]


def _section(changelog: str, heading: str) -> str:
    return changelog.partition(heading)[2].partition("\n## ")[0]


def _has_entries(section: str) -> bool:
    return any(line.strip() and not line.startswith("#") for line in section.splitlines())


def _run(root: Path, arguments: Sequence[str]) -> None:
    module, changelog = root / "mock_server" / "__init__.py", root / "CHANGELOG.md"
    source, text = module.read_text(encoding="utf-8"), changelog.read_text(encoding="utf-8")
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    match arguments:
        case ["cut", version]:
            today = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
            changelog.write_text(cut(text, version, version_of(source), f"{today:%Y-%m-%d}"), encoding="utf-8")
            module.write_text(with_version(source, version), encoding="utf-8")
        case ["write", folder, revision] if epoch:
            version = version_of(source)
            (Path(folder) / "notes.md").write_text(notes(text, version), encoding="utf-8")
            (Path(folder) / "image.args").write_text(image_arguments(version, revision, epoch), encoding="utf-8")
        case _:
            raise ReleaseError(_USAGE)


def main(arguments: Sequence[str], root: Path = _ROOT) -> None:
    """Run one step in a checkout; exit with status 1 and the reason if it is not possible."""
    try:
        _run(root, arguments)
    except ReleaseError as error:
        sys.exit(f"Error: {error}.")


if __name__ == "__main__":
    main(sys.argv[1:])
