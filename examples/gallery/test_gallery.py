"""Each planted fault is found, with a schedule that reproduces it, and no careful client is accused: over ten seeds."""

from pathlib import Path
from random import Random
from typing import Any

import pytest

from mock_server.proving.judging import KINDS
from mock_server.proving.points import show_schedule
from mock_server.testing import AiimageMock

from .api import Api
from .catalogue import CAREFUL, CARELESS, Careless, Client
from .prove import table

SEEDS = range(10)


def account(seed: int) -> dict[str, Any]:
    """Return the state of an account: another past, balance and duration for each seed. Below 5 s for all timeouts."""
    draw = Random(seed)
    images = draw.randrange(13)
    past = {"history": {"images": images, "days": draw.randrange(1, 4)}} if images else {}
    return {"generation_time": round(draw.uniform(0.5, 4.5), 3), "credits": draw.randrange(10, 200), **past}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("careless", CARELESS, ids=lambda each: each.client.__name__)
def test_a_planted_fault_is_found_and_its_schedule_shows_it_again(
    aiimage_mock: AiimageMock, careless: Careless, seed: int
) -> None:
    def scenario(mock: AiimageMock) -> Any:
        return careless.client(Api(mock.base_url, mock.token))

    state: Any = account(seed) | careless.state
    campaign = aiimage_mock.disasters(scenario, allow=KINDS, **state)
    found = {each.judgement.kind: each for each in campaign.found}
    assert careless.finding in found
    schedule = show_schedule(found[careless.finding].schedule)
    again = aiimage_mock.disasters(scenario, allow=KINDS, only=schedule, **state)
    assert careless.finding in {each.judgement.kind for each in again.found}


def test_the_table_of_retry_layers_is_as_measured() -> None:
    page = (Path(__file__).parents[2] / "docs" / "disasters.md").read_text(encoding="utf-8")
    assert "\n".join(table()) in page


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("client", CAREFUL, ids=lambda each: each.__name__)
def test_a_careful_client_is_accused_of_nothing(aiimage_mock: AiimageMock, client: Client, seed: int) -> None:
    state: Any = account(seed)
    aiimage_mock.disasters(lambda mock: client(Api(mock.base_url, mock.token)), **state)
    aiimage_mock.assert_worst_cost(credits=1)
