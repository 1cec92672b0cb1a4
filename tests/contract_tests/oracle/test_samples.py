import pytest

from contract_tests.checks.pictures import picture_size
from contract_tests.oracle import resources, samples
from contract_tests.oracle.contract import load_contract
from contract_tests.oracle.kinds import plainly_invalid

BODY = load_contract().document["paths"]["/aiimage/generate-image"]["post"]["requestBody"]["content"]
EXAMPLES = {name: example["value"] for content in BODY.values() for name, example in content["examples"].items()}
INVALID = {sample.name: sample for sample in samples.all_invalid()}


def test_every_example_of_the_document_is_a_sample() -> None:
    names = {path.stem for path in resources.fixture("requests", "valid").glob("*.yaml")}
    assert names == EXAMPLES.keys()


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_valid_sample_equals_the_example_of_the_document(name: str) -> None:
    sample, example = samples.valid(name), dict(EXAMPLES[name])
    assert (example.pop("image_src", None) is not None) == (sample.file is not None)
    assert sample.fields == example
    assert not plainly_invalid({**sample.fields, "image_src": sample.file})


@pytest.mark.parametrize("name", INVALID)
def test_an_invalid_sample_is_invalid_in_every_reading(name: str) -> None:
    sample = INVALID[name]
    assert plainly_invalid(sample.fields)
    assert sample.errors


@pytest.mark.parametrize("name", ["teapot.png", "lamp.jpg", "crane.webp"])
def test_the_source_images_are_images(name: str) -> None:
    _, content, kind = samples.upload(name)
    assert picture_size(content)
    assert kind in {"image/png", "image/jpeg", "image/webp"}
    assert len(content) < 10_000


def test_a_refusal_that_names_nothing_does_not_exclude_what_was_served_before() -> None:
    """It may be about the prompt, or a generation that failed by itself."""
    offered = samples.Samples()
    first = offered.simplest
    offered.serve(first)
    offered.refuse(first, [])
    offered.refuse(first, ["description"])
    assert offered.simplest == first
    offered.refuse(first, ["size"])
    assert offered.simplest != first


def test_a_request_that_is_served_after_all_is_offered_again() -> None:
    offered = samples.Samples()
    first = offered.simplest
    offered.refuse(first, [])
    assert offered.simplest != first
    offered.serve(first)
    assert offered.simplest == first
