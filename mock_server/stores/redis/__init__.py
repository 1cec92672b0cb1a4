"""State in Valkey or Redis, shared by any number of processes and machines."""

from mock_server.domain.behaviour import Behaviour
from mock_server.domain.clock import Clock

from ..protocol import State
from .address import AddressError, parse_address
from .bus import RedisBus
from .clock import FollowingClock
from .connection import Connection
from .journal import RedisJournal
from .shelf import LruIndex, RedisShelf
from .store import RedisStore

__all__ = ["AddressError", "open_redis", "parse_address"]

# Replies with a whole journal or an upload may take longer than the second of other commands.
_BULK_TIMEOUT_SECONDS = 5


def open_redis(url: str, behaviour: Behaviour, own: Clock) -> State:
    """Return the state that a URL names; nothing is connected yet. own: this machine's clock. Raise AddressError."""
    address = parse_address(url)
    # An expiry of 0 ms is an error in SET, and deletes the key in PEXPIRE.
    lifetime = max(1, round(behaviour.state_seconds * 1000))
    # Replies arrive in the order of the commands, so on one connection a large one would delay all others.
    connection, bulk = Connection(address), Connection(address, _BULK_TIMEOUT_SECONDS)
    clock = FollowingClock(own)
    journal = RedisJournal(
        connection,
        bulk,
        behaviour.max_journal_entries,
        behaviour.max_journal_bytes,
        behaviour.max_worlds,
        lifetime,
    )
    index = LruIndex("worlds", behaviour.max_worlds, behaviour.max_world_bytes, lifetime)
    bus = RedisBus(address.database, connection)

    async def close() -> None:
        await bus.close()
        await connection.close()
        await bulk.close()

    return State(
        store=RedisStore(connection, clock, index, journal.delete),
        journal=journal,
        sources=RedisShelf(bulk, clock, "sources", behaviour.max_source_bytes, lifetime),
        clock=clock,
        shown=str(address),
        close=close,
        bus=bus,
    )
