"""The client that openapi-python-client generates from the document, when a test first needs it."""

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from examples.generated_client.split import split

HERE = Path(__file__).parent
DOCUMENT = HERE.parents[1] / "openapi" / "openapi.yaml"


class Sdk(NamedTuple):
    """The generated package and the handwritten client. folder: contains the package."""

    folder: Path
    models: Any
    availability: Any
    images: Any
    client: Any


@pytest.fixture(scope="session")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sdk]:
    """The generated client. The generator's warnings are errors."""
    folder = tmp_path_factory.mktemp("sdk")
    (folder / "aiimage.yaml").write_text(yaml.safe_dump(split(yaml.safe_load(DOCUMENT.read_text()))))
    command = ["--meta=none", "--path=aiimage.yaml", f"--config={HERE / 'config.yaml'}", "--output-path=aiimage_sdk"]
    generator = [sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning"]
    subprocess.run([*generator, *command], cwd=folder, check=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        names = ("aiimage_sdk.models", "aiimage_sdk.api.availability", "aiimage_sdk.api.images")
        parts = [importlib.import_module(name) for name in (*names, "examples.generated_client.client")]
        for name in ("check_availability", "get_versions"):
            importlib.import_module(f"aiimage_sdk.api.availability.{name}")
        importlib.import_module("aiimage_sdk.api.images.get_recent_images")
        yield Sdk(folder, *parts)
