"""The check of a picture, where no connection is made to its address."""

from typing import Any

import pytest

from contract_tests.checks.pictures import expect_picture
from contract_tests.client.api import Api
from contract_tests.client.call import Reply
from contract_tests.client.exchange import Exchange
from contract_tests.client.masking import Masker, Secret
from contract_tests.client.pictures import Pictures
from contract_tests.errors import NoReplyError, RuleBrokenError
from contract_tests.oracle.contract import load_contract
from contract_tests.oracle.resources import load_rules
from contract_tests.runner.events import Events
from contract_tests.runner.verdict import Verdict
from support.conformance import TOKEN

OK = Reply(200, {}, b"{}", Exchange("GET", "http://h", "primary", None))
IMAGE = {"id": 1, "title": "a.png", "input": "a fox", "output": "uploads/a.png"}


class Nowhere(Pictures):
    """Pictures at an address that nothing listens at."""

    def __init__(self) -> None:
        pass

    def fetch(self, output: str) -> Any:
        raise NoReplyError(f"{output}: connection refused", sent=False, broken=False)


class WithoutPictures(Api):
    """An account whose pictures cannot be reached."""

    def __init__(self, alive: bool) -> None:
        self.alive, self.pictures = alive, Nowhere()

    def check(self) -> Any:
        if not self.alive:
            raise NoReplyError("connection refused", sent=False, broken=False)
        return OK


@pytest.mark.parametrize(("alive", "error"), [(True, RuleBrokenError), (False, NoReplyError)])
def test_a_refused_connection_breaks_the_rule_unless_the_whole_service_is_gone(
    alive: bool, error: type[Exception]
) -> None:
    verdict = Verdict("a test", Events(Masker([Secret(TOKEN)])), load_contract(), load_rules())
    with pytest.raises(error):
        expect_picture(verdict, WithoutPictures(alive), IMAGE, OK)
    assert [each.rule for each in verdict.broken] == (["IMG-GET"] if alive else [])
