"""The list of recent images."""

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from contract_tests.checks.decisions import decides
from contract_tests.checks.listing import expect_ready
from contract_tests.checks.pictures import expect_own_addresses, expect_picture, expect_same
from contract_tests.checks.times import expect_created_before, expect_created_in_calls, expect_same_times
from contract_tests.client.api import Api
from contract_tests.client.call import Reply
from contract_tests.client.made import MadeImage, images_of
from contract_tests.errors import InconclusiveError, UndocumentedLimitError
from contract_tests.oracle.engines import Fields, with_count, with_prompt
from contract_tests.oracle.facts import RECENT_IMAGES
from contract_tests.oracle.images import common_part
from contract_tests.oracle.samples import any_prompt
from contract_tests.runner.run import Run
from contract_tests.runner.verdict import Verdict

ENOUGH = RECENT_IMAGES + 1
AT_ONCE = 4


RULES = ("RECENT-10", "RECENT-SAME", "RECENT-ORDER", "SHAPE", "IMG-COUNT", "IMG-GET")


@decides(*RULES, credits=ENOUGH, seconds=8)
def test_recent_images(primary: Api, verdict: Verdict, run: Run) -> None:
    """With more images than the list holds; the missing ones are made first."""
    _make_missing(primary, run)
    reply = primary.recent()
    listed = images_of(reply)
    made = run.made_images.of("primary")
    if not made:
        raise InconclusiveError("no image was made that the list could contain")
    _expect_most_recent(verdict, made, listed, reply)
    _expect_same(verdict, made, listed, reply)
    _expect_newest_first(verdict, made, listed, reply)
    expect_created_in_calls(verdict, made, listed, reply)
    expect_same_times(verdict, primary, run, reply)
    _expect_own_pictures(verdict, made, reply)
    _expect_pictures(verdict, primary, listed, reply)
    ids = [entry.id for entry in made]
    verdict.expect(
        "IMG-COUNT",
        len(set(ids)) == len(ids),
        expected=f"an id of its own for each of {len(ids)} images",
        received=f"{len(set(ids))} ids",
        by=reply,
    )


@decides("RECENT-TIME", credits=1)
def test_times_of_images(primary: Api, verdict: Verdict, run: Run) -> None:
    """Of those that earlier tests made, or else of a new one."""
    if not run.made_images.of("primary"):
        primary.images_of_some(primary.simplest)
    reply = primary.recent()
    expect_created_in_calls(verdict, run.made_images.of("primary"), images_of(reply), reply)
    if "RECENT-TIME" not in verdict.decided and not verdict.broken:
        raise InconclusiveError("no image in the list shows when it was made")


@decides("RECENT-10")
def test_a_long_past_is_cut(primary: Api, verdict: Verdict) -> None:
    """An account with a past shows where its list ends, for nothing."""
    reply = primary.recent()
    listed = images_of(reply)
    if len(listed) < RECENT_IMAGES:
        pytest.skip(f"the account has fewer than {RECENT_IMAGES} images, which show no end of the list")
    received = f"{len(listed)} images"
    verdict.expect(
        "RECENT-10", len(listed) == RECENT_IMAGES, expected=f"{RECENT_IMAGES} images", received=received, by=reply
    )


@decides("IMG-GET", "RECENT-ORDER", "SHAPE")
def test_images_of_the_past(primary: Api, verdict: Verdict, run: Run) -> None:
    reply = primary.recent()
    listed = images_of(reply)
    if not listed:
        pytest.skip("the account has no images yet")
    _expect_newest_first(verdict, [], listed, reply)
    # The clock of a mock's account is another one than that of its replies.
    if not run.control:
        expect_created_before(verdict, listed, reply)
    expect_same_times(verdict, primary, run, reply)
    _expect_pictures(verdict, primary, listed, reply)


@decides("RECENT-OWN", roles=("primary", "secondary"))
def test_pasts_of_two_accounts(api: Callable[[str], Api], primary: Api, verdict: Verdict) -> None:
    reply, other = primary.recent(), api("secondary").recent()
    mine, others = ({str(image.get("id")) for image in images_of(each)} for each in (reply, other))
    if not mine or not others:
        pytest.skip("one of the accounts has no images yet")
    received = f"{len(mine & others)} images in both"
    verdict.expect("RECENT-OWN", not mine & others, expected="no image in both", received=received, by=(reply, other))


def _expect_most_recent(verdict: Verdict, made: list[MadeImage], listed: list[dict[str, Any]], reply: Reply) -> None:
    """The list is full unless fewer images exist, and never longer."""
    fewest = min(RECENT_IMAGES, len(made))
    verdict.expect(
        "RECENT-10",
        fewest <= len(listed) <= RECENT_IMAGES,
        expected=f"the {RECENT_IMAGES} most recent of more than {len(made) - 1} images",
        received=f"{len(listed)} images",
        by=reply,
    )


def _make_missing(primary: Api, run: Run) -> None:
    known = {str(image.get("id")) for image in images_of(primary.recent())}
    known |= {made.id for made in run.made_images.of("primary")}
    # At least one of this run, to compare with.
    missing = max(ENOUGH - len(known), 0 if run.made_images.of("primary") else 1)
    at_once, refused = AT_ONCE, list[Fields]()
    while missing > 0:
        number = min(missing, at_once)
        fields = with_count(with_prompt(primary.simplest, any_prompt(run.settings.seed + missing)), number)
        try:
            primary.images(fields)
        except UndocumentedLimitError:
            if number == 1 and primary.simplest in refused:
                raise
            refused.append(primary.simplest)
            at_once = 1
        else:
            missing -= number


def _expect_same(verdict: Verdict, made: list[MadeImage], listed: list[dict[str, Any]], reply: Reply) -> None:
    by_id = {str(image.get("id")): image for image in listed}
    certain = _certainly_listed(made, by_id)
    for entry in made:
        image = by_id.get(entry.id)
        if image is None and entry not in certain:
            continue
        # The placeholder of a queued image is replaced, which is all that shows the queue.
        if entry.queues:
            expect_ready(verdict, [entry.image], reply)
        expect_same(verdict, common_part(entry.image, queues=entry.queues), image, reply)


def _certainly_listed(made: list[MadeImage], by_id: Mapping[str, Any]) -> list[MadeImage]:
    """Return the images that must be listed: of the last requests; on a shared account, of the last one."""
    known = {entry.id for entry in made}
    alone = len(by_id) < RECENT_IMAGES or by_id.keys() <= known
    certain: list[MadeImage] = []
    for request in sorted({entry.request for entry in made}, reverse=True):
        images = [entry for entry in made if entry.request == request]
        # The order within one request is not documented, so any of its images may be the one that is left out.
        if certain and (not alone or len(certain) + len(images) > RECENT_IMAGES):
            break
        certain += images
    return certain[:RECENT_IMAGES]


def _expect_own_pictures(verdict: Verdict, made: list[MadeImage], reply: Reply) -> None:
    """Check that images of different prompts have pictures of their own; equal requests may share a stored one."""
    by_input = {str(entry.image.get("input")): dict(entry.image) for entry in made if not entry.queues}
    expect_own_addresses(verdict, list(by_input.values()), reply)


def _expect_pictures(verdict: Verdict, api: Api, listed: list[dict[str, Any]], reply: Reply) -> None:
    """Check the pictures of the newest and the oldest image of the list."""
    for image in (*listed[:1], *listed[-1:]):
        expect_picture(verdict, api, image, reply)


def _expect_newest_first(verdict: Verdict, made: list[MadeImage], listed: list[dict[str, Any]], reply: Reply) -> None:
    times = [_moment(image) for image in listed]
    descending = all(newer >= older for newer, older in pairwise(times))
    verdict.expect(
        "RECENT-ORDER",
        descending,
        expected="created_at descending",
        received="another order",
        example=f"for example {', '.join(str(image.get('created_at')) for image in listed)}",
        by=reply,
    )
    request = {entry.id: entry.request for entry in made}
    order = [request[id_] for image in listed if (id_ := str(image.get("id"))) in request]
    verdict.expect(
        "RECENT-ORDER",
        order == sorted(order, reverse=True),
        expected="images of later requests before those of earlier ones",
        received=f"images of the requests {order}",
        by=reply,
    )


def _moment(image: dict[str, Any]) -> datetime:
    try:
        return datetime.fromisoformat(str(image.get("created_at")))
    except ValueError:
        # Its format belongs to SHAPE, which every reply is checked by.
        raise InconclusiveError(f"created_at is not a date and time: {image.get('created_at')!r}") from None
