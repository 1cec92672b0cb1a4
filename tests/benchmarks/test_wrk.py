"""The script for wrk, and its output. No load is made here."""

import pytest

from benchmarks import wrk
from benchmarks.wrk import Load, LoadError, MissingWrkError

OUTPUT = """Running 3s test @ http://127.0.0.1:8010/api/v1/aiimage/versions
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     4.77ms    1.02ms  20.11ms   90.00%
  10054 requests in 3.00s, 1.9MB read
Requests/sec:   3351.21
BENCH {"requests": 10054, "microseconds": 3000100, "statuses": {"200": 10054}, "socket_errors": 0}
"""


def test_the_output_is_read() -> None:
    load = wrk.parse(OUTPUT, cpu_seconds=1.50005)
    assert load == Load(10054, 3.0001, {200: 10054}, 0, 0.5)
    assert round(load.per_second) == 3351
    assert wrk.trouble(load, 200) is None


@pytest.mark.parametrize("output", ["", "unable to connect to 127.0.0.1:8010 Connection refused", "BENCH of nothing"])
def test_output_without_a_result_is_a_failure(output: str) -> None:
    with pytest.raises(LoadError, match="wrk failed"):
        wrk.parse(output)


@pytest.mark.parametrize(
    ("load", "expected", "trouble"),
    [
        (Load(5, 1, {422: 5}, 0), 422, None),
        (Load(5, 1, {200: 3, 500: 2}, 0), 200, "2 x 500 instead of 200"),
        (Load(5, 1, {200: 5}, 0), 422, "5 x 200 instead of 422"),
        (Load(5, 1, {200: 5}, 1), 200, "1 socket errors"),
        (Load(0, 1, {}, 0), 200, "no request was answered"),
        (Load(2, 1, {409: 1, 500: 1}, 3), 200, "1 x 409 instead of 200, 1 x 500 instead of 200, 3 socket errors"),
    ],
)
def test_errors_invalidate_a_figure(load: Load, expected: int, trouble: str | None) -> None:
    assert wrk.trouble(load, expected) == trouble


def test_the_script_gets_the_requests_to_send() -> None:
    called = wrk.command("http://127.0.0.1:1/there", 3, "POST", '{"a": 1}', tokens=10_000, first=1234)
    assert called[called.index("--duration") + 1] == "3s"
    assert called[called.index("--") - 1 :] == ["http://127.0.0.1:1/there", "--", "POST", "1234", "10000", '{"a": 1}']
    assert wrk.command("http://127.0.0.1:1/", 3, "GET", None, 1, 0)[-3:] == ["GET", "0", "1"]


def test_a_missing_wrk_is_reported_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(MissingWrkError, match="apt-get install wrk"):
        wrk.ensure()
