"""Machines: network namespaces of their own, each joined to this one by a cable."""

import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Machine:
    """One of them. address: its own; here: that of this machine, as it knows it."""

    name: str
    address: str
    here: str

    def command(self, *command: str) -> tuple[str, ...]:
        """Return what runs a command there."""
        return ("ip", "netns", "exec", self.name, *command)


@contextmanager
def machine() -> Iterator[Machine]:
    """Yield a machine; raise OSError or CalledProcessError where this one cannot have any."""
    if shutil.which("ip") is None:
        raise FileNotFoundError("there is no ip")
    number, process = next(_numbers), os.getpid()
    name, cable, net = f"mock-{process}-{number}", f"m{process % 10**6}-{number}", f"10.{process % 200 + 50}.{number}"
    with ExitStack() as stack:
        _ip(f"netns add {name}")
        stack.callback(_ip, f"netns delete {name}")
        _ip(f"link add {cable} type veth peer name eth0 netns {name}")
        _ip(f"address add {net}.1/24 dev {cable}")
        _ip(f"link set {cable} up")
        _ip(f"-n {name} address add {net}.2/24 dev eth0")
        _ip(f"-n {name} link set eth0 up")
        _ip(f"-n {name} link set lo up")
        yield Machine(name, f"{net}.2", f"{net}.1")


def _ip(arguments: str) -> None:
    subprocess.run(["ip", *arguments.split()], check=True, capture_output=True)
