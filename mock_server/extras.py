"""Installation of the optional parts."""

import json
import shlex
from importlib.metadata import PackageNotFoundError, distribution
from urllib.parse import unquote, urlsplit

_NAME = "aiimage-mock"


def install_command(extra: str) -> str:
    """Return the command that installs an extra, from where the project itself was installed."""
    return f"pip install {shlex.quote(_requirement(f'[{extra}]'))}"


def _requirement(extra: str) -> str:
    """Return the requirement with the folder or file that the project was installed from, or its name in an index."""
    try:
        recorded = distribution(_NAME).read_text("direct_url.json")  # PEP 610
    except PackageNotFoundError:
        return f".{extra}"  # run from a checkout
    url = urlsplit(json.loads(recorded)["url"]) if recorded else None
    if url is None:
        return f"{_NAME}{extra}"
    return f"{unquote(url.path)}{extra}" if url.scheme == "file" else f"{_NAME}{extra} @ {url.geturl()}"
