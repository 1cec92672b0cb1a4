"""Searches a recording for what must not be there. It shares no code with what keeps it out."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any

from contract_tests.client.transport import Sent
from contract_tests.oracle import resources
from contract_tests.recordings import suspicion
from contract_tests.recordings.suspicion import Windows
from contract_tests.runner.target import ROLES

_PREFIX = 6
# A shorter stand-in may by chance be a word of a later reply.
_CHANCE = 12
# The values that the recorder itself counted or was given, by JSON pointer.
_OWN = re.compile(
    r"/(number|sent|received|role|purpose|seed|document|target|uploads|started_at|suite|response/(status|whole_bytes))"
    r"|/(response/picture|request/form/\d+/file)/(bytes|sha256|width|height)"
)
_NOTHING = re.compile("(?!)")
_MAX_BYTES = 2**20


@dataclass(frozen=True)
class Finding:
    """A place with something that must not be there. what: its kind, never itself."""

    where: str
    what: str


class Auditor:
    """Collects, from each call and its raw reply, what is suspicious, and searches files and printed lines for it."""

    def __init__(self, tokens: Iterable[str]) -> None:
        # A signal may end the recording in the thread that holds it.
        self._lock = RLock()
        self._known = suspicion.public_text(
            resources.openapi(name).read_text(encoding="utf-8") for name in ("openapi.yaml", "rules.yaml")
        )
        self._sent: set[str] = set()
        self._texts: set[bytes] = set()
        self._kinds: dict[str, str] = {}
        self._windows = Windows()
        for token in tokens:
            self._add(token, "a token")

    def observe(self, sent: Sent) -> None:
        """Note what is suspicious in a call and its reply."""
        call, reply = sent.call, sent.reply
        for text in suspicion.sent_texts(call):
            self.allow(text)
        with self._lock:
            if call.token is not None:
                self._add(call.token.reveal(), "a token")
            for _, content, _ in call.files.values():
                self._windows.add(content[:_MAX_BYTES])
            if reply is None:
                self._collect(sent.error)
                return
            for name, value in reply.headers.items():
                self._collect_header(name.lower(), value)
            self._collect_body(reply.content)

    def allow(self, text: str) -> None:
        """Note a text that the suite has sent, so that it is not taken for a secret unless it is a token."""
        with self._lock:
            self._sent.update(suspicion.parts(text))
            self._texts.add(text.encode("utf-8", "replace"))

    def files(self, folder: Path, stand_ins: Iterable[str]) -> Iterator[tuple[Path, Finding]]:
        """Yield each place in the files of a recording with something that must not be there."""
        search = self._search(stand_ins)
        for path in sorted(folder.rglob("*.json")):
            for where, text in _texts(json.loads(path.read_bytes()), without=_OWN):
                if not suspicion.is_public_number(where, text) and (what := search(text)):
                    yield path, Finding(self._shown(where), what)

    def _shown(self, where: str) -> str:
        """Return a JSON pointer without the keys that the document lacks, which may be secrets themselves."""
        steps = where.split("/")[1:]
        known = (
            all(part.lower() in self._known for part in suspicion.words(step.replace("~1", "/"))) for step in steps
        )
        return "/" + "/".join(
            step if step.isdigit() or public else "…" for step, public in zip(steps, known, strict=True)
        )

    def lines(self, lines: Iterable[str], stand_ins: Iterable[str] = ()) -> Iterator[Finding]:
        """Yield the same for printed lines."""
        search = self._search(stand_ins)
        for number, line in enumerate(lines, 1):
            if what := search(line):
                yield Finding(f"line {number}", what)

    def _search(self, stand_ins: Iterable[str]) -> "Search":
        allowed = frozenset(stand_ins)
        by_chance = {each for each in allowed if len(each) < _CHANCE}
        with self._lock:
            wanted = {
                text: kind
                for text, kind in self._kinds.items()
                if kind == "a token" or not (text in self._sent or text in by_chance)
            }
            return Search(
                wanted,
                self._windows,
                allowed=allowed,
                sent=frozenset(self._sent),
                known=self._known,
                texts=list(self._texts),
            )

    def _collect_header(self, name: str, value: str) -> None:
        if name == "set-cookie":
            for cookie in suspicion.cookies(value):
                self._add(cookie, "a cookie")
        if not suspicion.is_public_header(name):
            self._collect(value)

    def _collect_body(self, content: bytes) -> None:
        if suspicion.is_binary(content):
            self._windows.add(content[:_MAX_BYTES])
        text = content[:_MAX_BYTES].decode("utf-8", "replace")
        self._collect(text)
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return
        for _, each in _texts(value):
            self._collect(each)

    def _collect(self, text: str) -> None:
        for found, kind in suspicion.suspicious(text):
            self._add(found, kind)

    def _add(self, text: str, kind: str) -> None:
        if text in ROLES:  # which stand in the places of tokens
            return
        if kind == "a token" or text.lower() not in self._known:
            self._kinds.setdefault(text, kind)


class Search:
    """Finds any of the wanted texts, in any form, and what looks like a secret by itself."""

    def __init__(
        self,
        wanted: dict[str, str],
        windows: Windows,
        *,
        allowed: frozenset[str],
        sent: frozenset[str],
        known: frozenset[str],
        texts: list[bytes],
    ) -> None:
        self._windows, self._allowed, self._sent, self._known = windows, allowed, sent, known
        self._texts = texts
        self._by_prefix: dict[str, list[tuple[str, str, bool]]] = {}
        for text, kind in wanted.items():
            for form in suspicion.forms(text):
                # A form of few characters may be a part of something else.
                alone = form.isdigit() or len(form) < _CHANCE
                self._by_prefix.setdefault(form[:_PREFIX], []).append((form, kind, alone))

    def __call__(self, text: str) -> str | None:
        """Return the kind of what a text contains, None if there is nothing."""
        for length in {len(prefix) for prefix in self._by_prefix}:
            for at in range(len(text) - length + 1):
                for form, kind, alone in self._by_prefix.get(text[at : at + length], ()):
                    if text.startswith(form, at) and not (alone and suspicion.within_word(text, at, len(form))):
                        return kind
        if any(not self._was_sent(piece) for piece in self._windows.found_in(text)):
            return "a part of a file"
        return self._by_itself(text)

    def _was_sent(self, piece: bytes) -> bool:
        """Return whether a piece of a file is a text that was sent: a service may write the prompt into the picture."""
        return any(piece in text for text in self._texts)

    def _by_itself(self, text: str) -> str | None:
        for found, kind in suspicion.like_secrets(text):
            if not (found in self._allowed or found in self._sent or self._made_of_stand_ins(found)):
                return kind
        return None

    def _made_of_stand_ins(self, text: str) -> bool:
        """Return whether nothing in a text is what the service sent, as in an address with the stand-in of a user."""
        parts = suspicion.words(text)
        return any(part in self._allowed for part in parts) and all(
            part in self._allowed or part.lower() in self._known for part in parts
        )


def _texts(value: Any, without: re.Pattern[str] = _NOTHING) -> Iterator[tuple[str, str]]:
    """Yield each text and number in a JSON value, and each key, with its JSON pointer."""
    waiting = [("", value)]
    while waiting:
        where, each = waiting.pop()
        if isinstance(each, dict):
            for key, inner in each.items():
                place = f"{where}/{key.replace('~', '~0').replace('/', '~1')}"
                yield where, key
                if not without.fullmatch(place):
                    waiting.append((place, inner))
        elif isinstance(each, list):
            waiting += [(f"{where}/{index}", inner) for index, inner in enumerate(each)]
        elif isinstance(each, str):
            yield where, each
        elif isinstance(each, int | float) and not isinstance(each, bool):
            yield where, str(each)
