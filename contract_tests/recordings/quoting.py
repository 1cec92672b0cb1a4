"""Sentences of the suite that quote a service, as they may be printed."""

import re

from contract_tests.recordings.sanitiser import Sanitiser

# The suite's own: a number of so few digits says nothing about an account.
_COUNT = re.compile(r"(?<![\w.-])(\d{1,2})(?![\w.-])")
_NOT_SHOWN = "a text that is not shown"


def quoted(text: str, sanitiser: Sanitiser) -> str:
    """Return a sentence with a stand-in in the place of each word that may be a secret."""
    return "".join(part if at % 2 else sanitiser.text(part) for at, part in enumerate(_COUNT.split(text)))


def shown(value: object, sanitiser: Sanitiser) -> str:
    """Return a value of the service, in words if it may be a secret: nothing can be learned from a stand-in."""
    text = str(value)
    return text if quoted(text, sanitiser) == text else _NOT_SHOWN
