"""The texts that replace secrets in a recording: only their place can be compared, not their value."""

import re
from collections.abc import Iterable

_WORDS = (re.compile(r"\w+"), re.compile(r"[^\W_]+"))


class StandIns:
    """Finds stand-ins, which replace whole words of a text."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._texts = frozenset(texts)

    def hide(self, text: object) -> bool:
        """Return whether a recorded text contains a stand-in."""
        if not self._texts or not isinstance(text, str):
            return False
        return text in self._texts or any(word in self._texts for words in _WORDS for word in words.findall(text))
