"""Use of a mock that another program has started."""

from http import HTTPStatus
from urllib.parse import urlsplit

from .client import Control, ControlError
from .health import instance_problem


def attach(url: str, admin_token: str | None = None, instance: str | None = None) -> Control:
    """Return the control API of the mock at a URL; raise ControlError if it cannot be used.

    instance: the id of the expected mock, None for any.
    """
    control = Control(origin := _origin(url), admin_token)
    try:
        health = control.call("GET", "/health")
        control.call("GET", "/behaviour")
    except ControlError as error:
        raise _refined(error, control) from None
    if problem := instance_problem(health.get("instance"), instance):
        raise ControlError(f"{origin}: {problem}.")
    return control


def _origin(url: str) -> str:
    """Return the address of a mock, from that or from the base URL of its API; raise ControlError if it is neither."""
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and (parts.hostname or "").encode("idna") and parts.port != 0
    except ValueError:  # a port that is not a number, or a host with an empty part
        valid = False
    if not valid:
        raise ControlError(f"{url[:200]!r} is not the address of a mock, such as http://127.0.0.1:8010.")
    return url.rstrip("/").removesuffix("/api/v1").removesuffix("/_mock")


def _refined(error: ControlError, control: Control) -> ControlError:
    """Return an error that says what to do."""
    if error.status == HTTPStatus.NOT_FOUND:
        remedy = "start it without --no-control, and with --admin-token if it listens beyond loopback"
        return ControlError(f"The mock at {control.origin} has no control API: {remedy}.", error.status)
    if error.status == HTTPStatus.UNAUTHORIZED:
        wrong = "does not accept the admin token in" if control.admin_token else "requires its admin token: set"
        return ControlError(f"The mock at {control.origin} {wrong} AIIMAGE_MOCK_ADMIN_TOKEN.", error.status)
    return error
