"""A run as a text."""

from mock_server.proving.observed import Run
from mock_server.proving.timeline import timeline
from support.observations import fetch, image, order, run


def test_requests_the_lock_and_the_charge_are_in_order() -> None:
    lost = order(1, "a", point="charged", status=None)
    requests = [lost, order(2, "b", 5, 9), fetch(3, "b.png", 9)]
    assert timeline(run(requests, [image("a", "a.png"), image("b", "b.png", 9)])).splitlines() == [
        "   seconds  lock  paid",
        "     0.000   [       0   1 POST generate-image",
        "     4.000   |       1     charged: a.png",
        "     4.000   ]       1   1 ends",
        "     4.000           1   1 -> no reply  ** reply lost after the charge",
        "     5.000   [       1   2 POST generate-image",
        "     9.000   |       2     charged: b.png",
        "     9.000   ]       2   2 ends",
        "     9.000           2   2 -> 200",
        "     9.000           2   3 GET b.png  -> 200",
        "       end           2  the client reports a success: said",
    ]


def test_a_generation_without_a_duration_has_its_events_in_order() -> None:
    text = timeline(run([order(1, "a", ended=0)], [image("a", "a.png", 0)]))
    assert [line[24:].removeprefix(" ") for line in text.splitlines()[1:-1]] == [
        "1 POST generate-image",
        "  charged: a.png",
        "1 ends",
        "1 -> 200",
    ]


def test_a_generation_may_outlive_its_lock() -> None:
    text = timeline(run([order(1, "a", ended=60)], [image("a", "a.png", 60)]))
    assert "    10.000   ]       0     lock free" in text
    assert "    60.000           1     charged: a.png" in text


def test_a_long_run_is_shortened_and_its_sum_is_right() -> None:
    requests = [order(number, str(number), number, number + 0.5) for number in range(1, 61)]
    text = timeline(run(requests, [image(str(number), f"{number}.png", number + 0.5) for number in range(1, 61)]))
    assert len(text.splitlines()) < 30
    assert " more" in text
    assert "59.500          60  60 -> 200" in text


def test_a_run_without_requests_says_so() -> None:
    assert "no request" in timeline(Run("success", "", (), ()))
