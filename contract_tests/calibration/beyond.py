"""Requests with a prompt that is too long, whose refusals name what else is beyond a limit of the service.

They cost nothing at a service that limits prompts, in whatever order it refuses, and need no other account.
"""

from collections.abc import Iterator

from contract_tests.calibration.bench import Bench
from contract_tests.calibration.choice import Experiment
from contract_tests.calibration.evidence import ENOUGH
from contract_tests.calibration.priced import BEYOND
from contract_tests.calibration.questions import beyond_another_limit, has_size, offers, shown, takes
from contract_tests.calibration.readings import RANGES
from contract_tests.calibration.sightings import COUNTS, of_limit
from contract_tests.client.call import Reply
from contract_tests.oracle.engines import (
    Engine,
    Fields,
    count_field,
    engine_field,
    engine_of,
    listed_size,
    load_engines,
    never_queues,
    with_count,
)
from contract_tests.oracle.replies import error_fields, images_requested, made, own_limit
from contract_tests.oracle.settings import engine_names

_LENGTH = RANGES["max_text_length"][-1].most
_TOO_LARGE = 413
_OK = 200


class BeyondLimitExperiments(Bench):
    """Conducts the requests beyond a limit."""

    def allows(self, experiment: Experiment) -> bool:
        """Return whether an experiment is of use: a 200 names no parameter, and it counts as spent."""
        by = {outcome for question, outcome in list(self.evidence.shown_by) if question == shown("limit_status")}
        if not by and (shown("invalid_status"), _OK) in self.evidence.shown_by:
            by = {_OK}
        return by != {_OK} or not experiment.name.startswith(BEYOND)

    def beyond_a_limit(self, role: str) -> None:
        """Request each engine, each listed size and several images with a prompt that is too long."""
        api = self.api(role)
        api.await_unlocked()
        self._unnamed: list[tuple[int, Reply]] = []
        for fields in [*_samples(), *self._several()]:
            # A parameter that is named once is asked again, since one refusal is not enough.
            for _ in range(ENOUGH):
                if self.run.budget.left < images_requested(fields):
                    break
                reply = api.generate_as_it_is(fields)
                self.count(role, reply)
                if made(reply):
                    api.recent()
                    return
                if not self._note(fields, reply):
                    return
                if len(error_fields(reply)) == 1 and images_requested(fields) == 1:
                    break

    def _several(self) -> Iterator[Fields]:
        fields = next(_samples())
        yield from (with_count(fields, count) for count in COUNTS)

    def _note(self, fields: Fields, reply: Reply) -> bool:
        """Note what a refusal names beside the prompt; return whether it names the prompt."""
        engine, named = engine_of(fields), error_fields(reply)
        assert engine
        # A web server in front may refuse the length of the body.
        if own_limit(fields, reply) and reply.status != _TOO_LARGE:
            self.evidence.take(of_limit(reply), reply)
        if engine.prompt not in named:
            return False
        self.names_limits = self.names_limits or len(named) > 1
        # A service that lacks the engine or the size lacks it in every other request.
        self.run.samples.refuse(fields, named)
        if engine_field() in named:
            self.evidence.note(beyond_another_limit(offers(engine.name)), False, reply)
        elif (size := listed_size(fields)) and engine.role("size") in named:
            self.evidence.note(beyond_another_limit(has_size(size)), False, reply)
        self._note_count(images_requested(fields), reply)
        return True

    def _note_count(self, count: int, reply: Reply) -> None:
        """Note that a number of images is beyond the limit, and that smaller ones which were not named are not."""
        if count_field() not in error_fields(reply):
            self._unnamed.append((count, reply))
            return
        self.evidence.note(beyond_another_limit(takes(count)), False, reply)
        for smaller, earlier in self._unnamed:
            if smaller > 1:
                self.evidence.note(beyond_another_limit(takes(smaller)), True, earlier)
        self._unnamed.clear()


def _samples() -> Iterator[Fields]:
    """Yield requests for each engine in each listed size, first for those that may queue: they show most if served."""
    for name in sorted(engine_names(), key=never_queues):
        engine = next(each for each in load_engines() if _is_plain(each, name))
        yield from engine.samples("a" * _LENGTH)


def _is_plain(engine: Engine, name: str) -> bool:
    return engine.name == name and not engine.needs_source
