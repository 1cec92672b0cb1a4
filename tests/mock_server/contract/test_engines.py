"""The document without some of its engines."""

import copy

import pytest

from mock_server import resources
from mock_server.app import create_app
from mock_server.configuration import ConfigurationError
from mock_server.contract import compile_contract, read_yaml, without_engines
from support.mock import DALL_E, Start, behaviour, settings

DOCUMENT = read_yaml(resources.DOCUMENT)
ENGINES = compile_contract(DOCUMENT).engines


@pytest.mark.parametrize("kept", ENGINES)
def test_all_engines_but_one_can_be_left_out(kept: str) -> None:
    before = copy.deepcopy(DOCUMENT)
    contract = compile_contract(without_engines(DOCUMENT, [each for each in ENGINES if each != kept]))
    assert contract.engines == (kept,)
    assert before == DOCUMENT


def test_another_discriminator_keeps_a_value_of_that_name() -> None:
    choice = {"oneOf": [{"$ref": "#/a"}], "discriminator": {"propertyName": "type", "mapping": {"upscale": "#/a"}}}
    assert without_engines({"schema": choice, "discriminator": "text"}, ["dall-e"]) == {
        "schema": choice,
        "discriminator": "text",
    }


def test_a_variant_of_two_engines_stays_for_the_other() -> None:
    mapping = {"aurora": "#/a", "borealis": "#/a"}
    node = {"anyOf": [{"$ref": "#/a"}], "discriminator": {"propertyName": "engine", "mapping": mapping}}
    without = without_engines({"schema": node}, ["aurora"])["schema"]
    assert without["anyOf"] == [{"$ref": "#/a"}]
    assert without["discriminator"]["mapping"] == {"borealis": "#/a"}


def test_a_service_without_engines_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"^absent_engines has every engine: leave one out"):
        create_app(settings(behaves=behaviour(absent_engines=list(ENGINES))))


def test_page_reference_and_pasts_have_the_engines_that_are_left(start: Start) -> None:
    mock = start(settings(behaves=behaviour(absent_engines=[each for each in ENGINES if each != "dall-e"])))
    assert mock.generate().status_code == 200
    assert mock.generate(image_generator="flux-pro").status_code == 422
    assert mock.call("GET", "/_mock/docs", None).status_code == 200
    mock.call("PUT", "/_mock/worlds/past", None, json={"history": {"images": 20}})
    images = mock.call("GET", "/_mock/worlds/past/images", None).json()["images"]
    assert {each["engine"] for each in images} == {DALL_E["image_generator"]}
