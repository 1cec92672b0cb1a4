"""The states of the accounts that a recording implies; what it leaves open is generous."""

from collections.abc import Iterator, Sequence
from typing import Any

from contract_tests.comparison.facts import NO_CREDITS, WITHOUT_TOKEN, images_made, over_limit, status_of
from contract_tests.comparison.leaving_out import is_prepared
from contract_tests.recordings.model import Manifest, RecordedExchange, Recording

PLENTY = 1_000_000


def roles_of(recording: Recording) -> list[str]:
    """Return the roles with an account of their own, in the order of their first exchange."""
    roles = dict.fromkeys(exchange.role for exchange in recording.exchanges if not is_prepared(exchange))
    return [role for role in roles if role not in WITHOUT_TOKEN]


def states(recording: Recording) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each role with the state of its world, by the names of the control API."""
    for role in roles_of(recording):
        exchanges = [exchange for exchange in recording.exchanges if exchange.role == role]
        yield role, _state(role, recording.manifest, exchanges)


def _state(role: str, manifest: Manifest, exchanges: Sequence[RecordedExchange]) -> dict[str, Any]:
    account = manifest.accounts.get(role)
    sandbox = bool(account and account.sandbox)
    left = _images_left(role, manifest, exchanges)
    return {
        "credits": _credits(role, manifest, exchanges),
        "daily_limit": PLENTY,
        "used_today": PLENTY - left,
        "generation_time": 0,
        "sandbox": sandbox,
    }


def _credits(role: str, manifest: Manifest, exchanges: Sequence[RecordedExchange]) -> int:
    if role == "empty":
        return 0
    account = manifest.accounts.get(role)
    if account and account.credits is not None:
        return account.credits
    refused = any(status_of(exchange) == NO_CREDITS for exchange in exchanges)
    # Refused in the end, so what it made is what it could afford.
    return sum(map(images_made, exchanges)) if refused else PLENTY


def _images_left(role: str, manifest: Manifest, exchanges: Sequence[RecordedExchange]) -> int:
    if role == "limited":
        return 0
    account = manifest.accounts.get(role)
    if account and account.images_left is not None:
        return account.images_left
    return sum(map(images_made, exchanges)) if any(map(over_limit, exchanges)) else PLENTY
