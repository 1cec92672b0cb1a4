"""The parameters of generate-image: engines as data, and the way from a form to an order or to its problems."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from contract_tests.wrong_servers.state import Order
from contract_tests.wrong_servers.wire import Form

FROM_IMAGE = frozenset({"image-to-image", "upscale"})
MODIFIERS = ("image_style", "image_lighting", "mood", "negative_prompt", "style_preset")
_RESOLUTION = re.compile(r"([1-9][0-9]{0,3})x([1-9][0-9]{0,3})")

Problems = dict[str, list[str]]
Values = frozenset[str] | range


@dataclass(frozen=True)
class Engine:
    """An engine: the field of its prompt, and the values that its other fields accept.

    `fields` gives texts or a range of whole numbers; an empty set accepts any text. `size` names the field with the
    size of the picture, any WIDTHxHEIGHT unless `fields` lists its values. All are required unless `optional`.
    """

    name: str
    prompt: str
    fields: Mapping[str, Values] = field(default_factory=dict)
    size: str | None = None
    optional: Collection[str] = ()

    def names(self) -> set[str]:
        return {self.prompt, *self.fields} | ({self.size} if self.size else set())


_SIZES = frozenset({"256x256", "512x512", "1024x1024", "1792x1024", "1024x1792"})
_TYPES = frozenset({"text-to-image", "image-to-image", "upscale", "multi-prompt"})
ENGINES = (
    Engine("dall-e", "description", {"size": _SIZES, "quality": frozenset({"standard", "hd"})}, "size"),
    Engine("stablediffusion", "stable_description", {"type": _TYPES}, "image_resolution"),
    Engine("flux-pro", "description_flux_pro"),
    Engine("ideogram", "description_ideogram"),
    Engine("flux-pro-kontext", "description_flux_pro"),
)


@dataclass(frozen=True)
class Limits:
    """Limits that no source gives, so that every service chooses its own."""

    images: int = 8
    text: int = 5000
    resolutions: frozenset[str] = frozenset()


def cleaned(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields without white space around texts and without empty values."""
    trimmed = {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}
    return {name: value for name, value in trimmed.items() if value not in ("", None)}


class Examination:
    """Checks all parameters and collects every problem."""

    def __init__(self, form: Form, limits: Limits, engines: Iterable[Engine] = ENGINES) -> None:
        self._fields, self._files, self._limits = cleaned(form.fields), form.files, limits
        self.problems: Problems = {}
        self._number("image_number_of_images", range(1, limits.images + 1))
        name = self._fields.get("image_generator")
        self._engine = next((engine for engine in engines if engine.name == name), None)
        if self._engine:
            self._check(self._engine)
        else:
            self._note("image_generator", "is not offered")

    def order(self) -> Order:
        """Return the order; only for a form without problems."""
        engine = self._engine
        if engine is None:
            raise ValueError("an order needs an engine")
        size = self._fields.get(engine.size, "") if engine.size else ""
        width, _, height = (size or "1024x1024").partition("x")
        texts = {name: value for name, value in self._fields.items() if isinstance(value, str)}
        count = int(self._fields["image_number_of_images"])
        return Order(engine.name, self._fields.get(engine.prompt, ""), count, int(width), int(height), texts)

    def _note(self, name: str, complaint: str) -> None:
        self.problems.setdefault(name, []).append(f"{name.replace('_', ' ')} {complaint}")

    def _check(self, engine: Engine) -> None:
        self._text(engine.prompt, required=True)
        for name in (name for name in MODIFIERS if name not in engine.names()):
            self._text(name, required=False)
        for name, values in engine.fields.items():
            if name in self._fields or name not in engine.optional:
                self._value(name, values)
        if engine.size and engine.size not in engine.fields:
            self._resolution(engine.size)
        if "type" in engine.fields and str(self._fields.get("type")) in FROM_IMAGE and not self._files.get("image_src"):
            self._note("image_src", "is needed for this type")

    def _value(self, name: str, values: Values) -> None:
        if isinstance(values, range):
            self._number(name, values)
        elif values:
            self._choice(name, values)
        else:
            self._text(name, required=True)

    def _number(self, name: str, numbers: range) -> None:
        value = self._fields.get(name)
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole and not (isinstance(value, str) and re.fullmatch(r"[0-9]{1,6}", value)):
            self._note(name, "has to be a whole number")
        elif int(str(value)) not in numbers:
            self._note(name, f"has to be from {numbers[0]} to {numbers[-1]}")

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

    def _resolution(self, name: str) -> None:
        value = self._fields.get(name)
        offered = self._limits.resolutions
        if not isinstance(value, str) or not _RESOLUTION.fullmatch(value):
            self._note(name, "has to be WIDTHxHEIGHT")
        elif offered and value not in offered:
            self._note(name, f"has to be one of {', '.join(sorted(offered))}")
