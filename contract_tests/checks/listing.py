"""Checks of recent images against the images that were made."""

from collections.abc import Mapping, Sequence
from typing import Any

from contract_tests.client.call import Reply
from contract_tests.client.made import images_of
from contract_tests.runner.verdict import Verdict


def expect_ready(
    verdict: Verdict, made: Sequence[Mapping[str, Any]], reply: Reply, *, placeholder: bool = False
) -> None:
    """Check that pictures were ready when the generation was answered [QUEUED].

    reply: the recent images. placeholder: whether a drawing stood in the place of the picture.
    """
    if placeholder:
        verdict.expect("QUEUED", False, expected="the picture", received="a drawing in its place", by=reply)
        return
    listed = {str(image.get("id")): image for image in images_of(reply)}
    for image in made:
        answered, output = image.get("output"), listed.get(str(image.get("id")), image).get("output")
        verdict.expect("QUEUED", output == answered, expected=f"still {answered!r}", received=repr(output), by=reply)
