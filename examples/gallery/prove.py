"""Every disaster of a client of the gallery: python -m examples.gallery.prove [CLIENT [REQUEST.POINT]].

Without a client: a table of retry layers with their defaults, as docs/disasters.md has it.
"""

import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

from mock_server.proving.campaign import Campaign
from mock_server.proving.disasters import report_of
from mock_server.proving.judging import KINDS
from mock_server.proving.points import Schedule, show_schedule
from mock_server.proving.scenarios import run_scenario
from mock_server.proving.timeline import timeline
from mock_server.testing import AiimageMock

from .api import Api
from .catalogue import CAREFUL, CARELESS, Client

GENERATION_SECONDS = 3
# The name of each layer, in the table, and the client that uses it.
LAYERS = {
    "requests, defaults and a timeout": "requests_defaults",
    "requests, no timeout (the default)": "no_timeout",
    "requests, `HTTPAdapter(max_retries=3)`": "adapter_with_a_number",
    "requests, `Retry(allowed_methods=None, status_forcelist=…)`": "adapter_that_retries_posts",
    "urllib3, defaults and a timeout": "urllib3_defaults",
    "urllib3, no timeout (the default)": "urllib3_without_a_timeout",
    "urllib3, `Retry(allowed_methods=None, status_forcelist=…)`": "urllib3_all_methods",
    "tenacity, `@retry`": "tenacity_defaults",
    "tenacity, three attempts, 12 s apart": "tenacity_three_attempts",
    "httpx, defaults (a timeout of 5 s)": "httpx_defaults",
    "httpx, `HTTPTransport(retries=3)`": "httpx_transport_retries",
    "aiohttp, defaults (a timeout of 300 s)": "aiohttp_defaults",
    "urllib, defaults (no timeout)": "urllib_defaults",
}
CLIENTS: dict[str, Client] = {each.__name__: each for each in (*CAREFUL, *(careless.client for careless in CARELESS))}


def prove(name: str, only: str | None = None) -> Campaign:
    """Return what was found with a client."""

    def scenario(mock: AiimageMock) -> Any:
        return CLIENTS[name](Api(mock.base_url, mock.token))

    return run_scenario(scenario, AiimageMock, name, "single", KINDS, only, {"generation_time": GENERATION_SECONDS})


def table() -> Iterator[str]:
    """Yield the lines of the table."""
    yield "| layer | findings, each with the shortest schedule | worst cost | client |"
    yield "|---|---|---|---|"
    for layer, name in LAYERS.items():
        campaign = prove(name)
        found = ", ".join(f"{each.judgement.kind} ({show_schedule(each.schedule)})" for each in campaign.found)
        yield f"| {layer} | {found} | {campaign.worst} | `{name}` |"


def _command(name: str, schedule: Schedule) -> str:
    return f"run just that: python -m examples.gallery.prove {name} {show_schedule(schedule)}"


def main(name: str = "", only: str | None = None) -> None:
    """Print the table, the findings of a client, or one run."""
    if not name:
        print(*table(), sep="\n")
    elif name not in CLIENTS:
        sys.exit(f"unknown client {name}; known: {', '.join(CLIENTS)}")
    else:
        campaign = prove(name, only)
        print(report_of(campaign, partial(_command, name)))
        if only and not campaign.found:
            print(timeline(campaign.worst_run))


if __name__ == "__main__":
    main(*sys.argv[1:3])
