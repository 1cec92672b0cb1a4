"""Resets: a world is let go, and begins afresh when it is next seen."""

from .service import Service


async def reset(service: Service) -> None:
    """Let go of all worlds and of all that is known of them."""
    for name in await service.store.names():
        await forget(service, name)
    await service.journal.forget()


async def forget(service: Service, name: str) -> None:
    """Let go of a world with all that is known of it. Requests that wait there look at the clock again."""
    await service.store.delete(name)
    await service.journal.forget(name)
    service.agenda.ring(service.clock_of(name))
    service.events.tell("reset", name)
