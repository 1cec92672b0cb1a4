"""The YAML files of the project, as a parser reads them and not only as they look."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
FILES = sorted(path for folder in ("openapi", "fixtures") for path in (ROOT / folder).rglob("*.yaml"))


def split_texts(node: Any) -> Iterator[str]:
    """Yield the rest of each unquoted text in braces that a comma has ended: a key with spaces and no value."""
    values = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    if isinstance(node, dict):
        yield from (str(key) for key, value in node.items() if value is None and " " in str(key))
    for each in values:
        yield from split_texts(each)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_comma_ends_a_text(path: Path) -> None:
    assert list(split_texts(yaml.load(path.read_bytes(), yaml.CSafeLoader))) == []


def test_a_text_that_a_comma_has_ended_is_found() -> None:
    assert list(split_texts(yaml.safe_load("a: [{type: string, description: The problem, and what to do.}]"))) == [
        "and what to do."
    ]
