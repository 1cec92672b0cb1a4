"""A call that failed because no server listens on this machine."""

from contract_tests.errors import NoReplyError, PreflightError
from contract_tests.runner.target import Target


def check_listening(target: Target, error: Exception) -> None:
    """Raise PreflightError if a call to the target failed since no server listens on this machine."""
    if target.loopback and isinstance(error, NoReplyError) and not error.sent:
        remedy = "start the mock with make serve or aiimage-mock serve"
        raise PreflightError(f"Nothing answers at {target.origin}: {remedy}.") from None
