"""The peers as contenders: each reads the same document and is configured to log as little as possible.

WireMock does not read documents, so it has our stubs, which match a valid body with a JSON schema.
"""

import shutil
from collections.abc import Callable

from benchmarks.contenders import ROOT, Beside, Contender
from benchmarks.machine import first_line

from .packages import FOLDER, MODULES, installed, lacks, node

_DOCUMENT = str(ROOT / "openapi" / "openapi.yaml")
_JVM_WARMUP = 5
_NODE_WARMUP = 2
_WIREMOCK_FLAGS = ("--bind-address", "127.0.0.1", "--root-dir", "wiremock", "--no-request-journal", "--disable-banner")


def _prism(port: int, _: Beside) -> list[str]:
    program = str(MODULES / "@stoplight" / "prism-cli" / "dist" / "index.js")
    return [node(), program, "mock", "--port", str(port), "--verboseLevel", "silent", _DOCUMENT]


def _scalar(port: int, _: Beside) -> list[str]:
    return [node(), "scalar.mjs", _DOCUMENT, str(port)]


def _mockoon(port: int, _: Beside) -> list[str]:
    program = str(MODULES / "@mockoon" / "cli" / "bin" / "run.js")
    quiet = ["--disable-log-to-file", "--disable-admin-api"]
    return [node(), program, "start", "--data", _DOCUMENT, "--hostname", "127.0.0.1", "--port", str(port), *quiet]


def _wiremock(port: int, _: Beside) -> list[str]:
    archive = MODULES / "wiremock" / "build" / f"wiremock-standalone-{installed('wiremock')}.jar"
    return ["java", "-jar", str(archive), "--port", str(port), *_WIREMOCK_FLAGS]


def _specmatic(port: int, _: Beside) -> list[str]:
    archive = str(MODULES / "specmatic" / "specmatic.jar")
    return ["java", "-jar", archive, "mock", "--host", "127.0.0.1", "--port", str(port), "--noConsoleLog", _DOCUMENT]


def _on_node(name: str, about: str, command: Callable[[int, Beside], list[str]], prefix: str, *needs: str) -> Contender:
    without = "" if node() else "Node is not installed"
    return _peer(name, about, command, prefix, 422, _NODE_WARMUP, without or lacks(*needs))


def _on_java(
    name: str, about: str, command: Callable[[int, Beside], list[str]], prefix: str, refused: int, needs: str
) -> Contender:
    without = "" if shutil.which("java") else "Java is not installed: apt-get install default-jre-headless"
    return _peer(name, about, command, prefix, refused, _JVM_WARMUP, without or lacks(needs))


def _peer(
    name: str,
    about: str,
    command: Callable[[int, Beside], list[str]],
    prefix: str,
    refused: int,
    warmup: int,
    lacking: str,
) -> Contender:
    return Contender(
        name,
        about,
        command,
        prefix=prefix,
        refused=refused,
        warmup=warmup,
        ours=False,
        lacks=lacking,
        folder=FOLDER,
        environment={"SCARF_ANALYTICS": "false"},
    )


def peers() -> list[Contender]:
    """Return the other mock servers."""
    return [
        _on_node("Prism", "reads the document, checks requests", _prism, "", "@stoplight/prism-cli"),
        _on_node(
            "Scalar", "reads the document, checks requests", _scalar, "", "@scalar/mock-server", "@hono/node-server"
        ),
        _on_node("Mockoon", "reads the document, checks no request", _mockoon, "/api/v1", "@mockoon/cli"),
        _on_java(
            "WireMock", "stubs, one of them with a JSON schema for the body", _wiremock, "/api/v1", 422, "wiremock"
        ),
        _on_java("Specmatic", "reads the document, refuses with 400", _specmatic, "", 400, "specmatic"),
    ]


def versions() -> dict[str, str]:
    """Return the versions of the peers and of their runtimes."""
    packages = {
        "Prism": "@stoplight/prism-cli",
        "Scalar": "@scalar/mock-server",
        "Mockoon": "@mockoon/cli",
        "WireMock": "wiremock",
        "Specmatic": "specmatic",
    }
    found = {name: installed(package) for name, package in packages.items()}
    runtimes = {"Node": first_line(node(), "--version") if node() else "", "Java": first_line("java", "-version")}
    return {name: version for name, version in {**found, **runtimes}.items() if version}
