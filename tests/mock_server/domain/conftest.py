"""A world, orders and the default behaviour to start from."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from mock_server import resources
from mock_server.configuration import read_behaviour
from mock_server.contract import compile_rules, read_yaml
from mock_server.domain.behaviour import Behaviour
from mock_server.domain.clock import DAY
from mock_server.domain.world import Order, World
from support.clocks import START


@pytest.fixture(scope="session")
def behaviour() -> Behaviour:
    return read_behaviour(None, compile_rules(read_yaml(resources.RULES)))


@pytest.fixture
def world() -> World:
    """A world with 10 credits and a daily limit of 20."""
    return World(name="0123456789abcdef", first_id=1001, credits=10, daily_limit=20, day=START // DAY)


@pytest.fixture
def order() -> Callable[[int], Order]:
    """What makes an order of so many images."""
    base = Order(engine="dall-e", prompt="a fox", count=1, width=64, height=64, mode="hd")
    return lambda count: replace(base, count=count)
