"""Spending credits at a remote service only after it was allowed."""

import sys

import click

from contract_tests.errors import UsageError
from contract_tests.runner.target import Target


def confirm(target: Target, credits_: int, *, yes: bool) -> None:
    """Ask before credits are spent at a remote service; raise UsageError if it was not allowed."""
    if yes or target.loopback or credits_ == 0:
        return
    if not (sys.stdin and sys.stdin.isatty()):
        raise UsageError(f"The run may spend {credits_} credits at {target.base_url}: --yes allows it.")
    if not click.confirm(f"The run may spend {credits_} credits at {target.base_url}. Continue?"):
        raise UsageError("Not confirmed, so nothing was sent.")
