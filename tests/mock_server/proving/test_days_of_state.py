"""A state keeps what was used today, whenever a day begins."""

import msgspec
import pytest

from mock_server.app import rules
from mock_server.behaviours import make_behaviour
from mock_server.domain.clock import DAY, SECOND
from mock_server.domain.days import day
from mock_server.domain.world import World
from mock_server.proving.days_of_state import moved_to_day_of
from mock_server.service.snapshots import VERSION, Snapshot

MIDNIGHT = make_behaviour({}, rules())
NOON = msgspec.structs.replace(MIDNIGHT, daily_reset="12:00")


@pytest.mark.parametrize("hour", [7, 12, 19])
@pytest.mark.parametrize("ago", [0, 1])
def test_images_used_on_a_day_stay_used_on_it(hour: int, ago: int) -> None:
    now = 20_000 * DAY + hour * 3_600 * SECOND
    world = World("0" * 16, 1, 5, 50, day=day(now, MIDNIGHT) - ago, used=3)
    snapshot = msgspec.to_builtins(Snapshot(VERSION, now, (world,)))
    moved = msgspec.convert(moved_to_day_of(snapshot, MIDNIGHT, NOON), Snapshot)
    assert moved.worlds == (msgspec.structs.replace(world, day=day(now, NOON) - ago),)
    assert moved_to_day_of(snapshot, MIDNIGHT, MIDNIGHT) is snapshot
