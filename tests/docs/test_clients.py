"""docs/clients.md names the versions that the tests use."""

import json

from support.pages import ROOT, page


def test_the_versions_are_those_of_the_tests() -> None:
    versions = {row[0]: row[1] for row in page("clients").rows("generator | version")}
    package = json.loads((ROOT / "examples" / "typescript_client" / "package.json").read_text())
    (typescript,) = (version for name, version in versions.items() if "hey-api" in name)
    assert typescript == package["devDependencies"]["@hey-api/openapi-ts"]
    (python,) = (version for name, version in versions.items() if "openapi-python-client" in name)
    assert f"openapi-python-client>={python.split()[0]}" in (ROOT / "pyproject.toml").read_text()
