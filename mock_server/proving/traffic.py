"""The requests on their way: sent by clients, and not yet begun by the mock."""


class Traffic:
    """The requests that clients have sent to the mock, and those that it has begun, by the port of the client."""

    def __init__(self) -> None:
        self.begun: dict[int, int] = {}
        self._sent: dict[int, int] = {}

    def clear(self) -> None:
        """Delete what earlier clients have sent, which may never arrive."""
        self._sent.clear()

    def send(self, port: int) -> None:
        """Note that a client sends; what it sends before it reads is one request."""
        self._sent.setdefault(port, self.begun.get(port, 0) + 1)

    def read(self, port: int) -> None:
        """Note that a client has something of a reply, or the end of the connection."""
        self._sent.pop(port, None)

    def begin(self, port: int) -> None:
        """Note that the mock begins a request."""
        self.begun[port] = self.begun.get(port, 0) + 1

    @property
    def arrived(self) -> bool:
        """Whether the mock has begun every request that was sent."""
        return all(self.begun.get(port, 0) >= count for port, count in list(self._sent.items()))
