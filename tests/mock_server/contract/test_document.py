"""Reading a YAML document and following its references."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mock_server.contract import ContractError, read_yaml
from mock_server.contract.document import follow, inline

DOCUMENT: dict[str, Any] = {
    "schemas": {
        "Name": {"type": "string"},
        "Alias": {"$ref": "#/schemas/Name"},
        "List": {"type": "array", "items": {"$ref": "#/schemas/Alias"}},
        "odd/na~me": {"type": "integer"},
        "Text": "not an object",
    }
}


def test_yaml_is_read(tmp_path: Path) -> None:
    path = tmp_path / "some.yaml"
    path.write_text("one: [1, two]\n", encoding="utf-8")
    assert read_yaml(path) == {"one": [1, "two"]}


def test_invalid_yaml_is_refused_with_its_path(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("one: [1\n", encoding="utf-8")
    with pytest.raises(ContractError, match=r"broken\.yaml is not YAML: "):
        read_yaml(path)


def test_yaml_that_constructs_python_objects_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "unsafe.yaml"
    path.write_text("!!python/object/apply:os.getcwd []\n", encoding="utf-8")
    with pytest.raises(ContractError, match="is not YAML"):
        read_yaml(path)


def test_a_node_without_a_reference_is_returned_as_it_is() -> None:
    node = {"type": "string"}
    assert follow(DOCUMENT, node) is node


def test_a_reference_is_followed_to_its_end() -> None:
    assert follow(DOCUMENT, {"$ref": "#/schemas/Alias"}) == {"type": "string"}


def test_escapes_in_a_reference_are_decoded() -> None:
    assert follow(DOCUMENT, {"$ref": "#/schemas/odd~1na~0me"}) == {"type": "integer"}


@pytest.mark.parametrize("reference", ["#/schemas/Missing", "#/nowhere/Name", "#/schemas/Name/type/more"])
def test_a_dangling_reference_is_refused_by_name(reference: str) -> None:
    with pytest.raises(ContractError, match=f"^{reference} points to nothing$"):
        follow(DOCUMENT, {"$ref": reference})


def test_a_reference_to_a_string_is_refused() -> None:
    with pytest.raises(ContractError, match=r"^#/schemas/Text does not point to an object$"):
        follow(DOCUMENT, {"$ref": "#/schemas/Text"})


@pytest.mark.parametrize("reference", ["other.yaml#/schemas/Name", "https://example.org/schema.json", "#anchor"])
def test_an_external_reference_is_refused_by_name(reference: str) -> None:
    with pytest.raises(ContractError) as caught:
        follow(DOCUMENT, {"$ref": reference})
    assert str(caught.value) == f"{reference}: only references within the document are understood"


def test_inlining_replaces_references_at_every_depth() -> None:
    node = {"properties": {"names": {"$ref": "#/schemas/List"}}, "anyOf": [{"$ref": "#/schemas/Alias"}]}
    assert inline(DOCUMENT, node) == {
        "properties": {"names": {"type": "array", "items": {"type": "string"}}},
        "anyOf": [{"type": "string"}],
    }


def test_inlining_does_not_change_the_original() -> None:
    node = {"items": {"$ref": "#/schemas/Name"}}
    inline(DOCUMENT, node)["items"]["type"] = "changed"
    assert node == {"items": {"$ref": "#/schemas/Name"}}
    assert DOCUMENT["schemas"]["Name"] == {"type": "string"}


def test_a_dangling_reference_deep_inside_is_refused() -> None:
    with pytest.raises(ContractError, match="points to nothing"):
        inline(DOCUMENT, {"items": [{"items": {"$ref": "#/schemas/Missing"}}]})


def test_a_circular_reference_is_refused() -> None:
    with pytest.raises(ContractError, match="leads back to itself"):
        follow({"a": {"$ref": "#/b"}, "b": {"$ref": "#/a"}}, {"$ref": "#/a"})


def test_a_keyword_beside_a_reference_is_refused() -> None:
    with pytest.raises(ContractError, match="maxLength beside the reference #/a"):
        follow({"a": {}}, {"$ref": "#/a", "maxLength": 3})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-02-26T23:59:50Z", "2026-02-26T23:59:50Z"),
        ("2026-02-26 23:59:50", "2026-02-26 23:59:50"),
        ("2026-02-26", "2026-02-26"),
        ("18:30", "18:30"),
        ("8:00", "8:00"),
        ("1:30.5", "1:30.5"),
        ("1830", 1830),
        ("0x10", 16),
        ("18.5", 18.5),
        ("5.0", 5),  # an integer in JSON Schema
        ("1_000.0", 1000),
        ("12345678901234567890", 12345678901234567890),
        ("-.inf", float("-inf")),
    ],
)
def test_a_file_that_people_write_has_dates_and_times_as_texts(tmp_path: Path, text: str, value: object) -> None:
    path = tmp_path / "file.yaml"
    path.write_text(f"a: {text}\nb: [{text}]")
    read = read_yaml(path, by_hand=True)
    assert read == {"a": value, "b": [value]}
    assert type(read["a"]) is type(value)


@pytest.mark.parametrize("key", ["12345", "1.50", "no", "~", "2026-02-26", "0x10", "1:30", "true", '"12345"'])
def test_a_file_that_people_write_has_keys_as_they_are_written(tmp_path: Path, key: str) -> None:
    path = tmp_path / "file.yaml"
    path.write_text(f"a: {{{key} : {{b: 1}}}}\nc: [{key}]")
    assert read_yaml(path, by_hand=True)["a"] == {key.strip('"'): {"b": 1}}


def test_a_file_that_people_write_can_repeat_and_merge(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_text("1: &one {2: 3, x: y}\nb: *one\nc: {<<: *one, x: z}\nd: {<<: [*one, {4: 5}]}")
    one = {"2": 3, "x": "y"}
    assert read_yaml(path, by_hand=True) == {"1": one, "b": one, "c": {**one, "x": "z"}, "d": {**one, "4": 5}}


@pytest.mark.parametrize("encode", [lambda text: text.encode("utf-8-sig"), lambda text: text.encode("utf-16")])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_file_of_another_system_is_read(tmp_path: Path, encode: Callable[[str], bytes], end: str) -> None:
    path = tmp_path / "file.yaml"
    path.write_bytes(encode(end.join(["# é", "a:", "  b: é", "  c: 1", ""])))
    assert read_yaml(path, by_hand=True) == {"a": {"b": "é", "c": 1}}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"a: 1\n\tb: 2", "found a tab character that violates indentation in line 2, column 1"),
        (b"a: *b", "found undefined alias in line 1, column 4"),
        (b"a: [1", "did not find expected ',' or ']' in line 2, column 1"),
        (b"a: 1\na: 2", "duplicate key a in line 2, column 1"),
        (b"a: {<<: 5}", "expected a mapping or list of mappings for merging, but found scalar in line 1, column 9"),
        (b"? [a]\n: 1", "found unhashable key in line 1, column 3"),
        (b"a: 1\n---\nb: 2", "but found another document in line 2, column 1"),
        (b"a: !!python/object/apply:os.system [x]", "in line 1, column 4"),
        ("a: caf\xe9".encode("latin-1"), "is not UTF-8, or a control character"),
        (b"a: \0", "is not UTF-8, or a control character"),
        (b"a: " + b"9" * 5_000, "Exceeds the limit"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_the_problem_of_a_file_is_named_with_its_place(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "file.yaml"
    path.write_bytes(content)
    with pytest.raises(ContractError) as refused:
        read_yaml(path, by_hand=True)
    assert problem in str(refused.value)
    assert "string>" not in str(refused.value)


def test_a_file_that_people_write_has_no_key_twice(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_text("a: {b: 1, c: 2, b: 3}")
    assert read_yaml(path) == {"a": {"b": 3, "c": 2}}
    with pytest.raises(ContractError, match="duplicate key b"):
        read_yaml(path, by_hand=True)
