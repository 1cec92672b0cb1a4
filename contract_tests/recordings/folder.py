"""The folder of a recording: it must be empty, or a recording that may be replaced."""

import shutil
from pathlib import Path

from contract_tests.errors import UsageError
from contract_tests.recordings.model import EXCHANGES, MANIFEST

_REPLACE = ("--force replaces it", "give a new folder")


def check(folder: Path, flag: str, *, force: bool | None = None) -> None:
    """Raise UsageError if the folder contains anything but a recording that may be replaced.

    flag: the option that names the folder. force: None if there is no such option.
    """
    try:
        found = {path.name for path in folder.iterdir()} if folder.exists() else set()
    except OSError as error:
        raise UsageError(f"{flag}: the folder {folder} cannot be used: {error.strerror}.") from None
    if found and MANIFEST not in found:
        raise UsageError(f"{flag}: the folder {folder} contains other files; give a new or an empty one.")
    if found and not force:
        raise UsageError(f"{flag}: {folder} is a recording already; {_REPLACE[force is None]}.")


def prepare(folder: Path, flag: str) -> None:
    """Create the folder, or remove the recording in it."""
    try:
        (folder / MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(folder / EXCHANGES, ignore_errors=True)
        (folder / EXCHANGES).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{flag}: the folder {folder} cannot be used: {error.strerror}.") from None
