"""The time by which the suite moves the clock of a mock, where it would wait at a service."""

from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from contract_tests.client.transport import Sent
from contract_tests.runner.target import Target


class ClockMoves:
    """Adds up how far the clocks of the target's accounts are advanced. seconds: the sum."""

    def __init__(self, target: Target) -> None:
        tokens = (account.token.reveal() for account in target.accounts.values() if account.token)
        self._paths = {f"/_mock/worlds/{quote(token, safe='')}/clock" for token in tokens}
        self.seconds = 0.0

    def note(self, sent: Sent) -> None:
        """Note a call of the control API."""
        command, path = sent.call.json, urlsplit(sent.call.url).path
        done = sent.reply is not None and sent.reply.status == 200
        if done and path in self._paths and isinstance(command, Mapping):
            self.seconds += float(command.get("advance", 0))
