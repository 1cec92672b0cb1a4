"""An ear: a line to Valkey that hears what is published too."""

import asyncio
from collections.abc import Callable
from typing import Any

import hiredis

from .line import Line


class Ear(Line):
    """A line on which messages come between replies. heard: is given each; gone: set when the line is no more."""

    def __init__(self, name: str, patience: float, heard: Callable[[bytes], None]) -> None:
        super().__init__(name, patience)
        self._heard = heard
        self.gone = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        try:
            while (reply := self._reader.gets()) is not False:
                self._take(reply)
        except hiredis.ProtocolError:
            self.close("speaks another protocol")

    def close(self, why: str = "was hung up on") -> None:
        super().close(why)
        self.gone.set()

    def _take(self, reply: Any) -> None:
        if isinstance(reply, list) and reply[0] == b"message":
            self._heard(reply[2])
        elif self._asked:
            self._answer(reply)
