"""Conducts experiments at a service: sends their calls, and notes what several replies show together.

Whatever one reply shows by itself is seen on the way (sightings.py).
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from contract_tests.calibration.bounds import Bounds
from contract_tests.calibration.choice import Experiment
from contract_tests.calibration.evidence import ENOUGH, Evidence
from contract_tests.calibration.questions import (
    INVALID,
    LIMITED,
    LOCKED,
    POOR,
    first_of,
    invisible_prompt,
    locked_or_limited,
    locked_or_poor,
    shown,
    urlencoded,
)
from contract_tests.calibration.readings import Question
from contract_tests.calibration.sightings import IN_QUEUE, of_refused_engine
from contract_tests.client.api import Api
from contract_tests.client.call import Call, Reply
from contract_tests.errors import InconclusiveError, TargetLostError, UndocumentedLimitError
from contract_tests.oracle import samples
from contract_tests.oracle.engines import Fields, load_engines, with_count, with_prompt
from contract_tests.oracle.replies import about_parameters, made, own_limit
from contract_tests.runner.run import Run
from contract_tests.runner.target import API_PATH
from contract_tests.runner.verdict import SilentVerdict

REFUSED_FOR = {"empty": POOR, "limited": LIMITED, "busy": LOCKED}
_STATUS = {POOR: 419, LIMITED: 429, LOCKED: 409}
INVISIBLE = "\u200b"
_FORM = "application/x-www-form-urlencoded"
_ORIGIN = "https://page.example"
_EDGES = f" {INVISIBLE}"
_OVERLAP_SECONDS = 2.0
_MAX_LIFE_SECONDS, _PAUSE = 60.0, 0.2
_SEVERAL_ERRORS = "several-errors"
_TWO = 2
_QUEUE_PAUSES = (0.0, 2.0, 5.0, 10.0)


class Conductor:
    """Conducts the experiments of one calibration."""

    def __init__(self, run: Run, evidence: Evidence) -> None:
        self.run, self.evidence = run, evidence
        self._verdict = SilentVerdict("calibrate", run.events, run.contract, ())
        self.images: dict[str, int] = {}

    def conduct(self, experiment: Experiment) -> None:
        """Send the calls of an experiment; raise what ends the calibration."""
        kind, *subjects = experiment.name.split(", ")
        _CONDUCTED[kind](self, *subjects)

    def take_time(self) -> None:
        """Let the generations of a mock under control take long enough for calls meanwhile."""
        for role in sorted({"primary", "secondary", "low", "almost_limited"} & self.run.target.accounts.keys()):
            if self.run.control:
                self.run.control.change(self.run.accounts[role].secret, generation_time=_OVERLAP_SECONDS)

    def api(self, role: str) -> Api:
        return Api(self.run, self._verdict, self.run.accounts[role])

    # Free of charge

    def unknown_path(self) -> None:
        self.api("primary").outside("GET", "/aiimage/nowhere")

    def trailing_slash(self) -> None:
        reply = self.api("primary").outside("GET", "/aiimage/versions/")
        status = {200: "ignored", 404: "unknown"}.get(reply.status, reply.status)
        self.evidence.note(shown("trailing_slash"), "redirected" if reply.redirects else status, reply)

    def without_version(self) -> None:
        base = self.run.target.base_url
        if not base.endswith(API_PATH):
            raise InconclusiveError("the base URL does not end with the version")
        url = f"{base.removesuffix('/v1')}/aiimage/versions"
        reply = self.run.transport.send(Call("GET", url, "primary", self.run.accounts["primary"].token))
        outcome = {200: "served", 404: "absent"}.get(reply.status, reply.status)
        self.evidence.note(shown("unversioned_paths"), outcome, reply)

    def no_token(self) -> None:
        self.api("anonymous").get("getVersions")

    def no_json_accepted(self) -> None:
        reply = self.run.transport.send(Call("GET", self.run.url("getVersions"), accept="text/html"))
        outcome = "redirect" if reply.redirects else "json" if isinstance(_json(reply), dict) else reply.status
        self.evidence.note(shown("without_accept"), outcome, reply)

    def preflight(self) -> None:
        asks = {"Origin": _ORIGIN, "Access-Control-Request-Method": "POST"}
        reply = self.run.transport.send(Call("OPTIONS", self.run.url("generateImage"), accept="*/*", headers=asks))
        self.evidence.note(shown("cors"), "any" if "access-control-allow-origin" in reply.headers else "none", reply)

    def versions(self) -> None:
        self.api("primary").versions()

    def several_errors(self) -> None:
        self.api("primary").generate(samples.invalid(_SEVERAL_ERRORS).fields)

    def recent(self) -> None:
        role = max(self.images, key=self.images.__getitem__, default="primary")
        self.api(role).recent()

    # By accounts that are refused anyway

    def invalid_by(self, role: str) -> None:
        self._note_first(role, self.api(role).generate(samples.INVALID))

    def _note_first(self, role: str, reply: Reply) -> None:
        refusal = REFUSED_FOR[role]
        self.evidence.note(first_of(INVALID, refusal), _reason(reply, refusal), reply)

    def valid_by(self, role: str) -> None:
        self._count(role, self.api(role).generate_at_once())

    def _find_usable(self, role: str) -> None:
        """Find out which request the service does not refuse for a limit of its own, by a refused one."""
        with suppress(UndocumentedLimitError):
            self.api(role).generate_at_once()

    def urlencoded_by(self, role: str) -> None:
        self._find_usable(role)
        fields = {name: str(value) for name, value in self.run.samples.simplest.items()}
        account = self.run.accounts[role]
        call = Call("POST", self.run.url("generateImage"), role, account.token, content_type=_FORM)
        reply = self.api(role).post(replace(call, body=urlencode(fields).encode()), 1)
        self.evidence.note(urlencoded(REFUSED_FOR[role]), _reason(reply, REFUSED_FOR[role]), reply)

    def invisible_prompt_by(self, role: str) -> None:
        self._find_usable(role)
        reply = self.api(role).generate(with_prompt(self.run.samples.simplest, INVISIBLE))
        self.evidence.note(invisible_prompt(REFUSED_FOR[role]), _reason(reply, REFUSED_FOR[role]), reply)

    def bound(self, setting: str, role: str) -> None:
        self._find_usable(role)
        Bounds(self.api(role), self.evidence, _STATUS[REFUSED_FOR[role]]).find(setting)

    # Paid

    def generation(self, name: str, role: str) -> None:
        api = self.api(role)
        api.await_unlocked()
        for fields in _samples(name):
            reply = api.generate_when_ready(fields)
            self._count(role, reply)
            if made(reply):
                self._note_release(api, reply)
                # The list shows again what the reply does, for nothing.
                api.recent()
                return
            if own_limit(fields, reply):
                self.evidence.take(of_refused_engine(fields, reply), reply)

    def look_again(self) -> None:
        """Read the lists of images again, which are free, until no image is queued any more."""
        for _ in range(ENOUGH):
            self.versions()
        for role in self.images:
            for pause in _QUEUE_PAUSES:
                self.run.transport.sleep(pause)
                if not any(isinstance(each, dict) and each.get("status") == IN_QUEUE for each in self._list(role)):
                    break

    def _list(self, role: str) -> list[Any]:
        try:
            body = _json(self.api(role).recent())
        except (InconclusiveError, TargetLostError):
            return []
        return body if isinstance(body, list) else []

    def _note_release(self, api: Api, generation: Reply) -> None:
        """Note whether the lock is free as soon as a generation has ended."""
        check = api.check()
        if generation.exchange.seconds < _OVERLAP_SECONDS * 4:
            self.evidence.note(
                shown("lock_release"), "completion" if check.status == 200 else "expiry", generation, check
            )
        if check.status == 409:
            self._watch_life(api, generation, check)

    def _watch_life(self, api: Api, generation: Reply, last: Reply) -> None:
        """Note the bounds of the life of a lock, by the last check that shows it and the first that does not."""
        began = generation.exchange.sent
        while (check := api.check()).status == 409 and check.exchange.sent - began < _MAX_LIFE_SECONDS:
            last = check
            self.run.transport.sleep(_PAUSE)
        if check.status == 200:
            latency = min(each.exchange.seconds for each in (last, check))
            life = (last.exchange.sent - began - latency, check.exchange.received - began)
            self.evidence.lives.append((*life, self.evidence.numbering.of(check.exchange)))

    def overlap(self, role: str, *, secondary: bool = False) -> None:
        """Generate, and meanwhile check, also as another account, and request what is invalid and what is valid."""
        api = self.api(role)
        for _ in load_engines():
            api.await_unlocked()
            fields = _decorated(self.run.samples.simplest)
            with ThreadPoolExecutor(1) as pool:
                future = pool.submit(api.generate, fields)
                if self._is_locked(api, future):
                    self._meanwhile(api, future, secondary=secondary)
                reply = future.result()
            # The account may lack the engine or the size, and then the next one is tried.
            if made(reply) or _decorated(self.run.samples.simplest) == fields:
                break
        self._count(role, reply)
        if made(reply):
            self._note_release(api, reply)
            api.recent()

    def _is_locked(self, api: Api, generation: Future[Reply]) -> bool:
        """Check until the lock is seen; return whether it was."""
        while not generation.done():
            if api.check().status == 409:
                return True
        return False

    def _meanwhile(self, api: Api, generation: Future[Reply], *, secondary: bool) -> None:
        others = [self.api("secondary").check() for _ in range(ENOUGH)] if secondary else []
        invalid = [api.generate(samples.INVALID) for _ in range(ENOUGH)]
        still = api.check()
        # All were sent while the lock was certainly taken.
        if still.status == 409:
            for other in others:
                self.evidence.note(shown("lock_scope"), "global" if other.status == 409 else "account", other)
            for reply in invalid:
                self.evidence.note(first_of(INVALID, LOCKED), _reason(reply, LOCKED), reply)
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
            self._count(api.role, reply)
            reason = next((name for name, status in _STATUS.items() if status == reply.status), None)
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
        self._count("low", reply)
        if reply.status == 419:
            self.evidence.note(shown("credit_need"), "all", reply)
        elif made(reply):
            self.evidence.note(shown("credit_need"), "any", reply)
            # That the balance is used up shows again that it was too low for the images that were made.
            after = api.generate_when_ready(self.run.samples.simplest)
            self._count("low", after)
            if after.status == 419:
                self.evidence.note(shown("credit_need"), "any", reply, after)

    def day(self) -> None:
        """Send refused requests, then request one image, then one more than should be left of the day."""
        api = self.api("almost_limited")
        left = api.figure
        for _ in range(left):
            api.generate(samples.INVALID)
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
        self._count(api.role, reply)
        return reply

    def _count(self, role: str, reply: Reply) -> None:
        if made(reply):
            self.images[role] = self.images.get(role, 0) + max(1, len(reply.images))


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


def _reason(reply: Reply, refusal: str) -> Any:
    """Return why a request was refused that has two reasons; the status of any other reply."""
    if reply.status == _STATUS[refusal]:
        return refusal
    return INVALID if about_parameters(reply) else reply.status


def _json(reply: Reply) -> Any:
    try:
        return reply.json()
    except InconclusiveError:
        return None


def _samples(name: str) -> list[Fields]:
    """Return requests for one image of an engine, in different sizes, with every modifier."""
    engine = next(each for each in load_engines() if each.name == name and not each.needs_source)
    sizes = [_decorated(each) for each in engine.samples("A brass weather vane")]
    # Twice, since a refusal is free and one is not enough.
    return (sizes * _TWO)[:_TWO]


def _decorated(fields: Fields) -> Fields:
    """Return a request with every modifier, and a prompt with white space and an invisible character around it."""
    engine = next(each for each in load_engines() if each.selected_by(fields) and not each.needs_source)
    return engine.modified({**fields, engine.prompt: f"{_EDGES}{fields[engine.prompt]}{_EDGES[::-1]}"})


_CONDUCTED: Mapping[str, Callable[..., None]] = {
    "unknown path": Conductor.unknown_path,
    "trailing slash": Conductor.trailing_slash,
    "path without v1": Conductor.without_version,
    "no token": Conductor.no_token,
    "no token or JSON accepted": Conductor.no_json_accepted,
    "preflight of a browser": Conductor.preflight,
    "rate limit in headers": Conductor.versions,
    "invalid request": Conductor.several_errors,
    "recent images": Conductor.recent,
    "two recent images": Conductor.recent,
    "invalid": Conductor.invalid_by,
    "valid": Conductor.valid_by,
    "urlencoded": Conductor.urlencoded_by,
    "invisible prompt": Conductor.invisible_prompt_by,
    "bound": Conductor.bound,
    "calls during a generation": Conductor.overlap,
    "calls of two accounts during a generation": Conductor.overlap_of_two,
    "generation": Conductor.generation,
    "more images than credits": Conductor.too_many,
    "last images of the day": Conductor.day,
}
