"""The version of the suite, for reports."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache
def suite_version() -> str:
    """Return the version of the installed package, or `unknown` for a checkout that is not installed."""
    try:
        return version("aiimage-mock")
    except PackageNotFoundError:
        return "unknown"
