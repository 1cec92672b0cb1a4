"""How many images a generation may have made, as far as its reply tells: what the budget settles."""

from contract_tests.client.call import Call, Reply
from contract_tests.oracle.replies import error_fields, made, made_none

# These say that nothing was made. A 400, a 408 or a redirect may come from a proxy, after the image was made.
_REFUSALS = frozenset({401, 402, 403, 404, 405, 406, 409, 411, 413, 414, 415, 419, 422, 423, 428, 429, 431})
_BAD_REQUEST = 400


def images_made(call: Call, reply: Reply) -> int:
    """Return how many images the reply may stand for; any other reply than a clear refusal may hide some."""
    if reply.status in _REFUSALS or (call.invalid and made_none(reply)) or _names_parameter(call, reply):
        return 0
    # A service may make more than requested, or list fewer than it made.
    return max(call.images, len(reply.images)) if made(reply) else unknown(call)


def _names_parameter(call: Call, reply: Reply) -> bool:
    """Return whether a 400 names a parameter of the request, as the service does and no proxy can."""
    return reply.status == _BAD_REQUEST and bool(set(error_fields(reply)) & call.parameters.keys())


def unknown(call: Call) -> int:
    """Return how many images a request may have made whose outcome is unknown."""
    return 0 if call.without_credits or call.invalid else call.images
