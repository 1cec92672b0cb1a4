"""State in Valkey or Redis, shared by any number of processes and machines."""

from .address import AddressError, parse_address
from .opening import open_redis

__all__ = ["AddressError", "open_redis", "parse_address"]
