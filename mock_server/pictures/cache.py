"""A store of finished pictures that forgets the least recently used."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable


class PictureCache:
    """Bytes by key, at most `max_bytes` of them in all; safe to use from many threads."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._held = 0
        self._entries: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> bytes | None:
        """Return the bytes put last under `key`, or None when they are not held."""
        with self._lock:
            data = self._entries.get(key)
            if data is not None:
                self._entries.move_to_end(key)
            return data

    def put(self, key: Hashable, data: bytes) -> None:
        """Hold `data` under `key` instead of what was there; data larger than the bound is not kept."""
        with self._lock:
            self._held -= len(self._entries.pop(key, b""))
            if len(data) > self._max_bytes:
                return
            self._entries[key] = data
            self._held += len(data)
            while self._held > self._max_bytes:
                self._held -= len(self._entries.popitem(last=False)[1])

    @property
    def held_bytes(self) -> int:
        """The sum of the lengths of the entries held."""
        with self._lock:
            return self._held

    def __len__(self) -> int:
        """Return the number of entries held."""
        with self._lock:
            return len(self._entries)
