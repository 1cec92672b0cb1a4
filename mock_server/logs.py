"""The log, as text or as JSON, and whether to use colours."""

import json
import logging
import os
import sys
from typing import TextIO

from .domain.clock import seconds, to_iso


class JsonLines(logging.Formatter):
    """Formats each record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        line = {"time": to_iso(seconds(record.created), "milliseconds"), "level": record.levelname.lower()}
        line["message"] = record.getMessage()
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


def set_up_logging(log_format: str) -> None:
    """Log to standard error, as "text" or "json"."""
    handler = logging.StreamHandler(sys.stderr)
    text = logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S")
    handler.setFormatter(JsonLines() if log_format == "json" else text)
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    logging.getLogger("aiimage_mock").setLevel(logging.INFO)


def use_colours(stream: TextIO) -> bool:
    """Return whether to write colours: at a terminal unless NO_COLOR is set, elsewhere if FORCE_COLOR is set."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"
