"""Stores for worlds, requests and files. They apply functions, and contain no rules."""

from .journal import MemoryJournal
from .memory import MemoryShelf, MemoryStore
from .protocol import Found, Journal, Shelf, State, Store, StoreUnavailableError, Tally

__all__ = [
    "Found",
    "Journal",
    "MemoryJournal",
    "MemoryShelf",
    "MemoryStore",
    "Shelf",
    "State",
    "Store",
    "StoreUnavailableError",
    "Tally",
]
