"""Exceptions that stop a run or a test, apart from bugs of the suite itself."""


class UsageError(Exception):
    """The command, a flag or a file is not usable; the message says what to change."""


class PreflightError(Exception):
    """The target cannot be tested at all: it cannot be reached, or it is not the AI Image API."""


class InconclusiveError(Exception):
    """A rule was tried and nothing could be concluded; this is not a finding about the service."""


class NoReplyError(InconclusiveError):
    """A request got no reply. sent: whether it may have been served; broken: whether the connection broke."""

    def __init__(self, text: str, *, sent: bool, broken: bool) -> None:
        super().__init__(text)
        self.sent, self.broken = sent, broken


class TargetLostError(Exception):
    """The service stopped replying, so the run cannot continue."""


class BudgetExceededError(Exception):
    """A request would cost more credits than the run may still spend."""


class UndocumentedLimitError(Exception):
    """The service refused a request beyond a limit that the documentation does not give, which is allowed."""


class RuleBrokenError(Exception):
    """The service contradicts a rule; the message is the whole finding."""
