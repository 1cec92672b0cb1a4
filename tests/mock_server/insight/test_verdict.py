"""The client verdict: boundary cases of each rule."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.clock import SECOND, seconds
from mock_server.domain.entry import Entry, Problem
from mock_server.insight import CLIENT_RULES, verdict
from support.clocks import START
from support.entries import entry as made_entry
from support.journal import OPERATIONS, entry, script

FOX = 'generate-image {"description": "a fox"}'


def judged(entries: list[Entry]) -> dict[str, dict[str, Any]]:
    return {each["id"]: each for each in verdict(entries)["rules"]}


def outcome(rule: str, text: str) -> str:
    return str(judged(script(text))[rule]["verdict"])


def occurrences(rule: str, text: str) -> list[list[str]]:
    found = judged(script(text))[rule]
    assert found["verdict"] == "violated"
    requests: list[list[str]] = found["requests"]
    assert found["count"] == len(requests)
    return requests


def test_a_client_without_requests_is_not_exercised() -> None:
    found = verdict([])
    assert found["verdict"] == "not exercised"
    assert found["requests"] == 0
    assert {each["verdict"] for each in found["rules"]} == {"not_exercised"}
    assert all(each["requests"] == [] and each["reason"].startswith("The client never met ") for each in found["rules"])


def test_a_client_that_only_read_is_not_exercised() -> None:
    assert verdict(script("0 versions -> 200\n1 check-availability -> 200"))["verdict"] == "not exercised"


def test_one_violation_is_enough_to_misbehave() -> None:
    found = verdict(script("0 picture a.png -> 200\n1 picture a.png -> 200 token"))
    assert found["verdict"] == "misbehaved"


def test_a_passed_rule_lists_the_requests_that_exercised_it() -> None:
    found = judged(script("0 versions -> 200\n1 picture a.png -> 200\n2 picture a.png -> 404"))["CLIENT-TOKEN-LEAK"]
    assert (found["verdict"], found["requests"], found["count"]) == ("passed", [["2"], ["3"]], 2)
    assert found["reason"] == "The client met a request for a picture twice, and sent no token."


def test_the_reason_of_a_violation_describes_it_and_the_remedy() -> None:
    found = judged(script(f"0 {FOX} -> 419 credits=0\n1 {FOX} -> 419 credits=0\n2 {FOX} -> 419 credits=0"))
    assert found["CLIENT-RETRY-419"]["reason"] == (
        "A call was answered with 419, and sent again twice unchanged. Buy credits, or request fewer images."
    )


def test_further_occurrences_are_counted_in_the_reason() -> None:
    found = judged(script("\n".join(f"{each} picture a.png -> 200 token" for each in range(3))))["CLIENT-TOKEN-LEAK"]
    assert "This happened twice more." in found["reason"]


def test_at_most_20_occurrences_are_listed_and_all_are_counted() -> None:
    found = judged(script("\n".join(f"{each} picture a.png -> 200 token" for each in range(50))))["CLIENT-TOKEN-LEAK"]
    assert (len(found["requests"]), found["count"]) == (20, 50)


def test_at_most_20_requests_of_an_occurrence_are_listed() -> None:
    found = judged(script("\n".join(f"{each / 10} check-availability -> 409" for each in range(50))))
    assert found["CLIENT-LOCK-HAMMER"]["count"] == 1
    assert len(found["CLIENT-LOCK-HAMMER"]["requests"][0]) == 20
    assert "50 calls in a row were answered with 409 within 4.9 s." in found["CLIENT-LOCK-HAMMER"]["reason"]


@pytest.mark.parametrize(
    ("times", "verdict_"),
    [
        ((0, 0.5, 0.9), "violated"),
        ((0, 0.999, 1.998), "violated"),
        ((0, 0, 0), "violated"),
        ((0, 1, 2), "passed"),
        ((0, 0.5, 1.5), "passed"),
        ((0, 0.5), "passed"),
    ],
)
def test_three_calls_less_than_a_second_apart_hammer_the_lock(times: tuple[float, ...], verdict_: str) -> None:
    assert outcome("CLIENT-LOCK-HAMMER", "\n".join(f"{at} {FOX} -> 409" for at in times)) == verdict_


@pytest.mark.parametrize("between", [f"0.2 {FOX} -> 200 made=a.png", "0.2 check-availability -> 200"])
def test_a_successful_call_ends_a_series_of_refusals_by_the_lock(between: str) -> None:
    text = f"0 {FOX} -> 409\n0.1 {FOX} -> 409\n{between}\n0.3 {FOX} -> 409\n0.4 {FOX} -> 409"
    assert outcome("CLIENT-LOCK-HAMMER", text) == "passed"


def test_other_calls_do_not_end_a_series_of_refusals_by_the_lock() -> None:
    text = f"0 {FOX} -> 409\n0.1 recent-images -> 200\n0.2 {FOX} -> 409\n0.3 versions -> 200\n0.4 {FOX} -> 409"
    assert occurrences("CLIENT-LOCK-HAMMER", text) == [["1", "3", "5"]]


def test_two_series_of_refusals_by_the_lock_are_two_occurrences() -> None:
    text = "\n".join(f"{at} {FOX} -> 409" for at in (0, 0.1, 0.2, 5, 5.1, 5.2))
    assert occurrences("CLIENT-LOCK-HAMMER", text) == [["1", "2", "3"], ["4", "5", "6"]]


def test_calls_after_a_clock_was_set_back_are_not_hammering() -> None:
    assert outcome("CLIENT-LOCK-HAMMER", f"9 {FOX} -> 409\n5 {FOX} -> 409\n1 {FOX} -> 409") == "passed"


def test_a_request_with_another_balance_is_not_a_retry() -> None:
    text = f"0 {FOX} -> 419 credits=0\n1 {FOX} -> 419 credits=1\n2 {FOX} -> 419 credits=1"
    assert occurrences("CLIENT-RETRY-419", text) == [["2", "3"]]


def test_a_refusal_by_another_rule_in_between_does_not_end_a_retry() -> None:
    text = f"0 {FOX} -> 419 credits=0\n1 {FOX} -> 409\n2 {FOX} -> 419 credits=0"
    assert occurrences("CLIENT-RETRY-419", text) == [["1", "3"]]


def test_a_request_after_a_success_is_not_a_retry() -> None:
    text = f"0 {FOX} -> 419 credits=0\n1 {FOX} -> 200\n2 {FOX} -> 419 credits=0"
    assert outcome("CLIENT-RETRY-419", text) == "passed"


def test_a_different_request_is_not_a_retry() -> None:
    text = f'0 {FOX} -> 419 credits=0\n1 generate-image {{"description": "an owl"}} -> 419 credits=0'
    assert outcome("CLIENT-RETRY-419", text) == "passed"


def test_a_request_after_an_incomplete_refusal_is_not_a_retry() -> None:
    text = f"0 {FOX} -> 419 cut credits=0\n1 {FOX} -> 419 credits=0"
    assert outcome("CLIENT-RETRY-419", text) == "passed"


def test_a_call_that_was_sent_before_the_refusal_is_not_a_retry() -> None:
    assert outcome("CLIENT-SAME-422", f"0+0.5 {FOX} -> 422\n0.2 {FOX} -> 422") == "passed"


def test_a_request_on_the_next_day_is_not_a_retry() -> None:
    day = 14 * 3600
    assert outcome("CLIENT-RETRY-429", f"0 {FOX} -> 429 limit=5\n{day} {FOX} -> 429 limit=5") == "passed"
    assert outcome("CLIENT-RETRY-429", f"0 {FOX} -> 429 limit=5\n{day - 1} {FOX} -> 429 limit=5") == "violated"


def test_a_429_of_another_rule_is_not_the_daily_limit() -> None:
    entries = [entry(each, status=429, id=str(each), code="another") for each in range(2)]
    assert judged(entries)["CLIENT-RETRY-429"]["verdict"] == "not_exercised"


def test_a_request_with_another_daily_limit_is_not_a_retry() -> None:
    assert outcome("CLIENT-RETRY-429", f"0 {FOX} -> 429 limit=5\n1 {FOX} -> 429 limit=6") == "passed"


def test_a_request_that_can_never_succeed_is_a_retry_on_any_day() -> None:
    entries = [entry(each * 86_400, status=429, id=str(each), fields={"n": 99}) for each in range(2)]
    assert judged(entries)["CLIENT-RETRY-429"]["requests"] == [["0", "1"]]


@pytest.mark.parametrize(
    "lost", ["lost", "200 cut", "409 cut", "500", "504", "200 fault=malformed-json", "200 fault=wrong-content-type"]
)
def test_a_generation_sent_again_after_an_unknown_outcome_is_blind(lost: str) -> None:
    assert occurrences("CLIENT-BLIND-RESEND", f"0 {FOX} -> {lost}\n1 {FOX} -> 200") == [["1", "2"]]


@pytest.mark.parametrize("known", ["200", "200 fault=slow-body", "409", "422", "429", "419"])
def test_a_known_outcome_needs_no_check(known: str) -> None:
    assert outcome("CLIENT-BLIND-RESEND", f"0 {FOX} -> {known}\n1 {FOX} -> 200") == "not_exercised"


@pytest.mark.parametrize(
    "check", ["versions -> 200", "recent-images -> 401", "recent-images -> 200 cut", "picture a.png -> 200"]
)
def test_only_an_answered_call_of_recent_images_is_a_check(check: str) -> None:
    assert outcome("CLIENT-BLIND-RESEND", f"0 {FOX} -> lost\n1 {check}\n2 {FOX} -> 200") == "violated"


def test_the_check_must_precede_the_repeated_generation() -> None:
    assert outcome("CLIENT-BLIND-RESEND", f"0 {FOX} -> lost\n1 {FOX} -> 200\n2 recent-images -> 200") == "violated"


def test_a_different_generation_needs_no_check() -> None:
    text = f'0 {FOX} -> lost\n1 generate-image {{"description": "an owl"}} -> 200'
    assert outcome("CLIENT-BLIND-RESEND", text) == "passed"


def test_blind_generations_are_one_occurrence_until_one_is_answered() -> None:
    text = f"0 {FOX} -> lost\n1 {FOX} -> 503\n2 {FOX} -> 409\n3 {FOX} -> 200\n4 {FOX} -> 200"
    assert occurrences("CLIENT-BLIND-RESEND", text) == [["1", "2", "3", "4"]]


def test_a_duplicate_that_the_lock_refused_while_the_first_ran_is_not_blind() -> None:
    assert outcome("CLIENT-BLIND-RESEND", f"0+1.5 {FOX} -> lost\n0.1 {FOX} -> 409") == "passed"


def test_a_duplicate_after_the_lock_of_the_first_expired_is_blind() -> None:
    assert outcome("CLIENT-BLIND-RESEND", f"0+12 {FOX} -> lost\n10.5+12 {FOX} -> 200") == "violated"


@pytest.mark.parametrize("reply", ["200 cut made=a.png", "lost made=a.png", "200 made=a.png fault=malformed-json"])
def test_images_of_an_unreadable_reply_need_not_be_fetched(reply: str) -> None:
    assert outcome("CLIENT-UNFETCHED", f"0 {FOX} -> {reply}") == "not_exercised"


def test_an_image_must_be_fetched_after_it_was_made() -> None:
    assert outcome("CLIENT-UNFETCHED", f"0 picture a.png -> 200\n1 {FOX} -> 200 made=a.png") == "violated"


@pytest.mark.parametrize("changes", [{"method": "HEAD"}, {"status": 304}, {"complete": False}, {"picture": "b.png"}])
def test_a_request_without_a_complete_picture_does_not_count_as_a_fetch(changes: dict[str, Any]) -> None:
    made = entry(made=("a.png",))
    fetched = entry(1, "picture", picture="a.png")
    assert judged([made, fetched])["CLIENT-UNFETCHED"]["verdict"] == "passed"
    lost = entry(1, "picture", **{"picture": "a.png", **changes})
    assert judged([made, lost])["CLIENT-UNFETCHED"]["verdict"] == "violated"


def test_images_that_were_not_fetched_are_named() -> None:
    found = judged(script(f"0 {FOX} -> 200 made=a.png,b.png,c.png,d.png,e.png\n1 picture c.png -> 200"))
    assert "4 of 5 images were never fetched: a.png, b.png, d.png ..." in found["CLIENT-UNFETCHED"]["reason"]


def test_a_boolean_and_a_number_are_different_values() -> None:
    text = '0 generate-image {"n": 1} -> 422\n1 generate-image {"n": true} -> 422'
    assert outcome("CLIENT-SAME-422", text) == "passed"


def test_the_order_of_fields_makes_no_difference() -> None:
    text = '0 generate-image {"a": 1, "b": 2} -> 422\n1 generate-image {"b": 2, "a": 1} -> 400'
    assert occurrences("CLIENT-SAME-422", text) == [["1", "2"]]


@pytest.mark.parametrize(("second", "verdict_"), [("at line 1", "violated"), ("at line 2", "passed")])
def test_unreadable_bodies_are_the_same_if_their_problems_are(second: str, verdict_: str) -> None:
    first, again = (
        entry(each, status=422, problems=(Problem("body", "unreadable", message),))
        for each, message in enumerate(["at line 1", second])
    )
    assert judged([first, again])["CLIENT-SAME-422"]["verdict"] == verdict_


def test_fields_too_deep_to_compare_are_different() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    entries = [entry(each, status=422, id=str(each), fields={"mood": deep}) for each in range(2)]
    assert judged(entries)["CLIENT-SAME-422"]["verdict"] == "passed"
    while deep:
        deep = deep.pop()


def test_the_ids_of_rules_are_unique() -> None:
    assert len({rule.id for rule in CLIENT_RULES}) == len(CLIENT_RULES) == 7


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    at = draw(st.integers(0, 5)) / 2
    return entry(
        at,
        draw(st.sampled_from(sorted(OPERATIONS))),
        draw(st.sampled_from([None, 200, 401, 404, 409, 419, 422, 429, 500])),
        id=draw(st.sampled_from("abcdef")),
        ended=START + seconds(at + draw(st.integers(0, 1))),
        complete=draw(st.booleans()),
        fields=draw(st.sampled_from([{}, {"n": 1}, {"n": 2}])),
        made=draw(st.sampled_from([(), ("a.png",)])),
        picture=draw(st.sampled_from([None, "a.png"])),
        authorized=draw(st.booleans()),
        ends_at=draw(st.sampled_from([None, START + SECOND])),
    )


@given(st.lists(entries(), max_size=12))
def test_every_journal_has_a_verdict_with_its_evidence(journal: list[Entry]) -> None:
    found = verdict(journal)
    known = {each.id for each in journal}
    for each in found["rules"]:
        assert (each["verdict"] == "not_exercised") == (each["requests"] == []) == (each["count"] == 0)
        assert {name for occurrence in each["requests"] for name in occurrence} <= known


@given(st.lists(entries(), max_size=12), entries())
def test_further_requests_never_make_a_rule_unexercised(journal: list[Entry], more: Entry) -> None:
    before, after = judged(journal), judged([*journal, more])
    assert all(
        after[rule]["verdict"] != "not_exercised" for rule in before if before[rule]["verdict"] != "not_exercised"
    )


@pytest.mark.parametrize(
    ("headers", "status", "named"),
    [((("sec-fetch-mode", "cors"),), None, True), ((), None, False), ((("sec-fetch-mode", "cors"),), 502, False)],
)
def test_a_browser_that_may_have_resent_by_itself_is_named(
    headers: tuple[tuple[str, str], ...], status: int | None, named: bool
) -> None:
    sent: dict[str, Any] = {"operation": "generateImage", "fields": {"description": "A fox"}, "headers": headers}
    entries = [made_entry(1, **sent, status=status, complete=status is not None), made_entry(2, **sent)]
    (rule,) = (each for each in verdict(entries)["rules"] if each["id"] == "CLIENT-BLIND-RESEND")
    assert rule["verdict"] == "violated"
    assert ("The browser may have sent it 2 times by itself" in rule["reason"]) == named


def test_requests_of_the_page_are_not_judged() -> None:
    sent: dict[str, Any] = {"operation": "generateImage", "status": 200, "made": ("fox.png",)}
    found = verdict([made_entry(1, **sent, sender="page")])
    assert (found["verdict"], found["requests"]) == ("not exercised", 0)
    assert verdict([made_entry(1, **sent)])["verdict"] == "misbehaved"
