"""The steps of the clients in Python: each sends the same calls and prints a name and a status for each.

A client is a function that takes method, URL, headers and one of json, form with file, or raw bytes, and returns the
status. All calls of a client share its pool of connections.
"""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

BASE, TOKEN = os.environ["BASE"], os.environ["TOKEN"]
PICTURE, LARGE = Path(os.environ["PICTURE"]), Path(os.environ["LARGE"])
PROMPT = {"image_generator": "flux-pro", "description_flux_pro": "Café in fog", "image_number_of_images": 1}
FORM = {
    "image_generator": "stablediffusion",
    "stable_description": "Café in fog",
    "type": "upscale",
    "image_resolution": "32x24",
    "image_number_of_images": "1",
}
# name, method, path, token, and what is sent
STEPS: list[tuple[str, str, str, str, dict[str, Any]]] = [
    ("json", "POST", "generate-image", TOKEN, {"json": PROMPT}),
    ("upload", "POST", "generate-image", TOKEN, {"form": FORM, "file": PICTURE}),
    ("refused", "POST", "generate-image", "demo-invalid", {"form": FORM, "file": LARGE}),
    ("after", "GET", "versions", TOKEN, {}),
    ("invalid", "POST", "generate-image", TOKEN, {"json": {**PROMPT, "image_number_of_images": 0}}),
    ("again", "POST", "generate-image", TOKEN, {"json": PROMPT}),
]


def play(call: Callable[..., int]) -> None:
    for name, method, path, token, sent in STEPS:
        print(name, call(method, f"{BASE}/aiimage/{path}", {"Authorization": f"Bearer {token}"}, **sent), flush=True)


async def aplay(call: Callable[..., Awaitable[int]]) -> None:
    for name, method, path, token, sent in STEPS:
        status = await call(method, f"{BASE}/aiimage/{path}", {"Authorization": f"Bearer {token}"}, **sent)
        print(name, status, flush=True)
