"""What is no HTTP at all is answered in JSON too."""

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

_BODY = b'{"message":"The request is not valid HTTP/1.1."}'
_HEADERS = b"content-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(_BODY)


class JsonProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol, with its one reply in plain text replaced."""

    def send_400_response(self, msg: str) -> None:
        del msg
        self.transport.write(STATUS_LINE[400] + _HEADERS + _BODY)
        self.transport.close()
