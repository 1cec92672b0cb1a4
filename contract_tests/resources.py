"""Where the document, the rules and the fixtures are: beside the package when installed, else in the repository."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_PACKAGE = Path(__file__).resolve().parent


@cache
def root() -> Path:
    """The folder that holds `openapi/` and `fixtures/`."""
    installed = _PACKAGE.parent / "aiimage_mock"
    return installed if installed.is_dir() else _PACKAGE.parent


def openapi(name: str) -> Path:
    return root() / "openapi" / name


def fixture(kind: str, name: str) -> Path:
    return root() / "fixtures" / kind / name


def load_yaml(path: Path) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C where there is one: ten times as fast
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
