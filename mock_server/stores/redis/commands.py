"""Commands to Valkey: their keys, and the scripts."""

import hashlib
from pathlib import Path
from typing import ClassVar

Command = tuple[str | bytes | int, ...]

PREFIX = "aiimage"
_FOLDER = Path(__file__).with_name("scripts")


class Script:
    """A Lua script, made of files in `scripts/`: shared functions first. frees_memory: it may run while the server is
    full, since it needs no memory.
    """

    by_sha: ClassVar[dict[str, str]] = {}

    def __init__(self, *names: str, frees_memory: bool = False) -> None:
        files = [(_FOLDER / f"{name}.lua").read_text(encoding="utf-8") for name in names]
        # Without this line a server whose memory is full refuses the script.
        source = "".join(["#!lua flags=allow-oom\n" if frees_memory else "", *files])
        # EVALSHA names a script by its SHA-1; under FIPS, Python refuses that without the flag.
        self._sha = hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()
        self.by_sha[self._sha] = source

    def __call__(self, keys: tuple[str, ...], *arguments: str | bytes | int) -> Command:
        """Return the command that runs the script."""
        return ("EVALSHA", self._sha, len(keys), *keys, *arguments)


def key(slot: str, *names: str) -> str:
    """Return a key, as aiimage:{slot}:name. The part in braces selects the hash slot: a script keeps to one."""
    return ":".join((PREFIX, f"{{{slot}}}", *names))
