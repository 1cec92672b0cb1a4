"""aiimage-mock prove: a command in any language, run again and again under other readings of the documentation."""

import os
import shlex
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from mock_server.app import rules
from mock_server.client import Control, MockWorld
from mock_server.configuration import Settings
from mock_server.domain.clock import SECOND, RealClock

from .exploring import UnrepeatableError, described, explore, finding, tried
from .outcome import Outcome
from .readings import Plan, Reading, Space
from .results import JSON_FILE, MARKDOWN_FILE, Proof
from .servers import ReadingServer

_FIRST_SECONDS = 600.0
_LEAST_SECONDS = 30.0
_TIMES_AS_LONG = 10

Show = Callable[[str], None]


class FailsByDefaultError(Exception):
    """The command fails under the defaults, so nothing can be proved. output: of the command."""

    def __init__(self, outcome: Outcome, output: str) -> None:
        super().__init__(f"the command fails under the defaults, so nothing else was tried: {outcome.message}")
        self.output = output


class Command:
    """A command to prove. Each run has a mock and an account of its own; success is exit status 0."""

    def __init__(self, arguments: Sequence[str], settings: Settings) -> None:
        self.name = shlex.join(arguments)
        self.runs = 0
        self._arguments = arguments
        self._server = ReadingServer(settings)
        self._seconds = _FIRST_SECONDS

    def prove_readings(self, space: Space, plan: Plan, show: Show, proof: Proof) -> None:
        """Run the command under its plan, and add what was found, also after Ctrl-C; raise FailsByDefaultError."""
        proof.add({"tried": {"readings": tried(plan)}})
        try:
            with self._server:
                self._check_default(proof)
                show(f"{self.name}: passes under the defaults; {described(plan)}")
                for found in self._findings(space, plan, show):
                    proof.add({"readings": [found]})
                    show(found["sentence"])
        except UnrepeatableError as error:
            proof.add({"tried": {"readings": {"not_run": {self.name: str(error)}}}})
        finally:
            proof.add({"tried": {"readings": {"tests": 1, "runs": self.runs}}})

    def _findings(self, space: Space, plan: Plan, show: Show) -> Iterator[dict[str, Any]]:
        def run(reading: Reading) -> Outcome:
            if self.runs % 10 == 0:
                show(f"{self.runs} runs")
            return self._run(space.values(reading))[0]

        return (finding(space, self.name, f"`{self.name}`", change) for change in explore(run, plan))

    def _check_default(self, proof: Proof) -> None:
        clock = RealClock()
        began = clock.now()
        outcome, output = self._run({})
        if not outcome.passed:
            proof.add({"tried": {"readings": {"not_run": {self.name: outcome.message}}}})
            raise FailsByDefaultError(outcome, output)
        self._seconds = max(_LEAST_SECONDS, _TIMES_AS_LONG * (clock.now() - began) / SECOND)

    def _run(self, values: Mapping[str, Any]) -> tuple[Outcome, str]:
        """Return the outcome and the output of one run."""
        self.runs += 1
        self._server.use_fresh(values)
        world = MockWorld(Control(self._server.origin), f"prove-{self.runs}")
        world.begin()
        environment = {"AIIMAGE_BASE_URL": world.base_url, "AIIMAGE_TOKEN": world.token}
        return ended(self._arguments, {**os.environ, **environment}, self._seconds)


def prove_readings(
    arguments: Sequence[str], settings: Settings, mode: str, limit: int, show: Show, proof: Proof
) -> None:
    """Prove a command under readings, and add what was found, also after Ctrl-C; raise FailsByDefaultError."""
    space = Space(rules(), settings.behaviour, settings.profile.evidence if settings.profile else ())
    Command(arguments, settings).prove_readings(space, space.plan(mode, limit), show, proof)


def report(proof: Proof, show: Show) -> None:
    """Write the results into the current folder, and show them."""
    proof.write(Path())
    for line in proof.lines():
        show(line)
    show(f"written to {JSON_FILE} and {MARKDOWN_FILE}")


def ended(arguments: Sequence[str], environment: Mapping[str, str], seconds: float) -> tuple[Outcome, str]:
    # A session of its own, so that its own children end with it.
    with subprocess.Popen(  # noqa: S603 (the user's own command)
        arguments,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            output, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            _kill(process)
            return Outcome("failed", f"it did not end within {seconds:.0f} s"), process.communicate()[0]
        except BaseException:
            _kill(process)
            raise
    if process.returncode == 0:
        return Outcome("passed"), output
    last = next((line.strip() for line in reversed(output.splitlines()) if line.strip()), "no output")
    return Outcome("failed", f"exit status {process.returncode}, {last[:160]}"), output


def _kill(process: "subprocess.Popen[str]") -> None:
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):  # it has just ended
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
