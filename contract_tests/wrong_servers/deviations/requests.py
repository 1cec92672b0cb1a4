"""Requests that are misunderstood, and such that make the service fail."""

import json
from abc import ABC, abstractmethod
from typing import Any

from contract_tests.wrong_servers.catalogue import breaks
from contract_tests.wrong_servers.forms import Form
from contract_tests.wrong_servers.message import Reply, Request, error
from contract_tests.wrong_servers.parameters import MODIFIERS, PROMPT_OF, Examination, Problems
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.state import Account

_FAILED = error(500, "Server Error")


class _Sourceless(Service):
    """Does not ask for `image_src` where `type` is one of these."""

    types = frozenset({"image-to-image", "upscale"})

    def problems(self, examination: Examination, form: Form) -> Problems:
        if str(form.fields.get("type")) not in self.types:
            return examination.problems
        return {name: complaints for name, complaints in examination.problems.items() if name != "image_src"}


@breaks("I2I-SRC", how="Nothing needs an image_src.")
class SourceNotNeeded(_Sourceless):
    pass


@breaks("I2I-SRC", how="image-to-image needs no image_src.")
class ImageToImageWithoutSource(_Sourceless):
    types = frozenset({"image-to-image"})


@breaks("I2I-SRC", how="upscale needs no image_src.")
class UpscaleWithoutSource(_Sourceless):
    types = frozenset({"upscale"})


@breaks("I2I-SRC", how="A form needs no image_src, JSON does.")
class SourceNotNeededInForms(_Sourceless):
    def problems(self, examination: Examination, form: Form) -> Problems:
        as_text = isinstance(form.fields.get("image_number_of_images"), str)
        return super().problems(examination, form) if as_text else examination.problems


@breaks("I2I-SRC", how="A missing image_src is answered 400.")
class SourceMissingAs400(Service):
    def invalid(self, problems: Problems) -> Reply:
        return error(400, "No image.") if set(problems) == {"image_src"} else super().invalid(problems)


@breaks("I2I-SRC", "SHAPE", how="A missing image_src is answered 500.")
class SourceMissingFails(Service):
    def invalid(self, problems: Problems) -> Reply:
        return _FAILED if set(problems) == {"image_src"} else super().invalid(problems)


@breaks("SHAPE", "I2I-SRC", how="An uploaded image_src is not seen, so that it is always missing.")
class UploadIgnored(Service):
    def form(self, request: Request) -> Form:
        return Form(super().form(request).fields)


class _Strict(Service, ABC):
    """Answers some requests with a failure."""

    @abstractmethod
    def fails(self, request: Request, form: Form) -> bool: ...

    def generate(self, account: Account, request: Request) -> Reply:
        failed = self.fails(request, super().form(request))
        return _FAILED if failed else super().generate(account, request)


def _texts(form: Form) -> str:
    return " ".join(str(value) for value in form.fields.values())


@breaks("SHAPE", how="Forms are answered 415.")
class FormsNotTaken(Service):
    def generate(self, account: Account, request: Request) -> Reply:
        is_form = request.headers.get("content-type", "").startswith("multipart/")
        return error(415, "JSON only.") if is_form else super().generate(account, request)


@breaks("SHAPE", how="Forms make the service fail.")
class FormsFail(_Strict):
    def fails(self, request: Request, form: Form) -> bool:
        return request.headers.get("content-type", "").startswith("multipart/")


@breaks("SHAPE", how="JSON is answered 415.")
class JsonNotTaken(Service):
    def generate(self, account: Account, request: Request) -> Reply:
        is_json = "json" in request.headers.get("content-type", "")
        return error(415, "Forms only.") if is_json else super().generate(account, request)


@breaks("SHAPE", how="A field that nobody knows makes the service fail.")
class UnknownFieldFails(_Strict):
    known = frozenset({"image_generator", "image_number_of_images", "size", "quality", "type", "image_resolution"})
    known |= frozenset({*PROMPT_OF.values(), *MODIFIERS, "image_src"})

    def fails(self, request: Request, form: Form) -> bool:
        return not self.known.issuperset(form.fields)


@breaks("SHAPE", how="A prompt of more than 255 characters makes the service fail.")
class LongPromptFails(_Strict):
    def fails(self, request: Request, form: Form) -> bool:
        return any(isinstance(value, str) and len(value) > 255 for value in form.fields.values())


@breaks("SHAPE", how="A character beyond the first plane of Unicode makes the service fail.")
class EmojiFails(_Strict):
    def fails(self, request: Request, form: Form) -> bool:
        return any(ord(character) > 0xFFFF for character in _texts(form))


@breaks("SHAPE", how="A letter outside of Latin-1 makes the service fail.")
class UnicodeFails(_Strict):
    def fails(self, request: Request, form: Form) -> bool:
        return any(ord(character) > 0xFF for character in _texts(form))


@breaks("SHAPE", how="A quotation mark in a prompt makes the service fail.")
class QuotationFails(_Strict):
    def fails(self, request: Request, form: Form) -> bool:
        return "'" in _texts(form) or '"' in _texts(form)


@breaks("SHAPE", how="A list or an object where a text belongs makes the service fail.")
class NestedValueFails(_Strict):
    def fails(self, request: Request, form: Form) -> bool:
        return any(isinstance(value, list | dict) for value in form.fields.values())


@breaks("SHAPE", how="A body that is no JSON makes the service fail.")
class BadJsonFails(_Strict):
    def fails(self, request: Request, form: Form) -> bool:
        return "json" in request.headers.get("content-type", "") and not isinstance(_loaded(request.body), dict)


@breaks("SHAPE", how="A missing parameter makes the service fail.")
class MissingParameterFails(Service):
    def invalid(self, problems: Problems) -> Reply:
        missing = any("is missing" in complaint for complaints in problems.values() for complaint in complaints)
        return _FAILED if missing else super().invalid(problems)


@breaks("SHAPE", how="An engine other than the first two makes the service fail.")
class OtherEnginesFail(_Strict):
    def fails(self, request: Request, form: Form) -> bool:
        return form.fields.get("image_generator") == "flux-pro"


@breaks("SHAPE", how="A documented size is refused as invalid.")
class SizeRefused(Service):
    def problems(self, examination: Examination, form: Form) -> Problems:
        refused = {"size": ["size has to be a square"]} if form.fields.get("size") == "1792x1024" else {}
        return {**examination.problems, **refused}


@breaks("SHAPE", how="High definition is refused as invalid.")
class HighDefinitionRefused(Service):
    def problems(self, examination: Examination, form: Form) -> Problems:
        refused = {"quality": ["quality has to be standard"]} if form.fields.get("quality") == "hd" else {}
        return {**examination.problems, **refused}


@breaks("SHAPE", how="flux-pro is refused as unknown.")
class FluxProRefused(Service):
    def problems(self, examination: Examination, form: Form) -> Problems:
        is_flux = form.fields.get("image_generator") == "flux-pro"
        refused = {"image_generator": ["image generator is none of those offered here"]} if is_flux else {}
        return {**examination.problems, **refused}


def _loaded(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
