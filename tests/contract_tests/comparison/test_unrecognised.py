"""Every setting of the mock is recognised in a recording, or is listed with the reason."""

import inspect
import re

from contract_tests.comparison import bodies, refusals, statuses
from contract_tests.comparison.unrecognised import UNRECOGNISED
from contract_tests.oracle.resources import setting_rules
from contract_tests.oracle.settings import own_limits


def recognised() -> set[str]:
    sources = "".join(inspect.getsource(module) for module in (bodies, refusals, statuses))
    return set(re.findall(r'Setting\(\s*"(\w+)"', sources))


def test_every_setting_is_recognised_or_has_a_reason() -> None:
    assert recognised() | UNRECOGNISED.keys() | own_limits() == setting_rules().keys()
    assert not recognised() & (UNRECOGNISED.keys() | own_limits())


def test_every_recogniser_is_asked() -> None:
    asked = {
        each.__name__ for each in (*refusals.REFUSALS, *refusals.BODIES_OF_REFUSALS, *bodies.BODIES, *statuses.STATUSES)
    }
    modules = (bodies, refusals, statuses)
    written = {
        name
        for module in modules
        for name, each in inspect.getmembers(module, inspect.isfunction)
        if each.__module__ == module.__name__ and not name.startswith("_")
    }
    assert asked == written
