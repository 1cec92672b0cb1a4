"""The clients of the gallery: each careless one with the finding that its planted fault must show."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from . import careful, careless_libraries, careless_requests
from .api import Api

Client = Callable[[Api], Any]


@dataclass(frozen=True)
class Careless:
    """A client with a planted fault. finding: its name; state: of the account, beside what a seed draws."""

    client: Client
    finding: str
    state: dict[str, Any] = field(default_factory=dict)


CAREFUL: tuple[Client, ...] = (
    careful.with_requests,
    careful.with_httpx,
    careful.with_urllib,
    careful.with_httpx_async,
    careful.with_aiohttp,
)
CARELESS = (
    Careless(careless_requests.blind_retry, "double-payment"),
    Careless(careless_requests.adapter_that_retries_posts, "double-payment"),
    Careless(careless_requests.adapter_with_a_number, "lost-picture"),
    Careless(careless_requests.requests_defaults, "lost-picture"),
    Careless(careless_requests.no_timeout, "hang"),
    Careless(careless_requests.no_timeout_for_pictures, "hang"),
    Careless(careless_requests.retries_without_credits, "storm", {"credits": 0}),
    Careless(careless_requests.timeout_shorter_than_a_generation, "double-payment"),
    Careless(careless_requests.gives_up_on_a_timeout, "lost-picture"),
    Careless(careless_requests.trusts_output, "lost-picture"),
    Careless(careless_requests.conflict_is_a_failure, "wrong-answer"),
    Careless(careless_requests.polls_without_a_pause, "storm"),
    Careless(careless_requests.hammers_the_rate_limit, "storm"),
    Careless(careless_requests.hammers_the_lock, "storm"),
    Careless(careless_requests.ignores_the_status, "wrong-answer"),
    Careless(careless_requests.fetches_the_first_picture, "lost-picture"),
    Careless(careless_requests.takes_any_picture, "wrong-answer"),
    Careless(careless_requests.looks_too_early, "double-payment"),
    Careless(careless_requests.swallows_errors, "wrong-answer"),
    Careless(careless_libraries.urllib3_defaults, "lost-picture"),
    Careless(careless_libraries.urllib3_all_methods, "double-payment"),
    Careless(careless_libraries.urllib3_without_a_timeout, "hang"),
    Careless(careless_libraries.urllib3_takes_half_pictures, "wrong-answer"),
    Careless(careless_libraries.tenacity_defaults, "storm"),
    Careless(careless_libraries.tenacity_three_attempts, "double-payment"),
    Careless(careless_libraries.httpx_defaults, "lost-picture"),
    Careless(careless_libraries.httpx_transport_retries, "lost-picture"),
    Careless(careless_libraries.httpx_retry_loop, "double-payment"),
    Careless(careless_libraries.aiohttp_defaults, "lost-picture"),
    Careless(careless_libraries.aiohttp_retry_loop, "double-payment"),
    Careless(careless_libraries.aiohttp_without_a_timeout, "hang"),
    Careless(careless_libraries.urllib_defaults, "hang"),
    Careless(careless_libraries.requests_in_a_thread, "double-payment"),
)
