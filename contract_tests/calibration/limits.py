"""The experiments about limits that cost credits only if there is no limit: what a lock refuses, and several images."""

from collections.abc import Callable

from contract_tests.calibration.bench import STATUS, Bench, samples_of
from contract_tests.calibration.evidence import ENOUGH
from contract_tests.calibration.questions import INVALID, LOCKED, offered_to, offers, takes, two_while_locked
from contract_tests.calibration.readings import Question
from contract_tests.calibration.sightings import of_limit, of_refused_engine
from contract_tests.client.api import Api
from contract_tests.client.call import Reply
from contract_tests.oracle.engines import Fields, count_field, engine_field, never_queues, with_count
from contract_tests.oracle.facts import LOCK_SECONDS
from contract_tests.oracle.replies import error_fields, images_requested, made, own_limit
from contract_tests.oracle.settings import engine_names

_TWO, _OK = 2, 200


class LimitExperiments(Bench):
    """Conducts the experiments about limits. limits_are_first: whether they precede the lock."""

    limits_are_first = False

    def use_lock(self, api: Api, usable: Fields, generation: Reply) -> None:
        """Ask for what costs nothing in the first half of the life of a lock that outlives its generation."""
        until = generation.exchange.sent + LOCK_SECONDS / 2
        if api.role != "low" and self.limits_are_first:
            self.ask_while_locked(api, usable, lambda: self.run.transport.clock() < until and api.check().status == 409)

    def ask_while_locked(self, api: Api, usable: Fields, is_locked: Callable[[], bool]) -> None:
        """Request each engine and two images while the account is locked, which refuses what no limit does."""
        seen = set[Question]()
        two = (two_while_locked(), with_count(usable, _TWO))
        # The lock may end on the way, so that one is served, which shows most of an engine that may queue.
        unseen = [name for name in engine_names() if (offers(name), True) not in self.evidence.shown_by]
        names = [name for name in sorted(unseen, key=never_queues) if not (self.names_limits and never_queues(name))]
        each_engine = [(offered_to(name, LOCKED), samples_of(name)[0]) for name in names]
        for question, fields in [*each_engine, two, two, *each_engine]:
            # A limit is certain after two refusals, and the first may be the last chance.
            for _ in range(ENOUGH):
                if self.evidence.samples()[question] > (question in seen):
                    break
                if self.run.budget.left < images_requested(fields) or not is_locked():
                    return
                reply = api.generate(fields)
                self.count(api.role, reply)
                limit = own_limit(fields, reply)
                if reply.status == STATUS[LOCKED]:
                    self.evidence.note(question, LOCKED, reply)
                elif limit:
                    seen.add(question)
                    self._note_limit(question, fields, reply)
                # The lock has ended, or a refusal counts as spent.
                if reply.status == _OK or not (limit or reply.status == STATUS[LOCKED]):
                    api.recent()
                    return
            seen.add(question)

    def _note_limit(self, question: Question, fields: Fields, reply: Reply) -> None:
        named = error_fields(reply)
        asked = count_field() if images_requested(fields) > 1 else engine_field()
        if not named or asked in named:
            self.evidence.note(question, INVALID, reply)
        self.note_limited(fields, reply)

    def note_limited(self, fields: Fields, reply: Reply) -> None:
        """Note what a refusal for a limit shows by itself; a 200 may be a generation that has failed."""
        self.evidence.take(of_refused_engine(fields, reply), reply)
        self.evidence.take(of_limit(reply) if reply.status != _OK else (), reply)

    def several(self, count: str, role: str) -> None:
        """Request several images at once, twice if they are too many."""
        api = self.api(role)
        for _ in range(ENOUGH):
            fields = with_count(self.run.samples.simplest, int(count))
            reply = api.generate_when_ready(fields)
            self.count(role, reply)
            if made(reply):
                api.recent()
            if not own_limit(fields, reply):
                return
            self.evidence.note(takes(int(count)), False, reply)
            self.note_limited(fields, reply)
