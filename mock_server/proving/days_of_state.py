"""The days of a state under another reading of when a day begins. [DAILY-RESET]"""

from typing import Any

import msgspec

from mock_server.domain.behaviour import Behaviour
from mock_server.domain.days import day
from mock_server.domain.world import World
from mock_server.service.snapshots import Snapshot


def moved_to_day_of(snapshot: Any, old: Behaviour, new: Behaviour) -> Any:
    """Return a snapshot in which what was used on a day of one behaviour was used on the same day of another one."""
    if old.daily_reset == new.daily_reset:
        return snapshot
    state = msgspec.convert(snapshot, Snapshot)

    def moved(world: World) -> World:
        now = world.clock.at(state.taken_at)
        return msgspec.structs.replace(world, day=world.day + day(now, new) - day(now, old))

    return msgspec.to_builtins(msgspec.structs.replace(state, worlds=tuple(map(moved, state.worlds))))
