"""The commands of README.md generate, check and run each client, which prints the replies to its requests."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from mock_server.testing import AiimageMock
from support import node
from support.pages import page
from support.pipelines import BIN, commands

pytestmark = pytest.mark.delivery

HERE = Path(__file__).parent
SECTION = re.compile(r"^## (.+?)\n.*?^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
README = (HERE / "README.md").read_text()
COMMANDS = dict(SECTION.findall(README))
DOCUMENTS = "".join(line for line in README.splitlines(keepends=True) if line.startswith("aiimage-mock spec"))
ROWS = page("clients").table("generator")
EXPECTED = {
    "available": "Image generation is available.",
    "hero": "A teapot",
    "variation": "The same in blue",
    "crop": "A teapot, cropped",
    "recent": "A teapot, cropped; The same in blue; A teapot",
    "invalid": "422 The image number of images field must not be greater than 10.",
    "busy": "409 Image generation in progress. Please try again later.",
    "credits": "419 You have no credits left. Please consider upgrading your plan.",
    "limit": "429 You have reached the maximum number of image generation allowed.",
    "stranger": "401 Unauthenticated.",
}
# The libraries that a language needs, as packages of Debian, and the command that finds them.
LIBRARIES = {
    "javac": ("libhttpmime-java and libjakarta-annotation-api-java", "ls /usr/share/java/httpmime.jar"),
    "go": ("golang-gopkg-validator.v2-dev", "ls /usr/share/gocode/src/gopkg.in/validator.v2"),
    "php": (
        "php-guzzlehttp-guzzle, php-curl and php-mbstring",
        'php -r \'require "GuzzleHttp/autoload.php"; mb_strlen(curl_version()["version"]);\'',
    ),
    "ruby": ("ruby-faraday and ruby-marcel", "ruby -r faraday -r marcel -e ''"),
}
UNREACHABLE = re.compile(r"dns error|tcp connect error|Failed to fetch: .*", re.IGNORECASE)
# The generator runs for seconds, too short for more compilation.
JVM = {"JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}


def prepare(script: str, folder: Path) -> None:
    """Copy the programs, and link the packages of Node; skip the test if a tool or a library is missing."""
    programs = set(re.findall(r"^(?:\w+=\S+ )*([\w-]+) ", script, re.MULTILINE))
    tools = {"uvx": "java"}
    for name in {tools.get(each, each) for each in programs & {"uvx", "javac", "go", "php", "ruby"}}:
        if shutil.which(name) is None:
            pytest.skip(f"there is no {name}")
    for name in {"aiimage-mock", *programs & {"uvx", "openapi-python-client"}}:
        if not (BIN / name).exists():
            pytest.skip(f"{name} is not installed")
    for name in programs & LIBRARIES.keys():
        packages, found = LIBRARIES[name]
        if subprocess.run(["sh", "-c", found], capture_output=True).returncode:
            pytest.skip(f"{name} has no {packages}")
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("node_modules", "generated", "build", "__pycache__"))
    if "npx" in programs:
        node.node(20, 19)
        (folder / "node_modules").symlink_to(node.packages(HERE))


def sent(mock: AiimageMock) -> set[str]:
    """Return the media types of the requests for a generation."""
    return {
        value.split(";")[0]
        for request in mock.requests(operation="generateImage")
        for name, value in request["headers"]
        if name == "content-type"
    }


@pytest.mark.parametrize("name", ROWS)
def test_the_client_is_generated_and_goes_through_the_steps(
    name: str, aiimage_mock: AiimageMock, tmp_path: Path
) -> None:
    folder = tmp_path / HERE.name
    prepare(COMMANDS[name], folder)
    where = {"AIIMAGE_BASE_URL": aiimage_mock.base_url, "AIIMAGE_TOKEN": aiimage_mock.token}
    with commands(folder, **JVM, **where) as runner:
        status = runner.run(DOCUMENTS + COMMANDS[name])
    if unreachable := UNREACHABLE.search(runner.printed):
        pytest.skip(f"uv reaches no index: {unreachable[0]}")
    assert status == 0, runner.printed
    assert dict(re.findall(r"^(\w+): (.*)$", runner.printed, re.MULTILINE)).items() >= EXPECTED.items(), runner.printed
    json, upload = ROWS[name][3:5]
    assert upload.startswith("yes")
    assert sent(aiimage_mock) == {"multipart/form-data"} | ({"application/json"} if json == "yes" else set())
    assert aiimage_mock.state["images"] == 3


def test_every_section_of_the_page_has_a_row() -> None:
    assert COMMANDS.keys() - ROWS.keys() == {"The TypeScript clients"}
    assert ROWS.keys() <= COMMANDS.keys()
