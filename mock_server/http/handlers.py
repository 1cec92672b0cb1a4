"""Handlers: one short function per operation, from a call to a reply."""

from collections.abc import Awaitable, Callable, Mapping

import msgspec
from msgspec.structs import replace

from mock_server.contract import Operation
from mock_server.domain.generation import Failure, GenerationRequest, availability
from mock_server.domain.images import has_origin, recent
from mock_server.domain.refusals import Refusal
from mock_server.service import Caller, Seen, Service, generate

from .context import RequestContext
from .orders import make_order
from .presentation import generated, listed
from .replies import Reply, failed, refused


class Call(msgspec.Struct, frozen=True):
    """A valid call of an operation. seen: the caller's world as the request found it."""

    service: Service
    operation: Operation
    context: RequestContext
    caller: Caller
    seen: Seen


_AVAILABLE = Reply(200, {"status": "success", "message": "Image generation is available."})
_FAILURE = "The image could not be generated."
Handler = Callable[[Call], Awaitable[Reply]]


async def check_availability(call: Call) -> Reply:
    refusal = availability(call.seen.world)
    if refusal:
        return refused(refusal)
    return _AVAILABLE


async def get_versions(call: Call) -> Reply:
    return Reply(200, call.service.behaviour.versions)


async def generate_image(call: Call) -> Reply:
    behaviour = call.service.behaviour
    assert call.operation.parameters is not None
    fields = call.context.fields
    # Parsing it costs every generation, and most addresses have no origin.
    origin = call.context.origin if has_origin(behaviour) else ""
    order = make_order(fields, call.operation.parameters.pick(fields), behaviour, origin)
    request = GenerationRequest(call.context.id, order, call.service.generation_seconds)
    if behaviour.failing_prompt and behaviour.failing_prompt in order.prompt:
        request = replace(request, failure=_FAILURE)
    for fault, _ in call.context.faults:
        request = fault.change_generation(request)
    outcome, ended = await generate(call.service, call.caller, request, call.seen)
    if isinstance(outcome, Refusal):
        return refused(outcome)
    if isinstance(outcome, Failure):
        return failed(outcome.message, ended)
    images = outcome or ()
    return Reply(200, generated(images, behaviour, ended), made=tuple(each.title for each in images), ended=ended)


async def get_recent_images(call: Call) -> Reply:
    images = recent(call.seen.world, call.service.behaviour.recent_order == "newest-first")
    return Reply(200, listed(images, call.service.behaviour, call.seen.now))


HANDLERS: Mapping[str, Handler] = {
    "checkAvailability": check_availability,
    "getVersions": get_versions,
    "generateImage": generate_image,
    "getRecentImages": get_recent_images,
}
