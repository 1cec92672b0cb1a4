"""The judgement on one run of a client: a pure function of its requests, its images and how it ended."""

from dataclasses import dataclass
from typing import Literal

from .observed import Run

Kind = Literal["double-payment", "lost-picture", "wrong-answer", "hang", "storm"]
KINDS: tuple[Kind, ...] = ("double-payment", "hang", "storm", "lost-picture", "wrong-answer")


@dataclass(frozen=True, slots=True)
class Judgement:
    """One thing that went wrong in a run, and a sentence on it. false_success: a success that is none."""

    kind: Kind
    sentence: str
    false_success: bool = False


def judge(run: Run, recording: Run) -> list[Judgement]:
    """Return what went wrong, the worst first; nothing for a careful client.

    recording: the same client without a failure. It shows what the client intends: how many generations, credits and
    pictures. A run that goes wrong with none is judged against itself: only its absolute faults are found.
    """
    looks = (_double_payment, _hang, _storm, _lost_picture, _wrong_answer)
    return [found for look in looks if (found := look(run, recording))]


def _double_payment(run: Run, recording: Run) -> Judgement | None:
    """Two generations for one intent: the run paid for more generations, and more credits, than the recording did.

    A client that finds the image of a lost reply among the recent ones, or that gives up, never pays more. Generations
    that end after the client does count, since its requests began them.
    """
    if run.generations <= recording.generations or run.cost <= recording.cost:
        return None
    sentence = f"The client paid {credits_of(run.cost)} for what costs {credits_of(recording.cost)}"
    return Judgement("double-payment", f"{sentence}: {run.generations} generations instead of {recording.generations}.")


def _hang(run: Run, recording: Run) -> Judgement | None:
    """The client did not end: it waited for an hour of virtual time, or for something that never comes, or used up the
    real time of a run without sending or waiting.
    """
    del recording
    return Judgement("hang", f"The client did not end: {run.said}.") if run.ended == "hang" else None


def _storm(run: Run, recording: Run) -> Judgement | None:
    """The client sent more than 100 requests, and was interrupted. A poll that waits in between needs fewer."""
    del recording
    return Judgement("storm", f"The client did not stop sending: {run.said}.") if run.ended == "storm" else None


def _lost_picture(run: Run, recording: Run) -> Judgement | None:
    """Paid and never fetched: the client ended, and an image that its requests paid for is among the 10 recent ones,
    and was never answered completely with 200 to a GET of its picture.

    An image that is paid for twice is a double payment, and its copy is not lost besides. A generation that still runs
    when the client ends counts: the client left it running.
    """
    lost = run.unfetched
    if run.ended not in ("success", "failure") or not lost or _double_payment(run, recording):
        return None
    failed = _failed(run, recording)
    ended = "reported a failure" if failed else "reported a success"
    what = "the picture" if len(lost) == 1 else f"{len(lost)} pictures"
    sentence = f"The client paid {credits_of(run.cost)}, {ended}, and never fetched {what} ({lost[0].title})."
    return Judgement("lost-picture", sentence, false_success=not failed)


def _wrong_answer(run: Run, recording: Run) -> Judgement | None:
    """The client reported a success with fewer pictures than in the recording; or a failure, although a picture that
    it paid for can still be fetched.
    """
    if run.ended == "success" and not _failed(run, recording) and len(run.fetched) < len(recording.fetched):
        got = f"{len(run.fetched)} of {len(recording.fetched)} pictures"
        return Judgement("wrong-answer", f"The client reported a success with {got}.", false_success=True)
    if _failed(run, recording) and run.unfetched and not _double_payment(run, recording):
        said = f"The client reported a failure ({run.said})"
        return Judgement("wrong-answer", f"{said}, and a picture that it paid for can be fetched.")
    return None


def _failed(run: Run, recording: Run) -> bool:
    """Return whether the client reported a failure: it raised, or returned nothing instead of something."""
    return run.ended == "failure" or (run.ended == "success" and recording.valued and not run.valued)


def credits_of(number: int) -> str:
    """Return a number of credits in words."""
    return "1 credit" if number == 1 else f"{number} credits"
