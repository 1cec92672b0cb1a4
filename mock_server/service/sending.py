"""Requests that the mock itself sends to the emulated API, for its page: who sends them, and which ids they get."""

from collections.abc import Mapping
from typing import Any

import msgspec

from mock_server.domain.entry import CLIENT

_EXTENSION = "aiimage_mock.sending"


class Sending(msgspec.Struct):
    """A request that the mock sends. sender: of its journal entry; id: its X-Mock-Request-Id, once it has one."""

    sender: str
    id: str = ""

    def extensions(self) -> dict[str, Any]:
        """Return the extensions of the request's scope. No client can set them."""
        return {_EXTENSION: self}


def sender_of(scope: Mapping[str, Any], request_id: str) -> str:
    """Return who sent a request, and note its id where the mock sent it."""
    extensions = scope.get("extensions")
    if not extensions or _EXTENSION not in extensions:
        return CLIENT
    sending = extensions[_EXTENSION]
    sending.id = request_id
    return str(sending.sender)
