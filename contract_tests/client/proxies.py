"""The proxies of the environment (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY), except for this machine."""

import re
import ssl
from urllib.request import getproxies

import httpx

from contract_tests.errors import UsageError

_OWN_HOSTS = ("localhost", "127.0.0.1", "[::1]")
_USERINFO = re.compile(r"(?<=://).*@")


class _Proxied(httpx.HTTPTransport):
    """Sends by a proxy; an error of the connection names it. name: its address and the variable."""

    def __init__(self, name: str, proxy: str, verify: ssl.SSLContext, limits: httpx.Limits) -> None:
        super().__init__(verify=verify, proxy=proxy, limits=limits, trust_env=False)
        self._name = name

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return super().handle_request(request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            # Errors of TLS and refusals of the proxy are about the service behind it.
            behind = isinstance(error, httpx.ProxyError) or "SSL" in str(error)
            what = f"by {self._name}" if behind else f"{self._name} cannot be reached"
            raise type(error)(f"{what}: {error}", request=request) from error


def proxy_mounts(verify: ssl.SSLContext, limits: httpx.Limits) -> dict[str, httpx.HTTPTransport | None]:
    """Return the transports of a client by pattern; raise UsageError for a proxy that cannot be used."""
    found = getproxies()
    mounts: dict[str, httpx.HTTPTransport | None] = {}
    for scheme in ("http", "https"):
        variable = scheme if scheme in found else "all"
        if proxy := found.get(variable):
            mounts[f"{scheme}://"] = _transport(f"{variable.upper()}_PROXY", proxy, verify, limits)
    if not mounts:
        return {}
    direct = [host.strip() for host in found.get("no", "").split(",") if host.strip()]
    return mounts | {pattern: None for host in (*_OWN_HOSTS, *direct) for pattern in _patterns(host)}


def _transport(variable: str, proxy: str, verify: ssl.SSLContext, limits: httpx.Limits) -> httpx.HTTPTransport:
    url = proxy if "://" in proxy else f"http://{proxy}"
    shown = _USERINFO.sub("", url)
    try:
        if _names_a_host(url):
            return _Proxied(f"the proxy {shown} ({variable})", url, verify, limits)
    except ImportError:
        raise UsageError(f"{variable}: the proxy {shown} needs a package: pip install 'httpx[socks]'.") from None
    except ValueError:
        pass  # an unknown scheme
    raise UsageError(f"{variable}: {shown} is not the URL of a proxy, for example http://proxy:3128.")


def _patterns(host: str) -> list[str]:
    """Return the httpx patterns of a NO_PROXY entry: the host and its subdomains; none for a network (10.0.0.0/8)."""
    if host == "*":
        return ["http://", "https://"]
    # An IPv6 address; a single colon precedes a port.
    if host.count(":") > 1:
        hosts = [f"[{host.strip('[]')}]"]
    else:
        name = host.lstrip(".*")
        hosts = [name, f"*.{name}"]
    return [f"all://{each}" for each in hosts if "/" not in each and _names_a_host(f"all://{each}")]


def _names_a_host(url: str) -> bool:
    """Return whether httpx finds a host and a port in a URL; the variables may contain anything."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    return bool(parsed.host) and (parsed.port or 1) in range(1, 65536)
