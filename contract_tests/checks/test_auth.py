"""Every call requires a valid token, and is served with one."""

from collections.abc import Callable
from urllib.parse import quote

import pytest

from contract_tests.checks.decisions import decides
from contract_tests.client.api import Api
from contract_tests.client.made import images_of
from contract_tests.oracle.contract import load_contract
from contract_tests.runner.run import Run
from contract_tests.runner.target import Target
from contract_tests.runner.verdict import Verdict

MADE_UP = "made-up-4f1c9a7e52d8b036"
# The generation last: it is not requested without a token if another call was served without one.
OPERATIONS = sorted(
    (operation.id for operation in load_contract().operations.values() if operation.secured), key="generateImage".__eq__
)


@decides("AUTH", seconds=1)
def test_valid_token_is_served(primary: Api, verdict: Verdict) -> None:
    for reply in (primary.check(), primary.versions(), primary.recent()):
        served = reply.status in {200, 409}
        verdict.expect("AUTH", served, expected="a valid token is served", received=str(reply.status), by=reply)


@decides("AUTH", "AUTH-401", seconds=1)
def test_no_token_is_refused(api: Callable[[str], Api], verdict: Verdict) -> None:
    for operation in OPERATIONS:
        _refused(api("anonymous"), operation, None, verdict)


@decides("AUTH", "AUTH-401", seconds=1)
def test_malformed_header_is_refused(api: Callable[[str], Api], verdict: Verdict) -> None:
    token = api("primary").token.reveal()
    for header in ("", "Bearer", "Basic " + token, token):
        _refused(api("anonymous"), "getVersions", header, verdict)


@decides("AUTH", "AUTH-401", roles=("invalid",), seconds=1)
def test_invalid_token_is_refused(api: Callable[[str], Api], verdict: Verdict) -> None:
    invalid = api("invalid")
    for operation in OPERATIONS:
        _refused(invalid, operation, f"Bearer {invalid.token.reveal()}", verdict)


@decides("AUTH", "AUTH-401", seconds=1, mode="black-box")
def test_similar_token_is_refused(api: Callable[[str], Api], primary: Api, verdict: Verdict) -> None:
    """If not every token opens an account, a similar token is invalid."""
    anonymous = api("anonymous")
    if anonymous.call("getVersions", f"Bearer {MADE_UP}").status == 200:
        pytest.skip("an invented token is served: every token opens an account here, or tokens are not checked")
    for altered in primary.token.altered():
        _refused(anonymous, "getVersions", f"Bearer {altered}", verdict)


@decides("AUTH", credits=1, seconds=3)
def test_similar_token_opens_another_account(
    api: Callable[[str], Api], primary: Api, run: Run, verdict: Verdict
) -> None:
    """If every token opens an account, a similar token opens another account."""
    if not run.made_images.of("primary"):
        primary.images_of_some(primary.simplest)
    mine = {str(made.image.get("id")) for made in run.made_images.of("primary")}
    for altered in primary.token.altered():
        reply = api("anonymous").call("getRecentImages", f"Bearer {altered}")
        seen = {str(image.get("id")) for image in images_of(reply)} & mine if reply.status == 200 else set()
        verdict.expect(
            "AUTH",
            not seen,
            expected="not the account of a similar token",
            received=f"{reply.status} with {len(seen)} of its images",
            by=reply,
        )


@decides("AUTH", "AUTH-401", seconds=1)
def test_token_in_the_url_is_not_accepted(primary: Api, target: Target, verdict: Verdict) -> None:
    """URLs appear in logs of other machines, so a token is put into one on this machine only."""
    if not target.loopback:
        pytest.skip("a token in a URL would be in the logs of every proxy: only on this machine")
    for name in ("token", "api_token", "access_token"):
        reply = primary.bare(f"/aiimage/versions?{name}={quote(primary.token.reveal(), safe='')}")
        verdict.expect(
            "AUTH", reply.status >= 300, expected="no service without a header", received=str(reply.status), by=reply
        )
        verdict.expect_status("AUTH-401", reply, 401)


def _refused(api: Api, operation: str, header: str | None, verdict: Verdict) -> None:
    reply = api.call(operation, header, api.simplest if operation == "generateImage" else None)
    served, received = reply.status < 300, str(reply.status)
    verdict.expect("AUTH", not served, expected="no service without a valid token", received=received, by=reply)
    verdict.expect("AUTH-401", reply.status == 401, expected="401", received=received, by=reply)
