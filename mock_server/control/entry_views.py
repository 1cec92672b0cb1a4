"""Entries of the journal as the control API shows them: in full, or as the line of a list."""

from typing import Any

from mock_server.contract import Contract, Rules
from mock_server.domain.clock import SECOND, to_iso
from mock_server.domain.entry import Entry
from mock_server.insight import why

_MAX_PROMPT_CHARACTERS = 200


class EntryViews:
    """The views of entries, with what the contract and the rules say of them."""

    def __init__(self, contract: Contract, rules: Rules) -> None:
        self._contract = contract
        self._rules = rules
        generation = contract.generation
        variants = generation.parameters.variants() if generation and generation.parameters else ()
        self._prompts = {each.roles.prompt for each in variants if each.roles.prompt}

    def full(self, entry: Entry) -> dict[str, Any]:
        """Return an entry with the reason for a refusal."""
        return {
            **_line(entry),
            "headers": [list(each) for each in entry.headers],
            "fields": entry.fields,
            "why": why(entry, self._contract, self._rules),
            "reply": entry.reply,
            "cut": entry.cut,
        }

    def summary(self, entry: Entry) -> dict[str, Any]:
        """Return the line of an entry in a list: without headers, fields and reply, but with prompt and message."""
        reason = why(entry, self._contract, self._rules)
        return {**_line(entry), "prompt": self._prompt(entry), "message": reason["message"] if reason else None}

    def _prompt(self, entry: Entry) -> str | None:
        """Return the beginning of the prompt, None if the request has none."""
        texts = (value for name, value in entry.fields.items() if name in self._prompts and isinstance(value, str))
        prompt = next(texts, None)
        return None if prompt is None else prompt[:_MAX_PROMPT_CHARACTERS]


def _line(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "token": entry.token,
        "world": entry.world,
        "at": to_iso(entry.at, "milliseconds"),
        "seconds": (entry.ended - entry.at) / SECOND,
        "operation": entry.operation,
        "method": entry.method,
        "path": entry.path,
        "query": entry.query,
        "status": entry.status,
        "complete": entry.complete,
        "rule": entry.rule,
        "made": entry.made,
        "picture": entry.picture,
        "faults": entry.faults,
        "sender": entry.sender,
    }
