"""A copy of the project whose document has one engine and one operation more, and nothing else changed."""

import copy
import shutil
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
ENGINE = "aurora"
SIZES = ["96x64", "64x96"]
FIELDS = {
    "image_generator": ENGINE,
    "aurora_text": "Northern lights over a fjord",
    "canvas": "96x64",
    "palette": "polar",
    "grain": 3,
    "image_number_of_images": 1,
}
SCHEMA = {
    "title": "Aurora",
    "type": "object",
    "required": ["image_generator", "image_number_of_images", "aurora_text", "canvas", "palette"],
    "properties": {
        "image_generator": {"type": "string", "enum": [ENGINE], "x-role": "engine", "description": "The engine."},
        "image_number_of_images": {"$ref": "#/components/schemas/NumberOfImages"},
        "aurora_text": {"$ref": "#/components/schemas/Prompt"},
        "canvas": {"type": "string", "enum": SIZES, "x-role": "size", "description": "The size."},
        "palette": {"type": "string", "enum": ["polar", "ember"], "description": "The colours."},
        "grain": {"type": "integer", "minimum": 0, "maximum": 9, "examples": [3], "description": "The grain."},
    },
}
DELETE = {
    "delete": {
        "operationId": "deleteImage",
        "tags": ["Images"],
        "summary": "Delete an image",
        "description": "Deletes one image.",
        "x-rules": ["AUTH", "AUTH-401"],
        "parameters": [
            {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}},
        ],
        "responses": {
            "204": {"description": "The image is gone."},
            "401": {"$ref": "#/components/responses/Unauthenticated"},
        },
    }
}


def extended(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with the engine and the operation added, in place."""
    schemas, reference = document["components"]["schemas"], "#/components/schemas/AuroraRequest"
    schemas["AuroraRequest"] = copy.deepcopy(SCHEMA)
    json, form = schemas["GenerateRequest"], schemas["GenerateForm"]
    for schema, branches in ((json, json["oneOf"]), (form, form["allOf"][0]["anyOf"])):
        branches.append({"$ref": reference})
        schema["discriminator"]["mapping"][ENGINE] = reference
    document["paths"]["/aiimage/images/{id}"] = copy.deepcopy(DELETE)
    return document


def copy_project(folder: Path) -> None:
    """Copy the mock, the suite and their files into the folder."""
    for name in ("mock_server", "contract_tests", "openapi", "fixtures"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))


def extended_copy(folder: Path) -> Path:
    """Return a copy of the project in the folder, its document extended."""
    copy_project(folder)
    path = folder / "openapi" / "openapi.yaml"
    path.write_text(yaml.safe_dump(extended(yaml.safe_load(path.read_text())), sort_keys=False))
    return folder
