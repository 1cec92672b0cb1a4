"""Several images at once, each with a picture of its own."""

from contract_tests.checks.decisions import decides
from contract_tests.checks.pictures import judge_images, judge_pictures
from contract_tests.client.api import Api
from contract_tests.client.call import Reply
from contract_tests.oracle import samples
from contract_tests.runner.verdict import Verdict

_REMOTE = ("s3", "r2")


@decides("IMG-COUNT", "IMG-INPUT", "IMG-GET", "IMG-SIZE", "IMG-STORAGE", credits=4, seconds=8)
def test_every_image_has_its_picture(primary: Api, verdict: Verdict) -> None:
    fields = {**samples.valid("multiPrompt").fields, "image_number_of_images": 4}
    images, reply = primary.images(fields)
    judge_images(verdict, fields, images, reply)
    judge_pictures(verdict, primary, fields, images, reply)
    _judge_storage(verdict, reply)


def _judge_storage(verdict: Verdict, reply: Reply) -> None:
    storage = reply.json().get("image_storage")
    verdict.expect(
        "IMG-STORAGE",
        storage in ("public", *_REMOTE),
        expected="image_storage is public, s3 or r2",
        received=repr(storage),
        by=reply,
    )
    for image in reply.json()["images"]:
        is_url = str(image.get("output")).startswith(("https://", "http://"))
        verdict.expect(
            "IMG-STORAGE",
            is_url == (storage in _REMOTE),
            expected="a full URL" if storage in _REMOTE else "a path on the API's host",
            received=repr(image.get("output")),
            by=reply,
        )
