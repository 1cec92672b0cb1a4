"""The data of the page."""

import copy

import pytest

from mock_server import __version__, resources
from mock_server.app import contract
from mock_server.configuration import read_accounts
from mock_server.contract import Contract, compile_contract, read_yaml
from mock_server.control.page_data import Engine, Field, page_data
from mock_server.domain.accounts import Account, Accounts, world_name
from support.control import control_json
from support.extension import ENGINE, extended
from support.mock import Start, behaviour, settings

ACCOUNTS = read_accounts(resources.ACCOUNTS, contract())
DATA = page_data(ACCOUNTS, behaviour(), contract(), 1.5)
ENGINES = {engine.name: engine for engine in DATA.engines}


def field(engine: str, name: str) -> Field:
    (found,) = (each for each in ENGINES[engine].fields if each.name == name)
    return found


def test_the_accounts_are_the_valid_listed_ones() -> None:
    accounts = {each.token: each for each in DATA.accounts}
    assert "demo-invalid" not in accounts
    assert accounts["demo-low"].credits == 2
    assert accounts["demo-low"].world == world_name("demo-low")
    assert (DATA.closed, DATA.credits, DATA.shared) == (False, 100, False)


def test_the_engines_are_those_of_the_document() -> None:
    schemas = read_yaml(resources.DOCUMENT)["components"]["schemas"]
    assert list(ENGINES) == list(schemas["GenerateRequest"]["discriminator"]["mapping"])
    assert DATA.generate == "/api/v1/aiimage/generate-image"
    for engine in ENGINES.values():
        assert engine.chooser == "image_generator"
        assert engine.chooser not in {each.name for each in engine.fields}


@pytest.mark.parametrize(
    ("engine", "name", "kind", "required"),
    [
        ("dall-e", "description", "text", True),
        ("dall-e", "size", "choice", True),
        ("dall-e", "mood", "text", False),
        ("dall-e", "image_number_of_images", "number", True),
        ("stablediffusion", "type", "choice", True),
        ("stablediffusion", "image_src", "file", True),
        ("flux-pro", "description_flux_pro", "text", True),
        ("ideogram", "description_ideogram", "text", True),
    ],
)
def test_a_field_has_kind_and_presence(engine: str, name: str, kind: str, required: bool) -> None:
    found = field(engine, name)
    assert (found.kind, found.required) == (kind, required)
    assert found.description


def test_a_choice_has_the_values_of_the_document() -> None:
    assert field("dall-e", "quality").values == ("standard", "hd")
    assert field("stablediffusion", "type").values == ("text-to-image", "multi-prompt", "image-to-image", "upscale")


def test_an_upload_has_the_types_that_need_one() -> None:
    source, prompt = field("stablediffusion", "image_src"), field("stablediffusion", "stable_description")
    assert (source.chooser, source.only) == ("type", ("image-to-image", "upscale"))
    assert (prompt.chooser, prompt.only) == ("", ())


def test_a_document_without_generate_image_has_no_engine() -> None:
    known = page_data(
        Accounts({}, Account(5, 5), closed=True), behaviour(lock_scope="global"), Contract("/api", (), {}), 1.5
    )
    engines: tuple[Engine, ...] = ()
    assert (known.generate, known.engines, known.operations) == (None, engines, ("getPicture",))
    assert (known.accounts, known.closed, known.credits, known.shared) == ((), True, 5, True)
    assert (known.base, known.seconds, known.lock_seconds) == ("/api", 1.5, 10)


def test_an_engine_of_the_document_alone_has_all_its_fields() -> None:
    document = copy.deepcopy(extended(read_yaml(resources.DOCUMENT)))
    properties = document["components"]["schemas"]["AuroraRequest"]["properties"]
    properties["tiled"] = {"type": "boolean", "description": "Whether it repeats."}
    properties["scale"] = {"type": "number", "enum": [0.5, 2], "description": "The scale."}
    data = page_data(ACCOUNTS, behaviour(), compile_contract(document), 1.5)
    (engine,) = (each for each in data.engines if each.name == ENGINE)
    assert [(each.name, each.kind, each.required, each.values, each.json) for each in engine.fields] == [
        ("image_number_of_images", "number", True, (), True),
        ("aurora_text", "text", True, (), False),
        ("canvas", "choice", True, ("96x64", "64x96"), False),
        ("palette", "choice", True, ("polar", "ember"), False),
        ("grain", "number", False, (), True),
        ("tiled", "choice", False, ("true", "false"), True),
        ("scale", "choice", False, ("0.5", "2"), True),
    ]


def test_health_shows_version_instance_state_and_worlds(start: Start) -> None:
    mock = start(settings(instance="job-1"))
    mock.generate("one")
    mock.generate("two")
    health = control_json(mock, "GET", "/health")
    assert health == {
        "status": "ok",
        "version": __version__,
        "instance": "job-1",
        "state": "memory",
        "worlds": 2,
    }
