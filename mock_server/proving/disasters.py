"""Disasters of a scenario: a client as a function, run again and again in virtual time."""

import atexit
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from typing import Any

from mock_server.embedding import default_settings

from .campaign import MAX_OVERDUE, Campaign, Found
from .injector import MAX_REQUESTS
from .judging import KINDS, credits_of
from .observed import Ended, Run
from .points import Schedule, show_schedule
from .timeline import timeline
from .virtual_run import runs
from .virtual_server import MAX_SECONDS, VirtualServer
from .virtual_time import Cause, Interrupted
from .watchdog import REAL_SECONDS, Watchdog, in_own_thread, signals_reach

_running: list[tuple[Schedule, Watchdog]] = []
_served = ExitStack()
_shared: list[VirtualServer] = []
atexit.register(_served.close)
_INTERRUPTED: dict[Cause, tuple[Ended, str]] = {
    "hang": ("hang", f"it waited for {MAX_SECONDS} s or for something that never comes"),
    "storm": ("storm", f"it sent more than {MAX_REQUESTS} requests"),
    "overdue": ("hang", f"it was busy, or waited in real time, for {REAL_SECONDS} s or longer"),
}


def shared_server() -> VirtualServer:
    """Return the mock of this process for scenarios. It is served until the process ends."""
    if not _shared or _shared[-1].embedded.stopped:
        with runs.real_time():
            _shared.append(_served.enter_context(VirtualServer(default_settings()).served()))
    return _shared[-1]


def observe(server: VirtualServer, schedule: Schedule, scenario: Callable[[], Any]) -> Run:
    """Run a scenario once, with the failures of a schedule, and return what was observed."""
    with observed(server, schedule) as observation, observation.client():
        if signals_reach():
            observation.value = scenario()
        else:
            observation.value = in_own_thread(scenario, lambda: server.time.interrupted)
    return observation.run


class Observation:
    """One run. value: what the client returned; run: what was observed, once it has ended."""

    run: Run

    def __init__(self) -> None:
        self.value: Any = None
        self.problem: BaseException | None = None

    @contextmanager
    def client(self) -> Iterator[None]:
        """Keep the exception that the client raises."""
        try:
            yield
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as problem:  # noqa: BLE001 (it is judged; pytest raises others than Exception)
            self.problem = problem

    def end(self, server: VirtualServer, interrupted: Cause | None) -> None:
        """Observe how the run ended."""
        requests, images = server.settle()
        ended, said = self._ended(interrupted)
        overdue = interrupted == "overdue"
        self.run = Run(ended, said, tuple(requests), tuple(images), bool(self.value), overdue)

    def _ended(self, interrupted: Cause | None) -> tuple[Ended, str]:
        if interrupted:
            return _INTERRUPTED[interrupted]
        if self.problem is not None:
            return "failure", f"{type(self.problem).__name__}: {self.problem}".partition("\n")[0][:200]
        return "success", f"returned {self.value!r:.40}"


@contextmanager
def observed(server: VirtualServer, schedule: Schedule) -> Iterator[Observation]:
    """Run the body of the context as a client, and observe it."""
    observation, watchdog = Observation(), Watchdog(server)
    outer = _running[-1][1].paused() if _running else nullcontext()
    _running.append((schedule, watchdog))
    try:
        with outer, watchdog.watching(), server.run(schedule):
            yield observation
    except Interrupted as problem:  # by the watchdog, at the end of the client
        observation.problem = problem
    finally:
        _running.pop()
        observation.end(server, server.time.interrupted)


def in_disaster() -> bool:
    """Return whether a run with a failure is in progress."""
    return bool(_running and _running[-1][0])


def report_of(campaign: Campaign, command: Callable[[Schedule], str], kinds: Collection[str] = KINDS) -> str:
    """Return the findings of these kinds as a text, each with its timeline and the command that runs just that."""
    found = [each for each in campaign.found if each.judgement.kind in kinds]
    parts = [f"{each.judgement.kind}: {each.judgement.sentence}\n{picture(each, command)}" for each in found]
    return "\n\n".join([*parts, f"{campaign.tried} runs; the worst one cost {credits_of(campaign.worst)}"])


def picture(found: Found, command: Callable[[Schedule], str]) -> str:
    """Return the timeline of a finding and the command that runs just that."""
    return f"{timeline(found.run)}\n{command(found.schedule)}"


def in_python(schedule: Schedule) -> str:
    """Return the argument that runs just this schedule of a scenario."""
    return f'run just that: aiimage_mock.disasters(scenario, only="{show_schedule(schedule)}")'


def proof_part(campaign: Campaign, test: str, command: Callable[[Schedule], str]) -> dict[str, Any]:
    """Return the part of a proof that a campaign is."""
    found, shown = [], dict[Schedule, str]()
    for each in campaign.found:
        known = shown.setdefault(each.schedule, each.judgement.kind)
        found.append(
            {
                "test": test,
                "finding": each.judgement.kind,
                "schedule": [*map(str, each.schedule)],
                "sentence": each.judgement.sentence,
                "timeline": picture(each, command) if known == each.judgement.kind else f"the same run as of {known}",
                "worst_cost": campaign.worst,
            }
        )
    tried: dict[str, Any] = {"tests": 1, "runs": campaign.tried}
    if campaign.gave_up:
        tried["not_run"] = {test: f"the rest of its failures, since {MAX_OVERDUE} runs took too long in real time"}
    return {"disasters": found, "worst_costs": {test: campaign.worst}, "tried": {"disasters": tried}}
