"""aiimage-mock prove --disasters: a command in any language, with every failure at every point of its requests."""

import os
import shlex
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from mock_server.client import Control, MockWorld
from mock_server.configuration import Settings
from mock_server.domain.clock import RealClock

from .campaign import Campaign, Mode
from .command import FailsByDefaultError, ended
from .disasters import proof_part
from .observed import Ended, Run
from .outcome import Outcome
from .points import Schedule, show_schedule
from .results import Proof
from .virtual_server import VirtualServer

# The client has real time, so the points at which it would have to wait for long are left out.
LEFT_OUT = ("timeout", "slow")
_SECONDS = 60.0
_STEP_SECONDS = 0.005

Show = Callable[[str], None]


class Disasters:
    """A command with failures. Each run has an account of its own; success is exit status 0."""

    def __init__(self, arguments: Sequence[str], settings: Settings) -> None:
        self.name = shlex.join(arguments)
        self._arguments = arguments
        self._server = VirtualServer(settings)
        self._runs = 0
        self._output = ""

    def prove(self, mode: Mode, only: Schedule | None, show: Show, proof: Proof) -> None:
        """Run the command with every failure, and add what was found, also after Ctrl-C; raise FailsByDefaultError."""
        proof.add({"tried": {"disasters": {"mode": mode, "tests": 0, "runs": 0}}})
        with self._server.served():
            recording = self._run(())
            if recording.ended != "success":
                raise FailsByDefaultError(Outcome("failed", recording.said), self._output)
            campaign = Campaign(recording)
            show(f"{self.name}: {len(recording.requests)} requests")

            def run(schedule: Schedule) -> Run:
                if self._runs % 10 == 0:
                    show(f"{self._runs} runs")
                return self._run(schedule)

            try:
                campaign.prove(run, mode, only, LEFT_OUT)
            finally:
                proof.add(proof_part(campaign, self.name, self._command))

    def _run(self, schedule: Schedule) -> Run:
        self._runs += 1
        world = MockWorld(Control(self._server.embedded.origin), f"prove-{self._runs}")
        world.begin()
        environment = {"AIIMAGE_BASE_URL": world.base_url, "AIIMAGE_TOKEN": world.token}
        self._server.begin(schedule)
        with self._followed():
            outcome, self._output = ended(self._arguments, {**os.environ, **environment}, _SECONDS)
        storm = self._server.time.interrupted == "storm"
        self._server.time.end()
        requests, images = self._server.settle()
        overdue = outcome.message.startswith("it did not end")
        how: Ended = "storm" if storm else "hang" if overdue else "success" if outcome.passed else "failure"
        return Run(how, outcome.message or "exit status 0", tuple(requests), tuple(images))

    @contextmanager
    def _followed(self) -> Iterator[None]:
        """Let the mock's time follow the real one, and skip the waits of the mock."""
        stop, clock = threading.Event(), RealClock()

        def follow() -> None:
            before = clock.now()
            while not stop.wait(_STEP_SECONDS):
                now = clock.now()
                self._server.time.follow(now - before)
                before = now

        thread = threading.Thread(target=follow)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def _command(self, schedule: Schedule) -> str:
        return f"run just that: aiimage-mock prove --disaster={show_schedule(schedule)} -- {self.name}"


def prove_disasters(
    arguments: Sequence[str], settings: Settings, mode: Mode, only: Schedule | None, show: Show, proof: Proof
) -> None:
    """Prove a command with failures, and add what was found, also after Ctrl-C; raise FailsByDefaultError."""
    Disasters(arguments, settings).prove(mode, only, show, proof)
