"""How a run of a client ended."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a run. name: "passed", "failed", "error" outside the test itself, "skipped" or "xfailed"."""

    name: str
    message: str = ""

    @property
    def passed(self) -> bool:
        """Whether the run passed."""
        return self.name == "passed"
