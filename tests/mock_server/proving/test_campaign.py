"""The search for disasters, with clients that are functions of a schedule."""

from dataclasses import replace

from mock_server.proving.campaign import Campaign
from mock_server.proving.observed import Run
from mock_server.proving.points import Schedule, parse_schedule, points_of, show_schedule
from support.observations import RECORDING, fetch, image, order, run

TWICE = run([order(1, "a"), order(2, "b", 5, 9), fetch(3, "b.png", 9)], [image("a", "a.png"), image("b", "b.png", 9)])
POINTS = len(points_of("generateImage")) + len(points_of("getPicture"))


class Client:
    """A client that pays twice under schedules that contain one of these; it keeps what it was run with."""

    def __init__(self, *fatal: str) -> None:
        self._fatal = [set(parse_schedule(each)) for each in fatal]
        self.schedules: list[str] = []

    def __call__(self, schedule: Schedule) -> Run:
        self.schedules.append(show_schedule(schedule))
        return TWICE if any(each <= set(schedule) for each in self._fatal) else RECORDING


def test_every_point_of_every_request_is_tried_once() -> None:
    client = Client()
    campaign = Campaign(RECORDING)
    campaign.prove(client)
    assert len(client.schedules) == len({*client.schedules}) == POINTS
    assert campaign.tried == POINTS + 1
    assert (campaign.found, campaign.worst) == ([], 1)


def test_the_worst_run_is_kept_with_its_cost() -> None:
    campaign = Campaign(RECORDING)
    campaign.prove(Client("1.charged"))
    assert [(each.judgement.kind, show_schedule(each.schedule)) for each in campaign.found] == [
        ("double-payment", "1.charged")
    ]
    assert (campaign.worst, campaign.worst_run) == (2, TWICE)


def test_a_fault_that_needs_two_failures_is_found_by_pairs_alone() -> None:
    single, pairs = Campaign(RECORDING), Campaign(RECORDING)
    single.prove(Client("1.charged,2.reset"))
    assert single.found == []
    pairs.prove(Client("1.charged,2.reset"), "pairs")
    assert [show_schedule(each.schedule) for each in pairs.found] == ["1.charged,2.reset"]


def test_a_false_success_is_kept_before_a_false_failure() -> None:
    made, lost = [image("a", "a.png")], order(1, "a", point="locked", status=None)
    ends = {
        "1.locked": run([lost], made, "failure"),
        "1.charged": run([order(1, "a"), fetch(2, "a.png")], made),
        "2.missing": run([order(1, "a")], made),
    }
    campaign = Campaign(RECORDING)
    campaign.prove(lambda schedule: ends.get(show_schedule(schedule), RECORDING))
    assert [(each.judgement.kind, show_schedule(each.schedule)) for each in campaign.found] == [
        ("lost-picture", "2.missing"),
        ("wrong-answer", "2.missing"),
    ]


def test_pairs_follow_only_the_failures_that_the_client_survived() -> None:
    client = Client("1.charged")
    Campaign(RECORDING).prove(client, "pairs")
    assert not [each for each in client.schedules if each.startswith("1.charged,")]
    assert "1.locked,2.missing" in client.schedules


def test_a_second_failure_hits_requests_that_only_the_first_one_causes() -> None:
    longer = run(
        [order(1, "a", point="charged", status=None), fetch(2, "a.png"), fetch(3, "a.png", 9)], RECORDING.images
    )
    seen = []

    def client(schedule: Schedule) -> Run:
        seen.append(show_schedule(schedule))
        return longer if show_schedule(schedule).startswith("1.charged") else RECORDING

    Campaign(RECORDING).prove(client, "pairs")
    assert "1.charged,3.missing" in seen
    assert "1.locked,3.missing" not in seen


def test_one_schedule_runs_alone_and_needless_failures_of_a_finding_are_left_out() -> None:
    client = Client("1.charged")
    campaign = Campaign(RECORDING)
    campaign.prove(client, only=parse_schedule("1.charged,2.reset,3.500"))
    assert client.schedules[0] == "1.charged,2.reset,3.500"
    assert [show_schedule(each.schedule) for each in campaign.found] == ["1.charged"]


def test_findings_before_an_interruption_are_kept() -> None:
    def client(schedule: Schedule) -> Run:
        if show_schedule(schedule) == "1.recorded":
            raise KeyboardInterrupt
        return Client("1.locked")(schedule)

    campaign = Campaign(RECORDING)
    try:
        campaign.prove(client)
    except KeyboardInterrupt:
        assert [each.judgement.kind for each in campaign.found] == ["double-payment"]
    assert campaign.tried == 4


def test_a_client_that_takes_too_long_in_real_time_is_given_up_after_three_runs() -> None:
    overdue = replace(run([order(1, "a")], [], ended="hang"), overdue=True)
    campaign = Campaign(RECORDING)
    campaign.prove(lambda _: overdue)
    assert (campaign.tried, campaign.gave_up) == (4, True)
    assert [each.judgement.kind for each in campaign.found] == ["hang"]
