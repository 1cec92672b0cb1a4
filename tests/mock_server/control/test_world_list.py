"""The list of worlds."""

from typing import Any

from mock_server.domain.accounts import world_name
from support.control import begin, control_call, control_json
from support.mock import PREFIX, Mock, Start, behaviour, settings


def listed(mock: Mock, query: str = "") -> list[Any]:
    return [each["world"] for each in control_json(mock, "GET", f"/worlds{query}")["worlds"]]


def test_worlds_that_were_only_read_are_listed_in_the_order_of_use(mock: Mock) -> None:
    mock.call("GET", f"{PREFIX}/versions", "reader-1")
    mock.generate("maker-1")
    mock.call("GET", f"{PREFIX}/versions", "reader-2")
    mock.generate("maker-2")
    mock.call("GET", f"{PREFIX}/versions", "reader-3")
    newest = ["reader-3", "maker-2", "reader-2", "maker-1", "reader-1"]
    assert listed(mock) == [world_name(each) for each in newest]
    assert listed(mock, "?limit=2") == [world_name(each) for each in newest[:2]]
    assert listed(mock) == [world_name(each) for each in newest]


def test_the_total_counts_beyond_the_limit(mock: Mock) -> None:
    for number in range(3):
        mock.generate(f"maker-{number}")
    assert control_json(mock, "GET", "/worlds?limit=1")["total"] == 3
    assert control_json(mock, "GET", "/worlds?limit=1000")["total"] == 3
    for limit in ("0", "1001", "x"):
        refused = control_call(mock, "GET", f"/worlds?limit={limit}")
        assert (refused.status_code, "from 1 to 1000" in refused.json()["message"]) == (422, True)


def test_a_closed_mock_lists_no_world_of_an_unlisted_token(start: Start) -> None:
    mock = start(settings(closed=True))
    mock.call("GET", f"{PREFIX}/versions", "stranger")
    mock.call("GET", f"{PREFIX}/versions", "demo-low")
    (shown,) = control_json(mock, "GET", "/worlds")["worlds"]
    assert (shown["world"], shown["credits"]) == (world_name("demo-low"), 2)


def test_a_long_answer_is_compressed_and_a_short_one_is_not(mock: Mock) -> None:
    for number in range(20):
        mock.generate(f"maker-{number}")
    long, short = (mock.call("GET", f"/_mock{path}", None) for path in ("/worlds", "/health"))
    assert (long.headers["content-encoding"], "content-encoding" in short.headers) == ("gzip", False)
    assert int(long.headers["content-length"]) < len(long.content) / 4


def test_worlds_are_searched_and_sorted(mock: Mock) -> None:
    for credits_, token in ((5, "alpha"), (9, "beta"), (7, "gamma")):
        control_json(mock, "PATCH", f"/worlds/{token}", {"credits": credits_})
    control_json(mock, "PATCH", "/worlds/beta", {"label": "The checkout test"})
    alpha, beta, gamma = (world_name(each) for each in ("alpha", "beta", "gamma"))
    assert listed(mock, "?search=CHECKOUT") == [beta]
    assert listed(mock, "?search=al*") == []
    assert listed(mock, "?search=a***") == [alpha]
    assert listed(mock, f"?search={gamma[2:9]}") == [gamma]
    assert listed(mock, "?sort=credits") == [beta, gamma, alpha]
    assert listed(mock, "?sort=credits&limit=1") == [beta]
    assert listed(mock, "?sort=name") == [beta, alpha, gamma]
    assert control_json(mock, "GET", "/worlds?search=a***&limit=1")["total"] == 1
    assert mock.world("beta")["label"] == "The checkout test"
    too_long = control_call(mock, "PATCH", "/worlds/beta", json={"label": "x" * 81})
    assert too_long.status_code == 422


def test_a_list_tells_what_the_clients_did(mock: Mock) -> None:
    mock.generate("maker")
    mock.generate("maker", image_number_of_images=0)
    (shown,) = control_json(mock, "GET", "/worlds?limit=10&detail=client")["worlds"]
    assert shown["client"] == {
        "last_request": "2026-02-26T10:00:01.500Z",
        "statuses": {"200": 1, "422": 1},
        "verdict": "misbehaved",
    }
    for query in ("detail=client", "detail=client&limit=51", "detail=all", "sort=age"):
        assert control_call(mock, "GET", f"/worlds?{query}").status_code == 422


def test_worlds_are_listed_masked_and_most_recently_used_first(mock: Mock) -> None:
    for token in ("first-token", "second-token", "third-token", "first-token"):
        mock.generate(token)
    listed = control_json(mock, "GET", "/worlds")
    assert [each["token"] for each in listed["worlds"]] == ["fir***", "thi***", "seco***"]
    assert listed["total"] == 3


def test_listing_worlds_does_not_change_their_order(mock: Mock) -> None:
    for token in ("first-token", "second-token", "third-token"):
        mock.generate(token)
    assert control_json(mock, "GET", "/worlds") == control_json(mock, "GET", "/worlds")


def test_a_listed_world_is_up_to_date(mock: Mock) -> None:
    mock.generate()
    (listed,) = control_json(mock, "GET", "/worlds")["worlds"]
    assert {**listed, "token": "demo"} == mock.world()


def test_shared_state_is_not_listed_as_a_world(start: Start) -> None:
    mock = start(settings(behaves=behaviour(lock_scope="global")))
    control_json(mock, "POST", "/worlds/demo/clock", {"freeze": True})
    begin(mock)
    assert control_json(mock, "GET", "/health")["worlds"] == 1
    assert control_json(mock, "GET", "/worlds")["total"] == 1
    assert mock.world("another")["lock"] == {"until": "2026-02-26T10:00:10.000Z"}
    assert control_json(mock, "POST", "/reset", {"token": "demo"}) == {"worlds": 0}
