"""From the body of a request to an order, or to its problems by field."""

import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image

from contract_tests.wrong_servers.drawn import document
from contract_tests.wrong_servers.drawn.drawing import Draw
from contract_tests.wrong_servers.wire import parse

COUNT, ENGINE, TYPE, SOURCE = "image_number_of_images", "image_generator", "type", "image_src"
_SIZE = re.compile(r"([1-9]\d{1,4})x([1-9]\d{1,4})", re.ASCII)
_DIGITS = re.compile(r"\d{1,9}", re.ASCII)
_INVISIBLE = " \t\r\n\f\v\0\u200b\u200c\u200d\u2060\ufeff\u00ad\u3164\u2800"
_VISIBLE_TRIM = " \t\r\n\f\v\0"
_MAX_MODIFIER = 5000
_MAX_SIDE = 4096
_APPENDED = ("image_style", "image_lighting", "mood")
_FALLBACK = (1024, 1024)
_SMALLEST_UPLOAD = 512

Problem = tuple[str, str]


class UnreadableError(Exception):
    """The body cannot be read."""


@dataclass(frozen=True)
class Order:
    """A valid request; `appended` is the prompt with its modifiers."""

    engine: str
    prompt: str
    appended: str
    count: int
    width: int
    height: int
    queues: bool = False


@dataclass(frozen=True)
class Body:
    """The parameters of a request and its uploads."""

    fields: Mapping[str, Any]
    files: Mapping[str, bytes]


def read_body(drawn: Draw, content_type: str, content: bytes) -> Body:
    """Return the parameters; raise UnreadableError for broken JSON, LookupError for another type of body."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind in {"multipart/form-data", "application/x-www-form-urlencoded"}:
        form = parse(content_type, content)
        return Body(form.fields, form.files)
    if not kind.endswith("json") and drawn["bodies of other types"] == "415":
        raise LookupError(kind)
    if not kind.endswith("json") and drawn["bodies of other types"] == "refused as invalid":
        return Body({}, {})
    try:
        fields = json.loads(content.decode())
    except (ValueError, RecursionError):
        raise UnreadableError from None
    return Body(fields if isinstance(fields, dict) else {}, {})


@dataclass(frozen=True)
class Reading:
    """An order, or the problems of a request; `limits` are those of the service, which no source gives."""

    order: Order | None = None
    problems: tuple[Problem, ...] = ()
    limits: tuple[Problem, ...] = ()


class Reader:
    """Reads orders in one drawn way."""

    def __init__(self, drawn: Draw) -> None:
        self._drawn = drawn
        self._forms = document.forms()
        self._known = {name for form in self._forms for name in (form.prompt, *form.choices, *form.modifiers)}
        self._known |= {name for form in self._forms for name in (form.size, form.source) if name}

    def read(self, body: Body) -> Reading:
        fields = {name: self._trimmed(value) for name, value in body.fields.items()}
        fields = {name: value for name, value in fields.items() if self._present(name, value)}
        problems = [*self._count_problems(fields), *self._stray_problems(fields)]
        form = self._form(fields)
        if form is None:
            return Reading(problems=(*problems, self._selection_problem(fields)))
        problems += self._problems(form, fields, body.files)
        if problems:
            return Reading(problems=tuple(problems))
        limits = tuple(self._limits(form, fields, body.files))
        return Reading(None if limits else self._order(form, fields), limits=limits)

    def _trimmed(self, value: Any) -> Any:
        if not isinstance(value, str) or self._drawn["texts"] == "as sent":
            return value
        return value.strip(_INVISIBLE if self._drawn["texts"] == "invisible characters trimmed" else _VISIBLE_TRIM)

    def _present(self, name: str, value: Any) -> bool:
        if value is None:
            return bool(self._drawn["texts"] == "null refused" and name in self._known)
        blank_is_fine = self._drawn["texts"] == "blank prompt accepted" and any(
            name == form.prompt for form in self._forms
        )
        return blank_is_fine or not (isinstance(value, str) and not value.strip(_VISIBLE_TRIM))

    def _form(self, fields: Mapping[str, Any]) -> document.Form | None:
        named = [form for form in self._forms if form.engine == fields.get(ENGINE)]
        typed = [form for form in named if not form.types or fields.get(TYPE) in form.types]
        if not typed and named and TYPE in fields and self._drawn["validation"] == "unknown choices accepted":
            return named[0]
        return typed[0] if typed else None

    def _selection_problem(self, fields: Mapping[str, Any]) -> Problem:
        engine = any(form.engine == fields.get(ENGINE) for form in self._forms)
        name = TYPE if engine else ENGINE
        return name, f"The selected {name} is not known." if name in fields else f"{name} is missing."

    def _count_problems(self, fields: Mapping[str, Any]) -> Iterator[Problem]:
        value = fields.get(COUNT)
        if isinstance(value, str) and _DIGITS.fullmatch(value):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            yield COUNT, f"{COUNT} takes a whole number."
        elif value < (0 if self._drawn["validation"] == "no images for a count of 0" else 1):
            yield COUNT, f"{COUNT} is too small."

    def _stray_problems(self, fields: Mapping[str, Any]) -> Iterator[Problem]:
        if self._drawn["texts"] == "unknown fields refused":
            for name in fields.keys() - self._known - {COUNT, ENGINE, TYPE}:
                yield name, f"{name} is not known."

    def _problems(
        self, form: document.Form, fields: Mapping[str, Any], files: Mapping[str, bytes]
    ) -> Iterator[Problem]:
        yield from self._text_problems(form.prompt, fields, required=True)
        for name in form.modifiers:
            yield from self._text_problems(name, fields, required=False)
        for name, values in form.choices.items():
            if name not in fields:
                yield name, f"{name} is missing."
            elif fields[name] not in values and self._drawn["validation"] != "unknown choices accepted":
                yield name, f"The selected {name} is not known."
        if form.size and form.size not in form.choices:
            yield from self._size_problems(form.size, fields)
        if form.needs_source:
            yield from self._source_problems(form.source or "", files)

    def _text_problems(self, name: str, fields: Mapping[str, Any], *, required: bool) -> Iterator[Problem]:
        if name not in fields:
            if required:
                yield name, f"{name} is missing."
        elif not isinstance(fields[name], str):
            yield name, f"{name} takes a text."

    def _size_problems(self, name: str, fields: Mapping[str, Any]) -> Iterator[Problem]:
        value = fields.get(name)
        if not isinstance(value, str) or not _SIZE.fullmatch(value):
            yield name, f"{name} takes WIDTHxHEIGHT."

    def _source_problems(self, name: str, files: Mapping[str, bytes]) -> Iterator[Problem]:
        if not files.get(name):
            yield name, f"{name} is missing."

    # Limits of the service

    def _limits(self, form: document.Form, fields: Mapping[str, Any], files: Mapping[str, bytes]) -> Iterator[Problem]:
        drawn, size = self._drawn, str(fields.get(form.size or "", ""))
        if int(fields[COUNT]) > drawn["images at once"]:
            yield COUNT, f"At most {drawn['images at once']} images at once."
        if len(str(fields.get(form.prompt, ""))) > drawn["longest prompt"]:
            yield form.prompt, f"{form.prompt} takes at most {drawn['longest prompt']} characters."
        for name in form.modifiers:
            if len(str(fields.get(name, ""))) > _MAX_MODIFIER:
                yield name, f"{name} takes at most {_MAX_MODIFIER} characters."
        if form.source and len(files.get(form.source, b"")) > drawn["largest upload"]:
            yield form.source, f"{form.source} takes at most {drawn['largest upload']} bytes."
        elif form.source and form.source in files and not self._taken(files[form.source]):
            yield form.source, f"{form.source} does not take this picture."
        if form.engine in drawn["engines not offered"]:
            yield ENGINE, "Your plan does not include this engine."
        if form.size and _SIZE.fullmatch(size) and not self._offered(form, size):
            yield form.size, "Your plan does not include this size."
        if fields.get("quality") == "hd" and drawn["hd"] == "not offered":
            yield "quality", "Your plan does not include this quality."

    def _taken(self, content: bytes) -> bool:
        match self._drawn["uploads taken"]:
            case "PNG and JPEG":
                return content.startswith((b"\x89PNG", b"\xff\xd8"))
            case "of 512 pixels or more":
                with Image.open(io.BytesIO(content)) as picture:
                    return min(picture.size) >= _SMALLEST_UPLOAD
        return True

    def _offered(self, form: document.Form, size: str) -> bool:
        if form.size in form.choices:
            return bool(size != self._drawn["size not offered"])
        offered, longer = self._drawn["resolutions"], max(_parts(size))
        if offered.isdigit():
            return bool(longer <= int(offered))
        return longer <= _MAX_SIDE and (not offered or size in offered.split())

    def _order(self, form: document.Form, fields: Mapping[str, Any]) -> Order:
        prompt = str(fields.get(form.prompt, ""))
        texts = [str(fields[name]) for name in _APPENDED if fields.get(name)]
        appended = " ".join([prompt, *texts]) if self._drawn["input"] == "modifiers appended" else prompt
        size = str(fields.get(form.size or "", ""))
        width, height = _parts(size) if _SIZE.fullmatch(size) else _FALLBACK
        queues = form.engine in self._drawn["queued"]
        return Order(form.engine, prompt, appended, int(fields[COUNT]), width, height, queues)


def _parts(size: str) -> tuple[int, int]:
    width, _, height = size.partition("x")
    return int(width), int(height)
