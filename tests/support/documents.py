"""A small OpenAPI document, and changes of it."""

import copy
from typing import Any

NEW = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}

REPLY = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}


def document() -> dict[str, Any]:
    """Return a small valid document."""
    return {
        "openapi": "3.1.0",
        "servers": [{"url": "https://example.org/base/v2/"}],
        "security": [{"key": []}],
        "components": {
            "schemas": {"Reply": REPLY},
            "responses": {"Gone": reply({"$ref": "#/components/schemas/Reply"}, {"id": 9})},
        },
        "paths": {
            "/things": {
                "get": {
                    "operationId": "listThings",
                    "security": [],
                    "responses": {
                        "410": {"$ref": "#/components/responses/Gone"},
                        "201": reply(REPLY, {"id": 2}),
                        "200": reply(REPLY, {"id": 1}, {"id": 7}),
                    },
                },
                "post": {
                    "operationId": "makeThing",
                    "tags": ["Things"],
                    "summary": "Make",
                    "description": "Make a thing.",
                    "x-rules": ["ONE"],
                    "requestBody": {"content": {"application/json": {"schema": NEW}}},
                    "responses": {"200": reply(REPLY, {"id": 1})},
                },
            }
        },
        "x-fallback-responses": {"405": reply(REPLY, {"id": 0}, headers={"Allow": {"required": True}, "Age": {}})},
    }


def reply(schema: Any, *values: Any, headers: Any = None) -> dict[str, Any]:
    examples = {f"example{number}": {"value": value} for number, value in enumerate(values)}
    node = {"description": "Some", "content": {"application/json": {"schema": schema, "examples": examples}}}
    return {**node, "headers": headers} if headers else node


def changed(*path: str, value: Any) -> dict[str, Any]:
    """Return the small document with one node replaced, or removed where `value` is None."""
    data = copy.deepcopy(document())
    node: Any = data
    for step in path[:-1]:
        node = node[step]
    if value is None:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return data


POST = ("paths", "/things", "post")

ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}

DELETE = {"operationId": "deleteThing", "responses": {"204": {"description": "Gone."}}}


def with_path(path: str, item: dict[str, Any]) -> dict[str, Any]:
    data = document()
    data["paths"][path] = item
    return data
