"""The connection to a target: TLS, proxies, keep-alive, and replies read within bounds of size and time."""

import ssl
from collections.abc import Callable
from urllib.request import getproxies

import httpx

from contract_tests.runner.target import Target

_LARGEST_REPLY = 64 * 1024 * 1024
# Shorter than servers keep idle connections open, so that none is reused just as it is closed.
_KEEP_ALIVE_SECONDS = 2.0
_MOST_CONNECTIONS = 50
_OWN_HOSTS = ("localhost", "127.0.0.1", "[::1]")


def make_client(target: Target, *, keep_alive: bool = True) -> httpx.Client:
    """A client that follows no redirect and sends no credentials but those of a call.

    Proxies are those of the environment (HTTPS_PROXY, NO_PROXY, …), except for this machine; certificates are trusted
    by the target's CA bundle, by SSL_CERT_FILE, or by the usual authorities.
    """
    bundle = target.ca_bundle
    verify = ssl.create_default_context(cafile=str(bundle)) if bundle else httpx.create_ssl_context()
    kept = _MOST_CONNECTIONS if keep_alive else 0
    limits = httpx.Limits(
        max_connections=_MOST_CONNECTIONS, max_keepalive_connections=kept, keepalive_expiry=_KEEP_ALIVE_SECONDS
    )
    return httpx.Client(
        follow_redirects=False, verify=verify, trust_env=False, limits=limits, mounts=_proxies(verify, limits)
    )


def receive(
    client: httpx.Client, request: httpx.Request, patience: float, clock: Callable[[], float]
) -> httpx.Response:
    """Send a request and read its whole reply, or raise an httpx.HTTPError after `patience` seconds or 64 MiB."""
    deadline = clock() + patience
    response = client.send(request, stream=True)
    try:
        content = bytearray()
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > _LARGEST_REPLY:
                raise httpx.DecodingError(f"the reply is larger than {_LARGEST_REPLY} bytes")
            if clock() > deadline:
                raise httpx.ReadTimeout(f"the reply was not complete after {patience:g} s")
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
    """A host, and for a name the hosts of its domain; networks (10.0.0.0/8) are nothing that a URL names."""
    if "/" in host:
        return ()
    if host == "*":
        return ("http://", "https://")
    if host.count(":") > 1:
        return (f"all://[{host.strip('[]')}]",)
    name = host.lstrip(".*")
    return f"all://{name}", f"all://*.{name}"


def _decoded(headers: httpx.Headers) -> httpx.Headers:
    return httpx.Headers([(name, value) for name, value in headers.multi_items() if name != "content-encoding"])
