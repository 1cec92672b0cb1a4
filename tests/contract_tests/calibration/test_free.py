"""The experiments that cost nothing."""

import pytest

from support.in_process import measured


@pytest.mark.parametrize(
    ("experiment", "ways", "question", "outcome"),
    [
        ("unknown path", {}, "unknown_path_body", "json"),
        ("unknown path", {"unknown_paths": "404 as HTML"}, "unknown_path_body", "page"),
        ("trailing slash", {}, "trailing_slash", "unknown"),
        ("path without v1", {}, "unversioned_paths", "absent"),
        ("no token", {"unauthenticated": "403"}, "unauthenticated_status", 403),
        ("no token", {"unauthenticated": "401 as HTML"}, "unauthenticated_body", "page"),
        ("no token or JSON accepted", {}, "without_accept", "json"),
        (
            "no token or JSON accepted",
            {"unauthenticated": "redirect where JSON is not accepted"},
            "without_accept",
            "redirect",
        ),
        ("preflight of a browser", {"CORS": "none"}, "cors", "none"),
        ("invalid request", {"invalid": "400"}, "invalid_status", 400),
        ("invalid request", {"invalid": "422 with the first error"}, "invalid_body", "first-error"),
        ("invalid request", {"validation": "unknown choices accepted"}, "invalid_body", "errors"),
    ],
)
def test_a_plain_call_shows_a_setting(experiment: str, ways: dict[str, str], question: str, outcome: object) -> None:
    found = measured(ways=ways)
    found.conduct(experiment)
    assert found.shown()[question] == outcome
    assert found.measurement.run.budget.spent == found.charged == 0


@pytest.mark.parametrize(
    ("role", "order", "outcome"),
    [
        ("empty", "invalid locked daily-limit no-credits", "invalid"),
        ("empty", "no-credits locked daily-limit invalid", "no-credits"),
        ("limited", "daily-limit invalid no-credits locked", "daily-limit"),
        ("busy", "locked invalid daily-limit no-credits", "locked"),
    ],
)
def test_an_account_that_is_refused_anyway_shows_what_is_checked_first(role: str, order: str, outcome: str) -> None:
    default = order == "invalid locked daily-limit no-credits"
    found = measured(role, ways={} if default else {"order_of_refusals": order})
    found.conduct(f"invalid, {role}")
    (question,) = (name for name in found.shown() if name.startswith("invalid or "))
    assert (found.shown()[question], found.charged) == (outcome, 0)


def test_an_account_without_credits_shows_which_engines_are_offered() -> None:
    found = measured("empty", engines_not_offered="ideogram")
    for engine in ("ideogram", "flux-pro"):
        found.conduct(f"offer, {engine}, empty")
    shown = found.shown()
    assert (shown["ideogram offered, no-credits"], shown["flux-pro offered, no-credits"]) == ("invalid", "no-credits")
    assert (shown["limit_status"], found.charged) == (422, 0)


@pytest.mark.parametrize(("way", "outcome"), [("trimmed", "no-credits"), ("invisible characters trimmed", "invalid")])
def test_an_invisible_prompt_shows_what_is_trimmed(way: str, outcome: str) -> None:
    found = measured("empty", ways={} if way == "trimmed" else {"texts": way})
    found.conduct("invisible prompt, empty")
    assert found.shown()["invisible prompt, no-credits"] == outcome


def test_a_form_without_files_shows_whether_it_is_read() -> None:
    found = measured("empty")
    found.conduct("urlencoded, empty")
    assert found.shown()["urlencoded, no-credits"] == "no-credits"


@pytest.mark.parametrize(("limits", "spent"), [("422", 0), ("200", 1)])
def test_a_refusal_that_may_have_been_paid_for_ends_the_search_for_a_valid_request(limits: str, spent: int) -> None:
    ways = {} if limits == "422" else {"limits_answered": limits}
    found = measured("busy", ways={**ways, "engines_not_offered": "all but flux-pro"})
    found.conduct("valid, busy")
    assert (found.measurement.run.budget.spent, found.charged) == (spent, 0)
