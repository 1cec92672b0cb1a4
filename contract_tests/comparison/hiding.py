"""Keeps what a service sends now out of the reports of a drift, as a recording does with what it sent then."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import msgspec

from contract_tests.comparison.finding import Finding
from contract_tests.comparison.outcome import Outcome
from contract_tests.comparison.pointer import pointer, steps_of
from contract_tests.recordings.sanitiser import Sanitiser
from contract_tests.recordings.stand_ins import StandIns
from contract_tests.recordings.words import pieces, words

_HIDDEN = "…"
# The suite itself counts to less.
_MIN_DIGITS = 3


class Hiding:
    """Replaces the words of replies that are not public. A replay hides nothing, since a mock has no secrets."""

    def __init__(self, outcome: Outcome) -> None:
        self._outcome, manifest = outcome, outcome.recording.manifest
        addresses = (outcome.target.base_url, outcome.target.uploads, manifest.target, manifest.uploads)
        self._public = {word for each in addresses for word in words(each)}
        self._sanitiser = Sanitiser(outcome.masker, StandIns(manifest.seed, manifest.stand_ins), addresses)
        self._sanitiser.learn(
            text for each in outcome.recording.exchanges for text in _texts(msgspec.to_builtins(each.request))
        )

    def finding(self, finding: Finding) -> Finding:
        """Return a finding as it may be shown."""
        if not self._outcome.drifts:
            return finding
        return replace(
            finding,
            cause=replace(finding.cause, why=self.text(finding.cause.why)),
            where=pointer(*map(self._step, steps_of(finding.where))),
            received=self._value(finding.received),
            curl=self.text(finding.curl),
        )

    def text(self, text: str) -> str:
        """Return a text of the suite, which may quote the service, as it may be shown."""
        return "".join(self._shown(each.text, each.source) if each.word else each.source for each in pieces(text))

    def _shown(self, word: str, source: str) -> str:
        if word not in self._sent or word in self._public or (word.isdigit() and len(word) < _MIN_DIGITS):
            return source
        shown = self._sanitiser.text(word)
        return source if shown == word else shown

    def _step(self, step: str) -> str:
        # A stand-in would be another one in the next drift, and a baseline names the place.
        return step if self.text(step) == step else _HIDDEN

    def _value(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {self.text(str(key)): self._value(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self._value(each) for each in value]
        if isinstance(value, str):
            return self.text(value)
        if value is None or isinstance(value, bool) or self.text(str(value)) == str(value):
            return value
        return json.loads(msgspec.json.encode(self._sanitiser.json(value)))

    @cached_property
    def _sent(self) -> frozenset[str]:
        """The words of all replies, and of the errors in the place of replies; none of a mock."""
        if not self._outcome.drifts:
            return frozenset()
        answers = [each.exchange for each in self._outcome.played.reissued.values()]
        content = (msgspec.to_builtins([each.response, each.error, each.request]) for each in answers)
        return frozenset(word for each in content for text in _texts(each) for word in words(text))


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts in a value, keys and numbers too."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield str(key)
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
