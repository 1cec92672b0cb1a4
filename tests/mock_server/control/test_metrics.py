"""GET /_mock/metrics: what was answered, in the format of Prometheus."""

from itertools import pairwise

from prometheus_client.parser import text_string_to_metric_families

from mock_server import __version__
from support.control import control_call
from support.mock import Mock, Start, settings


def samples(mock: Mock) -> dict[tuple[str, tuple[str, ...]], float]:
    """Return each value by name and labels."""
    text = control_call(mock, "GET", "/metrics").text
    found = {}
    for family in text_string_to_metric_families(text):
        for name, labels, value, *_ in family.samples:
            found[name, tuple(labels[label] for label in sorted(labels))] = value
    return found


def test_requests_refusals_and_images_are_counted(mock: Mock) -> None:
    assert mock.generate("demo-low", image_number_of_images=2).status_code == 200
    assert mock.generate("demo-low").status_code == 419
    assert mock.generate("demo-busy").status_code == 409
    mock.call("GET", "/api/v1/nowhere")
    found = samples(mock)
    requests = "aiimage_mock_requests_total"
    assert [found[requests, ("generateImage", status)] for status in ("200", "419", "409")] == [1, 1, 1]
    assert found[requests, ("", "404")] == 1
    assert [found["aiimage_mock_refusals_total", (rule,)] for rule in ("CREDIT-419", "LOCK-ONE")] == [1, 1]
    assert found["aiimage_mock_images_total", ()] == 2


def test_durations_are_those_of_the_servers_clock(mock: Mock) -> None:
    mock.generate()
    found, name = samples(mock), "aiimage_mock_request_duration_seconds"
    assert found[f"{name}_sum", ("generateImage",)] == 1.5
    assert found[f"{name}_count", ("generateImage",)] == 1
    buckets = {labels[0]: value for (key, labels), value in found.items() if key == f"{name}_bucket"}
    assert (buckets["1.0"], buckets["2.5"], buckets["+Inf"]) == (0, 1, 1)
    assert all(before <= after for before, after in pairwise(buckets.values()))


def test_the_state_and_the_process_are_shown(start: Start) -> None:
    mock = start(settings(instance="job-1"))
    mock.generate("one")
    mock.generate("two")
    found = samples(mock)
    assert found["aiimage_mock_worlds", ()] == found["aiimage_mock_journal_entries", ()] == 2
    assert [labels for name, labels in found if name == "aiimage_mock_info"] == [("job-1", "memory", __version__)]
    assert found["aiimage_mock_waiting_requests", ()] == 0


def test_metrics_are_behind_the_admin_token(start: Start) -> None:
    guarded = start(settings(admin_token="a-secret"))
    assert control_call(guarded, "GET", "/metrics").status_code == 401
    headers = {"Authorization": "Bearer a-secret"}
    assert control_call(guarded, "GET", "/metrics", headers=headers).status_code == 200


def test_no_label_has_a_text_of_a_client(mock: Mock) -> None:
    mock.call("GET", '/api/v1/aiimage/"%0A', 'a-token"}')
    assert {labels[0] for name, labels in samples(mock) if name == "aiimage_mock_requests_total"} == {""}
