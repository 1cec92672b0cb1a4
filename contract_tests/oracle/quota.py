"""Readings of what counts towards a quota, of credits or of images a day, and which of them explain the replies."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from typing import Literal

from contract_tests.oracle.facts import CREDITS_PER_IMAGE

# served; refused since the quota is used up (419 or 429); refused by the lock; refused for another reason; answered
# without images by a 200 or a 5xx, so that its generation may have begun.
Outcome = Literal["served", "exhausted", "locked", "refused", "failed"]
Kinds = frozenset[Outcome]
_IN_WORDS = {"locked": "locked out", "failed": "failed"}


@dataclass(frozen=True)
class Step:
    """One request and its outcome.

    fine: the last choice of each parameter, such as high definition, or the largest size. overlapping: it was sent
    during another generation, so that its outcome says nothing about the quota. uploaded: it was for an image from one.
    """

    outcome: Outcome
    images: int = 1
    engine: str = ""
    fine: bool = False
    overlapping: bool = False
    uploaded: bool = False


Units = Callable[[Step], int]


@dataclass(frozen=True)
class Reading:
    """How a service may count. breaks: the rules that it contradicts.

    units: what a served request uses. counted: the outcomes that use units as well: a refusal one, and a failed
    generation as many as a served one, or none, since a refusal may look like it. whole: whether a request needs all
    its units, or only one. slack: how many more units there are than stated.
    """

    text: str
    breaks: tuple[str, ...]
    units: Units
    counted: Kinds = frozenset()
    whole: bool = True
    slack: int = 0

    def explains(self, quota: int, steps: Sequence[Step]) -> bool:
        """Return whether an account with that quota would answer as the steps say."""
        possible = {quota + self.slack}
        for step in steps:
            possible = {after for left in possible if self._allows(step, left) for after in self._after(step, left)}
        return bool(possible)

    def _allows(self, step: Step, left: int) -> bool:
        if step.outcome not in {"served", "exhausted"} or step.overlapping:
            return True
        units = self.units(step)
        served = not units or (left >= units if self.whole else left > 0)
        return served == (step.outcome == "served")

    def _after(self, step: Step, left: int) -> set[int]:
        """Return how many units may be left after a step."""
        if step.outcome == "served":
            return {left - self.units(step)}
        if step.outcome not in self.counted:
            return {left}
        if step.outcome == "failed":
            return {left, max(0, left - self.units(step))}
        return {max(0, left - 1)}


def explanations(readings: Sequence[Reading], quota: int, steps: Sequence[Step]) -> list[Reading]:
    """Return the readings that explain the steps, those first that contradict least."""
    fitting = [reading for reading in readings if reading.explains(quota, steps)]
    return sorted(fitting, key=lambda reading: len(reading.breaks))


def as_if(readings: Sequence[Reading]) -> str:
    """Return what a service with one of these readings does, as the end of a sentence."""
    texts = list(dict.fromkeys(reading.text for reading in readings if reading.text))
    return f", as if {' or '.join(texts[:3])}" if texts else ""


def credit_readings(engines: Sequence[str]) -> list[Reading]:
    """Return the readings of the price of a generation [CREDIT-COST, CREDIT-NEED, CREDIT-ATOMIC]."""
    documented = Reading("", (), _price)
    lenient = [
        replace(each, counted=kinds, text=" and ".join(filter(None, (each.text, text))), breaks=(*each.breaks, *broken))
        for each in (
            documented,
            Reading("one credit were enough for several images", ("CREDIT-NEED",), _price, whole=False),
        )
        for kinds, text, broken in _counted_refusals("CREDIT-ATOMIC", "a {} request cost a credit")
        # Without credits there is nothing to charge, unless other refusals are charged too.
        if kinds != {"exhausted"}
    ]
    prices = [
        Reading(text, ("CREDIT-COST",), units, whole=whole)
        for (text, units), whole in product(_wrong_prices(engines), (True, False))
    ]
    slack = [
        Reading("one image were free", ("CREDIT-COST",), _price, slack=1),
        Reading("the last credit could not be spent", ("CREDIT-COST",), _price, slack=-1),
    ]
    return lenient + prices + slack


def daily_readings() -> list[Reading]:
    """Return the readings of the daily limit [DAILY-429, DAILY-RESET]."""
    units: tuple[tuple[str, Units, bool], ...] = (
        ("", _images, True),
        ("requests were counted, not images", lambda _: 1, True),
        ("a request for several images needed only one to be left", _images, False),
    )
    lenient = [
        Reading(text or counted, ("DAILY-RESET",) if text or kinds else (), unit, kinds, whole)
        for text, unit, whole in units
        for kinds, counted, _ in _counted_refusals("DAILY-RESET", "a {} request were counted")
    ]
    return [
        *lenient,
        Reading("the limit were one image higher", ("DAILY-429",), _images, slack=1),
        Reading("the limit were one image lower", ("DAILY-429",), _images, slack=-1),
    ]


def _counted_refusals(rule: str, text: str) -> Iterator[tuple[Kinds, str, tuple[str, ...]]]:
    """Yield which refusals may be counted, as kinds, as text, and with the rule that this contradicts."""
    yield frozenset(), "", ()
    kinds: tuple[Outcome, ...] = ("refused", "locked", "exhausted", "failed")
    for kind in kinds:
        yield frozenset({kind}), text.format(_IN_WORDS.get(kind, "refused")), (rule,)
    yield frozenset(kinds), text.format("refused"), (rule,)


def _images(step: Step) -> int:
    return step.images


def _price(step: Step) -> int:
    return step.images * CREDITS_PER_IMAGE


def _wrong_prices(engines: Sequence[str]) -> Iterator[tuple[str, Units]]:
    yield "images were free", lambda _: 0
    yield "a request cost the same for any number of images", lambda _: CREDITS_PER_IMAGE
    yield "several images cost a credit more", lambda step: _price(step) + (step.images > 1)
    yield "the last of several images were free", lambda step: _price(step) - CREDITS_PER_IMAGE * (step.images > 1)
    for credits_ in (2, 3, 4, 20):
        yield f"an image cost {credits_} credits", _multiplied(credits_ // CREDITS_PER_IMAGE, lambda _: True)
    yield "the best quality or the largest size cost double", _multiplied(2, lambda step: step.fine)
    yield "an image from another were free", _multiplied(0, lambda step: step.uploaded)
    yield "an image from another cost double", _multiplied(2, lambda step: step.uploaded)
    for engine in engines:
        yield f"{engine} were free", _multiplied(0, partial(_is_by, engine))
        yield f"{engine} cost double", _multiplied(2, partial(_is_by, engine))


def _multiplied(times: int, applies: Callable[[Step], bool]) -> Units:
    return lambda step: _price(step) * (times if applies(step) else 1)


def _is_by(engine: str, step: Step) -> bool:
    return step.engine == engine
