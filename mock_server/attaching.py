"""Use of a mock that another program has started."""

from http import HTTPStatus

from .client import Control, ControlError
from .health import instance_problem


def attach(origin: str, admin_token: str | None = None, instance: str | None = None) -> Control:
    """Return the control API of the mock at an origin; raise ControlError if it cannot be used.

    instance: the id of the expected mock, None for any.
    """
    control = Control(origin, admin_token)
    try:
        health = control.call("GET", "/health")
        control.call("GET", "/behaviour")
    except ControlError as error:
        raise _refined(error, control) from None
    if problem := instance_problem(health.get("instance"), instance):
        raise ControlError(f"{origin}: {problem}.")
    return control


def _refined(error: ControlError, control: Control) -> ControlError:
    """Return an error that says what to do."""
    if error.status == HTTPStatus.NOT_FOUND:
        remedy = "start it without --no-control, and with --admin-token if it listens beyond loopback"
        return ControlError(f"The mock at {control.origin} has no control API: {remedy}.", error.status)
    if error.status == HTTPStatus.UNAUTHORIZED:
        wrong = "does not accept the admin token in" if control.admin_token else "requires its admin token: set"
        return ControlError(f"The mock at {control.origin} {wrong} AIIMAGE_MOCK_ADMIN_TOKEN.", error.status)
    return error
