"""The pages in examples/ are correct. The clients have their own tests."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from support.pages import ROOT
from support.pipelines import commands
from support.server import Server

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


# Other tests run the commands of these pages.
RUN_ELSEWHERE = {
    "gallery": "examples/gallery/test_gallery.py",
    "generated_clients": "examples/generated_clients/test_generated.py",
    "testcontainers": "examples/testcontainers/test_node.py",
}
COMMANDS = [(page, line) for page in PAGES if page.parent.name not in RUN_ELSEWHERE for line in lines(page)]


def test_the_commands_of_every_page_are_run() -> None:
    assert {page.parent.name for page in PAGES if lines(page)} >= RUN_ELSEWHERE.keys()
    assert {page.parent.name for page, _ in COMMANDS} == {"examples", "node_client"}
    assert all((ROOT / path).exists() for path in RUN_ELSEWHERE.values())


@pytest.mark.slow
@pytest.mark.parametrize(("page", "line"), COMMANDS, ids=[line for _, line in COMMANDS])
def test_a_command_of_a_page_succeeds(server: Server, tmp_path: Path, page: Path, line: str) -> None:
    for program in shlex.split(line)[:2] + (["jq", "curl"] if "curl_client" in line else []):
        if program in ("node", "jq", "curl") and shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    (tmp_path / "examples").symlink_to(EXAMPLES)
    with commands(tmp_path, AIIMAGE_BASE_URL=server.base_url, AIIMAGE_MOCK=server.origin) as runner:
        assert runner.run(line) == 0, runner.printed
    assert "fox.png" not in line or (tmp_path / "fox.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("folder", ["generated_clients", "testcontainers/node"])
@pytest.mark.parametrize("name", ["package.json", "package-lock.json"])
def test_packages_are_pinned_and_no_registry_is_named(folder: str, name: str) -> None:
    text = (EXAMPLES / folder / name).read_text()
    assert "resolved" not in text
    assert "registry" not in text
    assert name != "package.json" or not re.search(r'": "[\^~*]', text)


def test_the_tests_of_the_node_client_are_run_by_the_command_of_its_page() -> None:
    assert "node --test examples/node_client/client.test.mjs" in lines(EXAMPLES / "node_client" / "README.md")
