"""A client that openapi-python-client makes of the document.

Version 0.29 cannot tell apart two kinds of body that share a schema: it sends all as a form, and a choice of forms it
cannot write at all. So it is given the document with generate-image split in two by what is sent, JSON or an upload.
The part of a URL from # on is not sent, so both lead to the same place.
"""

import importlib
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

DOCUMENT = Path(__file__).parents[2] / "openapi" / "openapi.yaml"
GENERATE = "/aiimage/generate-image"
UPLOAD = {"schema": {"$ref": "#/components/schemas/StableDiffusionFromImage"}}


def split(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with an operation for JSON and one for uploads."""
    json, upload = document["paths"][GENERATE], deepcopy(document["paths"][GENERATE])
    del json["post"]["requestBody"]["content"]["multipart/form-data"]
    upload["post"] |= {"operationId": "generateFromUpload"}
    upload["post"]["requestBody"]["content"] = {"multipart/form-data": UPLOAD}
    return document | {"paths": document["paths"] | {GENERATE: json, f"{GENERATE}#upload": upload}}


@pytest.fixture(scope="session")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    """Import a module of the generated client, by its name in there."""
    folder = tmp_path_factory.mktemp("sdk")
    (folder / "openapi.yaml").write_text(yaml.safe_dump(split(yaml.safe_load(DOCUMENT.read_text()))))
    (folder / "config.yaml").write_text("post_hooks: []\n")
    command = (
        "generate --meta none --path openapi.yaml --config config.yaml --output-path aiimage_sdk --fail-on-warning"
    )
    subprocess.run([sys.executable, "-m", "openapi_python_client", *command.split()], cwd=folder, check=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        importlib.import_module("aiimage_sdk")
    return lambda name: importlib.import_module(f"aiimage_sdk.{name}")
