"""Worlds that are let go since there is no room, and how that is told."""

import logging

_log = logging.getLogger("aiimage_mock.stores")


class Evictions:
    """What counts them. It logs the first, second, fourth, eighth and so on, or the log would be all there is."""

    def __init__(self) -> None:
        self._count = 0

    def log(self, name: str, room: int) -> None:
        """Say that a world is let go. room: how many there are."""
        self._count += 1
        if self._count & (self._count - 1) == 0:
            text = "no room for more than %d worlds: let go of %s, the longest not used (%d so far)"
            _log.warning(text, room, name[:8], self._count)
