"""What can stop a run or a test, apart from a fault of the suite itself."""


class UsageError(Exception):
    """The caller asked for something that cannot be done as asked; the text says what to change."""


class PreflightError(Exception):
    """The target cannot be examined at all: it is not there, or it is no AI Image API."""


class InconclusiveError(Exception):
    """A rule could not be examined, which is no finding about the service."""


class NoReplyError(InconclusiveError):
    """A request got no reply. sent: it may have been served; broken: the connection broke."""

    def __init__(self, text: str, *, sent: bool, broken: bool) -> None:
        super().__init__(text)
        self.sent, self.broken = sent, broken


class TargetLostError(Exception):
    """The service does not reply any more, so that the run cannot go on."""


class BudgetExceededError(Exception):
    """A request would cost more credits than the run may still spend."""


class UndocumentedLimitError(Exception):
    """A request went beyond a limit that no source gives, so that the service is free to refuse it."""


class RuleBrokenError(Exception):
    """The service contradicts a rule; the text is the whole finding."""
