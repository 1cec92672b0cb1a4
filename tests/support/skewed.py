"""`aiimage-mock` on a machine with a wrong clock: its first argument is the offset in seconds.

The processes that it starts run this file too.
"""

import sys

from mock_server import app
from mock_server.cli import main
from support.clocks import SkewedClock


def skewed() -> SkewedClock:
    return SkewedClock(float(sys.argv[1]))


setattr(app, "RealClock", skewed)  # noqa: B010 (to mypy it is a class)

if __name__ == "__main__":
    main(sys.argv[2:])
