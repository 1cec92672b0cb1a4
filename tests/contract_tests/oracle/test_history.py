import httpx
import pytest

from contract_tests.client.call import Reply
from contract_tests.client.exchange import Exchange
from contract_tests.oracle.history import Kind, Seen, deviations, made, overlapping


def seen(kind: Kind, status: int, sent: float, received: float) -> Seen:
    exchange = Exchange("GET", "http://h", "primary", None, status=status, sent=sent, received=received)
    return Seen(kind, Reply(status, httpx.Headers(), b'{"images": [{"id": 1}]}', exchange))


FIRST = seen("generate", 200, 0.0, 1.0)
REPORTED = seen("check", 409, 0.1, 0.2)


@pytest.mark.parametrize(
    ("others", "broken"),
    [
        ([seen("generate", 409, 0.2, 0.21), seen("check", 409, 0.3, 0.31)], []),
        ([seen("generate", 200, 0.2, 1.2)], ["LOCK-ONE"]),
        ([seen("generate", 200, 0.2, 2.2)], []),  # it may have waited for the first to end
        ([seen("generate", 200, 1.1, 2.1)], []),
        ([REPORTED, seen("check", 200, 0.5, 0.51)], ["LOCK-CHECK"]),
        ([seen("check", 200, 0.5, 0.51)], []),  # the generation may not have begun
        ([seen("check", 200, 0.0, 0.1)], []),  # the generation may not have arrived yet
        ([REPORTED, seen("check", 200, 0.5, 1.5)], []),  # it may have been answered late
        ([REPORTED, seen("check", 200, 0.9, 0.91)], []),  # the reply to the generation may be on its way
        ([Seen("generate", None)], []),
    ],
)
def test_finds_only_certain_overlaps(others: list[Seen], broken: list[str]) -> None:
    assert [finding.deviation.rule for finding in deviations([FIRST, *others], quickest=1.0)] == broken


def test_a_check_after_the_life_of_a_lock_is_not_a_deviation() -> None:
    slow = seen("generate", 200, 0.0, 12.0)
    early, late = seen("check", 200, 8.0, 8.1), seen("check", 200, 10.5, 10.6)
    assert [len(list(deviations([slow, REPORTED, check], quickest=14.0))) for check in (early, late)] == [1, 0]


def test_a_delayed_generation_is_judged_by_the_duration_of_the_quickest() -> None:
    late = seen("generate", 200, 0.1, 2.0)
    assert list(deviations([FIRST, late], quickest=0.5)) == []


def test_returns_the_calls_that_met_a_generation() -> None:
    met = seen("check", 409, 0.1, 0.2)
    assert overlapping([FIRST, met, seen("check", 200, 0.1, 0.2)]) == [met]
    assert overlapping([met]) == []
    assert overlapping([seen("generate", 409, 0.0, 0.1)]) == []


def test_collects_the_images_that_were_made() -> None:
    assert made([FIRST, seen("generate", 409, 0.2, 0.21), Seen("generate", None)]) == [{"id": 1}]
