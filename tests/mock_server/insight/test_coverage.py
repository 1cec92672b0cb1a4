"""What a client has met of all that it can meet."""

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
}
ELSEWHERE = {(404, "NOT-FOUND"), (405, "NOT-FOUND"), (413, None)}


def never(found: dict[str, Any], operation: str | None) -> set[tuple[int, str | None]]:
    return {(each["status"], each["rule"]) for each in found["never"] if each["operation"] == operation}


def row(found: dict[str, Any], operation: str | None) -> dict[str, Any]:
    (only,) = (each for each in found["operations"] if each["operation"] == operation)
    return dict(only)


def test_a_client_that_did_nothing_has_met_nothing(contract: Contract, rules: Rules) -> None:
    found = coverage({}, contract, rules)
    assert found["met"] == 0
    assert found["possible"] == len(found["never"]) == 19
    assert found["undocumented"] == []
    assert never(found, "generateImage") == GENERATE
    assert never(found, "checkAvailability") == {(200, None), (401, "AUTH-401"), (409, "LOCK-CHECK")}
    assert never(found, "getVersions") == never(found, "getRecentImages") == {(200, None), (401, "AUTH-401")}
    assert never(found, "getPicture") == {(200, None), (404, "NOT-FOUND")}
    assert never(found, None) == ELSEWHERE


def test_every_documented_status_of_every_operation_has_a_place(contract: Contract, rules: Rules) -> None:
    found = coverage({}, contract, rules)
    for operation in contract.operations:
        shown = row(found, operation.id)
        assert (shown["method"], shown["path"]) == (operation.method, operation.path)
        assert [each["status"] for each in shown["statuses"]] == sorted(operation.responses)


def test_what_was_met_is_counted_with_the_rule_that_led_there(contract: Contract, rules: Rules) -> None:
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


def test_a_status_that_no_rule_led_to_does_not_count_for_the_rule(contract: Contract, rules: Rules) -> None:
    found = coverage({("generateImage", 409, None): 5}, contract, rules)
    assert (409, "LOCK-ONE") in never(found, "generateImage")
    assert {each["status"]: each["met"] for each in row(found, "generateImage")["statuses"]}[409] == 5
    assert found["undocumented"] == []


def test_what_the_document_does_not_have_is_listed_apart(contract: Contract, rules: Rules) -> None:
    found = coverage({("getVersions", 503, None): 1, ("newOperation", 200, None): 2}, contract, rules)
    assert found["met"] == 0
    assert found["undocumented"] == [
        {"operation": "getVersions", "status": 503, "rule": None, "met": 1},
        {"operation": "newOperation", "status": 200, "rule": None, "met": 2},
    ]


def test_what_any_path_may_answer_counts_once_wherever_it_was_met(contract: Contract, rules: Rules) -> None:
    tally: dict[tuple[str, int, str | None], int] = {
        ("getVersions", 404, "NOT-FOUND"): 1,
        ("", 404, "NOT-FOUND"): 1,
        ("getVersions", 405, "NOT-FOUND"): 1,
        ("generateImage", 413, None): 4,
    }
    found = coverage(tally, contract, rules)
    assert never(found, None) == set()
    assert [each["met"] for each in row(found, None)["statuses"]] == [2, 1, 4]
    assert found["undocumented"] == []


def test_a_picture_that_was_not_there_counts_for_pictures(contract: Contract, rules: Rules) -> None:
    found = coverage({("getPicture", 404, "NOT-FOUND"): 1}, contract, rules)
    assert never(found, "getPicture") == {(200, None)}
    assert never(found, None) == ELSEWHERE


def test_a_rule_that_is_not_among_the_rules_leads_nowhere(contract: Contract, rules: Rules) -> None:
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
def test_every_request_is_counted_in_one_place(
    contract: Contract, rules: Rules, tally: dict[tuple[str, int, str | None], int]
) -> None:
    found = coverage(tally, contract, rules)
    documented = sum(each["met"] for shown in found["operations"] for each in shown["statuses"])
    assert documented + sum(each["met"] for each in found["undocumented"]) == sum(tally.values())
    assert found["met"] + len(found["never"]) == found["possible"] == 19
