from contract_tests.oracle import resources
from contract_tests.oracle.resources import load_rules


def test_finds_the_document_and_the_fixtures() -> None:
    assert resources.openapi("openapi.yaml").is_file()
    assert resources.fixture("targets", "mock.yaml").is_file()


def test_reads_the_rules_in_order() -> None:
    rules = load_rules()
    assert next(iter(rules)) == "AUTH"
    assert rules["AUTH"].documented
    assert not rules["ORDER"].documented
    assert "\n" not in rules["LOCK-RELEASE"].statement
