"""A picture that is missing, behind the path prefix of the API or not."""

from dataclasses import replace

import httpx
import pytest

from contract_tests.checks.pictures import expect_picture
from contract_tests.client.api import Api
from contract_tests.client.budget import Budget
from contract_tests.client.masking import Masker
from contract_tests.client.transport import Transport
from contract_tests.errors import RuleBrokenError
from contract_tests.runner.run import Run
from contract_tests.runner.settings import Settings
from contract_tests.runner.verdict import Verdict
from support.conformance import target

HINT = "; if pictures are below http://h/images, set uploads_base to it in the target file"


def received(base_url: str, output: str, uploads_base: str | None = None) -> str:
    """Return what was received instead of a picture."""
    aim = replace(target(), base_url=base_url, uploads_base=uploads_base)
    client = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(404, text="none")))
    run = Run(Settings(aim), Transport(aim, Masker([]), Budget(9), client=client, sleep=lambda _: None))
    verdict = Verdict("a test", run.events, run.contract, run.settings.rules)
    api = Api(run, verdict, run.accounts["primary"])
    with pytest.raises(RuleBrokenError):
        expect_picture(verdict, api, {"output": output}, api.outside("GET", "/reply"))
    return verdict.broken[0].received


@pytest.mark.parametrize(
    ("base_url", "output", "uploads_base", "hint"),
    [
        ("http://h/images/api/v1", "uploads/t.png", None, HINT),
        ("http://h/api/v1", "uploads/t.png", None, ""),
        ("http://h/images/api/v1", "uploads/t.png", "http://h/images", ""),
        ("http://h/images/api/v1", "http://storage.invalid/t.png", None, ""),
    ],
)
def test_the_key_for_pictures_behind_a_prefix_is_named(
    base_url: str, output: str, uploads_base: str | None, hint: str
) -> None:
    assert received(base_url, output, uploads_base) == f"404, 4 bytes of text/plain; charset=utf-8{hint}"
