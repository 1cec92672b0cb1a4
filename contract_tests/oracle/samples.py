"""The named requests of `fixtures/requests`, and the source images that go with some of them."""

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contract_tests.client.call import Upload
from contract_tests.oracle import resources
from contract_tests.oracle.engines import load_engines, source_field

_SAMPLES = [
    engine.sample(f"A brass weather vane as {engine.name} sees it")  # no two alike: a lock may depend on the prompt
    for engine in load_engines()
    if engine.documented and not engine.form
]
# The simplest request, the same for the other engines, and one that is invalid under every reading.
FIELDS = _SAMPLES[0]
OTHER_ENGINES = _SAMPLES[1:]
_LOCALES = ["ar_AA", "zh_CN", "hi_IN"]
INVALID = {**FIELDS, load_engines()[0].role("engine") or "": "daguerreotype"}


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


def any_prompt(seed: int) -> str:
    """Return a prompt with words of several scripts, an emoji and combining marks, the same for the same seed."""
    from faker import Faker  # slow to import, and rarely needed

    words = Faker(_LOCALES)
    words.seed_instance(seed)
    return " ".join([*(words[locale].sentence(4) for locale in _LOCALES), words.emoji(), "Zo\u0308e\u0301"])


def _sample(path: Path) -> Sample:
    entry = resources.load_yaml(path)
    return Sample(path.stem, entry["summary"], entry["fields"], tuple(entry.get("errors", ())), entry.get("file"))
