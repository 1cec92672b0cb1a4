"""The answers of the baselines: bodies as large as the mock's."""

from typing import Any

PREFIX = "/api/v1/aiimage"
REFUSED_PATH = f"{PREFIX}/generate-image/refused"
PICTURE_PATH = "/uploads/futuristic-cloud-data-center-53f159799d1c91990.png"

VERSIONS = {"dall-e": "dalle3", "stable-diffusion": "sd3-large"}
AVAILABLE = {"status": "success", "message": "Image generation is available."}
IMAGE = {
    "id": 132600901,
    "title": PICTURE_PATH.rpartition("/")[2],
    "input": "A futuristic cloud data center floating in space",
    "output": PICTURE_PATH.removeprefix("/"),
}
GENERATED: dict[str, Any] = {"status": "success", "images": [IMAGE], "image_storage": "public"}
RECENT = [{**IMAGE, "created_at": "2026-02-26T10:00:00Z"}] * 10
INVALID = {
    "message": "The size field is required when image generator is dall-e.",
    "errors": {"size": ["The size field is required when image generator is dall-e."]},
}
PICTURE = b"\x89PNG\r\n\x1a\n".ljust(135_000, b"\0")

JSON_ANSWERS: dict[str, tuple[int, Any]] = {
    f"{PREFIX}/versions": (200, VERSIONS),
    f"{PREFIX}/check-availability": (200, AVAILABLE),
    f"{PREFIX}/recent-images": (200, RECENT),
    f"{PREFIX}/generate-image": (200, GENERATED),
    REFUSED_PATH: (422, INVALID),
}
