"""A trailing slash: the redirect to the path without it."""

from urllib.parse import quote

from mock_server.faults.transmission import Transmission, empty

from .context import RequestContext


class SlashRedirect:
    """Answers a path of the API that is followed by slashes as the rules do that Laravel has for Apache. [NOT-FOUND]"""

    def operation_id(self, method: str) -> str | None:
        """Return None: no operation redirects."""
        del method
        return None

    async def prepare(self, context: RequestContext) -> None:
        """Do nothing: a redirect asks for no token."""

    async def respond(self, context: RequestContext) -> Transmission:
        """Return a 301 to the path without its slashes."""
        path, query = quote(context.scope["path"].rstrip("/")), context.scope["query_string"].decode("latin-1")
        return empty(301, {"Location": f"{path}?{query}" if query else path})
