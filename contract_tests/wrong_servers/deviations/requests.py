"""Deviations of how requests are understood, and requests that make the service fail."""

import json
from collections.abc import Callable
from typing import Any

from contract_tests.wrong_servers.catalogue import breaks, variant
from contract_tests.wrong_servers.parameters import FROM_IMAGE, MODIFIERS, Examination, Problems
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.state import Account
from contract_tests.wrong_servers.wire import Form, Reply, Request, error

FAILED = error(500, "Server Error")

# The uploaded source


class _Sourceless(Service):
    """Does not require `image_src` for these values of `type`."""

    types = FROM_IMAGE

    def problems(self, examination: Examination, form: Form) -> Problems:
        if str(form.fields.get("type")) not in self.types:
            return examination.problems
        return {name: complaints for name, complaints in examination.problems.items() if name != "image_src"}


variant("source-not-needed", "I2I-SRC", "image_src is never required.", base=_Sourceless)
variant(
    "image-to-image-without-source",
    "I2I-SRC",
    "image-to-image does not require image_src.",
    base=_Sourceless,
    types={"image-to-image"},
)
variant("upscale-without-source", "I2I-SRC", "upscale does not require image_src.", base=_Sourceless, types={"upscale"})


@breaks("I2I-SRC", how="JSON requires image_src, a form does not.")
class SourceNotNeededInForms(_Sourceless):
    def problems(self, examination: Examination, form: Form) -> Problems:
        as_text = isinstance(form.fields.get("image_number_of_images"), str)
        return super().problems(examination, form) if as_text else examination.problems


@breaks("SHAPE", "I2I-SRC", how="An uploaded image_src is ignored, so that it is always missing.")
class UploadIgnored(Service):
    def form(self, request: Request) -> Form:
        return Form(super().form(request).fields)


class _Invalid(Service):
    """Replies differently to some invalid requests."""

    concerns: Callable[[Problems], bool]
    reply = FAILED

    def invalid(self, problems: Problems) -> Reply:
        return self.reply if self.concerns(problems) else super().invalid(problems)


def _only_source(problems: Problems) -> bool:
    return set(problems) == {"image_src"}


def _missing(problems: Problems) -> bool:
    return any("is missing" in complaint for complaints in problems.values() for complaint in complaints)


_INVALID: tuple[tuple[str, str, Callable[[Problems], bool], Reply, str], ...] = (
    ("source-missing-fails", "I2I-SRC SHAPE", _only_source, FAILED, "A missing image_src gets a 500."),
    ("missing-parameter-fails", "SHAPE", _missing, FAILED, "A missing parameter gets a 500."),
)
for _name, _rules, _concerns, _reply, _sentence in _INVALID:
    variant(_name, _rules, _sentence, base=_Invalid, concerns=staticmethod(_concerns), reply=_reply)

variant(
    "source-missing-as-400",
    "VALID-422",
    "A missing image_src gets a 400, which is a refusal like any other.",
    kind="assumed",
    base=_Invalid,
    concerns=staticmethod(_only_source),
    reply=error(400, "No image."),
)

# Requests that fail


class Failing(Service):
    """Answers the requests for which `fails(request, form)` holds with `reply`."""

    fails: Callable[[Request, Form], bool]
    reply = FAILED

    def generate(self, account: Account, request: Request) -> Reply:
        failed = self.fails(request, super().form(request))
        return self.reply if failed else super().generate(account, request)


def _is_form(request: Request, form: Form) -> bool:
    return request.headers.get("content-type", "").startswith("multipart/")


def _is_json(request: Request, form: Form) -> bool:
    return "json" in request.headers.get("content-type", "")


def _is_bad_json(request: Request, form: Form) -> bool:
    return _is_json(request, form) and not isinstance(_loaded(request.body), dict)


def _loaded(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _has_long_text(request: Request, form: Form) -> bool:
    return any(isinstance(value, str) and len(value) > 255 for value in form.fields.values())


def _has_character_above(limit: int) -> Callable[[Request, Form], bool]:
    return lambda _, form: any(ord(character) > limit for character in _texts(form))


def _has_quotation_mark(request: Request, form: Form) -> bool:
    return not set("'\"").isdisjoint(_texts(form))


def _texts(form: Form) -> str:
    return " ".join(str(value) for value in form.fields.values())


def _has_nested_value(request: Request, form: Form) -> bool:
    return any(isinstance(value, list | dict) for value in form.fields.values())


def _is_flux_pro(request: Request, form: Form) -> bool:
    return form.fields.get("image_generator") == "flux-pro"


_FAILURES: tuple[tuple[str, Callable[[Request, Form], bool], str], ...] = (
    ("forms-fail", _is_form, "A form gets a 500."),
    ("long-prompt-fails", _has_long_text, "A prompt of more than 255 characters gets a 500."),
    ("emoji-fails", _has_character_above(0xFFFF), "A character beyond the first plane of Unicode gets a 500."),
    ("unicode-fails", _has_character_above(0xFF), "A letter outside Latin-1 gets a 500."),
    ("quotation-fails", _has_quotation_mark, "A quotation mark in a prompt gets a 500."),
    ("nested-value-fails", _has_nested_value, "A list or an object instead of a text gets a 500."),
    ("bad-json-fails", _is_bad_json, "A body of invalid JSON gets a 500."),
    ("other-engines-fail", _is_flux_pro, "The engine flux-pro gets a 500."),
)
for _name, _fails, _sentence in _FAILURES:
    variant(_name, "SHAPE", _sentence, base=Failing, fails=staticmethod(_fails))
for _name, _fails, _sentence in (
    ("forms-not-taken", _is_form, "A form gets a 415."),
    ("json-not-taken", _is_json, "JSON gets a 415."),
):
    _reply = error(415, "Unsupported media type.")
    variant(_name, "SHAPE", _sentence, base=Failing, fails=staticmethod(_fails), reply=_reply)


@breaks("SHAPE", how="An unknown field gets a 500.")
class UnknownFieldFails(Service):
    def generate(self, account: Account, request: Request) -> Reply:
        known = {"image_generator", "image_number_of_images", "image_src", *MODIFIERS}
        for engine in self.engines:
            known |= engine.names()
        return super().generate(account, request) if known.issuperset(self.form(request).fields) else FAILED


# Documented values that are refused: what the plan or the model of a service lacks, and what none may refuse


def _refusing(field: str, value: str) -> Callable[..., Problems]:
    def problems(self: Service, examination: Examination, form: Form) -> Problems:
        refused = {field: [f"{field} cannot be {value}"]} if form.fields.get(field) == value else {}
        return examination.problems | refused

    return problems


variant("size-not-offered", "", "A size is not offered.", kind="conforming", problems=_refusing("size", "1024x1024"))
variant(
    "high-definition-refused", "SHAPE", "High definition is refused as invalid.", problems=_refusing("quality", "hd")
)
variant(
    "engine-not-offered",
    "",
    "An engine is not offered.",
    kind="conforming",
    problems=_refusing("image_generator", "dall-e"),
)
