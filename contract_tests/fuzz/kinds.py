"""What the documentation says of a request for generate-image: that it is right, that it is wrong, or nothing."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from contract_tests.checks.pictures import PROMPTS

_SIZES = frozenset({"256x256", "512x512", "1024x1024", "1792x1024", "1024x1792"})
_QUALITIES = frozenset({"standard", "hd"})
_FROM_TEXT = frozenset({"text-to-image", "multi-prompt"})
_FROM_IMAGE = frozenset({"image-to-image", "upscale"})
_RESOLUTION = re.compile(r"[1-9].*\D.*[1-9]", re.DOTALL)
_STARTS_AS_NUMBER = re.compile(r"\s*\+?0*[1-9]")
_ORDINARY_TEXT = re.compile(r"[A-Za-z][A-Za-z ,.'-]{2,200}")
_COMMON = frozenset({"image_generator", "image_number_of_images"})
REAL_IMAGE = "(a real image)"
ANY_UPLOAD = "(an upload)"
# What every service that follows the documentation takes. Beyond it there are limits that no source gives.
_ORDINARY = {
    "dall-e": {
        "size": _SIZES,
        "quality": _QUALITIES,
        "image_style": frozenset({"vivid"}),
        "image_lighting": frozenset({"golden hour"}),
        "mood": frozenset({"calm"}),
    },
    "stablediffusion": {
        "type": _FROM_TEXT | _FROM_IMAGE,
        "image_resolution": frozenset({"512x512"}),
        "negative_prompt": frozenset({"text, watermark"}),
        "style_preset": frozenset({"photographic"}),
        "image_src": frozenset({REAL_IMAGE}),
    },
    "flux-pro": {},
}


class Kind(StrEnum):
    """How a request relates to the documentation."""

    BARE = "without a body"
    DOCUMENTED = "documented"
    OPEN = "undocumented either way"
    WITHOUT_SOURCE = "lacking only the image to work from"
    INVALID = "invalid"
    UNREADABLE = "unreadable"
    UNAUTHENTICATED = "without a valid token"
    UNLISTED = "with a method that is not listed"


def kind_of(parameters: Any, *, one: int | str = 1) -> Kind:
    """The kind of a request by its parameters, `one` being how the number 1 is written there.

    An upload stands among the parameters as REAL_IMAGE or ANY_UPLOAD.
    """
    if not isinstance(parameters, dict):
        return Kind.UNREADABLE
    if plainly_documented(parameters, one=one):
        return Kind.DOCUMENTED
    if not plainly_invalid(parameters):
        return Kind.OPEN
    without_source = _blank(parameters.get("image_src")) and not plainly_invalid(
        {**parameters, "image_src": ANY_UPLOAD}
    )
    return Kind.WITHOUT_SOURCE if without_source else Kind.INVALID


def plainly_documented(parameters: Mapping[str, Any], *, one: int | str = 1) -> bool:
    """Whether a request is one of those that the documentation describes, with nothing unusual in it."""
    engine, number = parameters.get("image_generator"), parameters.get("image_number_of_images")
    ordinary = _ORDINARY.get(engine) if isinstance(engine, str) else None
    if ordinary is None or plainly_invalid(parameters) or (type(number), number) != (type(one), one):
        return False
    needless = "image_src" in parameters and parameters["type"] not in _FROM_IMAGE
    values = {key: value for key, value in parameters.items() if key not in _COMMON}
    prompt = values.pop(PROMPTS[str(engine)])
    usual = isinstance(prompt, str) and _ORDINARY_TEXT.fullmatch(prompt)
    return bool(usual and not needless and all(_is_ordinary(ordinary, *each) for each in values.items()))


def plainly_invalid(parameters: Mapping[str, Any]) -> bool:
    """Whether a request lacks what it needs or names what there is not; what a lenient service takes does not count."""
    engine = _text(parameters.get("image_generator"))
    if engine not in PROMPTS or not countable(parameters.get("image_number_of_images")):
        return True
    if _blank(parameters.get(PROMPTS[engine])):
        return True
    if engine == "dall-e":
        return _text(parameters.get("size")) not in _SIZES or _text(parameters.get("quality")) not in _QUALITIES
    return engine == "stablediffusion" and _invalid_for_stable_diffusion(parameters)


def countable(value: Any) -> bool:
    """Whether some service may take the value for a number of at least 1, by its first digits for example."""
    if isinstance(value, str) and _STARTS_AS_NUMBER.match(value):
        return True
    try:
        return not isinstance(value, list | dict) and float(value) >= 1
    except (TypeError, ValueError):
        return False


def _invalid_for_stable_diffusion(parameters: Mapping[str, Any]) -> bool:
    type_ = _text(parameters.get("type"))
    without_source = type_ in _FROM_IMAGE and _blank(parameters.get("image_src"))
    known = type_ in _FROM_TEXT | _FROM_IMAGE
    return not known or without_source or not _RESOLUTION.search(_text(parameters.get("image_resolution")))


def _is_ordinary(ordinary: Mapping[str, frozenset[str]], key: str, value: Any) -> bool:
    return isinstance(value, str) and value in ordinary.get(key, ())


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else str(value)


def _blank(value: Any) -> bool:
    """Whether every service takes the value for absent; what counts as white space beyond ASCII differs."""
    return value is None or (isinstance(value, str) and not value.strip(" \t\r\n"))
