"""The ways to change a decision: negated, shifted, swapped with another, left out, repeated."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.state import Account, token_of

# Takes the service, its own decision, and the arguments; returns what the wrong server decides instead.
Operator = Callable[..., Any]


def changed(change: Callable[[Any], Any]) -> Operator:
    """Return an operator that changes the result."""
    return lambda service, original, *arguments: change(original(*arguments))


def constant(value: Any) -> Operator:
    """Return an operator that ignores the result."""
    return changed(lambda _: value)


def shifted(by: int) -> Operator:
    return changed(lambda number: number + by)


NEGATED = changed(lambda truth: not truth)
ALWAYS = constant(True)
NEVER = constant(False)


def skipped(service: Service, original: Callable[..., Any], *arguments: Any) -> None:
    """Do nothing."""


def twice(service: Service, original: Callable[..., Any], *arguments: Any) -> None:
    original(*arguments)
    original(*arguments)


def another(service: Service, account: Account) -> Account:
    """Return another account, of those in use if possible."""
    others = [each for each in service.accounts.all() if each is not account]
    other = "primary" if account.token == token_of("secondary") else "secondary"
    return others[0] if others else service.accounts.get(token_of(other))


def of_another(service: Service, original: Callable[..., Any], account: Account, *arguments: Any) -> Any:
    """Decide for another account."""
    return original(another(service, account), *arguments)


def swapped_with(decision: str) -> Operator:
    """Return an operator that gives another reply of the service."""

    def operator(service: Service, original: Callable[..., Any], *arguments: Any) -> Any:
        original(*arguments)
        return getattr(service, decision)()

    return operator


def status(code: int) -> Operator:
    return changed(lambda reply: replace(reply, status=code))


def body(change: Callable[[Any], Any]) -> Operator:
    """Return an operator that changes the body of a reply."""
    return changed(lambda reply: replace(reply, body=change(reply.body)))


def without(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda fields: {key: value for key, value in fields.items() if key != name}


def with_value(name: str, value: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda fields: fields | {name: value}


def exchanged(one: str, other: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda fields: fields | {one: fields[other], other: fields[one]}


def edited(name: str, change: Callable[[Any], Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda fields: fields | {name: change(fields[name])}
