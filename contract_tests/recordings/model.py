"""A recording: one file about the run, and one file for each exchange with the service, as data without secrets."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from contract_tests.errors import UsageError
from contract_tests.runner.decoding import decode

FORMAT = 1
MANIFEST = "recording.json"
EXCHANGES = "exchanges"
# The error of a call that still waited for its reply when the recording ended.
UNANSWERED = "the recording ended before its reply"


class Upload(Struct, frozen=True, omit_defaults=True):
    """An uploaded file: its bytes are not kept. sha256: of its bytes; width, height: of the picture, if it is one."""

    name: str
    type: str
    bytes: int
    sha256: str
    width: int | None = None
    height: int | None = None


class Part(Struct, frozen=True):
    """A part of a form: a value, or an uploaded file."""

    name: str
    value: str | UnsetType = UNSET
    file: Upload | UnsetType = UNSET


class Request(Struct, frozen=True):
    """A request. target: the path below the base URL, or for a picture the `output` that led to it.

    authorization: the header with the role in the token's place, as `Bearer {primary}`; None without the header.
    At most one of json, form and text is set; text is a body as it was sent. left_out_bytes: the size of a body that is
    not kept, since it is too long or binary.
    """

    method: str
    target: str
    authorization: str | None = None
    headers: Mapping[str, str] = {}
    json: Any = UNSET
    form: Sequence[Part] | UnsetType = UNSET
    text: str | UnsetType = UNSET
    left_out_bytes: int | UnsetType = UNSET


class Picture(Struct, frozen=True):
    """A picture in a reply. width, height: None if its format is not known."""

    type: str
    bytes: int
    sha256: str
    width: int | None = None
    height: int | None = None


class Response(Struct, frozen=True):
    """A reply: its body is JSON, a picture, or any other text.

    whole_bytes: the size of the body where the text is only its beginning.
    """

    status: int
    headers: Mapping[str, str] = {}
    json: Any = UNSET
    picture: Picture | UnsetType = UNSET
    text: str | UnsetType = UNSET
    whole_bytes: int | UnsetType = UNSET


class RecordedExchange(Struct, frozen=True):
    """A request with its reply. sent, received: seconds since the recording began, by which calls overlap.

    operation: the operationId, `picture`, or None for a path that the document lacks. purpose: why it was sent.
    response: None if there was no reply, for the reason in `error`.
    """

    number: int
    purpose: str
    operation: str | None
    role: str
    sent: float
    received: float
    request: Request
    response: Response | None = None
    error: str | None = None

    @property
    def file_name(self) -> str:
        return f"{self.number:04}-{self.operation or 'other'}.json"


class RecordedAccount(Struct, frozen=True, omit_defaults=True):
    """The figures that the target states for an account."""

    credits: int | None = None
    images_left: int | None = None
    sandbox: bool = False


class Spent(Struct, frozen=True):
    """The credits that were spent at most, unknown outcomes included, and the most that could be."""

    spent: int
    cap: int


class Manifest(Struct, frozen=True):
    """The facts about the whole recording. document: the SHA-256 of openapi.yaml; started_at: ISO 8601, UTC.

    stopped: why the recording ended early, None for a whole one. stand_ins: the texts that replace secrets. audited:
    whether its files were searched for secrets when it ended, which a process that is killed cannot do.
    """

    suite: str
    document: str
    target: str
    uploads: str
    started_at: str
    seed: int
    accounts: Mapping[str, RecordedAccount]
    credits: Spent
    lock_scope: str = "account"
    stopped: str | None = None
    stand_ins: Sequence[str] = ()
    audited: bool = False
    format: int = FORMAT


class Recording(Struct, frozen=True):
    """A recording with its exchanges in the order in which they were sent."""

    manifest: Manifest
    exchanges: Sequence[RecordedExchange]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the facts about the whole recording, in place of earlier ones."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / MANIFEST, manifest)


def write_exchange(folder: Path, exchange: RecordedExchange) -> None:
    """Write one exchange to a file of its own."""
    (folder / EXCHANGES).mkdir(parents=True, exist_ok=True)
    _write(folder / EXCHANGES / exchange.file_name, exchange)


def read_recording(folder: Path) -> Recording:
    """Return the recording in a folder; raise UsageError with the file and the key."""
    path = folder / MANIFEST
    content = _read(path)
    found = content.get("format", FORMAT) if isinstance(content, dict) else FORMAT
    if found != FORMAT:
        raise UsageError(f"{path}: this is format {found} of a recording, and this version reads format {FORMAT}.")
    files = sorted((folder / EXCHANGES).glob("*.json"))
    exchanges = [decode(file, _read(file), RecordedExchange) for file in files]
    return Recording(decode(path, content, Manifest), sorted(exchanges, key=lambda each: (each.sent, each.number)))


def _read(path: Path) -> Any:
    try:
        return msgspec.json.decode(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path}: the recording cannot be read: {error.strerror}.") from None
    except msgspec.DecodeError as error:
        raise UsageError(f"{path}: this is not valid JSON: {error}.") from None


def _write(path: Path, content: Struct) -> None:
    text = msgspec.json.format(msgspec.json.encode(content), indent=1)
    # Renamed into place, so that an interrupted run leaves no half of a file.
    partial = path.with_suffix(".partial")
    partial.write_bytes(text + b"\n")
    partial.replace(path)
