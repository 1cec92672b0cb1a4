"""Assets: the files that the page loads, read once. What is not among them cannot be asked for."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

_FOLDER = Path(__file__).parent / "static"
# Not left to the machine's own table of types: some call JavaScript plain text, and then no browser runs it.
_TYPES: Mapping[str, str] = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


class Assets:
    """The files of the page by name."""

    def __init__(self) -> None:
        files = sorted(_FOLDER.iterdir())
        self._files = {path.name: (_TYPES[path.suffix], path.read_bytes()) for path in files if path.suffix in _TYPES}

    async def serve(self, request: Request) -> Response:
        """Answer GET /static/{name}; a browser asks again each time, and is told 304 where nothing has changed."""
        found = self._files.get(request.path_params["name"])
        if found is None:
            raise HTTPException(404)
        media_type, content = found
        tag = f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'
        headers = {"etag": tag, "cache-control": "no-cache", "x-content-type-options": "nosniff"}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(content, media_type=media_type, headers=headers)
