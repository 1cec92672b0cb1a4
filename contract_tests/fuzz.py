"""Requests for generate-image that the document allows, and such that it does not, from a seed."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis import GenerationMode

from contract_tests.pictures import PROMPTS

_SIZES = ("256x256", "512x512", "1024x1024", "1792x1024", "1024x1792")
_TYPES = ("text-to-image", "image-to-image", "upscale", "multi-prompt")
_FIELDS = frozenset(PROMPTS.values()) | {
    "image_generator", "image_number_of_images", "size", "quality", "image_style", "image_lighting", "mood",
    "type", "image_resolution", "negative_prompt", "style_preset", "image_src",
}  # fmt: skip
_LONGEST_TEXT = 200
_RESOLUTION = re.compile(r"[1-9].*\D.*[1-9]", re.DOTALL)


@dataclass(frozen=True)
class Generated:
    """A body to send: as a form, or as JSON, which need not be an object."""

    body: Any
    form: bool


def documented(document: Mapping[str, Any], count: int, seed: int) -> Iterator[Generated]:
    """Requests that the document allows, within limits that no source gives."""
    for case in _cases(document, GenerationMode.POSITIVE, count, seed):
        if isinstance(case.body, dict):
            yield Generated(_moderate(case.body), case.media_type == "multipart/form-data")


def undocumented(document: Mapping[str, Any], count: int, seed: int) -> Iterator[Generated]:
    """Requests that no reading of the documentation allows."""
    for case in _cases(document, GenerationMode.NEGATIVE, count, seed):
        form = case.media_type == "multipart/form-data"
        body = _plain(case.body)
        if (isinstance(body, dict) or (not form and _speakable(body))) and plainly_invalid(body):
            yield Generated(body, form)


def plainly_invalid(body: Any) -> bool:
    """Whether a request lacks what it needs or names what there is not; what a lenient service takes does not count."""
    if not isinstance(body, dict):
        return True
    engine = _text(body.get("image_generator"))
    if engine not in PROMPTS or not _countable(body.get("image_number_of_images")) or _blank(body.get(PROMPTS[engine])):
        return True
    if engine == "dall-e":
        return _text(body.get("size")) not in _SIZES or _text(body.get("quality")) not in {"standard", "hd"}
    if engine == "stablediffusion":
        type_ = _text(body.get("type"))
        sourceless = type_ in {"image-to-image", "upscale"} and _blank(body.get("image_src"))
        return type_ not in _TYPES or sourceless or not _RESOLUTION.search(_text(body.get("image_resolution")))
    return False


def _cases(document: Mapping[str, Any], mode: GenerationMode, count: int, seed: int) -> list[schemathesis.Case[Any]]:
    """Generated without examples of the past, so that the same seed gives the same requests."""
    schema = schemathesis.openapi.from_dict({key: value for key, value in document.items() if key != "security"})
    cases: list[schemathesis.Case[Any]] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=schema["/aiimage/generate-image"]["POST"].as_strategy(generation_mode=mode))
    def collect(case: schemathesis.Case[Any]) -> None:
        cases.append(case)

    collect()
    return cases


def _moderate(body: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is a matter of limits: number, resolution, length of a text, unknown fields, odd characters."""
    kept = {key: _moderate_text(key, value) for key, value in body.items() if key in _FIELDS}
    kept |= {"image_number_of_images": 1}
    kept |= {"image_resolution": "512x512"} if "image_resolution" in kept else {}
    return kept


def _moderate_text(key: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    printable = "".join(filter(str.isprintable, value))[:_LONGEST_TEXT].strip()
    return printable or ("A lighthouse" if key in PROMPTS.values() else "")


def _plain(body: Any) -> Any:
    """A file among the fields as its presence only: its bytes are replaced by those of a real image."""
    if not isinstance(body, dict):
        return body
    return {
        key: value for key, value in body.items() if isinstance(key, str) and (_speakable(value) or key == "image_src")
    }


def _speakable(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError):
        return False
    return True


def as_json(body: Any) -> bytes:
    """A body that is no object as it goes over the wire."""
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def _text(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else str(value)


def _blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _countable(value: Any) -> bool:
    """Whether some service may take the value for a number of at least 1."""
    try:
        return not isinstance(value, list | dict) and float(value) >= 1
    except (TypeError, ValueError):
        return False
