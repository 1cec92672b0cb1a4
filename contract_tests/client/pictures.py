"""Pictures as a browser fetches them."""

from urllib.parse import urljoin

from contract_tests.client.call import Call, Reply
from contract_tests.errors import InconclusiveError
from contract_tests.runner.run import Run
from contract_tests.runner.target import Account, origin_of

_MAX_REDIRECTS = 10


class Pictures:
    """The pictures of one account."""

    def __init__(self, run: Run, account: Account) -> None:
        self._run, self._account = run, account

    def fetch(self, output: str) -> Reply:
        """Fetch a picture as a browser does, without the token; with it if the API's own host requires one.

        Returns a redirect where redirects form a loop.
        """
        try:
            url = urljoin(self._run.target.uploads, output)
        except ValueError:
            raise InconclusiveError(f"the output {output[:200]!r} is not a URL") from None
        reply = self._fetch(url)
        # `output` may lead to any host, and only the API's own gets the token.
        if reply.status in {401, 403} and origin_of(url) == self._run.target.origin:
            reply = self._run.transport.send(
                Call("GET", url, self._account.role, self._account.token, accept="image/*")
            )
        return reply

    def place_hint(self, fetched: Reply) -> str:
        """Return what to set if a missing picture is behind the path prefix of the API, else an empty text."""
        target = self._run.target
        if fetched.status != 404 or not target.prefix or not fetched.exchange.url.startswith(target.uploads):
            return ""
        return f"; if pictures are below {target.origin}{target.prefix}, set uploads_base to it in the target file"

    def _fetch(self, url: str) -> Reply:
        visited: set[str] = set()
        for _ in range(_MAX_REDIRECTS):
            visited.add(url)
            reply = self._run.transport.send(Call("GET", url, "anonymous", accept="image/*"))
            location = reply.headers.get("location")
            if not reply.redirects or not location:
                return reply
            url = urljoin(url, location)
            if url in visited:
                return reply
        raise InconclusiveError(f"the picture is behind more than {_MAX_REDIRECTS} redirects")
