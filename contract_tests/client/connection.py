"""The connection to a target: TLS, proxies, keep-alive, and replies read within bounds of size and time."""

from collections.abc import Callable

import httpx

from contract_tests.client.proxies import proxy_mounts
from contract_tests.client.trust import make_context
from contract_tests.runner.target import Target

# More than a picture needs; a reply without end must not fill the memory.
_MAX_REPLY_BYTES = 64 * 1024 * 1024
# Shorter than servers keep idle connections open, so that none is reused just as the server closes it.
_KEEP_ALIVE_SECONDS = 2.0
_MAX_CONNECTIONS = 50


def make_client(target: Target, *, keep_alive: bool = True) -> httpx.Client:
    """Return a client that follows no redirects and sends only the credentials of the call.

    Raises UsageError if the proxies of the environment or the authorities to trust cannot be used.
    """
    # Without trust_env, which would also send the credentials of ~/.netrc: so proxies and authorities are read here.
    verify = make_context(target.ca_bundle)
    kept = _MAX_CONNECTIONS if keep_alive else 0
    limits = httpx.Limits(
        max_connections=_MAX_CONNECTIONS, max_keepalive_connections=kept, keepalive_expiry=_KEEP_ALIVE_SECONDS
    )
    return httpx.Client(
        follow_redirects=False, verify=verify, trust_env=False, limits=limits, mounts=proxy_mounts(verify, limits)
    )


def receive(
    client: httpx.Client, request: httpx.Request, timeout_seconds: float, clock: Callable[[], float]
) -> httpx.Response:
    """Send a request and return its complete reply; raise httpx.HTTPError after the timeout or 64 MiB."""
    deadline = clock() + timeout_seconds
    response = client.send(request, stream=True)
    try:
        content = bytearray()
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > _MAX_REPLY_BYTES:
                raise httpx.DecodingError(f"the reply is larger than {_MAX_REPLY_BYTES} bytes")
            # The timeout of httpx starts again with every chunk, so a reply could trickle in without end.
            if clock() > deadline:
                raise httpx.ReadTimeout(f"the reply was not complete after {timeout_seconds:g} s")
    finally:
        response.close()
    return httpx.Response(
        response.status_code, headers=_decoded(response.headers), content=bytes(content), request=request
    )


def _decoded(headers: httpx.Headers) -> httpx.Headers:
    # The content is decoded already, and httpx would do it again. As bytes, since a value may not be ASCII.
    return httpx.Headers([(name, value) for name, value in headers.raw if name.lower() != b"content-encoding"])
