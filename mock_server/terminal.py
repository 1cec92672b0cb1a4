"""What is written to may be a terminal, or a file or a program that wants no colours."""

import os
from typing import TextIO


def takes_colours(stream: TextIO) -> bool:
    """Tell whether to write colours: to a terminal, unless NO_COLOR is set; anywhere where FORCE_COLOR is."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"
