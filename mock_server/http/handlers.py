"""Handlers: one short function an operation. They take a call and return a reply."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from anyio import to_thread

from mock_server.domain.clock import to_iso
from mock_server.domain.generation import availability
from mock_server.domain.images import recent
from mock_server.domain.refusals import Refusal
from mock_server.domain.world import Image

from .bodies import Fields
from .orders import make_order
from .replies import Reply, error, refused
from .service import Caller, Service


@dataclass(frozen=True, slots=True)
class Call:
    """A valid call of an operation."""

    service: Service
    caller: Caller
    fields: Fields


Handler = Callable[[Call], Awaitable[Reply]]


async def check_availability(call: Call) -> Reply:
    world = await call.service.world(call.caller)
    if availability(world, call.service.clock.now()):
        return error("busy")
    return Reply(200, {"status": "success", "message": "Image generation is available."})


async def get_versions(call: Call) -> Reply:
    return Reply(200, dict(call.service.behaviour.versions))


async def generate_image(call: Call) -> Reply:
    order, source = await to_thread.run_sync(make_order, call.fields, call.service.behaviour.max_pixels)
    if source is not None and order.source:
        await call.service.sources.put(order.source, source)
    made = await call.service.generate(call.caller, order)
    if isinstance(made, Refusal):
        return refused(made)
    return Reply(200, {"status": "success", "images": [_image(each) for each in made], "image_storage": "public"})


async def get_recent_images(call: Call) -> Reply:
    world = await call.service.world(call.caller)
    return Reply(200, [{**_image(each), "created_at": to_iso(each.created_at)} for each in recent(world)])


def _image(image: Image) -> dict[str, Any]:
    return {"id": image.id, "title": image.title, "input": image.prompt, "output": f"uploads/{image.title}"}


HANDLERS: Mapping[str, Handler] = {
    "checkAvailability": check_availability,
    "getVersions": get_versions,
    "generateImage": generate_image,
    "getRecentImages": get_recent_images,
}
