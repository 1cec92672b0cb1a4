"""docs/clients.md names the versions that its examples use."""

import json
import re

import pytest

from support.pages import ROOT, page

EXAMPLE = ROOT / "examples" / "generated_clients"
VERSIONS = {name: row[0] for name, row in page("clients").table("generator").items()}
PACKAGES = json.loads((EXAMPLE / "package.json").read_text())["devDependencies"]


@pytest.mark.parametrize("name", [name for name in VERSIONS if name.startswith("openapi-generator")])
def test_the_version_of_openapi_generator_is_that_of_its_commands(name: str) -> None:
    section = (EXAMPLE / "README.md").read_text().split(f"## {name}\n")[1].split("\n## ")[0]
    assert set(re.findall(r"openapi-generator-cli@(\S+)", section)) == {VERSIONS[name]}


@pytest.mark.parametrize("name", [name for name in VERSIONS if name in PACKAGES])
def test_the_version_of_a_generator_for_typescript_is_that_of_the_package(name: str) -> None:
    assert PACKAGES[name] == VERSIONS[name]


def test_the_version_of_openapi_fetch_is_that_of_the_package() -> None:
    assert f"openapi-fetch {PACKAGES['openapi-fetch']}" in page("clients").table("generator")["openapi-typescript"][5]


def test_the_version_of_openapi_python_client_is_that_of_the_constraints() -> None:
    pinned = f"openapi-python-client=={VERSIONS['openapi-python-client']}"
    assert pinned in (ROOT / "constraints.txt").read_text().splitlines()


def test_every_generator_has_a_version_to_compare() -> None:
    compared = {name for name in VERSIONS if name.startswith("openapi-generator") or name in PACKAGES}
    assert VERSIONS.keys() - compared == {"openapi-python-client"}
