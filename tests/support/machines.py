"""Machines: network namespaces, each connected to this one by a virtual cable."""

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
    """One machine. address: its own; here: the address under which it reaches this one."""

    name: str
    address: str
    here: str

    def command(self, *command: str) -> tuple[str, ...]:
        """Return the command line that runs a command there."""
        return ("ip", "netns", "exec", self.name, *command)


@contextmanager
def machine() -> Iterator[Machine]:
    """Yield a machine; raise OSError or CalledProcessError where namespaces are not available."""
    if shutil.which("ip") is None:
        raise FileNotFoundError("the program ip is missing")
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
