"""What is no HTTP at all is answered in JSON too."""

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from .connections import EXTENSION, SocketConnection

_BODY = b'{"message":"The request is not valid HTTP/1.1."}'
_HEADERS = b"content-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(_BODY)


class JsonProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol, with its one reply in plain text replaced, and connections that a fault can break."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {EXTENSION: SocketConnection(self.transport)}  # type: ignore[dict-item]

    def send_400_response(self, msg: str) -> None:
        del msg
        self.transport.write(STATUS_LINE[400] + _HEADERS + _BODY)
        self.transport.close()
