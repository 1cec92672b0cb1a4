"""Prompts that services stumble over, as examples among those of the document, so that they are sent."""

from collections.abc import Mapping
from typing import Any

_PROMPTS = [
    "x" * 5000,
    "Ünïcödé, \u202eright to left, e\u0301, \u4e2d\u6587, 👩‍🚀",
    "'\";-- <b>&amp; %s%n {0} ${7*7} ../../x",
]


def provoking(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with these prompts."""
    schemas = document["components"]["schemas"]
    prompt = {**schemas["Prompt"], "examples": [*schemas["Prompt"]["examples"], *_PROMPTS]}
    return {**document, "components": {**document["components"], "schemas": {**schemas, "Prompt": prompt}}}
