"""The reference shows the whole document and all rules, and escapes their texts."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from mock_server import resources
from mock_server.app import rules
from mock_server.contract import compile_contract, read_yaml
from mock_server.reference.operations import Server
from mock_server.reference.page import render
from support.extension import ENGINE, SCHEMA, extended
from support.html import of_class, parsed, text_of, with_id

DOCUMENT: dict[str, Any] = read_yaml(resources.DOCUMENT)
RULES: list[dict[str, Any]] = read_yaml(resources.RULES)["rules"]
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
SERVER = Server("http://127.0.0.1:8010", "demo")
OPERATIONS = {
    node["operationId"]: (method, path) for path, item in DOCUMENT["paths"].items() for method, node in item.items()
}


def page(document: dict[str, Any] = DOCUMENT, server: Server = SERVER) -> Element:
    values = {name: setting.default for name, setting in rules().settings.items()}
    return parsed(render(compile_contract(document), rules(), values, server))


@pytest.fixture(scope="module")
def tree() -> Element:
    return page()


def article(tree: Element, name: str) -> Element:
    """Return the section with an id."""
    (found,) = (each for each in tree.iter("article") if each.get("aria-labelledby") == name)
    return found


def ids(tree: Element) -> list[str]:
    return [name for each in tree.iter() if (name := each.get("id"))]


def texts(*nodes: Any) -> Iterator[str]:
    """Yield the titles, summaries and descriptions in these parts of the document."""
    for node in nodes:
        if isinstance(node, dict):
            yield from (node[key] for key in ("description", "summary", "title") if isinstance(node.get(key), str))
            yield from texts(*node.values())
        if isinstance(node, list):
            yield from texts(*node)


def plain(text: str) -> str:
    return " ".join(re.sub(r"[`*]", "", text).split())


def test_ids_are_unique_and_every_internal_link_has_a_target(tree: Element) -> None:
    found = ids(tree)
    assert len(found) == len(set(found))
    links = [link for each in tree.iter("a") if (link := each.get("href"))]
    assert len(links) > 200
    assert links.count("/_mock/") == 1
    links.remove("/_mock/")  # the way back to the page
    links.remove("docs/openapi.json")  # the document to download
    assert [link for link in links if not link.startswith("#") or link[1:] not in found] == []


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_is_shown_with_its_rules_and_statuses(tree: Element, operation: str) -> None:
    method, path = OPERATIONS[operation]
    node = DOCUMENT["paths"][path][method]
    part = article(tree, operation)
    assert f"{method.upper()} /api/v1{path}" in text_of(part)
    assert set(node["x-rules"]) <= {text_of(link) for link in of_class(part, "rule-link")}
    assert {f"{operation}-{status}" for status in node["responses"]} <= set(ids(part))


def test_the_fallback_responses_are_shown(tree: Element) -> None:
    statuses = DOCUMENT["x-fallback-responses"]
    assert {f"anything-else-{status}" for status in statuses} <= set(ids(article(tree, "anything-else")))


@pytest.mark.parametrize(
    "name",
    [name for name, node in SCHEMAS.items() if "image_generator" in node.get("properties", {}) and "allOf" not in node],
)
def test_every_engine_has_a_table_of_its_fields(tree: Element, name: str) -> None:
    part = article(tree, "generateImage")
    assert f"generateImage-{name}" in ids(part)
    table = next(each for each in part.iter("div") if each.get("aria-label") == f"Fields of {SCHEMAS[name]['title']}")
    rows = {
        text_of(row[0]): [text_of(cell) for cell in row[1:]] for row in table.iter("tr") if row[0].get("scope") == "row"
    }
    assert list(rows) == list(SCHEMAS[name]["properties"])
    for field, schema in SCHEMAS[name]["properties"].items():
        required, value, _ = rows[field]
        assert required == ("required" if field in SCHEMAS[name]["required"] else "optional")
        assert all(each in value for each in schema.get("enum", ()))


def test_a_table_names_its_encodings(tree: Element) -> None:
    encodings = {
        name: text_of(with_id(tree, f"generateImage-{name}")) for name in ("DallERequest", "StableDiffusionFromImage")
    }
    assert "application/json" in encodings["DallERequest"]
    assert "multipart/form-data" in encodings["DallERequest"]
    assert "application/json" not in encodings["StableDiffusionFromImage"]
    assert "multipart/form-data" in encodings["StableDiffusionFromImage"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["id"])
def test_a_rule_is_shown_with_source_statement_and_settings(tree: Element, rule: dict[str, Any]) -> None:
    part = article(tree, rule["id"])
    assert [text_of(each) for each in of_class(part, "badge")] == [rule["source"]]
    assert rule["title"] in text_of(part)
    assert rule["statement"] in text_of(part)
    assert {f"setting-{each['name']}" for each in rule.get("settings", ())} | {rule["id"]} == set(ids(part))


def test_every_setting_is_shown_with_its_value() -> None:
    values = {name: f"here-{name}" for name in rules().settings}
    tree = parsed(render(compile_contract(DOCUMENT), rules(), values, SERVER))
    for name, value in values.items():
        assert value in text_of(with_id(tree, f"setting-{name}"))


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_shown_with_its_fields(tree: Element, name: str) -> None:
    words = text_of(article(tree, f"schema-{name}"))
    assert all(field in words for field in SCHEMAS[name].get("properties", ()))


def test_every_text_of_the_document_is_on_the_page(tree: Element) -> None:
    words = plain(text_of(tree))
    shown = list(texts(DOCUMENT["info"], DOCUMENT["paths"], DOCUMENT["x-fallback-responses"], SCHEMAS))
    assert len(shown) > 100
    links = {link["description"] for link in found_links(DOCUMENT)}
    left_out = links | {DOCUMENT["paths"]["/aiimage/generate-image"]["post"]["requestBody"]["description"]}
    paragraphs = [part for text in shown if text not in left_out for part in text.split("\n\n")]
    assert [part for part in paragraphs if plain(part) not in words] == []


def found_links(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield from node.get("links", {}).values()
        for each in node.values():
            yield from found_links(each)


HOSTILE = (
    "<script>alert(1)</script> [x](javascript:alert(2)) ![y](http://example.com/z) <b onclick='a'>c</b>\n\n# Heading"
)


@pytest.mark.parametrize("of", ["operation", "field", "answer", "example", "info"])
def test_markup_in_a_description_is_text(of: str) -> None:
    document = read_yaml(resources.DOCUMENT)
    operation = document["paths"]["/aiimage/generate-image"]["post"]
    media = operation["requestBody"]["content"]["application/json"]
    where: dict[str, dict[str, Any]] = {
        "operation": operation,
        "field": document["components"]["schemas"]["DallERequest"]["properties"]["size"],
        "answer": operation["responses"]["200"],
        "example": media["examples"]["productImage"],
        "info": document["info"],
    }
    where[of]["description"] = HOSTILE
    tree = page(document)
    assert "<script>alert(1)</script>" in text_of(tree)
    assert [each.get("src") for each in tree.iter() if each.tag in ("script", "img")] == ["docs/reference.js"]
    assert len(list(tree.iter("h1"))) == 1
    assert not [
        each for each in tree.iter() if (each.get("href") or "").startswith("javascript") or each.get("onclick")
    ]


def test_a_hostile_example_stays_within_its_quotes() -> None:
    document = read_yaml(resources.DOCUMENT)
    media = document["paths"]["/aiimage/generate-image"]["post"]["requestBody"]["content"]["application/json"]
    media["examples"] = {"hostile": {"value": {"description": "'; touch /tmp/x; '</code><script>"}}}
    (command,) = (text_of(each) for each in of_class(page(document), "shell") if "touch" in text_of(each))
    assert """'"'"'; touch /tmp/x; '"'"'</code><script>""" in command


def test_headings_are_in_order_and_landmarks_exist(tree: Element) -> None:
    levels = [int(each.tag[1]) for each in tree.iter() if re.fullmatch("h[1-6]", str(each.tag))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert [len(list(tree.iter(tag))) for tag in ("main", "nav", "header")] == [1, 1, 1]
    assert tree.get("lang") == "en"
    assert all(each.get("scope") for each in tree.iter("th"))


def test_the_page_loads_nothing_from_elsewhere(tree: Element) -> None:
    loaded = [
        each.get("src") or each.get("href")
        for each in tree.iter()
        if each.tag != "a" and {"src", "href"} & {*each.keys()}
    ]
    assert loaded == ["data:,", "docs/reference.css", "docs/console.css", "docs/reference.js"]
    assert not [each for each in tree.iter() if each.get("style") or each.tag == "style"]
    assert not [each for each in tree.iter("script") if each.text]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_operation_has_a_console_with_its_fields(tree: Element, operation: str) -> None:
    (form,) = (each for each in of_class(article(tree, operation), "console"))
    method, path = OPERATIONS[operation]
    assert (form.get("data-method"), form.get("data-path")) == (method.upper(), f"/api/v1{path}")
    forced = next(each for each in form.iter("select") if each.get("name") == "forced")
    shown = [each.get("value") for each in forced.iter("option")]
    documented = DOCUMENT["paths"][path][method]["responses"]
    assert shown[0] == ""
    assert set(documented) <= set(shown)


def test_a_console_sends_each_field_as_its_type(tree: Element) -> None:
    (form,) = (each for each in of_class(article(tree, "generateImage"), "console"))
    fields = {(each.get("name"), each.tag, each.get("type"), "data-literal" in each.attrib) for each in form.iter()}
    assert ("image_number_of_images", "input", "number", True) in fields
    assert ("description", "input", None, False) in fields
    assert ("size", "select", None, False) in fields
    assert ("image_src", "input", "file", False) in fields


def test_the_base_url_is_that_of_the_mock(tree: Element) -> None:
    assert [text_of(each) for each in tree.iter("code") if "data-copy" in each.attrib] == [f"{SERVER.origin}/api/v1"]


def test_an_operation_with_inline_schemas_is_shown() -> None:
    document = read_yaml(resources.DOCUMENT)
    body = {
        "title": "Star",
        "type": "object",
        "required": ["stars"],
        "properties": {"stars": {"type": ["integer", "null"]}},
    }
    answer = {"schema": {"type": "object"}, "examples": {"thanks": {"value": {"thanks": True}}}}
    document["paths"]["/aiimage/star"] = {
        "post": {
            "operationId": "starImage",
            "requestBody": {"content": {"application/json": {"schema": body}}},
            "responses": {"200": {"description": "Starred.", "content": {"application/json": answer}}},
        }
    }
    document["components"]["schemas"]["Any"] = {
        "oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]
    }
    tree = page(document)
    assert "integer or null" in text_of(article(tree, "starImage"))
    assert '{"thanks": true}' in text_of(article(tree, "starImage"))
    assert "One of string, array of string." in " ".join(text_of(article(tree, "schema-Any")).split())


def test_the_examples_have_no_token_if_none_is_valid() -> None:
    tree = page(server=Server(SERVER.origin, None))
    assert "Authorization: Bearer demo" not in text_of(tree)


def test_an_engine_and_an_operation_of_the_document_alone_are_shown() -> None:
    tree = page(extended(read_yaml(resources.DOCUMENT)))
    parameters = text_of(article(tree, "generateImage"))
    assert f"image_generator is {ENGINE}" in " ".join(parameters.split())
    assert all(name in parameters for name in SCHEMA["properties"])
    words = " ".join(text_of(article(tree, "deleteImage")).split())
    assert "DELETE /api/v1/aiimage/images/{id}" in words
    (row,) = (each for each in article(tree, "deleteImage").iter("tr") if text_of(each[0]) == "id")
    assert text_of(row[1]) == "required"
    assert all(each in text_of(row[2]) for each in ("integer", "at least 1", "in the path"))
    assert re.search("204 No Content The image is gone. Body ?none", words)
    (command, *_) = (text_of(each) for each in of_class(article(tree, "deleteImage"), "shell"))
    assert command.startswith("curl -X DELETE http://127.0.0.1:8010/api/v1/aiimage/images/1 ")
    assert {"deleteImage-204", "deleteImage-401"} <= set(ids(tree))


def test_a_parameter_is_shown_with_its_role(tree: Element) -> None:
    table = next(each for each in tree.iter("div") if each.get("aria-label") == "Fields of DALL-E")
    (row,) = (each for each in table.iter("tr") if text_of(each[0]) == "description")
    assert "role prompt" in text_of(row)


def test_a_parameter_in_a_path_has_an_example_value() -> None:
    document = extended(read_yaml(resources.DOCUMENT))
    (parameter,) = document["paths"]["/aiimage/images/{id}"]["delete"]["parameters"]
    parameter["example"] = 4711
    assert "/images/4711" in text_of(article(page(document), "deleteImage"))
