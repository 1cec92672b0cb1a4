"""Coverage: the documented responses that a client has received, and those it has not."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mock_server.contract import Contract, Rules
from mock_server.insight import coverage

GENERATE = {
    (200, None),
    (401, "AUTH-401"),
    (409, "LOCK-ONE"),
    (419, "CREDIT-419"),
    (422, "VALID-422"),
    (422, "I2I-SRC"),
    (429, "DAILY-429"),
    (429, "RATE"),
}
ELSEWHERE = {(403, "FORBIDDEN"), (429, "RATE"), (404, "NOT-FOUND"), (405, "NOT-FOUND"), (413, None)}


def never(found: dict[str, Any], operation: str | None) -> set[tuple[int, str | None]]:
    return {(each["status"], each["rule"]) for each in found["never"] if each["operation"] == operation}


def row(found: dict[str, Any], operation: str | None) -> dict[str, Any]:
    (only,) = (each for each in found["operations"] if each["operation"] == operation)
    return dict(only)


def test_a_client_without_requests_has_no_coverage(contract: Contract, rules: Rules) -> None:
    found = coverage({}, contract, rules)
    assert found["met"] == 0
    assert found["possible"] == len(found["never"]) == 22
    assert found["undocumented"] == []
    assert never(found, "generateImage") == GENERATE
    assert never(found, "checkAvailability") == {(200, None), (401, "AUTH-401"), (409, "LOCK-CHECK")}
    assert never(found, "getVersions") == never(found, "getRecentImages") == {(200, None), (401, "AUTH-401")}
    assert never(found, "getPicture") == {(200, None), (404, "NOT-FOUND")}
    assert never(found, None) == ELSEWHERE


def test_every_documented_status_of_every_operation_is_listed(contract: Contract, rules: Rules) -> None:
    found = coverage({}, contract, rules)
    for operation in contract.operations:
        listed = row(found, operation.id)
        assert (listed["method"], listed["path"]) == (operation.method, operation.path)
        assert [each["status"] for each in listed["statuses"]] == sorted(operation.responses)


def test_received_responses_are_counted_with_their_rule(contract: Contract, rules: Rules) -> None:
    tally: dict[tuple[str, int, str | None], int] = {
        ("generateImage", 200, None): 3,
        ("generateImage", 422, "VALID-422"): 2,
    }
    found = coverage(tally, contract, rules)
    assert found["met"] == 2
    assert never(found, "generateImage") == GENERATE - {(200, None), (422, "VALID-422")}
    statuses = {each["status"]: each for each in row(found, "generateImage")["statuses"]}
    assert statuses[200] == {"status": 200, "met": 3, "rules": []}
    assert statuses[422]["met"] == 2
    assert statuses[422]["rules"] == [{"id": "VALID-422", "met": 2}, {"id": "I2I-SRC", "met": 0}]


def test_a_status_without_a_rule_does_not_count_for_a_rule(contract: Contract, rules: Rules) -> None:
    found = coverage({("generateImage", 409, None): 5}, contract, rules)
    assert (409, "LOCK-ONE") in never(found, "generateImage")
    assert {each["status"]: each["met"] for each in row(found, "generateImage")["statuses"]}[409] == 5
    assert found["undocumented"] == []


def test_undocumented_responses_are_listed_separately(contract: Contract, rules: Rules) -> None:
    found = coverage({("getVersions", 503, None): 1, ("newOperation", 200, None): 2}, contract, rules)
    assert found["met"] == 0
    assert found["undocumented"] == [
        {"operation": "getVersions", "status": 503, "rule": None, "met": 1},
        {"operation": "newOperation", "status": 200, "rule": None, "met": 2},
    ]


def test_fallback_responses_count_once_for_all_paths(contract: Contract, rules: Rules) -> None:
    tally: dict[tuple[str, int, str | None], int] = {
        ("getVersions", 404, "NOT-FOUND"): 1,
        ("", 404, "NOT-FOUND"): 1,
        ("getVersions", 405, "NOT-FOUND"): 1,
        ("generateImage", 413, None): 4,
        ("getVersions", 403, "FORBIDDEN"): 3,
        ("getVersions", 429, "RATE"): 5,
    }
    found = coverage(tally, contract, rules)
    assert never(found, None) == set()
    assert [each["met"] for each in row(found, None)["statuses"]] == [3, 2, 1, 4, 5]
    assert found["undocumented"] == []


def test_a_missing_picture_counts_for_pictures(contract: Contract, rules: Rules) -> None:
    found = coverage({("getPicture", 404, "NOT-FOUND"): 1}, contract, rules)
    assert never(found, "getPicture") == {(200, None)}
    assert never(found, None) == ELSEWHERE


def test_a_rule_of_one_operation_does_not_lead_to_the_404_of_any_path(contract: Contract, rules: Rules) -> None:
    narrow = replace(rules.by_id["NOT-FOUND"], operations=("getVersions",))
    found = coverage({}, contract, Rules({**rules.by_id, narrow.id: narrow}, rules.settings))
    assert never(found, "getPicture") == {(200, None), (404, None)}


def test_an_unknown_rule_is_not_listed(contract: Contract, rules: Rules) -> None:
    fewer = Rules({name: rule for name, rule in rules.by_id.items() if name != "I2I-SRC"}, rules.settings)
    assert never(coverage({}, contract, fewer), "generateImage") == GENERATE - {(422, "I2I-SRC")}


@given(
    st.dictionaries(
        st.tuples(
            st.sampled_from(["", "generateImage", "getVersions", "getPicture", "unknown"]),
            st.integers(100, 599) | st.sampled_from([200, 404, 405, 409, 413, 422]),
            st.sampled_from([None, "LOCK-ONE", "NOT-FOUND", "VALID-422", "GONE"]),
        ),
        st.integers(0, 5),
    )
)
def test_every_response_is_counted_once(
    contract: Contract, rules: Rules, tally: dict[tuple[str, int, str | None], int]
) -> None:
    found = coverage(tally, contract, rules)
    documented = sum(each["met"] for listed in found["operations"] for each in listed["statuses"])
    assert documented + sum(each["met"] for each in found["undocumented"]) == sum(tally.values())
    assert found["met"] + len(found["never"]) == found["possible"] == 22
