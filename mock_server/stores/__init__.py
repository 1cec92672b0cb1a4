"""Stores: where worlds and files are kept. They apply functions and know no rule."""

from .memory import MemoryShelf, MemoryStore
from .protocol import Shelf, Store

__all__ = ["MemoryShelf", "MemoryStore", "Shelf", "Store"]
