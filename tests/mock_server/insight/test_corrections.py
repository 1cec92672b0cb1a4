"""The valid body that is nearest to a sent one."""

from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mock_server import resources
from mock_server.contract import compile_contract, read_yaml
from mock_server.contract.parameters import Parameters
from mock_server.domain.entry import Problem
from mock_server.insight.corrections import Corrected, corrected
from mock_server.insight.values import A_PICTURE
from support.examples import examples

CONTRACT = compile_contract(read_yaml(resources.DOCUMENT))
REQUESTS = resources.RULES.parent.parent / "fixtures" / "requests"
PROMPT = "A futuristic cloud data center floating in space"
DALL_E = {
    "image_generator": "dall-e",
    "image_number_of_images": 1,
    "description": "a fox",
    "size": "512x512",
    "quality": "hd",
}
STABLE = {
    "image_generator": "stablediffusion",
    "image_number_of_images": 1,
    "stable_description": "a fox",
    "type": "text-to-image",
    "image_resolution": "640x480",
}


def parameters() -> Parameters:
    found = next(each.parameters for each in CONTRACT.operations if each.id == "generateImage")
    assert found
    return found


PARAMETERS = parameters()


def correct(sent: dict[str, Any], *problems: Problem) -> Corrected:
    return corrected(PARAMETERS, sent, problems)


def changes(found: Corrected) -> dict[str, Any]:
    return {each.field: each.nearest for each in found.corrections}


def findings(body: Any) -> list[Any]:
    """Return the findings of a body. Only the files of its variant can be files."""
    variant = PARAMETERS.pick(body)
    plain = {
        name: "" if isinstance(value, dict) and value.keys() == {"file"} else value for name, value in body.items()
    }
    assert {name for name in body if body[name] != plain[name]} <= {name for name in body if name in variant.files}
    return variant.check(plain)


@pytest.mark.parametrize("body", [DALL_E, STABLE, {**STABLE, "type": "upscale", "image_src": {"file": 12}}])
def test_a_valid_body_is_unchanged(body: dict[str, Any]) -> None:
    assert correct(body) == Corrected(body, ())


@pytest.mark.parametrize("path", sorted((REQUESTS / "invalid").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_invalid_request_of_the_fixtures_is_corrected(path: Any) -> None:
    request = yaml.safe_load(path.read_text())
    found = correct(request["fields"])
    assert findings(found.body) == []
    assert set(request["errors"]) <= {each.field for each in found.corrections}


def test_an_empty_body_becomes_an_example_of_the_first_engine() -> None:
    assert correct({}).body == {
        "image_generator": "dall-e",
        "image_number_of_images": 1,
        "description": PROMPT,
        "size": "1024x1024",
        "quality": "standard",
    }


@pytest.mark.parametrize(
    ("sent", "engine"),
    [
        ("DALL-E", "dall-e"),
        ("dall-e-3", "dall-e"),
        ("stable-diffusion", "stablediffusion"),
        ("Flux Pro", "flux-pro"),
        ("flux-pro-context", "flux-pro-kontext"),
        ("Ideogram v2", "ideogram"),
    ],
)
def test_an_unknown_engine_becomes_the_most_similar_one(sent: str, engine: str) -> None:
    assert correct({"image_generator": sent}).body["image_generator"] == engine


@pytest.mark.parametrize("engine", [None, "", "midjourney", 7, ["ideogram"]])
def test_an_unrecognizable_engine_is_inferred_from_the_fields(engine: Any) -> None:
    found = correct({**STABLE, "image_generator": engine})
    assert found.body == STABLE
    assert changes(found) == {"image_generator": "stablediffusion"}


def test_the_type_is_inferred_from_an_upload() -> None:
    found = correct({**STABLE, "type": "repaint", "image_src": {"file": 12}})
    assert changes(found) == {"type": "image-to-image"}


def test_prompt_and_size_in_the_fields_of_another_engine_are_moved() -> None:
    found = correct({**STABLE, "image_generator": "dall-e", "quality": "hd"})
    assert found.body == {**DALL_E, "size": "512x512"}
    assert changes(found) == {
        "description": "a fox",
        "size": "512x512",
        "stable_description": None,
        "image_resolution": None,
    }


def test_a_misspelt_field_is_corrected() -> None:
    found = correct({**{name: DALL_E[name] for name in DALL_E if name != "description"}, "discription": "an owl"})
    assert found.body == {**DALL_E, "description": "an owl"}


def test_an_existing_field_is_not_overwritten_by_that_of_another_engine() -> None:
    found = correct({**DALL_E, "stable_description": "an owl"})
    assert found == Corrected(DALL_E, ())


def test_a_correction_repeats_the_message_of_the_reply() -> None:
    problem = Problem("size", "enum", "The selected size is invalid.")
    (found,) = correct({**DALL_E, "size": "1000x1000"}, problem).corrections
    assert (found.field, found.sent, found.nearest, found.problem) == (
        "size",
        "1000x1000",
        "1024x1024",
        problem.message,
    )


def test_a_correction_without_a_reply_has_the_message_of_the_contract() -> None:
    (found,) = correct({**DALL_E, "image_generator": "dalle"}).corrections
    assert "Choose one of: dall-e, stablediffusion," in found.problem


@pytest.mark.parametrize(
    ("field", "sent", "message", "nearest"),
    [
        ("image_number_of_images", 11, "The image number of images field must not be greater than 10.", 10),
        ("size", "1024x1024", "The size field asks for 1024x1024, more than 300000 pixels.", "512x512"),
        ("mood", "abcdef", "The mood field must not be greater than 3 characters.", "abc"),
    ],
)
def test_an_undocumented_limit_of_the_mock_is_respected(field: str, sent: Any, message: str, nearest: Any) -> None:
    assert changes(correct({**DALL_E, field: sent}, Problem(field, "limit", message))) == {field: nearest}


def test_a_text_that_the_journal_has_truncated_is_reported() -> None:
    problem = Problem("mood", "maxLength", "The mood field must not be greater than 4000 characters.")
    assert changes(correct({**DALL_E, "mood": "x" * 500}, problem)) == {"mood": "x" * 500}


def test_a_file_that_is_too_large_or_missing_is_replaced() -> None:
    sent = {**STABLE, "type": "upscale", "image_src": {"file": 99}}
    problem = Problem("image_src", "size", "The image src field must not be greater than 50 bytes.")
    assert changes(correct(sent, problem)) == {"image_src": {"file": A_PICTURE}}
    assert changes(correct({**sent, "image_src": "not a file"})) == {"image_src": {"file": A_PICTURE}}


def test_a_problem_of_the_whole_body_is_reported_first() -> None:
    found = correct({}, Problem("body", "unreadable", "The request body is not valid JSON."))
    first = found.corrections[0]
    assert (first.field, first.sent, first.nearest) == ("body", None, None)
    assert {each.field for each in found.corrections[1:]} == found.body.keys()


def test_only_the_first_unknown_fields_are_searched() -> None:
    flood = {f"colour{number}": "red" for number in range(50)}
    missing = {name: DALL_E[name] for name in DALL_E if name != "description"}
    assert correct({**missing, "discription": "an owl", **flood}).body["description"] == "an owl"
    assert correct({**missing, **flood, "discription": "an owl"}).body["description"] == PROMPT


NAMES = sorted(
    {*DALL_E, *STABLE, "image_src", "mood", "description_flux_pro", "negative_prompt", "discription", "body"}
)
WORDS = st.sampled_from(
    ["dall-e", "stablediffusion", "flux", "upscale", "text-to-image", "64x64", "hd", "3", " ", "\x00"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
FIELDS = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=12), VALUES, max_size=8)
PROBLEMS = st.builds(
    Problem,
    st.sampled_from(NAMES),
    st.just("limit"),
    st.integers(1, 10**6).map("must not be greater than {}".format) | st.text(max_size=9),
)


@settings(max_examples=examples(300))
@given(st.sampled_from([{}, DALL_E, STABLE, {**STABLE, "type": "upscale"}]), FIELDS, st.lists(PROBLEMS, max_size=2))
@example({}, {"image_src": {"file": 1}, "type": "upscale"}, [])
def test_the_nearest_body_is_always_valid(
    base: dict[str, Any], fields: dict[str, Any], problems: list[Problem]
) -> None:
    found = correct({**base, **fields}, *problems)
    assert findings(found.body) == []
    assert all(each.problem or each.field in {problem.field for problem in problems} for each in found.corrections)
    assert correct(dict(found.body)) == Corrected(found.body, ())


@given(FIELDS)
def test_every_change_is_reported(fields: dict[str, Any]) -> None:
    found = correct(fields)
    for each in found.corrections:
        if each.nearest is not None:
            assert found.body[each.field] == each.nearest
    untouched = found.body.keys() - {each.field for each in found.corrections}
    assert all(found.body[name] == fields[name] for name in untouched)
