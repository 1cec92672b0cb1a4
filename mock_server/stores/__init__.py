"""Stores: where worlds and files are kept. They apply functions and know no rule."""

from .journal import MemoryJournal
from .memory import MemoryShelf, MemoryStore
from .protocol import Found, Journal, Shelf, Store, StoreUnavailableError, Tally
from .state import State

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
