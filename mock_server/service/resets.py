"""Resets: a world is let go, and begins afresh when it is next seen."""

from .generating import hand_over
from .service import Service


async def reset(service: Service) -> None:
    """Let go of all worlds and of all that is known of them."""
    await clear(service)
    service.events.publish("reset", None)


async def delete(service: Service, name: str) -> None:
    """Let go of a world with all that is known of it. Requests that wait there wait no longer."""
    world = (await service.store.read(name)).world
    await service.store.delete(name)
    await service.changes.world_deleted(service.clock_of(name), name)
    if service.is_global and world and world.lock:
        await hand_over(service, world.lock.holder, None)
    await service.journal.delete(name)
    service.events.publish("reset", name)


async def clear(service: Service) -> None:
    """Let go of all worlds, and tell nobody yet: more is to come."""
    for name in await service.store.names():
        await service.store.delete(name)
        service.scheduler.cancel(service.clock_of(name), name)
    await service.changes.all_worlds_deleted()
    await service.journal.delete()
