"""The hostile bodies themselves: none may be worth an image."""

import re

import pytest

from contract_tests.checks.hostile import HostileBody, hostile_bodies
from contract_tests.client.call import Call
from contract_tests.oracle.engines import count_field, load_engines
from contract_tests.oracle.kinds import Kind, countable, kind_of
from contract_tests.oracle.samples import UNKNOWN_ENGINE

BODIES = hostile_bodies()
ENGINES = {engine.name for engine in load_engines()}


def parameters(body: HostileBody) -> object:
    call = Call("POST", "http://127.0.0.1/", body=body.content, content_type=body.content_type)
    return call.parameters


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.name)
def test_a_body_is_invalid_as_a_lenient_service_reads_it(body: HostileBody) -> None:
    assert kind_of(parameters(body)) is Kind.INVALID


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.name)
def test_a_body_names_an_engine_only_where_it_asks_for_no_image(body: HostileBody) -> None:
    """However a service repairs a body that cannot be read."""
    text = body.content.replace(b"\0", b"").decode("latin-1")
    named = any(re.search(rf'"{engine}"', text) for engine in ENGINES)
    count = re.search(rf'"{count_field()}": ([^,}}]*)', text)
    assert not named or (count and not countable(count[1].strip('"')))


def test_the_names_and_the_contents_differ() -> None:
    assert len({body.name for body in BODIES}) == len(BODIES)
    assert len({(body.content, body.content_type) for body in BODIES}) == len(BODIES)


def test_they_are_the_same_in_every_run() -> None:
    assert hostile_bodies() == BODIES
    assert UNKNOWN_ENGINE not in ENGINES
