"""What generate-image takes: from the fields of a request to an order, or to what is wrong with them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contract_tests.wrong_servers.forms import Form
from contract_tests.wrong_servers.state import Order

SIZES = frozenset({"256x256", "512x512", "1024x1024", "1792x1024", "1024x1792"})
QUALITIES = frozenset({"standard", "hd"})
TYPES = frozenset({"text-to-image", "image-to-image", "upscale", "multi-prompt"})
FROM_IMAGE = frozenset({"image-to-image", "upscale"})
PROMPT_OF = {
    "dall-e": "description",
    "stablediffusion": "stable_description",
    "flux-pro": "description_flux_pro",
    "ideogram": "description_ideogram",
    "flux-pro-kontext": "description_flux_pro",
}
MODIFIERS = ("image_style", "image_lighting", "mood", "negative_prompt", "style_preset")
_RESOLUTION = re.compile(r"([1-9][0-9]{0,3})x([1-9][0-9]{0,3})")

Problems = dict[str, list[str]]


@dataclass(frozen=True)
class Limits:
    """What no source gives, so that every service chooses."""

    images: int = 8
    text: int = 5000
    resolutions: frozenset[str] = field(default_factory=frozenset)


def cleaned(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Without the white space around texts, and without what is empty."""
    trimmed = {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}
    return {name: value for name, value in trimmed.items() if value not in ("", None)}


class Examination:
    """Looks at all parameters and notes every problem."""

    def __init__(self, form: Form, limits: Limits) -> None:
        self._fields, self._files, self._limits = cleaned(form.fields), form.files, limits
        self.problems: Problems = {}
        self._count()
        self._engine()

    def order(self) -> Order:
        """The order, where there is no problem."""
        fields = self._fields
        size = fields.get("size") if fields["image_generator"] == "dall-e" else fields.get("image_resolution")
        width, _, height = str(size or "1024x1024").partition("x")
        prompt = fields.get(PROMPT_OF[fields["image_generator"]], "")
        texts = {name: value for name, value in fields.items() if isinstance(value, str)}
        count = int(fields["image_number_of_images"])
        return Order(fields["image_generator"], prompt, count, int(width), int(height), texts)

    def _note(self, name: str, complaint: str) -> None:
        self.problems.setdefault(name, []).append(f"{name.replace('_', ' ')} {complaint}")

    def _count(self) -> None:
        value = self._fields.get("image_number_of_images")
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole and not (isinstance(value, str) and re.fullmatch(r"[0-9]{1,6}", value)):
            self._note("image_number_of_images", "has to be a whole number")
        elif not 1 <= int(str(value)) <= self._limits.images:
            self._note("image_number_of_images", f"has to be from 1 to {self._limits.images}")

    def _engine(self) -> None:
        engine = self._fields.get("image_generator")
        if not isinstance(engine, str) or engine not in PROMPT_OF:
            self._note("image_generator", "is none of those offered here")
            return
        self._text(PROMPT_OF[engine], required=True)
        for name in MODIFIERS:
            self._text(name, required=False)
        if engine == "dall-e":
            self._choice("size", SIZES)
            self._choice("quality", QUALITIES)
        if engine == "stablediffusion":
            self._choice("type", TYPES)
            self._resolution()
            self._source()

    def _text(self, name: str, *, required: bool) -> None:
        value = self._fields.get(name)
        if value is None:
            if required:
                self._note(name, "is missing")
        elif not isinstance(value, str):
            self._note(name, "has to be a text")
        elif len(value) > self._limits.text:
            self._note(name, f"is longer than {self._limits.text} characters")

    def _choice(self, name: str, choices: frozenset[str]) -> None:
        value = self._fields.get(name)
        if not isinstance(value, str) or value not in choices:
            self._note(name, f"has to be one of {', '.join(sorted(choices))}")

    def _resolution(self) -> None:
        value = self._fields.get("image_resolution")
        offered = self._limits.resolutions
        if not isinstance(value, str) or not _RESOLUTION.fullmatch(value):
            self._note("image_resolution", "has to be WIDTHxHEIGHT")
        elif offered and value not in offered:
            self._note("image_resolution", f"has to be one of {', '.join(sorted(offered))}")

    def _source(self) -> None:
        if str(self._fields.get("type")) in FROM_IMAGE and not self._files.get("image_src"):
            self._note("image_src", "is needed for this type")
