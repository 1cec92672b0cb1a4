"""The experiments that make images, with calls while they are made, or until a limit is reached."""

from concurrent.futures import Future, ThreadPoolExecutor

from contract_tests.calibration.bench import INVISIBLE, STATUS, reason, samples_of
from contract_tests.calibration.evidence import ENOUGH, is_queued
from contract_tests.calibration.limits import LimitExperiments
from contract_tests.calibration.questions import (
    INVALID,
    LOCKED,
    first_of,
    locked_or_limited,
    locked_or_poor,
    queues,
    shown,
)
from contract_tests.calibration.readings import Question
from contract_tests.calibration.sightings import of_samples
from contract_tests.client.api import Api
from contract_tests.client.call import Reply
from contract_tests.oracle.engines import Fields, engine_of, load_engines, with_count
from contract_tests.oracle.facts import LOCK_SECONDS
from contract_tests.oracle.replies import made, own_limit
from contract_tests.oracle.samples import INVALID as INVALID_REQUEST

_EDGES = f" {INVISIBLE}"
_OVERLAP_SECONDS = 2.0
_MAX_LIFE_SECONDS, _PAUSE = 60.0, 0.2
_TWO, _OK = 2, 200


class PaidExperiments(LimitExperiments):
    """Conducts the experiments with a price."""

    def generation(self, name: str, role: str) -> None:
        api = self.api(role)
        api.await_unlocked()
        refused: list[Fields] = []
        for fields in map(_decorated, samples_of(name)):
            reply = api.generate_when_ready(fields)
            self.count(role, reply)
            if made(reply):
                self.evidence.take(of_samples(refused, fields), reply)
                self._note_release(api, fields, reply)
                # The list shows again what the reply does, for nothing.
                api.recent()
                return
            if own_limit(fields, reply):
                refused.append(fields)
                self.note_limited(fields, reply)
        if len(refused) == _TWO:
            self.evidence.take(of_samples(refused, None), reply)

    def _note_release(self, api: Api, fields: Fields, generation: Reply) -> None:
        """Note whether the lock is free as soon as a generation has ended."""
        check = api.check()
        if is_queued(generation):
            self._note_queued_lock(api, generation, check)
            return
        # Later, a lock that only expires would be free too.
        if check.exchange.received - generation.exchange.sent < _OVERLAP_SECONDS * 4:
            self.evidence.note(
                shown("lock_release"), "completion" if check.status == 200 else "expiry", generation, check
            )
        if check.status == 409:
            self.use_lock(api, fields, generation)
            self._watch_life(api, generation, check)

    def _note_queued_lock(self, api: Api, generation: Reply, check: Reply) -> None:
        """Note whether the lock of a queued image is freed with its reply, with its picture, or as it expires."""
        if check.status == 200:
            for each in (check, api.check()):
                self.evidence.note(shown("queued_lock"), "reply", each)
                self.evidence.note(shown("lock_release"), "completion", each)
        elif check.status == 409 and (freed := self._watch_life(api, generation, check)):
            soon = freed.exchange.received - generation.exchange.sent < LOCK_SECONDS
            question, outcome = ("queued_lock", "picture") if soon else ("lock_release", "expiry")
            for each in (check, freed):
                self.evidence.note(shown(question), outcome, each)

    def _watch_life(self, api: Api, generation: Reply, last: Reply) -> Reply | None:
        """Note the bounds of the life of a lock, by the last check that shows it and the first that does not.

        Return the first check without it, if it was free in time.
        """
        began = generation.exchange.sent
        while (check := api.check()).status == 409 and check.exchange.sent - began < _MAX_LIFE_SECONDS:
            last = check
            self.run.transport.sleep(_PAUSE)
        if check.status != _OK:
            return None
        # The generation took it at some time between its request and its reply. Whole milliseconds: a difference of
        # floating point numbers may be less than it is.
        life = (
            round(last.exchange.sent - generation.exchange.received, 3),
            round(check.exchange.received - began, 3),
        )
        # A lock that ends with a queued picture has not lived its whole life.
        if not is_queued(generation) or life[1] >= LOCK_SECONDS:
            self.evidence.lives.append((*life, self.evidence.numbering.of(check.exchange)))
        return check

    def overlap(self, role: str, *, secondary: bool = False) -> None:
        """Generate, and meanwhile check, also as another account, and request what is invalid and what is valid."""
        api = self.api(role)
        for _ in load_engines():
            api.await_unlocked()
            fields = _decorated(self._to_overlap(role))
            with ThreadPoolExecutor(1) as pool:
                future = pool.submit(api.generate, fields)
                if self._is_locked(api, future):
                    self._meanwhile(api, fields, future, secondary=secondary)
                reply = future.result()
            # The account may lack the engine or the size, and then the next one is tried; twice is certain.
            if reply.status != _OK and own_limit(fields, reply):
                self.note_limited(fields, reply)
                again = api.generate_when_ready(fields)
                self.count(role, again)
                if own_limit(fields, again):
                    self.note_limited(fields, again)
            if made(reply) or _decorated(self._to_overlap(role)) == fields:
                break
        self.count(role, reply)
        if made(reply):
            self._note_release(api, fields, reply)
            api.recent()

    def _to_overlap(self, role: str) -> Fields:
        """Return the request to watch: of an engine that may queue and was not seen, as long as none does.

        So one credit shows both the lock and whether the engine queues; a queued one leaves no time for other calls.
        """
        usable = [self.run.samples.simplest, *self.run.samples.others]
        named = [(engine.name, fields) for fields in usable if (engine := engine_of(fields)) and engine.queues]
        samples = self.evidence.samples()
        known = {name: samples[queues(name)] for name, _ in named}
        if role == "low" or any((queues(name), True) in self.evidence.shown_by for name in known):
            return usable[0]
        return next((fields for name, fields in named if not known[name]), usable[0])

    def _is_locked(self, api: Api, generation: Future[Reply]) -> bool:
        """Check until the lock is seen; return whether it was."""
        while not generation.done():
            if api.check().status == 409:
                return True
        return False

    def _meanwhile(self, api: Api, fields: Fields, generation: Future[Reply], *, secondary: bool) -> None:
        others = [self.api("secondary").check() for _ in range(ENOUGH)] if secondary else []
        invalid = [api.generate(INVALID_REQUEST) for _ in range(ENOUGH)]
        still = api.check()
        # All were sent while the lock was certainly taken.
        if still.status == 409:
            for other in others:
                self.evidence.note(shown("lock_scope"), "global" if other.status == 409 else "account", other)
            for reply in invalid:
                self.evidence.note(first_of(INVALID, LOCKED), reason(reply, LOCKED), reply)
            if api.role != "low" and not any(reply.status == STATUS[LOCKED] for reply in invalid):
                self.limits_are_first = True
                self.ask_while_locked(api, fields, lambda: not generation.done())
                return
        # For more images than `low` has credits for.
        count = max(1, api.figure - self.images.get("low", 0)) if api.role == "low" else 1
        question = locked_or_poor() if api.role == "low" else None
        self._second(api, generation, count, question)

    def _second(self, api: Api, generation: Future[Reply], count: int, question: Question | None) -> None:
        """Request another generation while one runs, and again if it was refused; note what for."""
        for _ in range(ENOUGH):
            if generation.done():
                return
            reply = api.generate(with_count(self.run.samples.simplest, count))
            self.count(api.role, reply)
            reason = next((name for name, status in STATUS.items() if status == reply.status), None)
            if reason is None:
                return
            if question and not generation.done():
                self.evidence.note(question, reason, reply)

    def overlap_of_two(self, role: str) -> None:
        self.overlap(role, secondary=True)

    def too_many(self) -> None:
        """Request one image more than the account has credits for."""
        api = self.api("low")
        api.await_unlocked()
        left = api.figure - self.images.get("low", 0)
        reply = api.generate_when_ready(with_count(self.run.samples.simplest, left + 1))
        self.count("low", reply)
        if reply.status == 419:
            self.evidence.note(shown("credit_need"), "all", reply)
        elif made(reply):
            self.evidence.note(shown("credit_need"), "any", reply)
            # That the balance is used up shows again that it was too low for the images that were made.
            after = api.generate_when_ready(self.run.samples.simplest)
            self.count("low", after)
            if after.status == 419:
                self.evidence.note(shown("credit_need"), "any", reply, after)

    def day(self) -> None:
        """Send refused requests, then request one image, then one more than should be left of the day."""
        api = self.api("almost_limited")
        left = api.figure
        for _ in range(left):
            api.generate(INVALID_REQUEST)
        first = 1 if left > 1 else 2
        replies = [self._first_of_day(api, first), self._of_day(api, max(1, left))]
        outcome = _unit([made(reply) if made(reply) or reply.status == 429 else None for reply in replies], left)
        if outcome:
            self.evidence.note(shown("daily_unit"), outcome, *replies)
            again = self._of_day(api, 1 if outcome != "images" or left == 1 else left)
            if again.status == 429:
                self.evidence.note(shown("daily_unit"), outcome, again)

    def _first_of_day(self, api: Api, count: int) -> Reply:
        """Request the first images, and meanwhile all that were left before, which are more than there are now."""
        api.await_unlocked()
        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(self._of_day, api, count)
            if api.figure > 1 and self._is_locked(api, future):
                self._second(api, future, api.figure, locked_or_limited())
            return future.result()

    def _of_day(self, api: Api, count: int) -> Reply:
        reply = api.generate_when_ready(with_count(self.run.samples.simplest, count))
        self.count(api.role, reply)
        return reply


def _unit(served: list[bool | None], left: int) -> str | None:
    """Return what the day counts, by whether the two requests were served. left: the images before the first."""
    match served, left > 1:
        case [[True, False], True] | [[False, True], False]:
            return "images"
        case [[True, True], True] | [[True, _], False]:
            return "requests"
        case [[False, False], _]:
            return "attempts"
    return None


def _decorated(fields: Fields) -> Fields:
    """Return a request with every modifier, and a prompt with white space and an invisible character around it."""
    engine = next(each for each in load_engines() if each.selected_by(fields) and not each.needs_source)
    return engine.modified({**fields, engine.prompt: f"{_EDGES}{fields[engine.prompt]}{_EDGES[::-1]}"})
