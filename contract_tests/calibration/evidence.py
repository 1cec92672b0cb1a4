"""The evidence of a calibration: outcomes of questions, each with the numbers of the exchanges that show it."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock, get_ident

from contract_tests.calibration.paths import of_path
from contract_tests.calibration.questions import shown
from contract_tests.calibration.readings import Question, Remaining, hypotheses
from contract_tests.calibration.sightings import IN_QUEUE, Sighting, of_known_image, sightings
from contract_tests.client.call import Call, Reply
from contract_tests.client.exchange import Exchange
from contract_tests.client.transport import Sent
from contract_tests.oracle.engines import Fields, engine_of
from contract_tests.oracle.facts import LOCK_SECONDS
from contract_tests.oracle.kinds import Kind, kind_of
from contract_tests.oracle.replies import made
from contract_tests.oracle.settings import load_settings
from contract_tests.runner.run import Run

# One exchange may be an accident.
ENOUGH = 2
_CONTROL = "control"
_OK = 200


@dataclass(frozen=True)
class Finding:
    """An outcome of a question that some exchanges show, by their numbers."""

    question: Question
    outcome: Hashable
    exchanges: tuple[int, ...]


class Numbering:
    """Numbers the exchanges of a run in the order of sending, as a recording does, without those of the control API."""

    def __init__(self, run: Run) -> None:
        self._lock, self._count = Lock(), 0
        self._waiting: dict[int, int] = {}
        self._numbers: dict[int, int] = {}
        run.transport.starting.append(self._start)
        run.transport.listeners.append(self._end)
        # Kept, so that the identity of an exchange stays its own.
        self._sent: list[Sent] = []

    def of(self, exchange: Exchange) -> int:
        return self._numbers[id(exchange)]

    def _start(self, call: Call) -> None:
        if call.role != _CONTROL:
            with self._lock:
                self._count += 1
                self._waiting[get_ident()] = self._count

    def _end(self, sent: Sent) -> None:
        if sent.call.role == _CONTROL or sent.reply is None:
            return
        with self._lock:
            self._sent.append(sent)
            self._numbers[id(sent.reply.exchange)] = self._waiting.pop(get_ident())


@dataclass
class Evidence:
    """All outcomes so far. Safe to use from several threads.

    durations: of the generations of each engine in seconds, with their exchanges. lives: the bounds of the life of a
    lock in seconds, with the exchange that ends it. failed: the requests that were answered 200 with an error.
    """

    run: Run
    numbering: Numbering
    shown_by: dict[tuple[Question, Hashable], list[int]] = field(default_factory=lambda: defaultdict(list))
    lives: list[tuple[float, float, int]] = field(default_factory=list)
    durations: dict[str, list[tuple[float, int]]] = field(default_factory=lambda: defaultdict(list))
    failed: list[Fields] = field(default_factory=list)
    _requests: dict[str, Fields] = field(default_factory=dict)
    _made: dict[int, int] = field(default_factory=dict)
    _ended: dict[str, Exchange] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self._operations = {
            (operation.method, self.run.url(id_)): id_ for id_, operation in self.run.contract.operations.items()
        }
        self._readable = {each.call_path for each in self.run.contract.operations.values() if each.method == "GET"}
        self.run.transport.listeners.append(self._see)

    def note(self, question: Question, outcome: Hashable, *replies: Reply) -> None:
        """Record an outcome that the replies show together."""
        self.add(question, outcome, replies[-1].exchange)

    def add(self, question: Question, outcome: Hashable, exchange: Exchange) -> None:
        """Record an outcome that the last of several exchanges completes."""
        with self._lock:
            self.shown_by[question, outcome].append(self.numbering.of(exchange))

    def take(self, found: Iterable[Sighting], reply: Reply) -> None:
        for question, outcome in found:
            self.note(question, outcome, reply)

    def _see(self, sent: Sent) -> None:
        if sent.reply is None or sent.call.role == _CONTROL:
            return
        operation = self._operations.get((sent.call.method, sent.call.url))
        self.take(sightings(operation, sent.call, sent.reply), sent.reply)
        base, url = self.run.target.base_url, sent.call.url
        if url.startswith(base):
            self.take(of_path(url.removeprefix(base), self._readable, sent.call, sent.reply), sent.reply)
        if operation == "getRecentImages":
            self.take(self._of_known_images(sent.reply), sent.reply)
        if operation == "checkAvailability":
            self._see_release(sent.call.role, sent.reply)
        if operation == "generateImage":
            self._ended.pop(sent.call.role, None)
        if operation == "generateImage" and made(sent.reply):
            self._remember(sent.call.parameters, sent.reply)
        elif operation == "generateImage" and sent.reply.status == _OK:
            self.failed.append(sent.call.parameters)

    def _see_release(self, role: str, check: Reply) -> None:
        """Note that a lock was free soon after its generation had ended, which no lock is that only expires.

        The holder of a lock may be another client; and under control the clock may have been moved.
        """
        generation = self._ended.get(role)
        if not generation or check.status != _OK or self.run.control:
            return
        if generation.received < check.exchange.sent and check.exchange.received - generation.sent < LOCK_SECONDS / 2:
            self.note(shown("lock_release"), "completion", check)

    def _remember(self, fields: Fields, reply: Reply) -> None:
        """Keep what was requested for each image, and how long it took."""
        self._requests.update((str(entry.get("id")), fields) for entry in reply.images if isinstance(entry, dict))
        self._made[self.numbering.of(reply.exchange)] = max(1, len(reply.images))
        engine = engine_of(fields)
        if not is_queued(reply):
            self._ended[reply.exchange.role] = reply.exchange
        # Under control the calibration itself says how long a generation takes.
        if engine and not self.run.control and not is_queued(reply):
            self.durations[engine.name].append((reply.exchange.seconds, self.numbering.of(reply.exchange)))

    def _of_known_images(self, reply: Reply) -> Iterator[Sighting]:
        """Yield what a list shows about images whose requests are known."""
        body = reply.json() if reply.status == 200 and not reply.json_fault else []
        for entry in body if isinstance(body, list) else []:
            if isinstance(entry, dict) and (fields := self._requests.get(str(entry.get("id")))):
                yield from of_known_image(fields, entry)

    def findings(self, enough: int = 1) -> Iterator[Finding]:
        """Yield the outcomes that at least `enough` exchanges show, and no other outcome of the same question."""
        by_question: dict[Question, dict[Hashable, list[int]]] = defaultdict(dict)
        with self._lock:
            for (question, outcome), numbers in self.shown_by.items():
                by_question[question][outcome] = sorted(set(numbers))
        for question, outcomes in by_question.items():
            for outcome, numbers in outcomes.items():
                if len(outcomes) == 1 and len(numbers) >= enough:
                    yield Finding(question, outcome, tuple(numbers))

    def samples(self) -> Counter[Question]:
        """Return how many exchanges show the outcome of each question."""
        found = Counter[Question]()
        for each in self.findings():
            found[each.question] = len(each.exchanges)
        return found

    def paid(self, exchanges: Iterable[int]) -> int:
        """Return how many images, at a credit each, the exchanges made."""
        return sum(self._made.get(number, 0) for number in exchanges)

    @property
    def failures(self) -> int:
        """How many generations failed by themselves: a request like theirs was served [STATUS-ERROR]."""
        return sum(
            self.run.samples.served(fields) and kind_of(fields) in {Kind.DOCUMENTED, Kind.OPEN}
            for fields in self.failed
        )

    def contradictory(self) -> Mapping[Question, tuple[Hashable, ...]]:
        """Return the questions whose outcomes were different ones."""
        outcomes: dict[Question, list[Hashable]] = defaultdict(list)
        for question, outcome in self.shown_by:
            outcomes[question].append(outcome)
        return {question: tuple(each) for question, each in outcomes.items() if len(each) > 1}

    def remaining(self, space: Remaining, enough: int = 1) -> Remaining:
        """Return the readings that the findings leave; an outcome that no reading predicts removes none."""
        for finding in self.findings(enough):
            if set(finding.question.settings) <= set(space.settings):
                space = space.after(finding.question, finding.outcome) or space
        return space

    def unpredicted(self, space: Remaining) -> list[Finding]:
        """Return the outcomes that no reading predicts."""
        about = [each for each in self.findings() if set(each.question.settings) <= set(space.settings)]
        return [each for each in about if space.after(each.question, each.outcome) is None]


def is_queued(reply: Reply) -> bool:
    """Return whether a generation was answered before its pictures were ready, so that it shows no duration."""
    return any(isinstance(entry, dict) and entry.get("status") == IN_QUEUE for entry in reply.images)


def whole_space(asked: Iterable[str]) -> Remaining:
    """Return every reading of the settings that are asked for and whose values are known."""
    return hypotheses(sorted(name for name in asked if name in load_settings()))


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
