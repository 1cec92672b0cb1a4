"""The three use cases of the documentation, from beginning to end."""

import pytest

from contract_tests.checks.decisions import decides
from contract_tests.checks.pictures import as_source, expect_same, judge_images, judge_pictures, judge_storage
from contract_tests.checks.times import expect_created_in_calls
from contract_tests.client.api import Api
from contract_tests.client.call import Reply
from contract_tests.client.made import images_of
from contract_tests.oracle import samples
from contract_tests.oracle.engines import engine_of, source_field
from contract_tests.oracle.images import common_part, same
from contract_tests.oracle.samples import Sample
from contract_tests.runner.run import Run
from contract_tests.runner.verdict import Verdict

IMAGE_RULES = ("SHAPE", "IMG-COUNT", "IMG-INPUT", "IMG-GET")


@decides(
    *IMAGE_RULES, "IMG-SIZE", "IMG-STORAGE", "RECENT-SAME", "RECENT-TIME", "VERSIONS",
    credits=1, seconds=4, quick=True, first=True,
)  # fmt: skip
def test_product_imagery(primary: Api, verdict: Verdict, run: Run) -> None:
    """Check availability, generate one image in high definition, fetch it, and find it among the recent images.

    Its engine is one of the versions.
    """
    sample = samples.valid("productImage")
    primary.check()
    fields, images, reply = primary.images_of_some(sample.fields)
    verdict.expect_status("SHAPE", reply, 200, "with the documented images")
    judge_images(verdict, fields, images, reply)
    recent = primary.recent()
    listed = images_of(recent)
    engine = engine_of(fields)
    for image in (common_part(each, queues=engine is not None and engine.queues) for each in images):
        found = next((each for each in listed if same({"id": image["id"]}, each)), None)
        expect_same(verdict, image, found, reply, recent)
    expect_created_in_calls(verdict, run.made_images.of("primary"), listed, recent)
    judge_pictures(verdict, primary, fields, images, reply)
    judge_storage(verdict, reply)
    if images:
        _expect_versions(verdict, primary, reply)
    if "IMG-SIZE" not in verdict.decided:
        pytest.skip("the picture has no size that was requested")


def _expect_versions(verdict: Verdict, api: Api, made: Reply) -> None:
    """Check that the versions name an engine, since one has just made an image."""
    versions = api.versions()
    received = versions.exchange.response_body
    # Another form than an object is found by the check of the versions alone.
    named = versions.json_fault is not None or versions.json() != {}
    verdict.expect("VERSIONS", named, expected="an engine that works", received=received, by=(made, versions))


@decides(*IMAGE_RULES, "IMG-SIZE", credits=4, seconds=12)
def test_batch_over_engines(primary: Api, verdict: Verdict) -> None:
    """A hero image, a variation of that picture, and crops of several sizes."""
    hero = samples.valid("heroImage")
    picture = _work(primary, verdict, hero)
    variation = samples.valid("variation")
    images, reply = primary.images(variation.fields, {source_field(): as_source(picture)})
    verdict.expect_status("SHAPE", reply, 200, "with the documented images")
    judge_images(verdict, variation.fields, images, reply)
    judge_pictures(verdict, primary, variation.fields, images, reply)
    for crop in ("socialCropSquare", "socialCropTall"):
        _work(primary, verdict, samples.valid(crop))


@decides(*IMAGE_RULES, credits=2, seconds=6)
def test_enhancement(primary: Api, verdict: Verdict) -> None:
    """An uploaded image guides a transformation, and another one is upscaled."""
    for name in ("enhancement", "upscale"):
        _work(primary, verdict, samples.valid(name))


def _work(api: Api, verdict: Verdict, sample: Sample) -> bytes:
    images, reply = api.images(sample.fields, sample.files)
    verdict.expect_status("SHAPE", reply, 200, "with the documented images")
    judge_images(verdict, sample.fields, images, reply)
    return judge_pictures(verdict, api, sample.fields, images, reply)
