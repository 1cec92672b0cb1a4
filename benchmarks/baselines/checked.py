"""`plain`, with the body of generate-image parsed and checked against the document's schema of its engine."""

import json
from pathlib import Path
from typing import Any

import yaml
from jsonschema_rs import Draft202012Validator
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .fixed import GENERATED, PREFIX
from .plain import ROUTES

_DOCUMENT = Path(__file__).parents[2] / "openapi" / "openapi.yaml"


def _validators() -> dict[str, Draft202012Validator]:
    """Return the validator of each engine's parameters."""
    components = yaml.load(_DOCUMENT.read_text(), yaml.CSafeLoader)["components"]
    variants = components["schemas"]["GenerateRequest"]["discriminator"]["mapping"]
    return {
        engine: Draft202012Validator({"$ref": reference, "components": components})
        for engine, reference in variants.items()
    }


_VALIDATORS = _validators()


async def _generate(request: Request) -> Response:
    try:
        order = json.loads(await request.body())
        validator = _VALIDATORS[order["image_generator"]]
    except (ValueError, LookupError, TypeError):
        return _refused(["The selected image generator is invalid."])
    if problems := [error.message for error in validator.iter_errors(order)]:
        return _refused(problems)
    return JSONResponse(GENERATED)


def _refused(problems: list[str]) -> Response:
    errors: dict[str, Any] = {"message": problems[0], "errors": {"parameters": problems}}
    return JSONResponse(errors, 422)


app = Starlette(routes=[Route(f"{PREFIX}/generate-image", _generate, methods=["POST"]), *ROUTES])
