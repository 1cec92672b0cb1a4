"""The document, the rules and the fixtures: where the files are, and the rules as a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

Source = Literal["doc", "platform", "inferred", "assumed"]
_PACKAGE = Path(__file__).resolve().parents[1]


@cache
def root() -> Path:
    """Return the folder that holds `openapi/` and `fixtures/`."""
    # A wheel has them in aiimage_mock/; in a checkout they are beside the suite.
    installed = _PACKAGE.parent / "aiimage_mock"
    return installed if installed.is_dir() else _PACKAGE.parent


def openapi(name: str) -> Path:
    return root() / "openapi" / name


def fixture(kind: str, name: str) -> Path:
    return root() / "fixtures" / kind / name


def load_yaml(path: Path) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where libyaml is there
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)


def resolve(document: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the node with its `$ref` resolved; what stands beside the `$ref` replaces what it refers to."""
    beside = dict(node)
    while "$ref" in node:
        target = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        node = target
        beside = {**node, **{key: value for key, value in beside.items() if key != "$ref"}}
    return beside


@dataclass(frozen=True)
class Rule:
    """One statement about the API and its source; only a documented rule can be violated, and has a page."""

    id: str
    source: Source
    title: str
    statement: str
    operations: tuple[str, ...]
    page: str | None = None

    @property
    def documented(self) -> bool:
        return self.source == "doc"

    @property
    def contradicted(self) -> Literal["violated", "differs"]:
        """The verdict of a contradiction."""
        return "violated" if self.documented else "differs"

    @property
    def origin(self) -> str:
        """The source in a word for reports: documented, platform, inferred or assumed."""
        return "documented" if self.documented else self.source


@cache
def load_rules() -> Mapping[str, Rule]:
    """Return all rules by id, in the order of the file."""
    file = load_yaml(openapi("rules.yaml"))
    return {entry["id"]: _rule(entry, file["page"]) for entry in file["rules"]}


def _rule(entry: dict[str, Any], page: str) -> Rule:
    return Rule(
        id=entry["id"],
        source=entry["source"],
        title=entry["title"],
        statement=" ".join(entry["statement"].split()),
        operations=tuple(entry["operations"]),
        page=page if entry["source"] == "doc" else None,
    )


@cache
def setting_rules() -> Mapping[str, str | None]:
    """Return the settings of the mock by name, each with its rule; a limit that no source gives has none."""
    file = load_yaml(openapi("rules.yaml"))
    rules = {each["name"]: entry["id"] for entry in file["rules"] for each in entry.get("settings", ())}
    return {**dict.fromkeys((each["name"] for each in file.get("limits", ())), None), **rules}
