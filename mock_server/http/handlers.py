"""Handlers: one short function an operation. They take a call and return a reply."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from mock_server.domain.clock import to_iso
from mock_server.domain.generation import Beginning, Failure, availability
from mock_server.domain.images import recent
from mock_server.domain.refusals import Refusal
from mock_server.domain.world import Image
from mock_server.service import Caller, Seen, Service, generate

from .context import RequestContext
from .orders import make_order
from .replies import Reply, error, refused


class Call(msgspec.Struct, frozen=True):
    """A valid call of an operation: the context, and what was found in the caller's world."""

    service: Service
    context: RequestContext
    caller: Caller
    seen: Seen


_AVAILABLE = Reply(200, {"status": "success", "message": "Image generation is available."})
Handler = Callable[[Call], Awaitable[Reply]]


async def check_availability(call: Call) -> Reply:
    refusal = availability(call.seen.world)
    if refusal:
        return refused(refusal, call.service.behaviour)
    return _AVAILABLE


async def get_versions(call: Call) -> Reply:
    return Reply(200, call.service.behaviour.versions)


async def generate_image(call: Call) -> Reply:
    behaviour = call.service.behaviour
    order = make_order(call.context.fields, behaviour, call.context.origin)
    start = Beginning(call.context.id, order, call.service.generation_seconds)
    for fault, _ in call.context.faults:
        start = fault.begin(start)
    came, ended = await generate(call.service, call.caller, start, call.seen)
    if isinstance(came, Refusal):
        return refused(came, behaviour)
    if isinstance(came, Failure):
        return replace(error("upstream", message=came.message), ended=ended)
    images = came or ()
    body = {"status": "success", "images": [_image(each) for each in images], "image_storage": behaviour.image_storage}
    return Reply(200, body, made=tuple(each.title for each in images), ended=ended)


async def get_recent_images(call: Call) -> Reply:
    images = recent(call.seen.world, call.service.behaviour.recent_order == "newest-first")
    return Reply(200, [{**_image(each), "created_at": to_iso(each.created_at)} for each in images])


def _image(image: Image) -> dict[str, Any]:
    return {"id": image.id, "title": image.title, "input": image.prompt, "output": image.output}


HANDLERS: Mapping[str, Handler] = {
    "checkAvailability": check_availability,
    "getVersions": get_versions,
    "generateImage": generate_image,
    "getRecentImages": get_recent_images,
}
