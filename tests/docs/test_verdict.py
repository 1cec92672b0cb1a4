"""docs/verdict.md is held to what it says: every rule has a section, every example gives what it promises."""

import json
import re

import pytest

from mock_server.app import contract
from mock_server.insight import CLIENT_RULES, ClientRule, verdict
from mock_server.insight.nearest import nearest
from support.journal import entry, script
from support.pages import page

PAGE = page("verdict")
TEXT = PAGE.text
EXAMPLES = [
    (found[1], found[2], found[3])
    for found in re.finditer(r"```requests\n# ([A-Z0-9-]+): (\w+)\n(.*?)```", TEXT, re.DOTALL)
]


def section(heading: str) -> str:
    return TEXT.split(f"### {heading}\n", 1)[1].split("\n### ")[0].split("\n## ")[0]


def test_every_section_is_a_rule_and_every_rule_has_one() -> None:
    assert re.findall(r"^### (.+)$", TEXT, re.MULTILINE) == [rule.id for rule in CLIENT_RULES]


@pytest.mark.parametrize("rule", CLIENT_RULES, ids=lambda rule: rule.id)
def test_the_section_of_a_rule_gives_its_statement_and_both_kinds_of_examples(rule: ClientRule) -> None:
    text = section(rule.id)
    assert f"\n{rule.statement}\n" in text
    assert {kind for name, kind, _ in EXAMPLES if name == rule.id} == {"passed", "violated"}
    assert set(re.findall(r"^# ([A-Z0-9-]+): ", text, re.MULTILINE)) == {rule.id}


def test_every_example_is_read() -> None:
    assert len(EXAMPLES) == TEXT.count("```requests") >= 2 * len(CLIENT_RULES)


@pytest.mark.parametrize(("rule", "promised", "text"), EXAMPLES)
def test_an_example_gives_what_it_promises(rule: str, promised: str, text: str) -> None:
    judged = verdict(script(text))
    assert {each["id"]: each["verdict"] for each in judged["rules"]}[rule] == promised
    assert judged["verdict"] == ("well-behaved" if promised == "passed" else "misbehaved")


def test_every_word_of_a_verdict_is_listed() -> None:
    judged = [verdict([]), *(verdict(script(text)) for _, _, text in EXAMPLES)]
    assert {row[0].strip("`") for row in PAGE.rows("verdict of a rule")} == {
        each["verdict"] for whole in judged for each in whole["rules"]
    }
    assert all(f"`{whole['verdict']}`" in TEXT for whole in judged)


def test_the_example_of_a_nearest_request_is_what_comes_out() -> None:
    (shown,) = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
    sent = {
        "image_generator": "DALL-E 3",
        "image_number_of_images": "2",
        "stable_description": "a fox",
        "size": "1000x1000",
    }
    assert json.loads(shown) == nearest(entry(status=422, fields=sent), contract())
