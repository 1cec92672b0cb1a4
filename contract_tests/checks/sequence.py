"""One sequence of calls: each is made, checked by the oracle, and recorded in the oracle."""

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Protocol

from contract_tests.checks.pictures import shows_picture
from contract_tests.checks.world import Running, World
from contract_tests.client.api import Api
from contract_tests.client.call import Reply
from contract_tests.client.made import images_of
from contract_tests.errors import InconclusiveError
from contract_tests.oracle.engines import Fields, engine_of, prompt_of, with_count
from contract_tests.oracle.facts import ACCOUNT_REFUSALS
from contract_tests.oracle.images import common_part
from contract_tests.oracle.oracle import STARTED, Deviation, Generation, Oracle
from contract_tests.oracle.replies import own_limit
from contract_tests.oracle.samples import INVALID

ENGINES = 2


class Attempt(Protocol):
    """A generation that was requested."""

    @property
    def answered(self) -> bool: ...

    def reply(self) -> Reply: ...


class Subject(Protocol):
    api: Api

    @property
    def trail(self) -> tuple[Reply, ...]: ...

    def begin(self, fields: Fields) -> Attempt: ...

    def close(self) -> None: ...


class Answered:
    """A generation that was answered."""

    answered = True

    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    def reply(self) -> Reply:
        return self._reply


class Live:
    """An account of a live service; every generation is awaited."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self._before = len(api.trail)

    @property
    def trail(self) -> tuple[Reply, ...]:
        return tuple(self.api.trail[self._before :])

    def begin(self, fields: Fields) -> Answered:
        return Answered(self.api.generate_when_ready(fields))

    def close(self) -> None:
        """There is nothing to close."""


class Mocked:
    """An account of a mock with a frozen clock, so a generation runs until the clock is advanced."""

    def __init__(self, world: World) -> None:
        self.api, self.world = world.api, world
        self._open = ExitStack()
        self._open.enter_context(world.frozen())

    @property
    def trail(self) -> tuple[Reply, ...]:
        return self.world.trail

    def begin(self, fields: Fields) -> Running:
        return self.world.begin(fields)

    def close(self) -> None:
        self._open.close()


@dataclass(frozen=True)
class Step:
    """A step of a sequence: the name of its method and the arguments."""

    name: str
    arguments: tuple[int, ...] = ()


class DeviationFoundError(Exception):
    """The service contradicts the oracle; with the steps and the calls up to there."""

    def __init__(self, deviation: Deviation, steps: tuple[Step, ...], trail: tuple[Reply, ...]) -> None:
        super().__init__(f"{deviation.rule}: expected {deviation.expected}; received {deviation.received}")
        self.deviation, self.steps, self.trail = deviation, steps, trail


@dataclass
class Allowance:
    """The number of images that the sequences of a run may still make."""

    images: int


@dataclass
class Sequence:
    """The state of a sequence; `exercised` are the rules that a reply was checked by."""

    subject: Subject
    oracle: Oracle
    allowance: Allowance
    exercised: set[str] = field(default_factory=set)
    steps: list[Step] = field(default_factory=list)
    _pending: list[tuple[Attempt, Fields]] = field(default_factory=list)
    # Whether a request was refused, or has failed.
    _unpaid: bool = False

    def take(self, step: Step) -> None:
        """Take a step and record it; raise DeviationFoundError if a reply contradicts the oracle."""
        self.steps.append(step)
        getattr(self, step.name)(*step.arguments)

    def generate(self, count: int, engine: int) -> None:
        fields = with_count(self._engine(engine), count)
        attempt = self.subject.begin(fields)
        status = attempt.reply().status if attempt.answered else STARTED
        if attempt.answered and own_limit(fields, attempt.reply()):
            self.oracle.leftovers = self.oracle.leftovers or status == STARTED
            self._unpaid = True
            return
        # The past of a live account is unknown, so that such a refusal may be right.
        if not isinstance(self.subject, Mocked) and status in ACCOUNT_REFUSALS | {401}:
            raise InconclusiveError(f"the account {self.subject.api.role} was refused a generation with {status}")
        self._judge(self._explained(self.oracle.on_generate(count, status)), *self._shown(status))
        self._unpaid = self._unpaid or status != STARTED
        if status == STARTED:
            self.allowance.images -= count
            self.oracle.start(count)
            self._pending.append((attempt, fields))
            self._settle()

    def _engine(self, place: int) -> Fields:
        """Return a request for one of the engines whose images do not change after the reply [QUEUED]."""
        api = self.subject.api
        steady = [
            fields for fields in (api.simplest, *api.others) if (engine := engine_of(fields)) and not engine.queues
        ]
        if not steady:
            raise InconclusiveError("every engine that the service takes may answer before its pictures are ready")
        return steady[place % len(steady)]

    def _shown(self, status: int) -> list[str]:
        """Return the rule that an expected refusal confirms."""
        # A 409 confirms nothing where it would be right not to give one.
        known = {409: "LOCK-ONE", 419: "CREDIT-419", 429: "DAILY-429"}
        return [known[status]] if status in known and (status != 409 or self.oracle.lock == "taken") else []

    def check(self) -> None:
        lock, began = self.oracle.lock, self.oracle.began
        shown = {"taken": "LOCK-CHECK", "free": "LOCK-10S" if began is not None else "LOCK-CHECK"}.get(lock)
        self._judge(self.oracle.on_check(self.subject.api.check().status), *([shown] if shown else []))

    def recent(self) -> None:
        listed = images_of(self.subject.api.recent())
        self._judge(self.oracle.on_recent(listed), "RECENT-10", "RECENT-OWN", "RECENT-SAME")

    def invalid(self) -> None:
        """Send a request that is refused for any reason and changes nothing."""
        self.oracle.requests += 1
        status = self.subject.api.generate(INVALID).status
        # The order of refusals is an assumption [ORDER].
        refused = status in ACCOUNT_REFUSALS | {400, 422}
        self._unpaid = True
        self._judge(None if refused else Deviation("VALID-422", "422", str(status)))

    def picture(self, place: int) -> None:
        """Fetch one of the pictures made here."""
        images = [image for image in self.oracle.images if "output" in image]
        if not images:
            return
        image = images[place % len(images)]
        fetched = self.subject.api.pictures.fetch(str(image["output"]))
        received = f"{fetched.status}, {len(fetched.content)} bytes"
        self._judge(
            None if shows_picture(fetched) else Deviation("IMG-GET", f"a picture at {image['output']}", received),
            "IMG-GET",
        )

    def advance(self, milliseconds: int) -> None:
        assert isinstance(self.subject, Mocked)
        self.subject.world.advance(milliseconds / 1000)
        self.oracle.advance(milliseconds)
        self._settle()

    def finish(self) -> None:
        """Advance until every generation has ended, and check the result."""
        assert isinstance(self.subject, Mocked)
        self.advance(self.oracle.generation_ms + 1)
        self.recent()
        state = self.subject.world.state()
        self._judge(self._explained(self.oracle.on_balance(state["credits"], state["used_today"])), "CREDIT-COST")

    def _explained(self, deviation: Deviation | None) -> Deviation | None:
        """Return a deviation by the rule that explains it: a request without images may have cost credits."""
        if deviation and deviation.rule == "CREDIT-COST" and self._unpaid:
            return replace(deviation, rule="CREDIT-ATOMIC")
        return deviation

    def _settle(self) -> None:
        """Check and record the replies of the generations that have ended."""
        for generation in self.oracle.ended():
            attempt, fields = self._pending.pop(0)
            self._record(generation, fields, attempt.reply())

    def _record(self, generation: Generation, fields: Fields, reply: Reply) -> None:
        expected = f"200 with {generation.count} images"
        if reply.status != 200:
            self._judge(Deviation("SHAPE", expected, str(reply.status)))
        images = images_of(reply)
        ids = {str(image.get("id")) for image in (*images, *self.oracle.images)}
        if len(images) != generation.count or len(ids) != generation.count + len(self.oracle.images):
            self._judge(Deviation("IMG-COUNT", f"{expected}, each with an id of its own", str(images)))
        prompt = prompt_of(fields)
        if any(image.get("input") != prompt for image in images):
            self._judge(Deviation("IMG-INPUT", repr(prompt), str([image.get("input") for image in images])))
        self.exercised |= {"IMG-COUNT", "IMG-INPUT", "SHAPE"}
        engine = engine_of(fields)
        queues = engine is not None and engine.queues
        self.oracle.add_images([common_part(image, queues=queues) for image in images])

    def _judge(self, deviation: Deviation | None, *rules: str) -> None:
        if deviation:
            raise DeviationFoundError(deviation, tuple(self.steps), self.subject.trail)
        self.exercised |= set(rules)
