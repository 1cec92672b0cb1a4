"""Opens a recording for use: one that ended without its audit is audited first."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from contract_tests.errors import UsageError
from contract_tests.recordings.auditor import Auditor
from contract_tests.recordings.model import Recording, read_recording


def open_recording(folder: Path, tokens: Iterable[str]) -> Recording:
    """Return the recording in a folder; raise UsageError if it was never audited and contains a secret.

    tokens: those of the accounts that use it.
    """
    recording = read_recording(folder)
    if recording.manifest.audited:
        return recording
    auditor = Auditor(tokens)
    for exchange in recording.exchanges:
        for text in _texts(msgspec.to_builtins(exchange.request)):
            auditor.allow(text)
    for path, finding in auditor.files(folder, recording.manifest.stand_ins):
        raise UsageError(
            f"{path}: it contains {finding.what} at {finding.where}, and was not audited when its recording was "
            "interrupted. Remove the file, or record again."
        )
    return recording


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, str):
        yield value
