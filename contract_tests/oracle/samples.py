"""The named requests of `fixtures/requests`, and the source images that go with some of them."""

import mimetypes
import struct
import zlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from contract_tests.client.call import Upload
from contract_tests.oracle import resources
from contract_tests.oracle.engines import Fields, engine_field, load_engines, size_fields, source_field, with_engine

_SAMPLES = [
    list(engine.samples(f"A brass weather vane as {engine.name} sees it"))  # a lock may depend on the prompt
    for engine in load_engines()
    if engine.documented and not engine.form
]
# The simplest request, the same for the other engines, and one that is invalid under every reading.
FIELDS = _SAMPLES[0][0]
OTHER_ENGINES = [samples[0] for samples in _SAMPLES[1:]]
# A plan may lack an engine, and a model a size.
_LIMITED = {engine_field(), *size_fields()}
_LOCALES = ["ar_AA", "zh_CN", "hi_IN"]
_SIDE, _COLOUR = 1024, b"\x60\x80\xa0"
UNKNOWN_ENGINE = "daguerreotype"
INVALID = with_engine(FIELDS, UNKNOWN_ENGINE)


class Samples:
    """The simplest documented requests, without those that the service refused for a limit of its own."""

    def __init__(self) -> None:
        self._refused: list[Fields] = []
        self._served: list[Fields] = []

    def serve(self, fields: Fields) -> None:
        """Note that such a request was served, so that an earlier refusal was about something else."""
        kind = _kind(fields)
        self._refused = [each for each in self._refused if each != kind]
        self._served.append(kind)

    def served(self, fields: Fields) -> bool:
        return _kind(fields) in self._served

    def refuse(self, fields: Fields, named: Collection[str]) -> None:
        """Note a refusal for a limit of the service; `named` are the parameters that it names."""
        # Without a name it may be about the prompt, or a generation that failed by itself [STATUS-ERROR].
        if _LIMITED & set(named) or not (named or self.served(fields)):
            self._refused.append(_kind(fields))

    @property
    def simplest(self) -> Fields:
        return next(self._usable(), FIELDS)

    @property
    def others(self) -> list[Fields]:
        """The simplest request for each other engine; empty if the service offers only one."""
        return list(self._usable())[1:]

    def _usable(self) -> Iterator[Fields]:
        """Yield the first request of each engine that was not refused."""
        for samples in _SAMPLES:
            yield from [fields for fields in samples if _kind(fields) not in self._refused][:1]


def _kind(fields: Fields) -> Fields:
    """Return what a limit may be about: the engine and the size, not the prompt or the number."""
    return {name: value for name, value in fields.items() if name in _LIMITED}


@dataclass(frozen=True)
class Sample:
    """A request; `errors` are the fields that a refusal must name."""

    name: str
    summary: str
    fields: Mapping[str, Any]
    errors: tuple[str, ...] = ()
    file: str | None = None

    @property
    def files(self) -> dict[str, Upload] | None:
        return {source_field(): upload(self.file)} if self.file else None


def valid(name: str) -> Sample:
    return _sample(resources.fixture("requests", f"valid/{name}.yaml"))


def invalid(name: str) -> Sample:
    return _sample(resources.fixture("requests", f"invalid/{name}.yaml"))


def all_invalid() -> list[Sample]:
    return [_sample(path) for path in sorted(resources.fixture("requests", "invalid").glob("*.yaml"))]


def upload(name: str) -> Upload:
    # mimetypes itself has no WebP before Python 3.13.
    kind = mimetypes.guess_type(name)[0] or "image/webp"
    return name, resources.fixture("images", name).read_bytes(), kind


@cache
def plain_picture() -> Upload:
    """Return a picture that any service takes: a PNG of one colour, 1024 pixels a side, a few kilobytes."""
    rows = (b"\0" + _COLOUR * _SIDE) * _SIDE
    header = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    content = b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)
    return "plain.png", content, "image/png"


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def any_prompt(seed: int) -> str:
    """Return a prompt with words of several scripts, an emoji and combining marks, the same for the same seed."""
    from faker import Faker  # slow to import, and rarely needed

    words = Faker(_LOCALES)
    words.seed_instance(seed)
    return " ".join([*(words[locale].sentence(4) for locale in _LOCALES), words.emoji(), "Zo\u0308e\u0301"])


def _sample(path: Path) -> Sample:
    entry = resources.load_yaml(path)
    return Sample(path.stem, entry["summary"], entry["fields"], tuple(entry.get("errors", ())), entry.get("file"))
