"""Requests as the line of a list, requests in progress, and what the journal has cut."""

from typing import Any

from mock_server import resources
from mock_server.app import contract, rules
from mock_server.contract import compile_contract, read_yaml
from mock_server.control.entry_views import EntryViews
from support.control import begin, control_json
from support.entries import entry
from support.extension import extended
from support.mock import DALL_E, PREFIX, Mock


def listed(mock: Mock, query: str = "") -> dict[str, Any]:
    found: dict[str, Any] = control_json(mock, "GET", f"/requests?token=demo{query}")
    return found


def test_a_line_has_prompt_and_message_instead_of_the_rest(mock: Mock) -> None:
    mock.generate("demo", description="A fox")
    mock.generate("demo", image_number_of_images=0)
    refused, made = listed(mock, "&detail=summary")["requests"]
    assert (made["prompt"], made["message"]) == ("A fox", None)
    assert "Send the nearest request instead." in refused["message"]
    assert not {"headers", "fields", "reply", "why", "cut"} & made.keys()
    full = listed(mock, "&detail=full")["requests"][1]
    assert {name: made[name] for name in made.keys() & full.keys()} == {
        name: full[name] for name in made.keys() & full.keys()
    }


def test_every_engine_of_the_document_has_its_prompt() -> None:
    views = EntryViews(compile_contract(extended(read_yaml(resources.DOCUMENT))), rules())
    shown = views.summary(entry(1, operation="generateImage", fields={"aurora_text": "A glacier", "canvas": "96x64"}))
    assert shown["prompt"] == "A glacier"
    assert EntryViews(contract(), rules()).summary(entry(1, fields={"aurora_text": "A glacier"}))["prompt"] is None


def test_a_request_in_progress_is_listed_and_found(mock: Mock) -> None:
    control_json(mock, "POST", "/worlds/demo/clock", {"freeze": True})
    begin(mock, json={**DALL_E, "description": "A slow fox"})
    found = listed(mock, "&detail=summary")
    (begun,) = found["in_progress"]
    assert found["requests"] == []
    assert (begun["status"], begun["prompt"], begun["in_progress"]) == (None, "A slow fox", True)
    assert control_json(mock, "GET", f"/requests/{begun['id']}")["fields"]["description"] == "A slow fox"
    assert control_json(mock, "GET", "/requests?token=demo-low")["in_progress"] == []
    control_json(mock, "POST", "/worlds/demo/clock", {"advance": 2})
    found = listed(mock)
    assert found["in_progress"] == []
    assert [(each["id"], each["status"]) for each in found["requests"]] == [(begun["id"], 200)]
    assert "in_progress" not in found["requests"][0]


def test_a_long_text_is_kept_and_a_longer_one_marked_as_cut(mock: Mock) -> None:
    prompts = "x" * 700, "y" * 9_000
    for prompt in prompts:
        mock.generate("demo", description=prompt)
    longer, long = listed(mock)["requests"]
    assert (long["fields"]["description"], long["cut"]) == (prompts[0], {})
    assert longer["fields"]["description"] == prompts[1][:8_000]
    assert longer["cut"] == {"fields/description": 9_000}
    mock.generate("demo", description=prompts[0], image_number_of_images=10)
    recent = mock.call("GET", f"{PREFIX}/recent-images", "demo").text
    shown = listed(mock)["requests"][0]
    assert (shown["reply"], shown["cut"]) == (recent[:8_000], {"reply": len(recent)})


def test_a_list_in_a_field_is_kept(mock: Mock) -> None:
    mock.generate("demo", parts=["a fox", 2], deep=[["a"]], many=["x"] * 60)
    (shown,) = listed(mock)["requests"]
    assert shown["fields"]["parts"] == ["a fox", 2]
    assert (shown["fields"]["deep"], shown["fields"]["many"]) == ("(list)", "(list)")
    assert shown["cut"] == {"fields/deep": 1, "fields/many": 60}
