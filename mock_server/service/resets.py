"""Resets: worlds are deleted, and open again with their next request."""

from .generating import hand_over
from .service import Service


async def reset(service: Service) -> None:
    """Delete all worlds with their journals."""
    await delete_all(service)
    service.events.publish("reset", None)


async def delete(service: Service, name: str) -> None:
    """Delete a world with its journal. Requests that wait there end."""
    world = (await service.store.read(name)).world
    await service.store.delete(name)
    await service.changes.world_deleted(service.clock_of(name), name)
    if service.is_global and world and world.lock:  # else all worlds wait for a generation that is gone
        await hand_over(service, world.lock.holder, None)
    await service.journal.delete(name)
    service.events.publish("reset", name)


async def delete_all(service: Service) -> None:
    """Delete all worlds with their journals, without an event: the caller publishes it."""
    for name in await service.store.names():
        await service.store.delete(name)
        # One by one, since the deletion of a later world may fail.
        service.scheduler.cancel(service.clock_of(name), name)
    await service.changes.all_worlds_deleted()
    await service.journal.delete()
