"""The connection to a target: TLS, proxies, keep-alive, and replies read within bounds of size and time."""

import ssl
from collections.abc import Callable
from urllib.request import getproxies

import httpx

from contract_tests.runner.target import Target

# More than a picture needs; a reply without end must not fill the memory.
_MAX_REPLY_BYTES = 64 * 1024 * 1024
# Shorter than servers keep idle connections open, so that none is reused just as the server closes it.
_KEEP_ALIVE_SECONDS = 2.0
_MAX_CONNECTIONS = 50
_OWN_HOSTS = ("localhost", "127.0.0.1", "[::1]")


def make_client(target: Target, *, keep_alive: bool = True) -> httpx.Client:
    """Return a client that follows no redirects and sends only the credentials of the call.

    Proxies come from the environment (HTTPS_PROXY, NO_PROXY, …), except for this machine. Certificates are verified
    with the target's CA bundle, SSL_CERT_FILE, or the default authorities.
    """
    bundle = target.ca_bundle
    # Without trust_env, which would also send the credentials of ~/.netrc: so proxies and CA file are read here.
    verify = ssl.create_default_context(cafile=str(bundle)) if bundle else httpx.create_ssl_context()
    kept = _MAX_CONNECTIONS if keep_alive else 0
    limits = httpx.Limits(
        max_connections=_MAX_CONNECTIONS, max_keepalive_connections=kept, keepalive_expiry=_KEEP_ALIVE_SECONDS
    )
    return httpx.Client(
        follow_redirects=False, verify=verify, trust_env=False, limits=limits, mounts=_proxies(verify, limits)
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


def _proxies(verify: ssl.SSLContext, limits: httpx.Limits) -> dict[str, httpx.HTTPTransport | None]:
    found = getproxies()
    mounts: dict[str, httpx.HTTPTransport | None] = {
        f"{scheme}://": httpx.HTTPTransport(verify=verify, proxy=_url(proxy), limits=limits, trust_env=False)
        for scheme in ("http", "https")
        if (proxy := found.get(scheme) or found.get("all"))
    }
    if not mounts:
        return {}
    direct = [host.strip() for host in found.get("no", "").split(",") if host.strip()]
    return mounts | {pattern: None for host in (*_OWN_HOSTS, *direct) for pattern in _patterns(host)}


def _url(proxy: str) -> str:
    return proxy if "://" in proxy else f"http://{proxy}"


def _patterns(host: str) -> tuple[str, ...]:
    """Return the httpx patterns of a NO_PROXY entry: the host and its subdomains; none for a network (10.0.0.0/8)."""
    if "/" in host:
        return ()
    if host == "*":
        return ("http://", "https://")
    # An IPv6 address; a single colon precedes a port.
    if host.count(":") > 1:
        return (f"all://[{host.strip('[]')}]",)
    name = host.lstrip(".*")
    return f"all://{name}", f"all://*.{name}"


def _decoded(headers: httpx.Headers) -> httpx.Headers:
    # The content is decoded already, and httpx would do it again.
    return httpx.Headers([(name, value) for name, value in headers.multi_items() if name != "content-encoding"])
