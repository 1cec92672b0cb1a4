"""The pages in examples/ are correct. The clients have their own tests."""

import re
import shlex
from pathlib import Path

import pytest

from support.pages import ROOT

EXAMPLES = ROOT / "examples"
PAGES = [*sorted(EXAMPLES.glob("*/README.md")), EXAMPLES / "README.md"]
INDEX = (EXAMPLES / "README.md").read_text()


def lines(page: Path) -> list[str]:
    """Return the shell commands of a page."""
    return "".join(re.findall(r"^```sh\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE)).splitlines()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_every_linked_or_run_path_exists(page: Path) -> None:
    linked = [link for link in re.findall(r"\]\(([^)#]+)\)", page.read_text()) if not link.startswith("http")]
    run = re.findall(r"(?<![\w/])examples/[\w./-]+", "\n".join(lines(page)))
    assert [link for link in linked if not (page.parent / link).exists()] == []
    assert [path for path in run if not (ROOT / path).exists()] == []


def test_every_example_is_in_the_index() -> None:
    folders = {path.name for path in EXAMPLES.iterdir() if path.is_dir() and not path.name.startswith(("_", "."))}
    assert set(re.findall(r"^\| \[(\w+)\]", INDEX, re.MULTILINE)) == folders


def test_every_client_has_a_command_to_run_it() -> None:
    for line in lines(EXAMPLES / "README.md"):
        variable, *command = shlex.split(line)
        (path,) = (ROOT / word for word in command if word.startswith("examples/"))
        assert variable == "AIIMAGE_TOKEN=demo"
        shown = [path.read_text(), *(page.read_text() for page in path.parent.glob("README.md"))]
        assert any(line in text for text in shown)


@pytest.mark.parametrize("name", ["package.json", "package-lock.json"])
def test_packages_are_pinned_and_no_registry_is_named(name: str) -> None:
    text = (EXAMPLES / "generated_clients" / name).read_text()
    assert "resolved" not in text
    assert "registry" not in text
    assert name != "package.json" or not re.search(r'": "[\^~*]', text)


def test_the_tests_of_the_node_client_are_run_by_the_command_of_its_page() -> None:
    assert "node --test examples/node_client/client.test.mjs" in lines(EXAMPLES / "node_client" / "README.md")
