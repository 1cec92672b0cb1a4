"""Consistency of the rules."""

from pathlib import Path
from typing import Any

import pytest
import yaml

RULES: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent.parent / "openapi" / "rules.yaml").read_text(encoding="utf-8")
)
RULE_IDS = [rule["id"] for rule in RULES["rules"]]

EXPECTED_SOURCES = {
    "AUTH": "doc",
    "AUTH-401": "platform",
    "SHAPE": "doc",
    "VERSIONS": "doc",
    "LOCK-ONE": "doc",
    "LOCK-CHECK": "doc",
    "LOCK-10S": "doc",
    "LOCK-RELEASE": "inferred",
    "LOCK-SCOPE": "inferred",
    "LOCK-CHECK-PURE": "assumed",
    "LOCK-409-BODY": "inferred",
    "CREDIT-COST": "doc",
    "CREDIT-419": "doc",
    "CREDIT-ATOMIC": "assumed",
    "CREDIT-NEED": "assumed",
    "DAILY-429": "doc",
    "DAILY-RESET": "assumed",
    "ORDER": "assumed",
    "VALID-422": "platform",
    "VALID-TRIM": "inferred",
    "RECENT-10": "doc",
    "RECENT-OWN": "doc",
    "RECENT-ORDER": "inferred",
    "RECENT-TIME": "inferred",
    "RECENT-SAME": "doc",
    "ENGINES": "assumed",
    "IMG-COUNT": "doc",
    "IMG-INPUT": "doc",
    "IMG-GET": "doc",
    "IMG-STORAGE": "inferred",
    "QUEUED": "inferred",
    "IMG-SIZE": "assumed",
    "I2I-SRC": "doc",
    "NOT-FOUND": "platform",
    "ERROR-BODY": "platform",
    "NO-ACCEPT": "inferred",
    "RATE": "platform",
    "RATE-HEADERS": "platform",
    "FORBIDDEN": "platform",
    "SANDBOX": "platform",
    "STATUS-ERROR": "inferred",
    "CORS": "inferred",
    "VERSIONING": "platform",
}


def test_the_rules_have_the_expected_sources() -> None:
    assert {rule["id"]: rule["source"] for rule in RULES["rules"]} == EXPECTED_SOURCES


def test_the_ids_of_rules_are_unique() -> None:
    assert len(RULE_IDS) == len(set(RULE_IDS))


@pytest.mark.parametrize("rule", RULES["rules"], ids=RULE_IDS)
def test_a_rule_has_a_title_and_a_statement(rule: dict[str, Any]) -> None:
    assert rule["title"]
    assert rule["statement"].endswith(".")


@pytest.mark.parametrize("limit", RULES["limits"], ids=[limit["name"] for limit in RULES["limits"]])
def test_a_limit_has_a_statement(limit: dict[str, Any]) -> None:
    assert limit["statement"]
    assert isinstance(limit["default"], int)
