"""Why Valkey refuses a command or a connection, in words."""

import os

from redis import exceptions

# redis-py removes the code from the message of these errors; of all others it is the first word.
_CODES: dict[type[Exception], str] = {
    exceptions.AuthenticationError: "WRONGPASS",
    exceptions.BusyLoadingError: "LOADING",
    exceptions.ClusterDownError: "CLUSTERDOWN",
    exceptions.MasterDownError: "MASTERDOWN",
    exceptions.MovedError: "MOVED",
    exceptions.NoPermissionError: "NOPERM",
    exceptions.OutOfMemoryError: "OOM",
    exceptions.ReadOnlyError: "READONLY",
}
_REASONS = {
    "OOM": "has no memory left: give it more (maxmemory), or store less (max_worlds, max_journal_bytes)",
    "READONLY": "is a read-only replica: name the primary",
    "LOADING": "is still loading its data: wait",
    "MASTERDOWN": "is a replica without its primary: name the primary",
    "MISCONF": "cannot write its data to disk: see its log",
    "NOREPLICAS": "has too few replicas: see its setting min-replicas-to-write",
    "BUSY": "is busy with a script of another client: wait",
    "NOAUTH": "requires a password: put it into the URL",
    "WRONGPASS": "does not accept that user or password",
    "NOPERM": "does not give that user the permissions it needs: allow all on the keys and channels aiimage:*",
    "MOVED": "is a node of a cluster: name a single server, or sentinels",
    "CLUSTERDOWN": "is a node of a cluster: name a single server, or sentinels",
}


def code_of(error: Exception) -> str:
    """Return the code of a refusal, the first word of its message."""
    # One class for NOAUTH and for WRONGPASS.
    if isinstance(error, exceptions.AuthenticationError) and "required" in str(error):
        return "NOAUTH"
    return _CODES.get(type(error)) or str(error).split(" ", 1)[0]


def reason_of(error: Exception) -> str | None:
    """Return what is wrong, without the server's own words, which may repeat the password."""
    if isinstance(error, exceptions.InvalidResponse):
        return "speaks another protocol"
    return _REASONS.get(code_of(error))


def cause_of(error: BaseException) -> str:
    """Return why a connection could not be made. redis-py keeps the system's error as the context of its own."""
    while not isinstance(error, OSError):
        if error.__context__ is None:
            return "it has closed the connection"
        error = error.__context__
    if isinstance(error, ConnectionError) and error.errno:
        return os.strerror(error.errno)
    return error.strerror or type(error).__name__
