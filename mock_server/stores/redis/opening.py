"""From settings to a state in Valkey."""

from mock_server.domain.behaviour import Behaviour
from mock_server.domain.clock import Clock

from ..state import State
from .address import parse_address
from .bus import RedisBus
from .clock import FollowingClock
from .journal import RedisJournal
from .ledger import Ledger
from .server import Server
from .shelf import RedisShelf
from .store import RedisStore

_BULK_SECONDS = 5


def open_redis(url: str, behaviour: Behaviour, own: Clock) -> State:
    """Return the state that a URL names; nothing is connected yet. own: this machine's clock. Raise AddressError."""
    address = parse_address(url)
    lifetime = max(1, round(behaviour.state_seconds * 1000))
    quick, bulk = Server(address), Server(address, _BULK_SECONDS)
    clock = FollowingClock(own)
    journal = RedisJournal(
        quick,
        bulk,
        behaviour.max_journal_entries,
        behaviour.max_journal_bytes,
        behaviour.max_worlds,
        lifetime,
    )
    ledger = Ledger("worlds", behaviour.max_worlds, behaviour.max_world_bytes, lifetime)

    bus = RedisBus(address, quick)

    async def close() -> None:
        await bus.close()
        await quick.close()
        await bulk.close()

    return State(
        store=RedisStore(quick, clock, ledger, journal.forget),
        journal=journal,
        sources=RedisShelf(bulk, clock, "sources", behaviour.max_source_bytes, lifetime),
        clock=clock,
        shown=str(address),
        close=close,
        bus=bus,
    )
