"""The named requests of `fixtures/requests`, and the source images that go with some of them."""

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contract_tests.client.call import Upload
from contract_tests.oracle import resources

# The plainest request, one like it for another engine, and one that no reading of the documentation allows.
FIELDS = {
    "image_generator": "dall-e",
    "description": "A brass weather vane against a clear sky",
    "size": "256x256",
    "quality": "standard",
    "image_number_of_images": 1,
}
OTHER_ENGINE = {
    "image_generator": "flux-pro",
    "description_flux_pro": "A brass weather vane in the rain",
    "image_number_of_images": 1,
}
OTHER_ENGINES = (
    OTHER_ENGINE,
    {
        "image_generator": "stablediffusion",
        "stable_description": "A brass weather vane in the snow",
        "type": "text-to-image",
        "image_resolution": "512x512",
        "image_number_of_images": 1,
    },
)
INVALID = {**FIELDS, "image_generator": "daguerreotype"}


@dataclass(frozen=True)
class Sample:
    """A request; `errors` are the fields that a refusal of an invalid one has to name."""

    name: str
    summary: str
    fields: Mapping[str, Any]
    errors: tuple[str, ...] = ()
    file: str | None = None

    @property
    def files(self) -> dict[str, Upload] | None:
        return {"image_src": upload(self.file)} if self.file else None


def valid(name: str) -> Sample:
    return _sample(resources.fixture("requests", f"valid/{name}.yaml"))


def invalid(name: str) -> Sample:
    return _sample(resources.fixture("requests", f"invalid/{name}.yaml"))


def all_invalid() -> list[Sample]:
    return [_sample(path) for path in sorted(resources.fixture("requests", "invalid").glob("*.yaml"))]


def upload(name: str) -> Upload:
    kind = mimetypes.guess_type(name)[0] or "image/webp"
    return name, resources.fixture("images", name).read_bytes(), kind


def _sample(path: Path) -> Sample:
    entry = resources.load_yaml(path)
    return Sample(path.stem, entry["summary"], entry["fields"], tuple(entry.get("errors", ())), entry.get("file"))
