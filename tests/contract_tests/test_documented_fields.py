"""No check reads a field of a reply that the documents do not give it."""

import ast
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

import contract_tests
from contract_tests.oracle import resources
from contract_tests.oracle.contract import load_contract

SUITE = Path(contract_tests.__file__).parent
READERS = sorted(
    chain(
        (SUITE / "checks").glob("*.py"),
        (SUITE / "oracle" / f"{name}.py" for name in ("history", "images", "oracle", "replies")),
        (SUITE / "client" / f"{name}.py" for name in ("api", "made")),
        (SUITE / "fuzz" / f"{name}.py" for name in ("judgement", "gateway")),
    )
)
HEADERS = {"allow", "authorization", "content-type", "content-length", "date", "location"}
CORS = {"access-control-allow-origin", "access-control-allow-headers", "access-control-request-method"}
ENVELOPE = {"error", "details"}  # the other form of a refusal [ERROR-BODY]
ROLE = {"anonymous"}


def properties(node: Any) -> Iterator[str]:
    """Yield the name of every property in a document."""
    if isinstance(node, dict):
        yield from node.get("properties", ())
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from properties(value)


def read_keys(file: Path) -> Iterator[str]:
    """Yield every constant text that is looked up in a mapping."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        key: ast.expr | None = None
        if isinstance(node, ast.Subscript):
            key = node.slice
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            key = next(iter(node.args), None)
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key.value


DOCUMENTS = [resources.load_yaml(resources.openapi(f"{name}.yaml")) for name in ("openapi", "control")]
KNOWN = {
    *chain.from_iterable(map(properties, DOCUMENTS)),
    *load_contract().operations,
    *HEADERS,
    *CORS,
    *ENVELOPE,
    *ROLE,
}


@pytest.mark.parametrize("file", READERS, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_no_check_reads_an_undocumented_field(file: Path) -> None:
    assert {key for key in read_keys(file) if key.lower() not in KNOWN and key not in KNOWN} == set()


def test_a_field_that_the_document_lacks_would_be_noticed() -> None:
    assert {"title", "created_at", "image_storage"} <= KNOWN
    assert not {"slug", "hash", "img_id", "updated_at"} & KNOWN
