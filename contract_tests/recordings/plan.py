"""The calls of a recording, in order of worth: first the free ones, then as many as the cap allows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from contract_tests.oracle.engines import Engine, load_engines
from contract_tests.oracle.facts import counted, price
from contract_tests.oracle.samples import FIELDS, OTHER_ENGINES
from contract_tests.recordings.requests import Requests
from contract_tests.runner.target import Target

_INVALID = {
    "no-prompt": "without a prompt",
    "unknown-engine": "an unknown engine",
    "zero-images": "for no images",
    "image-to-image-without-source": "without its upload",
}
_AS_FORMS = ("no-prompt", "unknown-engine")
_PROMPT = "A brass weather vane as {} sees it"
_OVERLAPPING = 2


@dataclass(frozen=True)
class Step:
    """One purpose: the calls for it, and the most credits that they cost. needs: the role without which it is left out.

    usual: the credits if the service keeps the documentation, None for the most. reads: it shows the images of the
    steps before, so that it makes no sense without one.
    """

    purpose: str
    send: Callable[[Requests], None]
    cost: int = 0
    needs: str = "primary"
    reads: bool = False
    usual: int | None = None

    @property
    def price(self) -> int:
        return self.cost if self.usual is None else self.usual


@dataclass(frozen=True)
class RecordingPlan:
    """The steps to take, and those left out with the reason."""

    steps: Sequence[Step]
    left_out: Sequence[tuple[Step, str]]

    @property
    def credits(self) -> int:
        return sum(step.price for step in self.steps)


def make_plan(target: Target, cap: int) -> RecordingPlan:
    """Return the plan for a target; its usual cost is at most the cap, which the budget holds in any case."""
    chosen: list[Step] = []
    left_out: list[tuple[Step, str]] = []
    for step in _all_steps(target, cap):
        spent = sum(each.price for each in chosen)
        if reason := _reason(step, target, cap - spent, paid=spent > 0):
            left_out.append((step, reason))
        else:
            chosen.append(step)
    return RecordingPlan(chosen, left_out)


def _reason(step: Step, target: Target, left: int, *, paid: bool) -> str | None:
    if step.needs not in target.accounts:
        return f"the target has no account {step.needs}"
    if target.accounts[step.needs].sandbox and step.needs != "primary":
        return f"the account {step.needs} is a sandbox"
    if step.cost > left:
        return f"it may cost {counted(step.cost, 'credit')}, and {left} of the cap are left"
    return "no image is made" if step.reads and not paid else None


def _all_steps(target: Target, cap: int) -> Iterator[Step]:
    yield from _free()
    yield from _refused()
    yield from _generations(cap)
    yield Step("recent images after the generations", Requests.recent, reads=True)
    yield Step("the pictures", Requests.pictures, reads=True)
    for role in ("low", "almost_limited"):
        figure = target.accounts[role].figure if role in target.accounts else 0
        # One more, which should be refused.
        yield Step(f"{role} to its end", partial(Requests.use_up, role=role), price(figure + 1), role)


def _free() -> Iterator[Step]:
    yield Step("no token", Requests.without_token)
    yield Step("an invalid token", Requests.with_invalid_token)
    yield Step("an unknown path", Requests.unknown_path)
    yield Step("a wrong method", Requests.wrong_method)
    yield Step("calls of a browser", Requests.of_browser)
    for name, summary in _INVALID.items():
        yield Step(f"an invalid request: {summary}", partial(Requests.invalid, name=name))
    for name in _AS_FORMS:
        yield Step(f"an invalid form: {_INVALID[name]}", partial(Requests.invalid, name=name, form=True))


def _refused() -> Iterator[Step]:
    for role in ("empty", "limited"):
        yield Step(f"{role} is refused", partial(Requests.refused, role=role), needs=role)
    yield Step("busy is refused", partial(Requests.refused, role="busy"), price(1), "busy")


def _generations(cap: int) -> Iterator[Step]:
    """Yield what shows most per credit first: the replies of a lock and modifiers by one image, then a form."""
    engines = _each_engine()
    modified = engines[0].modified(FIELDS)
    plain = Step("an image with modifiers", partial(Requests.generate, fields=modified), price(1))
    if cap < price(_OVERLAPPING):
        yield plain
    overlap = partial(Requests.overlap, fields=modified, other=OTHER_ENGINES[0] if OTHER_ENGINES else FIELDS)
    # The second generation should be refused.
    yield Step("calls during a generation", overlap, price(_OVERLAPPING), usual=price(1))
    yield Step("an image from an upload", Requests.from_upload, price(1))
    for engine in sorted(engines, key=lambda each: not each.queues):
        fields = engine.sample(_PROMPT.format(engine.name))
        yield Step(f"an image by {engine.name}", partial(Requests.generate, fields=fields), price(1))
    yield Step("two images at once", partial(Requests.generate, fields=FIELDS, images=2), price(2))
    if cap >= price(_OVERLAPPING):
        yield plain


def _each_engine() -> list[Engine]:
    """Return one schema of each engine that needs no upload."""
    return list({engine.name: engine for engine in reversed(load_engines()) if not engine.form}.values())[::-1]
