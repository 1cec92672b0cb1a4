"""Checks of `created_at`: when an image was made, and the same in every list."""

from collections.abc import Iterator, Sequence
from typing import Any

from contract_tests.client.api import Api
from contract_tests.client.call import Reply
from contract_tests.client.made import MadeImage, images_of
from contract_tests.oracle.moments import Shift, judge_shifts, moment_of, past_of, shift_of
from contract_tests.runner.run import Run
from contract_tests.runner.verdict import Verdict

# A service may cut the fractions of a second in one place and round them in another.
_SAME_SECONDS = 1.0
_PAUSE_SECONDS = 2.0
_EXPECTED = "created_at in the call that made the image, by the clock of the service"


def expect_created_in_calls(
    verdict: Verdict, made: Sequence[MadeImage], listed: list[dict[str, Any]], reply: Reply
) -> None:
    """Check the times of images that this run made, if any shows them; reply: the one with the list."""
    known = {entry.id: entry for entry in made if entry.period and not entry.queues}
    found = list(_shifts(known, listed))
    if found:
        first = known[str(found[0][0].get("id"))].reply
        _judge(verdict, found, _EXPECTED, (first, reply))


def _shifts(known: dict[str, MadeImage], listed: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], Shift]]:
    for image in listed:
        entry, moment = known.get(str(image.get("id"))), moment_of(image.get("created_at"))
        # Without a zone its form is wrong, which belongs to SHAPE and every reply is checked by.
        if entry and entry.period and moment:
            yield image, shift_of(moment, entry.period)


def expect_created_before(verdict: Verdict, listed: list[dict[str, Any]], reply: Reply) -> None:
    """Check the times of images that anyone made before the reply with the list."""
    period = past_of(reply.headers)
    moments = [(image, moment_of(image.get("created_at"))) for image in listed]
    found = [(image, shift_of(moment, period)) for image, moment in moments if moment and period]
    if found:
        _judge(verdict, found, "created_at before the reply, by the clock of the service", (reply,))


def _judge(verdict: Verdict, found: list[tuple[dict[str, Any], Shift]], expected: str, by: tuple[Reply, ...]) -> None:
    """Check SHAPE by what no clock explains, RECENT-TIME by what another time zone does."""
    result = judge_shifts([shift for _, shift in found])
    image, _ = max(found, key=lambda each: each[1].distance)
    example = "" if result.judgement == "right" else f"for example {image.get('created_at')!r}"
    if result.judgement != "senseless":
        right = result.judgement == "right"
        verdict.expect("RECENT-TIME", right, expected=expected, received=result.received, example=example, by=by)
    # The clock of this machine proves nothing either way.
    if not any(shift.certain for _, shift in found):
        return
    sensible = result.judgement != "senseless"
    received = "it" if sensible else result.received
    verdict.expect("SHAPE", sensible, expected=expected, received=received, example=example * (not sensible), by=by)


def expect_same_times(verdict: Verdict, api: Api, run: Run, before: Reply) -> None:
    """Check that the time of an image is the same in a later list."""
    times = {str(image.get("id")): image.get("created_at") for image in images_of(before)}
    run.transport.sleep(_PAUSE_SECONDS)
    after = api.recent()
    for image in images_of(after):
        if str(image.get("id")) not in times:
            continue
        first, second = times[str(image.get("id"))], image.get("created_at")
        same = first == second or _are_close(first, second)
        verdict.expect(
            "SHAPE",
            same,
            expected="the same created_at of an image in every list",
            received="it" if same else "another one",
            example="" if same else f"for example {first!r}, then {second!r}",
            by=(before, after),
        )


def _are_close(first: object, second: object) -> bool:
    one, other = moment_of(first), moment_of(second)
    return bool(one and other and abs((one - other).total_seconds()) <= _SAME_SECONDS)
